"""The calls that HDFC gets, and its answers to them."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from haat.payment.banks import Failed, NotFound, hdfc, hdfc_entities
from haat.payment.model.evidence import RefundEvidence
from tests.unit.payment.banks.kits import ASKED, KITS
from tests.unit.payment.banks.kits.hdfc import MERCHANT, answer, body, fields, opened, unknown

KIT = KITS["hdfc"]()
KEYS = KIT.settlement_keys()
OURS = ASKED.refund_id


def pulled(document: Any) -> Any:
    """What is read from the answer to a pull."""
    return hdfc.read_pull(KIT.account, KEYS, ASKED, 200, answer(document))


def refunded(**said: str) -> Mapping[str, str]:
    """An answer about our refund."""
    return fields(**{"txn": "rfnd_1", "order": OURS, "status": "S", "rrn": "006110000009", **said})


def made(**said: str) -> Any:
    """What is read from the answer to a refund."""
    return hdfc.read_refund(KIT.account, KEYS, ASKED, 200, answer(refunded(**said)))


def asked_after(**said: str) -> Any:
    """What is read from the answer to the question after it."""
    return hdfc.read_pull_refund(KIT.account, KEYS, ASKED, 200, answer(refunded(**said)))


def test_question_has_14_fields() -> None:
    """Merchant, our reference, two that are empty, eight spare, NA twice."""
    call = hdfc.pull(KIT.account, KIT.call_keys(), ASKED)
    assert call.url == "http://127.0.0.1:9/upi/transactionStatusQuery"
    assert opened(call).decode().split("|") == [MERCHANT, ASKED.tr, *[""] * 10, "NA", "NA"]
    assert json.loads(call.body)["pgMerchantId"] == MERCHANT
    assert set(json.loads(call.body)) == {"requestMsg", "pgMerchantId"}


def test_answer_is_bare_hex() -> None:
    """With or without a line's end; as JSON, as a form, or torn it is none."""
    raw = answer(fields())
    for good in (raw, raw + b"\r\n", raw.lower()):
        assert isinstance(hdfc.read_pull(KIT.account, KEYS, ASKED, 200, good), tuple)
    for bad in (b'"' + raw + b'"', b"meRes=" + raw, raw[:-32], body(fields()), b"", b"\xff" * 32):
        assert isinstance(hdfc.read_pull(KIT.account, KEYS, ASKED, 200, bad), Failed)


def test_answer_about_another_order_is_none() -> None:
    """We asked about one and are told of another: nobody knows."""
    assert pulled(fields(order="H-other")) == Failed(reason="malformed")


def test_answer_is_about_our_own_merchant() -> None:
    """No field names one: it came for our own credentials."""
    (said,) = pulled(fields())
    assert (said.merchant_id, said.trust) == (MERCHANT, "proof")


def test_unknown_order_is_only_the_banks_own_nothing() -> None:
    """Its code, about this order or none, and no word that says otherwise."""
    assert pulled(unknown(ASKED.tr)) == NotFound()
    assert pulled({**unknown(ASKED.tr), "order": "NA", "status": "NA"}) == NotFound()
    for odd in (
        {"order": "H-other"},
        {"status": "SUCCESS"},
        {"status": "PENDING"},
        {"status": "ABORTED?"},
        {"code": "U48"},
        {"code": "NA"},
        {"code": "1000"},
    ):
        assert pulled({**unknown(ASKED.tr), **odd}) == Failed(reason="malformed")


def test_amount_is_read_as_strictly_as_in_a_callback() -> None:
    """No double is ever made of it."""
    for amount in KIT.bad_amounts:
        assert pulled(fields(amount=amount)) == Failed(reason="malformed")
    for amount, paise in (("250", 25000), ("0.1", 10), ("4.35", 435), ("9999999999.99", 999999999999)):
        (said,) = pulled(fields(amount=amount))
        assert said.amount == paise


