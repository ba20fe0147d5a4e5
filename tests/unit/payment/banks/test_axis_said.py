"""What Axis on the stack of Juspay says of payments and refunds, and how it is asked."""

import json
from collections.abc import Mapping
from dataclasses import replace

import pytest

from haat.kernel.errors import Misconfigured
from haat.payment.banks import Failed, NotFound, axis
from haat.payment.banks.ciphers import pss_signed
from haat.payment.model.evidence import Evidence, Notice, RefundEvidence, Refused
from tests.unit.payment.banks.kits import ASKED, KITS, heard, written
from tests.unit.payment.banks.kits.axis import answered, event, failed, pair, refund

KIT = KITS["axis"]()


def test_texts_that_hold_json_are_texts() -> None:
    """What the fields customResponse and udfParameters hold is never opened."""
    for text in ("{}", '{"amount":"1.00","gatewayResponseStatus":"FAILURE"}', "{", "\u0000"):
        said = heard(KIT, {**event(), "customResponse": text, "udfParameters": text})
        assert said == heard(KIT, event())


@pytest.mark.parametrize("code", ["01", "RB", "96", "BT", "UT", "U31", "U67", "U68", "UP", "UB", "91", "09"])
def test_failure_with_an_open_code_is_open(code: str) -> None:
    """A timeout is no failure, of a payment or of a refund; success stays success."""
    for word, payment, back in (("FAILURE", "PENDING", "PENDING"), ("SUCCESS", "SUCCESS", "DONE")):
        said = heard(KIT, {**event(word), "gatewayResponseCode": code})
        given = heard(KIT, {**refund(word=word), "gatewayResponseCode": code})
        assert isinstance(said, Evidence)
        assert isinstance(given, RefundEvidence)
        assert (said.status, given.status) == (payment, back)


def test_success_without_an_rrn_is_open() -> None:
    """The file names a payment by its RRN, and would tell of this one for a second time."""
    for odd in ("", None, 606110000001):
        said = heard(KIT, {**event(), "gatewayReferenceId": odd})
        assert isinstance(said, Evidence)
        assert (said.status, said.rrn) == ("PENDING", "")


def test_payer_who_is_not_the_expected_one_has_paid_all_the_same() -> None:
    """A TPV check that fails says that the PSP may send the money back: first it came."""
    said = heard(KIT, {**event(), "tpvValidationStatus": "FAILURE"})
    assert said == heard(KIT, event())


def test_only_money_of_merchants_is_a_payment() -> None:
    """However it came. What else the stack tells is proven and of no interest, and is acknowledged."""
    for kind in ("MERCHANT_CREDITED_VIA_PAY", "MERCHANT_CREDITED_VIA_COLLECT", "MERCHANT_CREDITED_VIA_SOMETHING"):
        assert heard(KIT, {**event(), "type": kind}) == heard(KIT, event())
    for kind in ("CUSTOMER_DEBITED_VIA_PAY", "COLLECT_REQUEST_SENT", "MANDATE_CREATED"):
        said = heard(KIT, {**event(), "type": kind})
        assert said == Notice(provider="axis", kind="unknown_event", trust="proof", known=False)
        assert axis.ack(said)[0] == 200


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("SUCCESS", "DONE"),
        (" success ", "DONE"),
        ("FAILURE", "FAILED"),
        ("PENDING", "PENDING"),
        ("DEEMED", "PENDING"),
        ("EXPIRED", "PENDING"),
        ("PARKED", "PENDING"),
    ],
)
def test_refund_that_is_not_over_is_open(word: str, status: str) -> None:
    """Pending, deemed, and every word that nobody knows, in a callback and in both answers: the sum stays reserved."""
    given = refund(word=word)
    raw = written(answered(given))
    for said in (
        heard(KIT, given),
        axis.read_refund(KIT.account, {}, ASKED, 200, raw),
        axis.read_pull_refund(KIT.account, {}, ASKED, 200, raw),
    ):
        assert isinstance(said, RefundEvidence)
        assert (said.status, said.trust, said.refund_id) == (status, "proof", ASKED.refund_id)
        assert (said.provider_txn_id, said.rrn) == ("pay_1", "006110000777")


def test_refund_of_the_psp_is_known_as_none_of_ours() -> None:
    """After a TPV check that failed it sends money back by itself, under an id of its own or none."""
    own = heard(KIT, {**refund("PSPREFUND1"), "refundType": "OFFLINE"})
    assert isinstance(own, RefundEvidence)
    assert (own.refund_id, own.provider_refund_id, own.provider_txn_id) == ("PSPREFUND1", "AXIREFUND1", "pay_1")
    nameless = {name: value for name, value in refund().items() if name != "refundRequestId"}
    none = heard(KIT, nameless)
    assert isinstance(none, RefundEvidence)
    assert (none.refund_id, none.provider_refund_id) == ("", "AXIREFUND1")
    del nameless["gatewayRefundTransactionId"]
    assert heard(KIT, nameless) == Refused(reason="malformed")


def ours(headers: Mapping[str, str], body: bytes) -> bool:
    """Whether the stack can verify a call."""
    message = headers["x-merchant-id"] + headers["x-merchant-channel-id"] + headers["x-timestamp"]
    signature = bytes.fromhex(headers["x-merchant-signature"])
    return pss_signed(pair("merchant")[1], message.encode() + body, signature)


