"""What the reconciler marks as due, whatever banks answer or leave unanswered: the limits hold, and no chain ends by a lost record."""

import itertools
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest

from haat.facts.payments import BankWanted
from haat.kernel.ids import MerchantId
from haat.kernel.time import DAY, HOUR, MINUTE, SECOND, Instant, later
from haat.payment.model.bank import Failed, NotFound
from haat.payment.model.evidence import Evidence
from haat.payment.model.payment import Payment, Receipt, Refund, Request
from haat.payment.rules import asking, machine, reconciling, refunds
from haat.payment.rules.news import times

BEGAN = Instant(1_767_587_400_000)
TR, RRN = "H1", "600510000001"


def opened(*, minutes: int = 15, **more: object) -> Payment:
    """A request that the customer has before them."""
    request = Request(
        tr=TR,
        merchant=MerchantId("M"),
        account="A",
        provider="simbank",
        payee_vpa="shop@simbank",
        payee_id="S",
        amount=25_000,
        currency="INR",
        created_at=BEGAN,
        expires_at=later(BEGAN, minutes * MINUTE),
        **more,  # type: ignore[arg-type]  # fields of a request
    )
    return Payment(request=request)


def said(status: str, now: Instant) -> Evidence:
    """The bank's own answer."""
    return Evidence(
        provider="simbank",
        provider_txn_id="T",
        tr=TR,
        rrn=RRN,
        amount=25_000,
        currency="INR",
        status=status,  # type: ignore[arg-type]  # a word of ours
        status_word=status,
        trust="proof",
        occurred_at=now,
        payee_vpa="shop@simbank",
    )


def wanted(rows: Sequence[object]) -> Iterator[BankWanted]:
    """The calls among rows."""
    for row in rows:
        told = json.loads(row.row["body"])  # type: ignore[attr-defined]  # rows of the outbox
        yield BankWanted(what=told["what"], tr=told["tr"], number=told["number"], refund=told.get("refund", ""))


def lived(payment: Payment, hours: int, answer: str) -> tuple[list[Instant], Payment]:
    """Look each minute, answer each pull so; when the bank was asked, and how it ended."""
    pulls = list[Instant]()
    for minute in range(hours * 60):
        now = later(BEGAN, minute * MINUTE)
        change, rows = reconciling.look(payment, now)
        payment = change.after
        for call in wanted(rows):
            pulls.append(now)
            match answer:
                case "pending":
                    payment = machine.hear(payment, said("PENDING", now), now, pulled=True).after
                    payment = machine.nothing_known(payment, now, call.number).after
                case "not found":
                    payment = machine.nothing_known(payment, now, call.number).after
                case "no answer":
                    payment = machine.no_answer(payment, now, call.number).after
                case _:
                    pass  # the record of it is lost
    return pulls, payment


@pytest.mark.parametrize("answer", ["pending", "not found", "no answer", "lost"])
@pytest.mark.parametrize("minutes", [15, 60, 24 * 60])
def test_bank_is_asked_three_times_in_two_hours_then_once_an_hour(answer: str, minutes: int) -> None:
    """Also when what is in flight outlives the request, and also when answers are lost."""
    pulls, _ = lived(machine.present(opened(minutes=minutes)).after, 30, answer)
    early = [at for at in pulls if at < later(BEGAN, 2 * HOUR)]
    assert 1 <= len(early) <= 3
    rest = [at for at in pulls if at >= later(BEGAN, 2 * HOUR)]
    assert all(after - before >= HOUR for before, after in itertools.pairwise(rest))


def test_what_is_in_flight_leaves_the_index_when_all_was_asked() -> None:
    """After five days a person asks the bank; nothing looks at it each minute until then, or after."""
    payment = machine.present(opened()).after
    looks, now = 0, BEGAN
    while (at := min(times(payment), default=None)) is not None:
        now = max(at, now)
        looks += 1
        assert looks < 200, "it is looked at for ever"
        change, rows = reconciling.look(payment, now)
        assert change.after != payment, "it is late, and a look moves nothing"
        payment = change.after
        for call in wanted(rows):
            payment = machine.hear(payment, said("PENDING", now), now, pulled=True).after
            payment = machine.nothing_known(payment, now, call.number).after
    assert payment.request.state == "PROCESSING"
    assert looks < 140
    assert later(BEGAN, 4 * DAY) < now < later(BEGAN, 6 * DAY)


def test_pull_whose_answer_never_comes_is_made_again() -> None:
    """The record of it lies in a dead-letter queue: an hour later the bank is asked anew."""
    payment = machine.present(opened(minutes=24 * 60)).after
    first = later(BEGAN, 90 * SECOND)
    asked = reconciling.look(payment, first)[0].after
    assert min(times(asked)) == later(first, HOUR)
    change, rows = reconciling.look(asked, later(first, HOUR))
    assert [call.number for call in wanted(rows)] == [2]
    heard = machine.nothing_known(change.after, later(first, HOUR), 2).after
    assert heard.request.again_at == 0


