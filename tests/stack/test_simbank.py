"""The simulated bank, read by the product's own adapters: what payers do, what its API answers, what its callbacks bring."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
import razorpay as razorpay_sdk  # type: ignore[import-untyped]

from haat.kernel.secret import Secret
from haat.payment.model.bank import Failed, NotFound
from haat.payment.model.evidence import Evidence, RefundEvidence, Refused, Status
from infra.local.bank_sides import DEMOS
from infra.local.simulators.bank_formats import PROVIDERS
from infra.local.simulators.bank_world import INDIA, Impossible, PaymentWord
from tests.stack.simbanked import MANY, SIDES, TELL_REFUNDS, TR, VPA, Counter, money


@pytest.fixture(params=PROVIDERS)
def at(request: pytest.FixtureRequest) -> Counter:
    """Return a counter at each of the bank's formats."""
    return Counter(request.param)


def test_paid_is_told_and_can_be_asked(at: Counter) -> None:
    """A payer pays what the link says: the callbacks are about our reference and sum, and the bank says the same when asked."""
    link = at.link()
    assert at.pull() == NotFound()
    payment = at.bank.pay(link)
    said = at.said(at.posted())
    told = [one for one in said if isinstance(one, Evidence)]
    assert {(one.tr, one.amount, one.status, one.rrn) for one in told} == {(TR, 25_000, "SUCCESS", payment.rrn)}
    assert not [one for one in said if isinstance(one, Refused)]
    assert {one.trust for one in told} == {at.adapter.CAPS.trust}
    assert money(at.pull()) == [(TR, 25_000, "SUCCESS")]
    assert len(payment.rrn) == 12
    assert at.posted() == []


@pytest.mark.parametrize(
    ("word", "status"), [("FAILED", "FAILED"), ("PENDING", "PENDING"), ("DEEMED", "PENDING"), ("SUCCESS", "SUCCESS")]
)
def test_each_end_reads_as_what_it_is(at: Counter, word: PaymentWord, status: Status) -> None:
    """What a payer leaves behind is what the bank says."""
    at.bank.pay(at.link(), word=word)
    assert money(at.pull()) == [(TR, 25_000, status)]


@pytest.mark.parametrize("end", ["SUCCESS", "FAILED"])
@pytest.mark.parametrize("open_as", ["PENDING", "DEEMED"])
def test_an_open_payment_is_finished_later(at: Counter, open_as: PaymentWord, end: Any) -> None:
    """It is told again, under the same id and RRN; one that is final can't be changed."""
    before = at.bank.pay(at.link(), word=open_as)
    at.posted()
    after = at.bank.finish(before.id, end)
    assert (after.id, after.rrn) == (before.id, before.rrn)
    assert [one.status for one in at.said(at.posted()) if isinstance(one, Evidence)][-1:] == [end]
    if end == "SUCCESS":
        with pytest.raises(Impossible, match="not open"):
            at.bank.finish(before.id, "FAILED")


def test_twice_another_amount_and_late(at: Counter) -> None:
    """Each attempt is a payment of its own; a late one happens when its time has come."""
    link = at.link()
    first, second = at.bank.pay(link), at.bank.pay(link)
    assert first.rrn != second.rrn
    at.bank.pay(link, amount=24_900)
    at.bank.pay_later(link, 1200)
    at.posted()
    if at.provider in MANY:
        assert sorted(amount for _, amount, _ in money(at.pull())) == [24_900, 25_000, 25_000]
    else:
        assert money(at.pull()) == [(TR, 25_000, "SUCCESS")]
    assert at.bank.next_due() == at.clock.now + 1200
    at.clock.now += 1200
    told = [one for one in at.said(at.posted()) if isinstance(one, Evidence)]
    assert {one.occurred_at for one in told} == {at.now}
    assert at.now > at.asked.expires_at
    assert len(money(at.pull())) == (4 if at.provider in MANY else 1)


