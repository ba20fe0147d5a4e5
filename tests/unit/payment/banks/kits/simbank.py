"""The simulated bank."""

from collections.abc import Mapping, Sequence
from typing import Any

from haat.payment.banks import Account
from haat.payment.banks.registry import bank
from tests.unit.payment.banks.kits import ASKED, SECRETS, Kit, keys, written


def kit() -> Kit:
    """The simulated bank."""

    def event(word: Any = "SUCCESS", amount: Any = "250.00", merchant: str = "SIM1") -> dict[str, Any]:
        payment = {
            "id": "pay_1",
            "reference": ASKED.tr,
            "rrn": "006110000001",
            "amount": amount,
            "currency": "INR",
            "status": word,
            "at": "2026-03-02T10:01:00+05:30",
            "merchant": merchant,
            "payee": "shop@simbank",
            "payer": "payer@testpsp",
        }
        return {"payment": payment}

    def refund(refund_id: str = ASKED.refund_id) -> dict[str, Any]:
        made = {"id": "rfnd_1", "refund_id": refund_id, "payment_id": "pay_1", "amount": "250.00", "status": "DONE"}
        return {"refund": {**made, "merchant": "SIM1"}}

    def refunded(refunds: Sequence[Mapping[str, Any]]) -> tuple[int, bytes]:
        found = [each for each in refunds if each["refund"]["refund_id"] == ASKED.refund_id]
        return (200, written(found[0])) if found else (404, written({"error": "unknown_refund"}))

    return Kit(
        bank=bank("simbank"),
        account=Account(provider="simbank", merchant_id="SIM1", vpa="shop@simbank", base_url="http://127.0.0.1:9"),
        keys=keys(callback_token=SECRETS[0], callback_token_previous=SECRETS[1], api_token=SECRETS[2]),
        event=event,
        refund=refund,
        headers=lambda raw, secret=SECRETS[0]: {"X-Simbank-Token": secret},
        payments=lambda events: written({"payments": [event["payment"] for event in events]}),
        refunded=refunded,
        words={"SUCCESS": "SUCCESS", "FAILED": "FAILED", "PENDING": "DEEMED", "UNKNOWN": "ON-HOLD"},
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
        ack=b'{"received":true}',
    )