def test_late_answer_of_an_earlier_pull_leaves_the_later_one_waited_for() -> None:
    """It is not the answer that is missing."""
    payment = machine.present(opened(minutes=24 * 60)).after
    first = later(BEGAN, 90 * SECOND)
    twice = reconciling.look(reconciling.look(payment, first)[0].after, later(first, HOUR))[0].after
    assert machine.nothing_known(twice, later(first, HOUR), 1).after.request.again_at


def test_each_call_that_makes_a_request_known_has_a_number_of_its_own() -> None:
    """A second answer under the first one's number would count as the first one once more."""
    payment = replace(opened(), request=asking.told_first(opened().request))
    numbers = [1]
    for minute in range(1, 12):
        now = later(BEGAN, minute * MINUTE)
        payment = asking.created(payment, Failed(reason="http_0"), now).after
        change, rows = reconciling.look(payment, later(now, 30 * SECOND))
        payment = change.after
        numbers += [call.number for call in wanted(rows)]
    assert len(numbers) == len(set(numbers)) == 12
    assert payment.request.pulls == ()


def test_request_whose_making_was_never_answered_is_made_again() -> None:
    """Its record was lost: ten minutes later the bank is told of it once more."""
    payment = replace(opened(minutes=60), request=asking.told_first(opened(minutes=60).request))
    _, rows = reconciling.look(payment, min(times(payment)))
    assert [(call.what, call.number) for call in wanted(rows)] == [("create", 2)]


def paid() -> Payment:
    """A request with its receipt."""
    receipt = Receipt(rrn=RRN, provider_txn_id="T", amount=25_000, currency="INR", kind="primary", occurred_at=BEGAN)
    return replace(opened(state="PAID"), receipts=(receipt,))


def test_refund_whose_call_was_never_answered_is_asked_after() -> None:
    """Its record was lost: the bank is asked what it knows of this id, an hour later, and again an hour after that."""
    payment = refunds.ask(paid(), "R1", RRN, 10_000, BEGAN).after
    for number in (1, 2, 3):
        change, rows = reconciling.look(payment, min(times(payment)))
        assert [(call.what, call.number) for call in wanted(rows)] == [("pull_refund", number)]
        payment = change.after


def test_refusal_of_a_second_call_frees_nothing_at_once() -> None:
    """The first, whose answer was lost, may have been taken: only what is refused for hours is believed."""
    payment = refunds.ask(paid(), "R1", RRN, 10_000, BEGAN).after
    payment = refunds.answered(payment, "R1", Failed(reason="http_0"), BEGAN).after
    payment = refunds.due(payment, later(BEGAN, HOUR))[0]
    again = refunds.answered(payment, "R1", NotFound(), later(BEGAN, HOUR))
    assert again.call_refund == "R1"
    refused = refunds.answered(again.after, "R1", Failed(reason="no", refused=True), later(BEGAN, HOUR)).after
    assert [refund.state for refund in refused.refunds] == ["SENT"]
    assert (
        refunds.answered(paid_refund(0), "R1", Failed(reason="no", refused=True), BEGAN).after.refunds[0].state
        == "FAILED"
    )
    assert (
        refunds.answered(paid_refund(9), "R1", Failed(reason="no", refused=True), BEGAN).after.refunds[0].state
        == "FAILED"
    )


def paid_refund(calls: int) -> Payment:
    """With a refund that was asked after so often."""
    refund = Refund(id="R1", rrn=RRN, amount=10_000, state="SENT", asked_at=BEGAN, calls=calls)
    return replace(paid(), refunds=(refund,))


def test_many_refunds_that_are_due_at_once_are_asked_after_in_turn() -> None:
    """One transaction holds at most a hundred actions."""
    some = tuple(
        Refund(id=f"R{number}", rrn=RRN, amount=100, state="SENT", asked_at=BEGAN, ask_at=BEGAN) for number in range(60)
    )
    payment, seen = replace(paid(), refunds=some), set[str]()
    for minute in range(1, 4):
        change, rows = reconciling.look(payment, later(BEGAN, minute * MINUTE))
        calls = [call.refund for call in wanted(rows)]
        assert len(calls) == 20
        seen |= set(calls)
        payment = change.after
    assert len(seen) == 60


def test_refused_refunds_are_kept_up_to_a_bound() -> None:
    """Whoever asks for too much a thousand times fills no table."""
    payment = paid()
    for number in range(1_000):
        payment = refunds.ask(payment, f"R{number}", RRN, 99_999, BEGAN).after
    assert len(payment.refunds) == refunds.MOST_REFUSED
    assert refunds.ask(payment, "good", RRN, 100, BEGAN).call_refund == "good"
