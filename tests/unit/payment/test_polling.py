"""The bank is asked early enough to find the money, and never more often than it allows."""

import itertools
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from haat.kernel.ids import MerchantId
from haat.kernel.time import HOUR, MINUTE, SECOND, Instant, later
from haat.payment.model.evidence import Evidence, Status
from haat.payment.model.payment import Payment, Request
from haat.payment.rules import machine, polling

BEGAN = Instant(1_800_000_000_000)
ENDS = later(BEGAN, 15 * MINUTE)


def _payment() -> Payment:
    return machine.present(
        Payment(
            request=Request(
                tr="H1", merchant=MerchantId("m"), account="a", provider="icici", payee_vpa="shop@bank", payee_id="",
                amount=250, currency="INR", created_at=BEGAN, expires_at=ENDS,
            )
        )
    ).after  # fmt: skip


def _hint(at: Instant, status: Status = "SUCCESS") -> Evidence:
    return Evidence(
        provider="icici", provider_txn_id=f"t{at}", tr="H1", rrn="606110000001", amount=250, currency="INR", status=status,
        status_word="x", trust="hint", occurred_at=at, payee_vpa="shop@bank",
    )  # fmt: skip


def _live(hints: list[int], hours: int, *, answer: str = "nothing") -> tuple[list[Instant], Payment]:
    """Let time pass: hints come, due calls are made and bring nothing -> when the bank was asked."""
    payment, told = _payment(), sorted(later(BEGAN, s * SECOND) for s in hints)
    now, end = BEGAN, later(BEGAN, hours * HOUR)
    while True:
        due = [t for t in (payment.request.pull_at, ENDS if payment.request.state in machine.UNDECIDED else 0) if t]
        moments = [t for t in (*told[:1], *due) if t <= end]
        if not moments:
            return list(payment.request.pulls), payment
        now = Instant(max(now, min(moments)))
        if told and told[0] <= now:
            payment = machine.hear(payment, _hint(told.pop(0)), now).after
            continue
        if payment.request.state in machine.UNDECIDED and now >= ENDS:
            payment = machine.expire(payment, now).after
            continue
        payment = replace(payment, request=polling.made(payment.request, now))
        after = machine.nothing_known if answer == "nothing" else machine.no_answer
        payment = after(payment, now).after


@given(st.lists(st.integers(0, 7_200), max_size=40), st.sampled_from(["nothing", "no answer"]))
def test_no_flood_of_hints_makes_more_than_three_calls_in_two_hours(hints: list[int], answer: str) -> None:
    """Whenever hints come, the bank is not asked before +90 s, three times in two hours at most, then once an hour."""
    pulls, _ = _live(hints, hours=6, answer=answer)
    early = [pull for pull in pulls if pull < later(BEGAN, 2 * HOUR)]
    assert len(early) <= 3
    assert all(pull >= later(BEGAN, 90 * SECOND) for pull in pulls)
    late = [pull for pull in pulls if pull >= later(BEGAN, 2 * HOUR)]
    assert all(b - a >= HOUR for a, b in itertools.pairwise(late))


@given(st.lists(st.integers(0, 7_200), max_size=40))
def test_one_call_is_kept_for_the_end(hints: list[int]) -> None:
    """Whatever was used up before, the bank is asked when the request's time is over."""
    pulls, payment = _live(hints, hours=1)
    assert any(pull >= ENDS for pull in pulls)
    assert payment.request.state == "EXPIRED"


def test_hint_is_followed_at_once_after_ninety_seconds_and_not_before() -> None:
    """A hint moves the next call forward as far as the limits allow."""
    early = machine.hear(_payment(), _hint(later(BEGAN, 30 * SECOND)), later(BEGAN, 30 * SECOND)).after
    assert early.request.pull_at == later(BEGAN, 90 * SECOND)
    asked = replace(early, request=polling.made(early.request, later(BEGAN, 90 * SECOND)))
    waiting = machine.nothing_known(asked, later(BEGAN, 90 * SECOND)).after
    assert waiting.request.pull_at == ENDS
    at = later(BEGAN, 200 * SECOND)
    assert machine.hear(waiting, _hint(at), at).after.request.pull_at == at


def test_what_is_in_flight_is_asked_after_for_days() -> None:
    """Money that left and has not arrived is asked after for five days: about once an hour."""
    now = later(BEGAN, 100 * SECOND)
    proof = replace(_hint(now, "PENDING"), trust="proof")
    payment = machine.hear(_payment(), proof, now).after
    calls = 0
    while payment.request.pull_at:
        now = payment.request.pull_at
        calls += 1
        payment = replace(payment, request=polling.made(payment.request, now))
        payment = machine.nothing_known(payment, now).after
    assert payment.request.state == "PROCESSING"
    assert 110 < calls < 130
    assert now >= later(BEGAN, polling.GIVE_UP_MS)
