"""What ICICI answers: codes, words, and text where one expects a boolean."""

import base64
import json
from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15

from haat.payment.banks import Failed, NotFound, icici
from haat.payment.model.evidence import RefundEvidence
from tests.unit.payment.banks.kits import ASKED, KITS
from tests.unit.payment.banks.kits.icici import (
    NOTHING,
    answer,
    banks_key,
    event,
    opened,
    refund,
    short,
)

KIT = KITS["icici"]()


def pulled(**said: Any) -> Any:
    """What is read of an answer about a payment, in which something is other than it should be; None: it is missing."""
    found = {name: value for name, value in (answer(event()) | said).items() if value is not None}
    return icici.read_pull(KIT.account, KIT.settlement_keys(), ASKED, 200, short(found))


def given_back(**said: Any) -> Any:
    """What is read of the answer to a refund's call."""
    return icici.read_refund(KIT.account, KIT.settlement_keys(), ASKED, 200, short(refund() | said))


def asked_after(**said: Any) -> Any:
    """What is read of the answer to the question after a refund."""
    return icici.read_pull_refund(KIT.account, KIT.settlement_keys(), ASKED, 200, short(refund() | said))


def test_pull_asks_by_our_reference_as_this_terminal() -> None:
    """In the bank's path and with our key in a header; a merchant without another id is its own sub-merchant."""
    call = icici.pull(KIT.account, KIT.call_keys(), ASKED)
    assert call.url == "http://127.0.0.1:9/CallbackStatus2/500123"
    assert call.headers == {"Content-Type": "text/plain", "apikey": KIT.keys["api_key"].reveal()}
    wanted = {"merchantId": "500123", "subMerchantId": "500123", "terminalId": "5411"}
    assert json.loads(opened(call)) == {**wanted, "merchantTranId": ASKED.tr, "transactionType": "Q"}
    other = replace(KIT.account, settings={"terminal_id": "5411", "sub_merchant_id": "77"})
    assert json.loads(opened(icici.pull(other, KIT.call_keys(), ASKED)))["subMerchantId"] == "77"


@pytest.mark.parametrize(
    ("said", "status", "word"),
    [
        ({}, "SUCCESS", "SUCCESS"),
        ({"success": "TRUE"}, "SUCCESS", "SUCCESS"),
        ({"status": "FAILURE"}, "FAILED", "FAILURE"),
        ({"status": "FAIL"}, "FAILED", "FAIL"),
        ({"status": "REJECT", "success": "false", "response": "9"}, "FAILED", "REJECT"),
        ({"status": "PENDING"}, "PENDING", "PENDING"),
        ({"status": "DEEMED"}, "UNKNOWN", "DEEMED"),
        ({"status": "", "response": "92"}, "PENDING", "92"),
        ({"status": None, "response": "9", "success": "false"}, "FAILED", "9"),
        ({"status": None, "response": "0"}, "UNKNOWN", "0"),
    ],
)
def test_every_status_of_a_payment(said: dict[str, Any], status: str, word: str) -> None:
    """A word first, a code where there is none; what nobody knows is unknown."""
    (found,) = pulled(**said)
    assert (found.status, found.status_word, found.trust) == (status, word, "proof")


@pytest.mark.parametrize(
    "said",
    [
        {"success": True},
        {"success": "yes"},
        {"success": None},
        {"success": "false"},
        {"success": "false", "response": "92"},
        {"response": "92"},
        {"response": "9"},
        {"merchantTranId": "another"},
        {"OriginalBankRRN": None},
        {"OriginalBankRRN": 6110000001},
        {"TxnInitDate": None, "TxnCompletionDate": None},
        {"Amount": None},
        {"Amount": "250.001"},
        {"Amount": 250},
        {"amount": "1.00"},
        {"success": "false", "response": "10"},
        {"success": "false", "response": "5000"},
        {"success": "false", "response": "5001"},
        {"success": "false", "response": "9999"},
    ],
)
def test_money_that_is_not_wholly_said_is_not_believed(said: dict[str, Any]) -> None:
    """`success` is text; it and the code must not say the opposite; sum, RRN and time stand there. Else the bank is asked again."""
    found = pulled(**said)
    assert isinstance(found, Failed)
    assert not found.refused


def test_where_no_money_came_little_needs_to_be_said() -> None:
    """What was asked stands for what the answer lacks; what it says is read as strictly as ever."""
    bare = {"response": "92", "success": "true", "message": "Transaction Initiated"}
    (found,) = icici.read_pull(KIT.account, KIT.settlement_keys(), ASKED, 200, short(bare))  # type: ignore[misc]
    assert (found.status, found.tr, found.amount, found.rrn) == ("PENDING", ASKED.tr, 25000, "")
    assert (found.occurred_at, found.merchant_id) == (ASKED.created_at, "500123")
    assert isinstance(pulled(status="PENDING", Amount="1,00"), Failed)
    assert pulled(Amount=None, amount="250.00") == pulled()


