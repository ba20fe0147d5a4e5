"""What is Razorpay's own in calls and answers: QR codes, its list of refunds, its refusals, its settlement report."""

import base64
import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from haat.kernel.errors import Rejected
from haat.kernel.time import DAY, MINUTE, SECOND, Instant
from haat.payment.banks import BadRow, Created, Failed, NotFound, razorpay
from haat.payment.model.evidence import RefundEvidence
from haat.payment.rules import reading
from tests.unit.payment.banks.kits import ASKED, AT, KITS, SECRETS, written

KIT = KITS["razorpay"]()


def created(**changes: Any) -> Any:
    """The body of the call that makes a QR code."""
    call = razorpay.create(KIT.account, KIT.keys, replace(ASKED, **changes))
    assert call is not None
    assert (call.method, call.url) == ("POST", KIT.account.base_url + "/v1/payments/qr_codes")
    return json.loads(call.body)


def error(description: str = "", code: str = "BAD_REQUEST_ERROR") -> bytes:
    """An error as Razorpay writes it."""
    return written({"error": {"code": code, "description": description, "source": "business", "metadata": {}}})


def paid_payment(**changes: Any) -> Any:
    """The payment of an event, to be put into another."""
    return {**KIT.event()["payload"]["payment"]["entity"], **changes}


def test_request_becomes_a_qr_code_for_one_payment_of_that_sum() -> None:
    """The sum is fixed, and our reference is noted."""
    assert created() == {
        "type": "upi_qr",
        "usage": "single_use",
        "fixed_amount": True,
        "payment_amount": 25000,
        "description": "Order 7",
        "close_by": AT - 60 + 30 * 60,
        "notes": {"tr": ASKED.tr},
    }


@pytest.mark.parametrize(
    ("after", "closes"),
    [(0, 30 * MINUTE), (15 * MINUTE, 30 * MINUTE), (DAY + 1, DAY + SECOND), (60 * DAY, 44 * DAY)],
)
def test_qr_code_stays_open_as_razorpay_will_have_it(after: int, closes: int) -> None:
    """At least 15 minutes, whatever our own expiry is, at most 45 days, in whole seconds and never earlier than we say."""
    opened = ASKED.created_at
    assert created(expires_at=Instant(opened + after))["close_by"] * SECOND == opened + closes


def test_static_qr_code_takes_any_sum_and_names_no_request() -> None:
    """Razorpay copies a code's notes to its payments: a static one carries none."""
    assert created(amount=0, tr="", note="Counter") == {
        "type": "upi_qr",
        "description": "Counter",
        "usage": "multiple_use",
        "fixed_amount": False,
    }


def test_request_in_another_currency_is_not_created() -> None:
    """UPI takes INR only."""
    with pytest.raises(Rejected):
        created(currency="USD")


def test_calls_are_signed_with_key_id_and_secret() -> None:
    """Basic authentication, as its documentation says."""
    call = razorpay.pull(KIT.account, KIT.keys, ASKED)
    scheme, _, given = call.headers["Authorization"].partition(" ")
    assert (scheme, base64.b64decode(given).decode()) == ("Basic", f"{SECRETS[2]}:{SECRETS[3]}")


@pytest.mark.parametrize(
    ("answer", "link"),
    [
        ({"image_content": "upi://pay?pa=a@b&tr=RZP1&am=250&cu=INR"}, "upi://pay?pa=a@b&tr=RZP1&am=250&cu=INR"),
        ({}, ""),
        ({"image_content": "0002010102..."}, ""),
        ({"image_content": "javascript:alert(1)"}, ""),
    ],
)
def test_created_qr_code_gives_a_link_where_it_may(answer: dict[str, str], link: str) -> None:
    """Its text is only there for accounts that have asked for that; the page with its picture always is."""
    raw = written({"id": "qr_1", "entity": "qr_code", "image_url": "https://rzp.io/i/x", "status": "active", **answer})
    assert razorpay.read_create(KIT.account, {}, ASKED, 200, raw) == Created(
        provider_ref="qr_1", link=link, picture="https://rzp.io/i/x"
    )


@pytest.mark.parametrize(
    ("ref", "path"),
    [
        ("qr_1", "/v1/payments/qr_codes/qr_1/payments?count=100"),
        ("order_1", "/v1/orders/order_1/payments"),
        ("pay_1", "/v1/payments/pay_1"),
        ("", f"/v1/orders?receipt={ASKED.tr}&expand%5B%5D=payments&count=100"),
    ],
)
def test_pull_asks_for_what_was_created(ref: str, path: str) -> None:
    """And where nothing is known, for the orders with our reference."""
    assert razorpay.pull(KIT.account, KIT.keys, replace(ASKED, provider_ref=ref)).url == KIT.account.base_url + path


