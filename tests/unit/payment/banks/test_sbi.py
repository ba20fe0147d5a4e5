"""What is State Bank of India's own."""

import json
from dataclasses import replace
from typing import Any

import pytest

from haat.kernel.errors import Misconfigured
from haat.kernel.secret import Secret
from haat.payment.banks import Failed, NotFound, ciphers, sbi, sbi_entities
from haat.payment.model.evidence import Evidence, RefundEvidence, Refused
from tests.unit.payment.banks.kits import ASKED, AT, KITS, heard, written
from tests.unit.payment.banks.kits.sbi import KEY, MERCHANT, body, opened, refund_told, told, unknown

KIT = KITS["sbi"]()
KEYS = KIT.settlement_keys()


def pulled(document: Any) -> Any:
    """What is read from this answer to a pull."""
    return sbi.read_pull(KIT.account, KEYS, ASKED, 200, body(document))


def payment(document: Any) -> Evidence:
    """The one payment that a pull tells of."""
    (found,) = pulled(document)
    assert isinstance(found, Evidence)
    return found


def asked_after(document: Any) -> Any:
    """What is read from this answer to the question after a refund."""
    return sbi.read_pull_refund(KIT.account, KEYS, ASKED, 200, body(document))


def made(document: Any) -> Any:
    """What is read from this answer to a refund's call."""
    return sbi.read_refund(KIT.account, KEYS, ASKED, 200, body(document))


# What a callback and an answer say


@pytest.mark.parametrize(("kind", "status"), [("COLLECT", "PENDING"), ("collect ", "PENDING"), ("MANDATE", "PENDING")])
def test_success_of_a_collect_is_no_payment(kind: str, status: str) -> None:
    """Its "initiated successfully" says S and UP00 as a payment does: no money is taken from it, whoever says it."""
    document = told(txn_type=kind, statusDesc="Collect request initiated successfully")
    said = heard(KIT, document)
    assert isinstance(said, Evidence)
    assert (said.status, said.status_word, said.trust) == (status, "S", "hint")
    assert payment(document).status == status


def test_success_without_a_type_is_a_payment() -> None:
    """An answer that leaves the type out tells of what was asked after, and nobody asks after a collect."""
    document = told()
    del document["apiResp"]["txn_type"]
    assert payment(document).status == "SUCCESS"


@pytest.mark.parametrize("word", ["S", "F", "P"])
@pytest.mark.parametrize("code", ["UPTP", "RB", "rb ", "96", "U68", "BT"])
def test_open_code_leaves_the_matter_open(word: str, code: str) -> None:
    """Deemed, pending or timed out: neither paid nor failed, whatever the word beside it and whichever code it is."""
    for name in ("errCode", "responseCode"):
        assert payment(told(status=word, **{name: code})).status == "PENDING"
        refund = asked_after(refund_told(status=word, **{name: code}))
        assert isinstance(refund, RefundEvidence)
        assert refund.status == "PENDING"


def test_success_of_what_was_not_begun_is_open() -> None:
    """Without an id and an RRN of UPI there is no money yet, neither way."""
    nothing = {"npciTransId": "NA", "custRefNo": ""}
    assert payment(told(**nothing)).status == "PENDING"
    refund = asked_after(refund_told(**nothing))
    assert isinstance(refund, RefundEvidence)
    assert refund.status == "PENDING"


@pytest.mark.parametrize("spelling", [{"txnType": "PAY", "txnNote": "x", "refUrl": "y"}, {"PSPREFNO": ASKED.tr}])
def test_both_spellings_are_read(spelling: dict[str, Any]) -> None:
    """The callback writes txn_type where the status answer writes txnType."""
    names = {name.lower() for name in spelling}
    document = told()
    document["apiResp"] = {
        name: value for name, value in document["apiResp"].items() if name.replace("_", "").lower() not in names
    } | spelling
    assert payment(document) == payment(told())


def test_two_spellings_that_differ_are_refused() -> None:
    """One reader would see a payment, another a collect."""
    assert heard(KIT, told(txnType="COLLECT")) == Refused(reason="malformed")
    assert pulled(told(cust_ref_no="006110000002")) == Failed(reason="malformed")


@pytest.mark.parametrize(
    ("said", "at"),
    [
        ("2026-03-02 10:01:00 AM", AT),
        ("2026-03-02 12:01:00 PM", AT + 2 * 3600),
        ("2026-03-02 12:01:00 AM", AT - 10 * 3600),
        ("2026-03-02 10:01:00", AT),
        ("2026-03-02 22:01:00", AT + 12 * 3600),
    ],
)
def test_time_is_indias_in_either_form(said: str, at: int) -> None:
    """Twelve hours with AM and PM, noon being 12 PM, or twenty-four without."""
    assert payment(told(txnAuthDate=said)).occurred_at == at * 1000


