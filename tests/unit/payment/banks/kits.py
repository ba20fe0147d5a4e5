"""One kit for each bank: its account and keys, and how it would write what the conformance suite wants to hear."""

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from haat.kernel.secret import Secret
from haat.kernel.time import Instant
from haat.payment.banks import Account, Asked, Bank, Keys
from haat.payment.banks.registry import bank
from haat.payment.model.evidence import Said

AT = 1772425860  # seconds: 2 March 2026, 10:01 in India
SECRETS = ("canary-door-secret-1", "canary-door-secret-2", "canary-call-secret-1", "canary-call-secret-2")
ASKED = Asked(
    tr="H01JQ0000000000000000000001",
    amount=25000,
    currency="INR",
    note="Order 7",
    created_at=Instant((AT - 60) * 1000),
    expires_at=Instant((AT + 840) * 1000),
    provider_txn_id="pay_1",
    refund_id="01JQ0000000000000000000RF1",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kit:
    """What a bank says, as a document to be changed, and as bytes to be sent."""

    bank: Bank
    account: Account
    keys: Keys
    event: Callable[..., dict[str, Any]]  # a callback about a paid payment; takes `word`, `amount`, `merchant`
    refund: Callable[..., dict[str, Any]]  # the answer to a refund that is done; takes `refund_id`
    headers: Callable[
        ..., dict[str, str]
    ]  # what comes with such a body; takes the bytes, and a secret other than the first
    payments: Callable[
        [Sequence[Mapping[str, Any]]], bytes
    ]  # the answer to a pull that finds what these callbacks told
    refunded: Callable[[Sequence[Mapping[str, Any]]], tuple[int, bytes]]  # the answer to the question after a refund
    words: Mapping[str, str]  # a status word for each status
    bad_amounts: Sequence[Any]
    ack: bytes

    def door_keys(self) -> Keys:
        """What the door holds."""
        return {name: self.keys[name] for name in self.bank.CAPS.door_keys}

    def call_keys(self) -> Keys:
        """What the function that calls banks holds."""
        return {name: self.keys[name] for name in self.bank.CAPS.call_keys}


def written(document: Any) -> bytes:
    """A document as bytes, as most banks write it."""
    return json.dumps(document, separators=(",", ":")).encode()


def _keys(**names: str) -> Keys:
    return {name: Secret(value) for name, value in names.items()}


def _razorpay() -> Kit:
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
        keys=_keys(
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


def _simbank() -> Kit:
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
        keys=_keys(callback_token=SECRETS[0], callback_token_previous=SECRETS[1], api_token=SECRETS[2]),
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


KITS: Mapping[str, Callable[[], Kit]] = {"razorpay": _razorpay, "simbank": _simbank}


def heard(kit: Kit, document: Any) -> Said:
    """What is read from a callback that the bank itself sends: a document, or bytes as they are."""
    raw = document if isinstance(document, bytes) else written(document)
    return kit.bank.read_callback(kit.account, kit.keys, kit.headers(raw), raw)