def test_payment_of_our_qr_code_is_ours_without_a_note() -> None:
    """Its documentation shows these lists with payments whose notes are an empty list."""
    for payment in (paid_payment(notes=[]), paid_payment(notes={"tr": "x" * 36})):
        found = razorpay.read_pull(KIT.account, {}, ASKED, 200, written({"items": [payment]}))
        assert isinstance(found, tuple)
        assert [each.tr for each in found] == [ASKED.tr]


def test_single_payment_is_one_piece_of_evidence() -> None:
    """Asked by its own id, a payment comes alone."""
    found = razorpay.read_pull(KIT.account, {}, ASKED, 200, written(paid_payment()))
    assert isinstance(found, tuple)
    assert [(each.status, each.merchant_id) for each in found] == [("SUCCESS", "acc_1")]


def test_orders_of_other_references_are_not_ours() -> None:
    """The filter by receipt is documented as one that contains."""
    orders = [
        {"entity": "order", "receipt": receipt, "payments": {"items": [paid_payment(id=f"pay_{n}", notes=[])]}}
        for n, receipt in enumerate([ASKED.tr, ASKED.tr + "0", None])
    ]
    found = razorpay.read_pull(KIT.account, {}, ASKED, 200, written({"items": orders}))
    assert isinstance(found, tuple)
    assert [(each.provider_txn_id, each.tr) for each in found] == [("pay_0", ASKED.tr)]
    assert razorpay.read_pull(KIT.account, {}, ASKED, 200, written({"items": orders[1:]})) == NotFound()


def test_refunded_payment_pays_nothing() -> None:
    """The money came and is gone: that is for a person to see, and no reason to let goods go."""
    found = razorpay.read_pull(KIT.account, {}, ASKED, 200, written({"items": [paid_payment(status="refunded")]}))
    assert isinstance(found, tuple)
    assert [each.status for each in found] == ["UNKNOWN"]


def test_refund_goes_out_under_an_idempotency_key() -> None:
    """Of at least ten characters, also where our id is shorter; receipt and note carry our id, for the way back."""
    call = razorpay.refund(KIT.account, KIT.keys, replace(ASKED, refund_id="r1", amount=100))
    assert call.url == KIT.account.base_url + "/v1/payments/pay_1/refund"
    assert call.headers["X-Refund-Idempotency"] == "haat-refund-r1"
    assert json.loads(call.body) == {
        "amount": 100,
        "speed": "normal",
        "receipt": "r1",
        "notes": {"refund_id": "r1", "tr": ASKED.tr},
    }


@pytest.mark.parametrize(
    ("status", "raw", "refused"),
    [
        (400, error("The total refund amount is greater than the refund payment amount"), True),
        (400, error("Different request with the same idempotency key has already been processed."), False),
        (400, error(code="GATEWAY_ERROR"), False),
        (400, error(code="SERVER_ERROR"), False),
        (400, b"<html>", False),
        (409, error(), False),
        (401, error(), False),
        (404, error(), False),
        (502, error(), False),
    ],
)
def test_only_a_bad_request_refuses(status: int, raw: bytes, refused: bool) -> None:  # noqa: FBT001
    """A sum is freed when nothing can have been done under this key, and never after a question."""
    for answer in (
        razorpay.read_refund(KIT.account, {}, ASKED, status, raw),
        razorpay.read_create(KIT.account, {}, ASKED, status, raw),
    ):
        assert isinstance(answer, Failed)
        assert answer.refused is refused
        assert "refund" not in answer.reason  # what they write may hold anything
    asked = razorpay.read_pull_refund(KIT.account, {}, ASKED, status, raw)
    assert isinstance(asked, Failed)
    assert not asked.refused


@pytest.mark.parametrize(
    "known",
    [
        {"notes": {"refund_id": ASKED.refund_id}, "receipt": None},
        {"notes": [], "receipt": ASKED.refund_id},
        {"id": "rfnd_7"},
    ],
)
def test_refund_is_found_by_note_by_receipt_or_by_its_own_id(known: dict[str, Any]) -> None:
    """Whichever of them came through."""
    other, ours = KIT.refund("another"), {**KIT.refund("another"), **known}
    asked = replace(ASKED, provider_refund_id="rfnd_7")
    found = razorpay.read_pull_refund(KIT.account, {}, asked, 200, written({"items": [other, ours]}))
    assert isinstance(found, RefundEvidence)
    assert found.refund_id == ASKED.refund_id