@pytest.mark.parametrize(
    "link",
    ["https://pay?pa=a@b", "upi://pay?pn=nobody", "upi://pay?pa=who@nowhere&am=1", "upi://pay?pa={vpa}", "upi://pay?pa={vpa}&am=1.234"],
)  # fmt: skip
def test_a_link_that_nobody_can_pay_is_refused(at: Counter, link: str) -> None:
    """And nothing is left behind."""
    with pytest.raises(Impossible):
        at.bank.pay(link.format(vpa=VPA[at.provider]))
    assert at.bank.world.payments == {}
    assert at.bank.due(at.clock.now) == []


def test_an_open_amount_is_typed(at: Counter) -> None:
    """A static link carries no sum and no reference."""
    payment = at.bank.pay(f"upi://pay?pa={VPA[at.provider].upper()}&pn=x", amount=100)
    assert (payment.amount, payment.reference) == (100, "")
    assert [(one.tr, one.amount) for one in at.said(at.posted()) if isinstance(one, Evidence)][-1:] == [("", 100)]


# Refunds


def test_refund_is_given_once_for_its_id(at: Counter) -> None:
    """The same id and body again is the first one's answer; all can be asked after; more than is left is refused."""
    payment = at.bank.pay(at.link())
    at.posted()
    asked = at.refund(payment, 10_000)
    assert at.ask_after(asked) == NotFound()
    first = at.give_back(asked)
    assert isinstance(first, RefundEvidence), first
    assert (first.status, first.amount, first.refund_id) == ("DONE", 10_000, "R1")
    assert first.provider_txn_id in ("", asked.provider_txn_id)
    assert at.give_back(asked) == first
    assert at.ask_after(asked) == first
    assert len(at.bank.world.refunds) == 1
    told = [one for one in at.said(at.posted()) if isinstance(one, RefundEvidence)]
    if at.provider in TELL_REFUNDS:
        assert told[-1].status == "DONE"
        # Where the RRN that is told is the refund's own, the payment is named by the bank's id of it.
        assert {(one.refund_id, one.provider_txn_id) for one in told} == {("R1", asked.provider_txn_id)}
        assert at.provider == "axis" or {one.rrn for one in told} == {payment.rrn}
    else:
        assert told == []
    too_much = at.give_back(at.refund(payment, 15_001, "R2"))
    assert isinstance(too_much, Failed)
    assert too_much.refused
    assert isinstance(at.give_back(at.refund(payment, 15_000, "R3")), RefundEvidence)
    assert at.bank.world.given_back(payment.id) == 25_000


def test_refund_under_way_ends_either_way(at: Counter) -> None:
    """Pending until it is finished; one that failed frees its sum."""
    at.bank.refunds = "pending"
    payment = at.bank.pay(at.link())
    at.posted()
    asked = at.refund(payment, 25_000)
    begun = at.give_back(asked)
    assert isinstance(begun, RefundEvidence)
    assert begun.status == "PENDING"
    (made,) = at.bank.world.refunds
    assert begun.provider_refund_id in ("", made)
    at.bank.finish_refund(made, "FAILED")
    after = at.ask_after(asked)
    assert isinstance(after, RefundEvidence)
    assert after.status == "FAILED"
    assert at.bank.left(payment) == 25_000
    told = [one.status for one in at.said(at.posted()) if isinstance(one, RefundEvidence)]
    assert told == (["PENDING", "FAILED"] if at.provider in TELL_REFUNDS else [])


def test_refund_by_hand_is_told_without_an_id_of_ours(at: Counter) -> None:
    """As a shopkeeper does at the bank's own page."""
    payment = at.bank.pay(at.link())
    at.posted()
    at.bank.begin_refund(payment, 100)
    told = [one for one in at.said(at.posted()) if isinstance(one, RefundEvidence)]
    assert {(one.refund_id, one.amount) for one in told} == ({("", 100)} if at.provider in TELL_REFUNDS else set())


def test_another_body_under_a_key_is_refused() -> None:
    """Razorpay's idempotent refunds: a 400 that speaks of the key, and says nothing of the refund."""
    at = Counter("razorpay")
    payment = at.bank.pay(at.link())
    at.give_back(at.refund(payment, 100))
    assert at.give_back(at.refund(payment, 200)) == Failed(reason="idempotency")
    assert at.bank.world.given_back(payment.id) == 100


# Who may call


