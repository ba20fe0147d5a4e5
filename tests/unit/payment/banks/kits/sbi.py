"""State Bank of India, as public integrations quote it."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from haat.payment.banks import Account, Call, ciphers
from haat.payment.banks.registry import bank
from tests.unit.payment.banks.kits import ASKED, Fixtures, Kit, keys, written

FIXTURES = Fixtures(provider="sbi", keys={"merchant_key": "sbi_merchant_key_hex"})
KEY = "00112233445566778899aabbccddeeff"
MERCHANT = "SBI0000000000001"


def told(merchant: str = MERCHANT, **said: Any) -> dict[str, Any]:
    """What stands in `resp`, about a paid payment where nothing else is said; `pgMerchantId` stands outside of it."""
    paid = {
        "pspRefNo": ASKED.tr,
        "upiTransRefNo": 2000000001,
        "npciTransId": "pay_1",
        "custRefNo": "006110000001",
        "amount": "250.00",
        "txnAuthDate": "2026-03-02 10:01:00 AM",
        "status": "S",
        "statusDesc": "Payment Successful",
        "addInfo": {"addInfo1": "", "addInfo2": "7"},
        "payerVPA": "payer@testpsp",
        "payeeVPA": "shop@testsbi",
        "txn_type": "PAY",
        "ref_url": "https://example.invalid",
        "errCode": "UP00",
        "txn_note": "Order 7",
    }
    return {"pgMerchantId": merchant, "apiResp": {**paid, **said}}


def refund_told(refund_id: str = ASKED.refund_id, **said: Any) -> dict[str, Any]:
    """The same about a refund that is done."""
    own = {"npciTransId": "rfnd_1", "custRefNo": "006110000009", "txn_type": "REFUND"}
    return told(**{"pspRefNo": refund_id, **own, "orgNpciTransId": "pay_1", "orgCustRefNo": "006110000001", **said})


def unknown(ref: str) -> dict[str, Any]:
    """What the bank says of a reference that it does not know."""
    nothing = {"pspRefNo": ref, "status": "F", "statusDesc": "Transaction not found", "errCode": "U48"}
    return {"pgMerchantId": MERCHANT, "apiResp": nothing}


def body(document: Any) -> bytes:
    """A callback or an answer."""
    merchant, plain = MERCHANT, document
    if isinstance(document, dict):
        merchant = document.get("pgMerchantId", MERCHANT)
        plain = {name: value for name, value in document.items() if name != "pgMerchantId"}
    return written({"resp": ciphers.ecb_seal(KEY, written(plain)), "pgMerchantId": merchant})


def opened(call: Call) -> bytes:
    """What a call says to the bank."""
    return ciphers.ecb_open(KEY, json.loads(call.body)["requestMsg"])


def kit() -> Kit:
    """State Bank of India."""

    def event(word: Any = "S", amount: Any = "250.00", merchant: str = MERCHANT) -> dict[str, Any]:
        return told(merchant, status=word, amount=amount)

    def refunded(refunds: Sequence[Mapping[str, Any]]) -> tuple[int, bytes]:
        found = [each for each in refunds if each["apiResp"]["pspRefNo"] == ASKED.refund_id]
        return 200, body(found[0] if found else unknown(ASKED.refund_id))

    return Kit(
        bank=bank("sbi"),
        account=Account(provider="sbi", merchant_id=MERCHANT, vpa="shop@testsbi", base_url="http://127.0.0.1:9/upi"),
        keys=keys(merchant_key=KEY),
        event=event,
        refund=refund_told,
        headers=lambda raw, secret="": {"Content-Type": "application/json"},
        payments=lambda events: body(events[0] if events else unknown(ASKED.tr)),
        refunded=refunded,
        words={"SUCCESS": "S", "FAILED": "F", "PENDING": "P", "UNKNOWN": "T"},
        bad_amounts=[
            "250.000",
            "2,50",
            "1e3",
            "-1",
            "",
            " 250",
            "250\n",
            "٢٥٠",
            "0250",
            "250.",
            250,
            250.0,
            True,
            None,
        ],
        ack=b"ok",
        body=body,
        made=body,
        opened=opened,
        many=False,
    )