def test_calls_are_signed_by_us_and_say_when() -> None:
    """With the merchant, its channel, the time of the call in ms, and the payment's reference to route by."""
    for make, path in (
        (axis.pull, "status360"),
        (axis.refund, "refund360"),
        (axis.pull_refund, "refund/status"),
    ):
        call = make(KIT.account, KIT.call_keys(), ASKED)
        assert call.url == f"{KIT.account.base_url}/merchants/transactions/{path}"
        assert call.headers["x-timestamp"] == str(ASKED.asked_at)
        assert (call.headers["x-merchant-id"], call.headers["x-merchant-channel-id"]) == ("MERCHANT1", "SHOPAPP")
        assert call.headers["jpupi-routing-id"] == ASKED.tr
        assert ours(call.headers, call.body)
        assert not ours(call.headers, call.body + b" ")
        assert not ours({**call.headers, "x-timestamp": "1"}, call.body)
    assert axis.create(KIT.account, KIT.call_keys(), ASKED) is None


def test_refund_names_the_payment_by_the_stacks_own_id() -> None:
    """Money that a person matched to a request carries another reference. Where the id is not known, ours has to do."""
    asked = replace(ASKED, amount=5)
    made = json.loads(axis.refund(KIT.account, KIT.call_keys(), asked).body)
    assert made == {
        "originalUpiRequestId": "pay_1",
        "refundRequestId": ASKED.refund_id,
        "refundType": "ONLINE",
        "refundAmount": "0.05",
        "merchantRefundVpa": "shop@testaxis",
        "remarks": "Refund",
    }
    account = replace(KIT.account, settings={"channel_id": "SHOPAPP", "refund_vpa": "back@testaxis"})
    made = json.loads(axis.refund(account, KIT.call_keys(), replace(asked, provider_txn_id="")).body)
    assert (made["merchantRefundVpa"], made["originalMerchantRequestId"]) == ("back@testaxis", ASKED.tr)
    assert "originalUpiRequestId" not in made
    question = axis.pull_refund(KIT.account, KIT.call_keys(), replace(asked, provider_txn_id=""))
    assert json.loads(question.body) == {"merchantRequestId": ASKED.refund_id, "merchantTransactionId": ASKED.tr}


def test_id_that_no_header_can_hold_makes_no_call() -> None:
    """It is the account that is wrong, and the id is not quoted."""
    for account in (
        replace(KIT.account, merchant_id="M\nx: y"),
        replace(KIT.account, settings={"channel_id": "\u0986"}),
    ):
        with pytest.raises(Misconfigured) as error:
            axis.pull(account, KIT.call_keys(), ASKED)
        assert "\u0986" not in str(error.value)


def test_only_the_stacks_own_word_is_nothing() -> None:
    """Each other failure of a question leaves everything open, and refuses nothing."""
    for code in ("REQUEST_EXPIRED", "DROPOUT", "BAD_REQUEST", "UNAUTHORIZED", "INTERNAL_SERVER_ERROR", "", "X" * 99):
        raw = written(failed(code))
        for answer in (
            axis.read_pull(KIT.account, {}, ASKED, 200, raw),
            axis.read_refund(KIT.account, {}, ASKED, 200, raw),
            axis.read_pull_refund(KIT.account, {}, ASKED, 200, raw),
        ):
            assert isinstance(answer, Failed)
            assert not answer.refused
    nothing = written(failed("REQUEST_NOT_FOUND"))
    assert axis.read_pull(KIT.account, {}, ASKED, 200, nothing) == NotFound()
    assert axis.read_pull_refund(KIT.account, {}, ASKED, 200, nothing) == NotFound()
    assert axis.read_refund(KIT.account, {}, ASKED, 200, nothing) == Failed(reason="not_found")


def test_refund_of_more_than_is_left_is_refused() -> None:
    """By the call's answer only, and in the stack's own word for it: BAD_REQUEST is said of two at the same time, too."""
    raw = written(failed("INVALID_REFUND_AMOUNT"))
    assert axis.read_refund(KIT.account, {}, ASKED, 200, raw) == Failed(reason="amount", refused=True)
    assert axis.read_pull_refund(KIT.account, {}, ASKED, 200, raw) == Failed(reason="amount")


def test_answer_about_something_else_is_none() -> None:
    """Another payment or another refund than was asked about: nobody knows. A payment without a reference is the one that was asked about."""
    other = written(answered({**event(), "merchantRequestId": "H01JQ0000000000000000000002"}))
    assert axis.read_pull(KIT.account, {}, ASKED, 200, other) == Failed(reason="malformed")
    for read in (axis.read_refund, axis.read_pull_refund):
        assert read(KIT.account, {}, ASKED, 200, written(answered(refund("another")))) == Failed(reason="malformed")
    silent = {name: value for name, value in event().items() if name != "merchantRequestId"}
    found = axis.read_pull(KIT.account, {}, ASKED, 200, written(answered(silent)))
    assert isinstance(found, tuple)
    assert found[0].tr == ASKED.tr
