"""Razorpay, as its documents write it."""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

from haat.payment.banks import Account
from haat.payment.banks.registry import bank
from tests.unit.payment.banks.kits import ASKED, AT, SECRETS, Fixtures, Kit, keys, written

FIXTURES = Fixtures(
    provider="razorpay",
    keys={
        "webhook_secret": "razorpay_webhook_secret",
        "webhook_secret_previous": "razorpay_webhook_secret_previous",
    },
)


def kit() -> Kit:
    """Razorpay."""

    def payment(event: Mapping[str, Any]) -> Any:
        return event["payload"]["payment"]["entity"]

    def event(word: Any = "captured", amount: Any = 25000, merchant: str = "acc_1") -> dict[str, Any]:
        entity = {
            "id": "pay_1",
            "entity": "payment",
            "amount": amount,
            "currency": "INR",
            "status": word,
            "vpa": "payer@testpsp",
            "notes": {"tr": ASKED.tr},
            "acquirer_data": {"rrn": "006110000001"},
            "created_at": AT,
        }
        return {
            "entity": "event",
            "account_id": merchant,
            "event": "payment.captured",
            "payload": {"payment": {"entity": entity}},
            "created_at": AT + 1,
        }

    def refund(refund_id: str = ASKED.refund_id) -> dict[str, Any]:
        return {
            "id": "rfnd_1",
            "entity": "refund",
            "amount": 25000,
            "currency": "INR",
            "payment_id": "pay_1",
            "notes": {"refund_id": refund_id},
            "receipt": refund_id,
            "created_at": AT,
            "status": "processed",
        }

    def headers(raw: bytes, secret: str = SECRETS[0]) -> dict[str, str]:
        return {"X-Razorpay-Signature": hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()}

    return Kit(
        bank=bank("razorpay"),
        account=Account(provider="razorpay", merchant_id="acc_1", vpa="shop@testrzp", base_url="http://127.0.0.1:9"),
        keys=keys(
            webhook_secret=SECRETS[0],
            webhook_secret_previous=SECRETS[1],
            key_id=SECRETS[2],
            key_secret=SECRETS[3],
        ),
        event=event,
        refund=refund,
        headers=headers,
        payments=lambda events: written({"entity": "collection", "items": [payment(event) for event in events]}),
        refunded=lambda refunds: (200, written({"entity": "collection", "items": list(refunds)})),
        words={"SUCCESS": "captured", "FAILED": "failed", "PENDING": "authorized", "UNKNOWN": "refunded"},
        bad_amounts=[True, False, 250.0, 2.5e4, -1, "25000", None, 10**18, [], {}],
        ack=b"ok",
    )
