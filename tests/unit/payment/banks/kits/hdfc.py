"""HDFC, as public integrations of its merchant kit write it."""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from haat.payment.banks import Account, Call, ciphers
from haat.payment.banks.registry import bank
from tests.unit.payment.banks.kits import ASKED, Fixtures, Kit, keys

FIXTURES = Fixtures(provider="hdfc", keys={"merchant_key": "hdfc_merchant_key_hex"})
KEY = "00112233445566778899aabbccddeeff"
MERCHANT = "HDFC000000000001"
TAIL = {**{f"spare{number}": "" for number in range(11, 19)}, "na1": "NA", "na2": "NA"}


def fields(**said: str) -> dict[str, Any]:
    """A line of 21 fields by name, about a paid payment where nothing else is said; `pgMerchantId` stands outside of it."""
    return {
        "txn": "pay_1",
        "order": ASKED.tr,
        "amount": "250.00",
        "at": "2026:03:02 10:01:00",
        "status": "SUCCESS",
        "about": "Transaction success",
        "code": "00",
        "approval": "NA",
        "payer": "payer@testpsp",
        "rrn": "006110000001",
        "reference": "NA",
        **TAIL,
        "pgMerchantId": MERCHANT,
        **said,
    }


def line(document: Mapping[str, Any]) -> bytes:
    """What stands sealed in it."""
    return "|".join(str(said) for name, said in document.items() if name != "pgMerchantId").encode()


def sealed(document: Any) -> str:
    """A document, or what stands in one, under the merchant's key."""
    return ciphers.ecb_seal(KEY, document if isinstance(document, bytes) else line(document))


def body(document: Any) -> bytes:
    """A callback."""
    merchant = MERCHANT if isinstance(document, bytes) else document["pgMerchantId"]
    return urlencode({"meRes": sealed(document), "pgMerchantId": merchant}).encode()


def answer(document: Any) -> bytes:
    """An answer."""
    return sealed(document).encode()


def unknown(order: str) -> dict[str, Any]:
    """What the bank says of an order that it has not."""
    nothing = dict.fromkeys(("txn", "amount", "at", "payer", "rrn"), "NA")
    return fields(**nothing, order=order, status="FAILURE", about="Record Not Found", code="1")


def opened(call: Call) -> bytes:
    """What a call says to the bank."""
    return ciphers.ecb_open(KEY, json.loads(call.body)["requestMsg"])


def kit() -> Kit:
    """HDFC."""

    def event(word: str = "SUCCESS", amount: Any = "250.00", merchant: str = MERCHANT) -> dict[str, Any]:
        return fields(status=word, amount=amount, pgMerchantId=merchant)

    def refund(refund_id: str = ASKED.refund_id) -> dict[str, Any]:
        return fields(txn="rfnd_1", order=refund_id, status="S", about="Refund success", rrn="006110000009")

    def refunded(refunds: Sequence[Mapping[str, Any]]) -> tuple[int, bytes]:
        found = [each for each in refunds if each["order"] == ASKED.refund_id]
        return 200, answer(found[0] if found else unknown(ASKED.refund_id))

    return Kit(
        bank=bank("hdfc"),
        account=Account(provider="hdfc", merchant_id=MERCHANT, vpa="shop@testhdfc", base_url="http://127.0.0.1:9/upi"),
        keys=keys(merchant_key=KEY),
        event=event,
        refund=refund,
        headers=lambda raw, secret="": {"Content-Type": "application/x-www-form-urlencoded"},
        payments=lambda events: answer(events[0] if events else unknown(ASKED.tr)),
        refunded=refunded,
        words={"SUCCESS": "SUCCESS", "FAILED": "FAILURE", "PENDING": "PENDING", "UNKNOWN": "ABORTED?"},
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
            "NA",
            "null",
        ],
        ack=b"OK",
        body=body,
        made=answer,
        opened=opened,
        many=False,
    )