@pytest.mark.parametrize(
    "said", ["", None, "2026-03-02", "2026-03-02 22:01:00 PM", "2026-03-02T10:01:00+05:30", 5, "2026-03-02 10:01:00 QM"]
)
def test_time_in_no_form_is_refused(said: Any) -> None:
    """Nobody guesses when money came."""
    assert heard(KIT, told(txnAuthDate=said)) == Refused(reason="malformed")


def test_rrn_and_reference_are_text() -> None:
    """A number has lost its zeros; what is missing, or NA, is a payment without them."""
    for name in ("custRefNo", "pspRefNo"):
        assert heard(KIT, told(**dict[str, Any]({name: 6110000001}))) == Refused(reason="malformed")
    for nothing in ("NA", "", None):
        said = heard(KIT, told(pspRefNo=nothing))
        assert isinstance(said, Evidence)
        assert said.tr == ""


def test_the_apis_own_number_names_what_upi_has_not() -> None:
    """`upiTransRefNo` is a number, and stands in where there is no id of UPI yet; a text in its place is none."""
    assert payment(told(npciTransId="NA", status="P", errCode="UPTP")).provider_txn_id == "2000000001"
    for odd in ("2000000001", True, 0, None):
        assert heard(KIT, told(npciTransId="", upiTransRefNo=odd)) == Refused(reason="malformed")


def test_payee_must_be_told() -> None:
    """A callback that names neither a merchant nor an address is about nobody; an answer is about whoever asked."""
    document = told(payeeVPA="")
    sealed = {"resp": ciphers.ecb_seal(KEY, written({"apiResp": document["apiResp"]}))}
    assert sbi.read_callback(KIT.account, KEYS, {}, written(sealed)) == Refused(reason="malformed")
    (found,) = sbi.read_pull(KIT.account, KEYS, ASKED, 200, written(sealed))  # type: ignore[misc]  # it is found
    assert isinstance(found, Evidence)
    assert (found.merchant_id, found.payee_vpa) == (MERCHANT, "")


# What is sealed


def test_seal_is_opened_in_either_case_and_nothing_else() -> None:
    """Hex in any case, a blank about it; another key, half a block and a key twice in the envelope are refused."""
    good = json.loads(body(told()))
    for resp in (good["resp"].lower(), good["resp"] + " "):
        assert sbi.read_callback(KIT.account, KEYS, {}, written(good | {"resp": resp})) == heard(KIT, told())
    for resp in ("", None, 5, "zz", good["resp"][:-2], good["resp"][:-1]):
        refused = sbi.read_callback(KIT.account, KEYS, {}, written(good | {"resp": resp}))
        assert isinstance(refused, Refused)
        assert refused.reason in ("malformed", "undecryptable")
    twice = body(told()).replace(b'"pgMerchantId"', b'"pgMerchantId":"x","pgMerchantId"')
    assert sbi.read_callback(KIT.account, KEYS, {}, twice) == Refused(reason="malformed")
    other = {"merchant_key": Secret("f" * 32)}
    said = sbi.read_callback(KIT.account, other, {}, body(told()))
    assert isinstance(said, Refused)
    assert said.reason in ("malformed", "undecryptable")


def test_pasted_blocks_read_cleanly_and_stay_a_hint() -> None:
    """ECB seals each block for itself: of two true messages, a payment that failed and another's success, a third is made without the key."""
    failed = written({"apiResp": told(status="F", errCode="ZM")["apiResp"]})
    other = written(
        {"apiResp": told(pspRefNo="X" * len(ASKED.tr), amount="999.00", payerVPA="other@testpsp")["apiResp"]}
    )
    assert failed.index(b'"status"') == other.index(b'"status"')
    at = failed.index(b'"status"') // 16 * 32
    spliced = ciphers.ecb_seal(KEY, failed)[:at] + ciphers.ecb_seal(KEY, other)[at:]
    said = sbi.read_callback(KIT.account, KEYS, {}, written({"resp": spliced, "pgMerchantId": MERCHANT}))
    assert isinstance(said, Evidence)
    assert (said.tr, said.amount, said.status, said.trust) == (ASKED.tr, 25000, "SUCCESS", "hint")
    assert payment(told(status="F", errCode="ZM")).status == "FAILED"


def test_missing_or_broken_key_is_named_by_its_reason() -> None:
    """Whatever reads raises nothing; whatever calls names the key, and does not quote it."""
    for keys in ({}, {"merchant_key": Secret("")}, {"merchant_key": Secret("not-hex")}):
        assert sbi.read_callback(KIT.account, keys, {}, body(told())) == Refused(reason="no_key")
        assert sbi.read_pull(KIT.account, keys, ASKED, 200, body(told())) == Failed(reason="no_key")
        with pytest.raises(Misconfigured) as caught:
            sbi.pull(KIT.account, keys, ASKED)
        assert "not-hex" not in str(caught.value)


# Calls


def test_pull_asks_by_our_reference() -> None:
    """One merchant, one reference, sealed; the envelope names the merchant again."""
    call = sbi.pull(KIT.account, KIT.keys, ASKED)
    assert call.url == KIT.account.base_url + sbi.STATUS
    assert json.loads(opened(call)) == {"requestInfo": {"pgMerchantId": MERCHANT, "pspRefNo": ASKED.tr}}
    assert json.loads(call.body)["pgMerchantId"] == MERCHANT


