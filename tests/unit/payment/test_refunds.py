"""Whatever happens, no more goes back than has come."""

import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from haat.kernel.ids import MerchantId
from haat.kernel.time import Instant
from haat.payment.model.evidence import Evidence, RefundEvidence
from haat.payment.model.payment import Change, Payment, Request
from haat.payment.rules import machine, refunds

HISTORIES = int(os.environ.get("HAAT_HISTORIES", "300"))
NOW = Instant(1_800_000_000_000)
RRNS = ("606110000001", "606110000002", "606110000003")

money = st.builds(
    Evidence,
    provider=st.just("razorpay"),
    provider_txn_id=st.sampled_from(["pay_1", "pay_2", "pay_3"]),
    tr=st.just("H1"),
    rrn=st.sampled_from([*RRNS, ""]),
    amount=st.sampled_from([100, 250, 251]),
    currency=st.just("INR"),
    status=st.sampled_from(["SUCCESS", "SUCCESS", "FAILED", "PENDING", "UNKNOWN"]),
    status_word=st.just("x"),
    trust=st.sampled_from(["proof", "proof", "hint"]),
    occurred_at=st.integers(0, 2_000_000).map(lambda ms: Instant(NOW + ms)),
    payee_vpa=st.sampled_from(["shop@bank", "SHOP@bank", "thief@bank"]),
)
back = st.builds(
    RefundEvidence,
    provider=st.just("razorpay"),
    provider_refund_id=st.sampled_from(["rfnd_1", "rfnd_2", "rfnd_3"]),
    refund_id=st.sampled_from(["", "", "R1", "R2", "R3"]),
    amount=st.sampled_from([50, 100, 250, 400]),
    status=st.sampled_from(["DONE", "FAILED", "PENDING"]),
    status_word=st.just("x"),
    trust=st.just("proof"),
    rrn=st.sampled_from([*RRNS, ""]),
    provider_txn_id=st.sampled_from(["", "pay_1", "pay_2", "pay_3"]),
)
asked = st.tuples(st.sampled_from(["R1", "R2", "R3", "R4"]), st.sampled_from(RRNS), st.integers(-1, 300))
steps = st.lists(st.one_of(money, back, asked, st.sampled_from(["present", "cancel", "expire"])), max_size=30)


def _opened() -> Payment:
    return Payment(
        request=Request(
            tr="H1", merchant=MerchantId("m"), account="a", provider="razorpay", payee_vpa="shop@bank", payee_id="",
            amount=250, currency="INR", created_at=NOW, expires_at=Instant(NOW + 900_000),
        )
    )  # fmt: skip


def _step(before: Payment, step: object) -> Change:
    match step:
        case Evidence():
            return machine.hear(before, step, NOW)
        case RefundEvidence():
            return refunds.hear(before, step, NOW)
        case (str(id), str(rrn), int(amount)):
            return refunds.ask(before, id, rrn, amount, NOW)
        case "present":
            return machine.present(before)
        case "cancel":
            return machine.cancel(before, NOW)
        case _:
            return machine.expire(before, Instant(NOW + 901_000))


@settings(max_examples=HISTORIES, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps)
def test_no_more_goes_back_than_came(history: list[object]) -> None:
    """Whatever happens in whatever order, each receipt gives back at most what it brought."""
    payment, paid, done, called = _opened(), 0, [], []
    for step in history:
        was = payment.request.state
        change = _step(payment, step)
        assert change.after.request.version >= payment.request.version
        payment = change.after
        for receipt in payment.receipts:
            mine = [refund for refund in payment.refunds if refund.rrn == receipt.rrn]
            assert sum(refund.amount for refund in mine if refund.state == "DONE") <= receipt.amount
        received = sum(receipt.amount for receipt in payment.receipts)
        assert sum(refund.amount for refund in payment.refunds if refund.state == "DONE") <= received
        assert len({receipt.rrn for receipt in payment.receipts}) == len(payment.receipts)
        if was == "PAID":
            assert payment.request.state == "PAID"
        paid += sum(event.kind == "PaymentPaid" for event in change.events)
        done += [event.about for event in change.events if event.kind == "RefundDone"]
        called += [change.call_refund] if change.call_refund else []
    assert paid == (payment.request.state == "PAID")
    assert len(done) == len(set(done))
    assert len(called) == len(set(called))


@pytest.mark.parametrize("amount", [0, -1, 251])
def test_refund_that_is_no_part_of_the_receipt_is_refused(amount: int) -> None:
    """Nothing, less than nothing and too much are refused before any call."""
    said = Evidence(
        provider="razorpay", provider_txn_id="pay_1", tr="H1", rrn=RRNS[0], amount=250, currency="INR", status="SUCCESS",
        status_word="captured", trust="proof", occurred_at=NOW, payee_vpa="shop@bank",
    )  # fmt: skip
    paid = machine.hear(_opened(), said, NOW).after
    change = refunds.ask(paid, "R1", RRNS[0], amount, NOW)
    assert [refund.state for refund in change.after.refunds] == ["REFUSED"]
    assert not change.call_refund