def test_wrong_keys_learn_nothing(at: Counter) -> None:
    """Neither a stranger nor another account sees a payment or gives it back."""
    payment = at.bank.pay(at.link())
    asked = at.refund(payment, 100)
    other = DEMOS[at.provider].keys("other")
    keys = {name: Secret(value) for name, value in other.shop.items()}
    response = at.call(at.adapter.pull(at.account, keys, at.asked))
    assert response.status in (400, 401)
    at.bank.open_account(at.provider, merchant_id="M2", vpa="other@simbank", webhook="/x", keys=other.bank)
    response = at.call(at.adapter.pull(at.account, keys, at.asked))
    for read in (at.keys, keys):
        found = at.adapter.read_pull(at.account, read, at.asked, response.status, response.body)
        assert not isinstance(found, tuple)
    response = at.call(at.adapter.refund(at.account, keys, asked))
    assert isinstance(at.adapter.read_refund(at.account, keys, asked, response.status, response.body), Failed)
    assert at.bank.world.refunds == {}


# What only one of the formats has


def test_razorpays_own_verifier_agrees() -> None:
    """The SDK's check of a signature takes our callbacks, and not forged ones."""
    at = Counter("razorpay")
    at.bank.pay(at.link())
    utility, secret = razorpay_sdk.Client(auth=("", "")).utility, SIDES["razorpay"].shop["webhook_secret"]
    for one in at.posted():
        assert utility.verify_webhook_signature(one.body.decode(), one.headers["X-Razorpay-Signature"], secret)
    at.bank.forge(at.link())
    (forged,) = at.posted()
    with pytest.raises(razorpay_sdk.errors.SignatureVerificationError):
        utility.verify_webhook_signature(forged.body.decode(), forged.headers["X-Razorpay-Signature"], secret)


def test_a_code_tells_its_whole_life() -> None:
    """A payment of a code is authorized, captured, credited; a code for one payment closes, and after its time is closed."""
    at = Counter("razorpay")
    link = at.link()
    assert f"pa={VPA['razorpay']}" in link
    assert TR not in link
    at.bank.pay(link)
    events = [json.loads(one.body) for one in at.posted()]
    assert [one["event"] for one in events] == [
        "payment.authorized", "payment.captured", "qr_code.credited", "qr_code.closed",
    ]  # fmt: skip
    assert events[1]["payload"]["payment"]["entity"]["notes"] == {"tr": TR}
    late = at.link()
    at.clock.now += 3600
    with pytest.raises(Impossible, match="closed"):
        at.bank.pay(late)


def test_an_order_is_paid_and_found_by_its_receipt() -> None:
    """As WhatsApp's own payments come to Razorpay."""
    at = Counter("razorpay")
    account = at.bank.world.accounts["razorpay:M1"]
    order = at.bank.begin_order(account, 25_000, TR, {})
    at.bank.begin_order(account, 100, TR + "X", {})
    at.bank.pay(order.id)
    assert money(at.pull()) == [(TR, 25_000, "SUCCESS")]
    said = at.said(at.posted())
    assert isinstance(said[-1], Evidence)
    assert said[-1].tr == TR


def test_settlement_report_has_what_came_the_day_before() -> None:
    """Money that came and went, by pages."""
    at = Counter("razorpay")
    first = at.bank.pay(at.link())
    at.bank.pay(at.link(), word="FAILED")
    at.bank.begin_refund(first, 100)
    day = datetime.fromtimestamp(at.clock.now, INDIA).date()
    pages = {}
    for settled in (day, day + timedelta(days=1), day + timedelta(days=2)):
        response = at.call(at.adapter.settlement(at.account, at.keys, settled))
        pages[settled], bad = at.adapter.read_settlement(at.account, response.body)
        assert bad == ()
    assert (pages[day], pages[day + timedelta(days=2)]) == ((), ())
    kinds = [(row.kind, row.amount) for row in pages[day + timedelta(days=1)]]
    assert kinds == [("payment", 25_000), ("refund", 100)]
    last = at.call(at.adapter.settlement(at.account, at.keys, day + timedelta(days=1), 2))
    assert at.adapter.read_settlement(at.account, last.body) == ((), ())