def test_nothing_is_said_in_the_banks_own_words() -> None:
    """The code 5006, or its message."""
    assert pulled(success="false", response="5006", status=None) == NotFound()
    assert pulled(success="false", response="0", message="Original record not found") == NotFound()
    assert asked_after(**NOTHING) == NotFound()


# Refunds


def test_refund_says_all_that_the_bank_asks_for() -> None:
    """Too long for the RSA of this certificate, so it goes in an envelope; rupees with two places."""
    call = icici.refund(KIT.account, KIT.call_keys(), replace(ASKED, amount=5))
    assert call.url == "http://127.0.0.1:9/Refund/500123"
    assert call.headers["Content-Type"] == "application/json"
    sent = json.loads(call.body)
    assert sent["oaepHashingAlgorithm"] == "NONE"
    key = banks_key().decrypt(base64.b64decode(sent["encryptedKey"]), PKCS1v15())
    assert len(key) == 16
    assert key.isdigit()
    assert json.loads(opened(call)) == {
        "merchantId": "500123",
        "subMerchantId": "500123",
        "terminalId": "5411",
        "originalBankRRN": ASKED.rrn,
        "merchantTranId": ASKED.refund_id,
        "originalmerchantTranId": ASKED.tr,
        "payeeVA": "shop@testicici",
        "refundAmount": "0.05",
        "note": "Refund",
        "onlineRefund": "Y",
    }
    again = json.loads(icici.refund(KIT.account, KIT.call_keys(), replace(ASKED, amount=5)).body)
    assert again["encryptedKey"] != sent["encryptedKey"]


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"status": "SUCCESS"}, "DONE"),
        ({"status": "FAILURE"}, "FAILED"),
        ({"status": "PENDING"}, "PENDING"),
        ({"status": "DEEMED"}, "PENDING"),
        ({"status": ""}, "PENDING"),
        ({"status": "", "response": "92"}, "PENDING"),
    ],
)
def test_every_status_of_a_refund(said: dict[str, Any], status: str) -> None:
    """A word that is not known, a deemed one too, is pending: its sum stays reserved."""
    for found in (given_back(**said), asked_after(**said)):
        assert isinstance(found, RefundEvidence)
        assert (found.status, found.refund_id, found.amount, found.rrn) == (
            status,
            ASKED.refund_id,
            25000,
            ASKED.rrn,
        )


@pytest.mark.parametrize("code", ["9", "10", "5000", "5001", "5003", "5004", "5013", "5014"])
def test_refund_is_refused_by_these_codes_and_only_when_it_is_called(code: str) -> None:
    """The bank says that it did not; to a question the same code says nothing of the refund."""
    told = {"success": "false", "response": code, "status": ""}
    found = given_back(**told)
    assert isinstance(found, Failed)
    assert found.refused
    after = asked_after(**told)
    assert isinstance(after, Failed) if code != "9" else (after.status == "PENDING")


@pytest.mark.parametrize("code", ["5002", "5011", "5012", "5009", "5006", "99", "8009", "", "0", "12345"])
def test_duplicate_or_unlisted_code_is_no_refusal(code: str) -> None:
    """A duplicate says that there is a refund already; its sum must not be free again, whatever word stands beside."""
    found = given_back(success="false", response=code, status="FAILURE")
    assert isinstance(found, Failed)
    assert not found.refused


def test_refund_that_failed_is_told_by_word_and_code() -> None:
    """Asked after, a rejection with the word for it frees the sum."""
    found = asked_after(success="false", response="9", status="FAILURE")
    assert isinstance(found, RefundEvidence)
    assert found.status == "FAILED"


@pytest.mark.parametrize(
    "said",
    [
        {"merchantTranId": ASKED.tr},
        {"merchantTranId": None},
        {"success": True},
        {"success": None},
        {"response": "9"},
        {"response": "92"},
    ],
)
def test_refund_that_is_not_wholly_said_is_not_done(said: dict[str, Any]) -> None:
    """About the payment instead of the refund, or with two tongues."""
    for found in (given_back(**said), asked_after(**said)):
        assert isinstance(found, Failed)
        assert not found.refused


def test_refund_has_the_banks_own_rrn_where_it_tells_one() -> None:
    """By which the settlement file knows it."""
    assert asked_after(refundRRN="006110000099").provider_refund_id == "006110000099"
    assert given_back().provider_refund_id == ""


def test_question_after_a_refund_is_by_our_id() -> None:
    """As a refund, not as a payment."""
    said = json.loads(opened(icici.pull_refund(KIT.account, KIT.call_keys(), ASKED)))
    assert (said["merchantTranId"], said["transactionType"]) == (ASKED.refund_id, "R")
