"""Maidan Co-operative Bank, which is made up."""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from typing import Any

from haat.payment.banks import Account
from haat.payment.banks.registry import bank
from tests.unit.payment.banks.kits import ASKED, SECRETS, Kit, keys, written


def kit() -> Kit:
    """Maidan Co-operative Bank."""

    def event(word: Any = "PAID", amount: Any = 25000, merchant: str = "SHOP1") -> dict[str, Any]:
        payment = {
            "txn": "pay_1",
            "ref": ASKED.tr,
            "utr": "006110000001",
            "paisa": amount,
            "ccy": "INR",
            "result": word,
            "when": "02/03/2026 10:01:00",
            "shop": merchant,
            "to": "shop@maidan",
            "from": "payer@testpsp",
        }
        return {"maidan": payment}

    def refund(refund_id: str = ASKED.refund_id) -> dict[str, Any]:
        made = {"rtxn": "rfnd_1", "our_rid": refund_id, "txn": "pay_1", "utr": "006110000001", "paisa": 25000}
        return {"maidan_refund": {**made, "result": "GIVEN", "shop": "SHOP1"}}

    def headers(raw: bytes, secret: str = SECRETS[0]) -> dict[str, str]:
        return {"X-Maidan-Seal": hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest().upper()}

    def refunded(refunds: Sequence[Mapping[str, Any]]) -> tuple[int, bytes]:
        found = [each for each in refunds if each["maidan_refund"]["our_rid"] == ASKED.refund_id]
        return (200, written(found[0])) if found else (404, written({"no": "unknown rid"}))

    return Kit(
        bank=bank("maidan"),
        account=Account(provider="maidan", merchant_id="SHOP1", vpa="shop@maidan", base_url="http://127.0.0.1:9"),
        keys=keys(seal_key=SECRETS[0], seal_key_previous=SECRETS[1], api_token=SECRETS[2]),
        event=event,
        refund=refund,
        headers=headers,
        payments=lambda events: written({"found": [event["maidan"] for event in events]}),
        refunded=refunded,
        words={"SUCCESS": "PAID", "FAILED": "UNPAID", "PENDING": "WAIT", "UNKNOWN": "HELD"},
        bad_amounts=[True, False, 250.0, 2.5e4, -1, "25000", "250.00", None, 10**18, [], {}],
        ack=b"SEEN",
    )