def test_refund_names_the_original_and_our_id() -> None:
    """Our refund id is the new reference, and what the bank is asked after later."""
    said = json.loads(opened(sbi.refund(KIT.account, KIT.keys, replace(ASKED, amount=5))))
    assert said["requestInfo"]["pspRefNo"] == ASKED.refund_id
    assert (said["orgPspRefNo"], said["orgCustRefNo"], said["orgNpciTransId"]) == (ASKED.tr, ASKED.rrn, "pay_1")
    assert said["amount"] == "0.05"
    after = json.loads(opened(sbi.pull_refund(KIT.account, KIT.keys, ASKED)))
    assert after == {"requestInfo": said["requestInfo"]}


def test_answer_about_another_reference_is_none() -> None:
    """The bank was asked about one and speaks of another, or of none: nobody knows."""
    for other in ("H01JQ0000000000000000000009", "", "NA", ASKED.tr.lower()):
        assert pulled(told(pspRefNo=other)) == Failed(reason="malformed")
        assert asked_after(refund_told(other)) == Failed(reason="malformed")
        assert made(refund_told(other)) == Failed(reason="malformed")


def test_answer_about_another_merchants_refund_is_none() -> None:
    """Its sum would be freed, or be taken for gone, by somebody else's."""
    other = refund_told() | {"pgMerchantId": "SBI0000000000009"}
    assert asked_after(other) == Failed(reason="malformed")


def test_only_the_banks_own_nothing_is_nothing() -> None:
    """The code of an unknown transaction, and no transaction beside it."""
    assert pulled(unknown(ASKED.tr)) == NotFound()
    assert pulled(unknown("")) == NotFound()
    assert payment(told(status="F", errCode="U48")).status == "FAILED"
    for other in ({"errCode": "UPXX"}, {"status": "P"}, {"status": "S"}):
        said = unknown(ASKED.tr)
        said["apiResp"] |= other
        assert pulled(said) == Failed(reason="malformed")


# Refunds


@pytest.mark.parametrize(
    ("word", "status"),
    [("S", "DONE"), ("F", "FAILED"), ("P", "PENDING"), ("T", "PENDING"), ("SUCCESS", "PENDING"), (" s ", "DONE")],
)
def test_refund_stands_as_its_word_says(word: str, status: str) -> None:
    """A word that is not the refund's is pending; the transaction is the refund's own."""
    for read in (made, asked_after):
        said = read(refund_told(status=word, errCode="XC" if word == "F" else "UP00"))
        assert isinstance(said, RefundEvidence)
        assert (said.status, said.status_word, said.provider_refund_id) == (status, word, "rfnd_1")
        assert (said.provider_txn_id, said.rrn) == ("pay_1", "006110000001")


def test_success_without_an_rrn_is_open() -> None:
    """The file names a payment by its RRN, and would tell of this one for a second time."""
    for rrn, status in (("NA", "PENDING"), ("", "PENDING"), ("006110000001", "SUCCESS")):
        said = heard(KIT, told(custRefNo=rrn))
        assert isinstance(said, Evidence)
        assert (said.provider_txn_id, said.status, payment(told(custRefNo=rrn)).status) == ("pay_1", status, status)


@pytest.mark.parametrize("code", ["91", "09", "U68", "U48", "UPXX", "UP00", "", None])
def test_failed_refund_is_failed_by_a_code_that_is_final(code: Any) -> None:
    """It was begun, so money may be under way; with any other code it is asked after."""
    for name in ("errCode", "responseCode"):
        for read in (made, asked_after):
            said = read(refund_told(status="F", **{"errCode": "UP00", name: code}))
            assert isinstance(said, RefundEvidence)
            assert said.status == "PENDING"
            final = read(refund_told(status="F", **{"errCode": "UP00", name: "ZY"}))
            assert isinstance(final, RefundEvidence)
            assert final.status == "FAILED"


def test_refund_is_refused_by_a_known_code_only() -> None:
    """Where no transaction was begun: a code that is final frees the sum, any other is asked after, and no question frees it."""

    def no(code: Any) -> dict[str, Any]:
        return {"pgMerchantId": MERCHANT, "apiResp": {"pspRefNo": ASKED.refund_id, "status": "F", "errCode": code}}

    for code in sbi_entities.REFUSALS:
        assert made(no(code)) == Failed(reason="refused", refused=True)
        assert asked_after(no(code)) == Failed(reason="refused")
    for odd in ("UPXX", "UB", "U68", "", None):
        assert made(no(odd)) == Failed(reason="failed")
        assert asked_after(no(odd)) == Failed(reason="failed")
    assert made(unknown(ASKED.refund_id)) == Failed(reason="not_found")
    assert asked_after(unknown(ASKED.refund_id)) == NotFound()