def test_full_page_of_other_refunds_is_no_answer() -> None:
    """Ours may be on the next page, so it is not "not found"."""
    for there, answer in ((99, NotFound()), (100, Failed(reason="too_many"))):
        raw = written({"items": [KIT.refund(f"other-{n}") for n in range(there)]})
        assert razorpay.read_pull_refund(KIT.account, {}, ASKED, 200, raw) == answer


def line(**changes: Any) -> dict[str, Any]:
    """One line of the settlement report."""
    plain = {
        "entity_id": "pay_1",
        "type": "payment",
        "debit": 0,
        "credit": 24400,
        "amount": 25000,
        "fee": 600,
        "tax": 92,
    }
    rest = {"currency": "INR", "on_hold": False, "settled": True, "created_at": AT, "settlement_id": "setl_1"}
    return {**plain, **rest, "payment_id": None, "order_receipt": "R1", "notes": "[]", "dispute_id": None, **changes}


def test_settlement_line_says_what_was_paid_before_the_fee() -> None:
    """Amount and fee stand apart; the fee holds its tax."""
    rows, bad = razorpay.read_settlement(KIT.account, written({"items": [line()]}))
    assert (bad, len(rows)) == ((), 1)
    assert (rows[0].kind, rows[0].amount, rows[0].fee, rows[0].provider_txn_id) == ("payment", 25000, 600, "pay_1")
    assert (rows[0].tr, rows[0].settlement_id, rows[0].status_word) == ("R1", "setl_1", "settled")


@pytest.mark.parametrize(
    ("notes", "tr"),
    [
        ('{"tr":"T1"}', "T1"),
        ('{"tr":["T1"]}', ""),
        ('{"tr":"T1","tr":"T2"}', ""),
        ("{}", ""),
        ("[]", ""),
        ("Beam me up.", ""),
        ("\ud800", ""),
        ({"tr": "T1"}, ""),
        (None, ""),
    ],
)
def test_settlement_line_without_a_receipt_is_known_by_its_notes(notes: Any, tr: str) -> None:
    """Of a code that we had made: our reference stands in a text of JSON there. Whatever else stands there is somebody else's."""
    rows, bad = razorpay.read_settlement(KIT.account, written({"items": [line(order_receipt=None, notes=notes)]}))
    assert ([row.tr for row in rows], bad) == ([tr], ())
    assert razorpay.read_settlement(KIT.account, written({"items": [line(notes='{"tr":"T1"}')]}))[0][0].tr == "R1"


def test_lost_dispute_is_a_row_and_other_lines_are_shown_as_unread() -> None:
    """A line that is no payment's is counted where it stands, and stops no other."""
    items = [
        line(type="transfer", entity_id="trf_1"),
        line(type="adjustment", entity_id="adj_1", payment_id="pay_9", dispute_id="disp_1", debit=25000, fee=None),
        line(type="adjustment", entity_id="adj_2"),
        line(currency="USD"),
        line(amount=250.5),
        line(entity_id=None),
        7,
        line(settled=False, on_hold=True),
    ]
    rows, bad = razorpay.read_settlement(KIT.account, written({"items": items}))
    assert [(row.kind, row.provider_txn_id, row.status_word) for row in rows] == [
        ("dispute", "pay_9", "settled"),
        ("payment", "pay_1", "on_hold"),
    ]
    reasons = ["unknown_type", "unknown_type", "bad_currency", "bad_amount", "malformed", "malformed"]
    assert bad == tuple(BadRow(line=at, reason=why) for at, why in zip([1, 3, 4, 5, 6, 7], reasons, strict=True))


def test_unreadable_report_is_no_empty_day() -> None:
    """A day on which nothing was settled is a list without lines; anything else is said."""
    assert razorpay.read_settlement(KIT.account, b'{"items":[]}') == ((), ())
    assert razorpay.read_settlement(KIT.account, b"<html>") == ((), (BadRow(line=0, reason="malformed"),))
    assert razorpay.read_settlement(KIT.account, b"{}") == ((), (BadRow(line=0, reason="malformed"),))


def test_report_with_more_lines_than_any_is_refused_whole() -> None:
    """No answer is made for each of them."""
    for more, refused in ((0, False), (1, True)):
        raw = b'{"items":[' + b"1," * (reading.MOST_LINES + more - 1) + b"1]}"
        bad = razorpay.read_settlement(KIT.account, raw)[1]
        assert (bad == (BadRow(line=0, reason="too_many_lines"),)) is refused


def test_report_is_asked_for_by_day_and_page() -> None:
    """Month and day have two digits, as its documentation writes them."""
    call = razorpay.settlement(KIT.account, KIT.keys, date(2026, 3, 2), skip=100)
    assert call is not None
    assert call.url.endswith("/v1/settlements/recon/combined?year=2026&month=03&day=02&count=25&skip=100")