def test_call_has_20_fields() -> None:
    """Our refund id is the new order's number; the rest says which payment, and how much."""
    call = hdfc.refund(KIT.account, KIT.call_keys(), replace(ASKED, amount=12550))
    said = opened(call).decode().split("|")
    assert call.url == "http://127.0.0.1:9/upi/refundReqSvc"
    assert said[:5] == [MERCHANT, OURS, ASKED.tr, "pay_1", "006110000001"]
    assert said[5:10] == ["Refund", "125.50", "INR", "P2P", "PAY"]
    assert said[10:] == [*[""] * 8, "NA", "NA"]


def test_question_asks_for_the_refunds_own_order() -> None:
    """By the call that asks for a payment."""
    call = hdfc.pull_refund(KIT.account, KIT.call_keys(), ASKED)
    assert call.url.endswith("/transactionStatusQuery")
    assert opened(call).decode().split("|")[:2] == [MERCHANT, OURS]


def test_pipe_in_an_id_shifts_nothing() -> None:
    """None of ours has one; the number of fields stays."""
    call = hdfc.refund(KIT.account, KIT.call_keys(), replace(ASKED, rrn="1|2"))
    assert opened(call).count(b"|") == 19


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("S", "DONE"),
        ("s", "DONE"),
        ("SUCCESS", "DONE"),
        ("P", "PENDING"),
        ("PENDING", "PENDING"),
        ("DEEMED", "PENDING"),
        ("FAILED", "PENDING"),
        ("X", "PENDING"),
        ("ſ", "PENDING"),
    ],
)
def test_word_of_a_refund_means_what_it_says(word: str, status: str) -> None:
    """Done is done; what is under way, deemed, or not known stays under way."""
    for said in (made(status=word), asked_after(status=word)):
        assert isinstance(said, RefundEvidence)
        assert (said.status, said.status_word, said.trust) == (status, word, "proof")


@pytest.mark.parametrize("word", ["F", "FAILURE"])
@pytest.mark.parametrize("code", sorted(hdfc_entities.REFUSALS | hdfc_entities.FAILURES))
def test_failure_for_good_is_a_refusal_of_the_first_call(word: str, code: str) -> None:
    """And when it is asked after a failed refund, where the code is not about a call; its sum need not be named."""
    for amount in ("250.00", "NA"):
        assert made(status=word, code=code, amount=amount) == Failed(reason="refused", refused=True)
        said = asked_after(status=word, code=code, amount=amount)
        assert isinstance(said, RefundEvidence)
        assert (said.status, said.amount) == ("PENDING" if code in hdfc_entities.REFUSALS else "FAILED", 25000)


def test_refusal_of_another_refund_is_none() -> None:
    """Nor is a word that refuses nothing, whatever the code beside it."""
    assert made(status="F", code="V117", order="another") == Failed(reason="malformed")
    for word in ("S", "P", "X"):
        assert isinstance(made(status=word, code="V117"), RefundEvidence)


@pytest.mark.parametrize("code", ["V107", "V116", "V118", "RB", "U68", "91", "09", "RP", "U48", "NEW?", "", "NA"])
def test_failure_that_is_not_for_good_is_under_way(code: str) -> None:
    """The second call was one too many, or it timed out, or nobody knows the code: the first may have given the money back."""
    for said in (made(status="F", code=code), asked_after(status="F", code=code)):
        assert isinstance(said, RefundEvidence)
        assert said.status == "PENDING"


def test_done_without_its_sum_or_about_another_refund_is_no_answer() -> None:
    """It is asked again."""
    for read in (made, asked_after):
        assert read(amount="NA") == Failed(reason="bad_amount")
        assert read(order="another") == Failed(reason="malformed")
        assert read(status="") == Failed(reason="malformed")


def test_refund_names_the_payment_that_we_asked_about() -> None:
    """Its own RRN is not the payment's."""
    said = made()
    assert (said.rrn, said.provider_txn_id, said.provider_refund_id) == ("006110000001", "pay_1", "rfnd_1")
    assert said.merchant_id == MERCHANT
