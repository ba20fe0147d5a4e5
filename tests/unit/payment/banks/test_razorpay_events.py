"""What is Razorpay's own in callbacks: events about more than one thing, about none that we know, and where our reference stands."""

from typing import Any

import pytest

from haat.payment.model.evidence import Evidence, Notice, RefundEvidence
from tests.unit.payment.banks.kits import ASKED, KITS, heard

KIT = KITS["razorpay"]()


def paid_payment(**changes: Any) -> Any:
    """The payment of an event, to be put into another."""
    return {**KIT.event()["payload"]["payment"]["entity"], **changes}


def about(event: str = "x", **entities: Any) -> Any:
    """What is read from an event with these entities in it."""
    payload = {name: {"entity": entity} for name, entity in entities.items()}
    return heard(KIT, {**KIT.event(), "event": event, "payload": payload})


def test_event_about_a_refund_is_about_the_refund() -> None:
    """Razorpay sends the payment along, `refunded`; the RRN is taken from it only where it is that payment."""
    payment = paid_payment(status="refunded")
    said = about(refund=KIT.refund(), payment=payment)
    assert isinstance(said, RefundEvidence)
    assert (said.status, said.refund_id, said.rrn) == ("DONE", ASKED.refund_id, "006110000001")
    assert (said.merchant_id, said.trust) == ("acc_1", "proof")
    said = about(refund=KIT.refund(), payment={**payment, "id": "pay_2"})
    assert isinstance(said, RefundEvidence)
    assert said.rrn == ""


def test_refund_made_by_hand_has_their_receipt_or_none() -> None:
    """Somebody refunded in the dashboard: it is known by Razorpay's id."""
    for receipt, ours in ((None, ""), ("#126", "#126")):
        said = about(refund={**KIT.refund(), "notes": [], "receipt": receipt, "status": "new word"})
        assert isinstance(said, RefundEvidence)
        assert (said.refund_id, said.provider_refund_id, said.status) == (ours, "rfnd_1", "PENDING")


@pytest.mark.parametrize(
    ("entities", "kind", "tr"),
    [
        ({"dispute": {"id": "disp_1"}, "payment": paid_payment()}, "dispute", ASKED.tr),
        ({"payment_link": {"status": "expired", "reference_id": "R1"}}, "link_expired", "R1"),
        ({"payment_link": {"status": "cancelled", "reference_id": "R1"}}, "link_cancelled", "R1"),
        ({"payment_link": {"status": "odd"}}, "link", ""),
        ({"qr_code": {"status": "closed", "notes": {"tr": "R2"}}}, "qr_closed", "R2"),
        ({"qr_code": {"status": "active", "notes": []}}, "qr", ""),
        ({"settlement": {"id": "setl_1"}}, "settlement", ""),
        ({"payment.downtime": {"id": "down_1"}}, "unknown_event", ""),
    ],
)
def test_event_that_moves_no_money_is_a_notice(entities: Any, kind: str, tr: str) -> None:
    """A dispute flags and never changes a payment; the rest is told for what it is worth."""
    said = about(**entities)
    assert isinstance(said, Notice)
    assert (said.kind, said.tr, said.known) == (kind, tr, kind != "unknown_event")


@pytest.mark.parametrize(
    "beside",
    [
        {"order": {"entity": "order", "receipt": "R3", "notes": []}},
        {"order": {"receipt": "R3", "notes": {"tr": 5}}},
        {"qr_code": {"notes": {"tr": "R3"}}},
        {"payment_link": {"reference_id": "R3"}},
    ],
)
def test_reference_is_found_beside_a_payment_without_one(beside: Any) -> None:
    """The order's receipt, the QR code's note, the link's reference."""
    said = about(payment=paid_payment(notes=[]), **beside)
    assert isinstance(said, Evidence)
    assert said.tr == "R3"


def test_odd_entity_beside_a_payment_spoils_nothing() -> None:
    """What does not decide may be anything: the money came."""
    said = heard(KIT, {**KIT.event(), "payload": {**KIT.event()["payload"], "order": 5, "qr_code": {"entity": []}}})
    assert said == heard(KIT, KIT.event())


def test_event_name_decides_nothing() -> None:
    """The payload is a snapshot of the entity, and the entity may be ahead of the name."""
    for name in ("payment.authorized", "payment.failed", "order.paid", "something.new", ""):
        said = about(name, payment=paid_payment())
        assert isinstance(said, Evidence)
        assert said.status == "SUCCESS"


def test_event_without_an_account_is_about_the_secrets_owner() -> None:
    """Old events name none; the secret that signed them is this account's."""
    event = KIT.event()
    del event["account_id"]
    said = heard(KIT, event)
    assert isinstance(said, Evidence)
    assert said.merchant_id == KIT.account.merchant_id
