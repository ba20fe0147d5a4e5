"""Axis, newer form: signed by the stack (the PSP) over what the body says."""

import base64
import json
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from haat.payment.banks import Account
from haat.payment.banks.ciphers import pss_sign
from haat.payment.banks.registry import bank
from tests.unit.payment.banks.kits import ASKED, Fixtures, Kit, keys, written

FIXTURES = Fixtures(
    provider="axis",
    keys={"psp_public_key": "axis-psp-TEST-ONLY.pub.pem"},
    settings={"channel_id": "channel_id"},
    not_variants="legacy",
)
SIGNATURE = "X-Merchant-Payload-Signature"


@cache
def pair(whose: str) -> tuple[str, str]:
    """A private key and its public one, made anew in each run."""
    key = rsa.generate_private_key(65537, 2048)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return private.decode(), public.decode()


def in_order(raw: bytes) -> bytes:
    """The bytes that the stack signs, as Python's own JSON writes them; what is no JSON as it is."""
    try:
        return json.dumps(json.loads(raw), sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return raw


def signed(raw: bytes, private: str = "") -> dict[str, str]:
    """What the stack sends with a body: its signature under its own key, or another."""
    signature = pss_sign(private or pair("psp")[0], in_order(raw))
    return {SIGNATURE: base64.b64encode(signature).decode()}


def answered(payload: Mapping[str, Any]) -> dict[str, Any]:
    """An answer about something that is known."""
    return {"status": "SUCCESS", "responseCode": "SUCCESS", "responseMessage": "SUCCESS", "payload": payload}


def failed(code: str) -> dict[str, Any]:
    """An answer without any."""
    return {"status": "FAILURE", "responseCode": code, "responseMessage": code, "payload": None}


def event(word: Any = "SUCCESS", amount: Any = "250.00", merchant: str = "MERCHANT1") -> dict[str, Any]:
    """A callback about a payment."""
    return {
        "amount": amount,
        "gatewayReferenceId": ASKED.rrn,
        "gatewayResponseCode": "00" if word == "SUCCESS" else "ZM",
        "gatewayResponseMessage": "told",
        "gatewayResponseStatus": word,
        "gatewayTransactionId": "pay_1",
        "merchantChannelId": "SHOPAPP",
        "merchantId": merchant,
        "merchantRequestId": ASKED.tr,
        "payeeVpa": "shop@testaxis",
        "payerName": "Test Payer",
        "payerVpa": "payer@testpsp",
        "splitSettlementDetails": {"splitType": "DEFAULT"},
        "transactionTimestamp": "2026-03-02T10:01:00+05:30",
        "type": "MERCHANT_CREDITED_VIA_PAY",
    }


def refund(refund_id: str = ASKED.refund_id, word: str = "SUCCESS", amount: str = "250.00") -> dict[str, Any]:
    """A refund, as an answer tells it."""
    return {
        "gatewayRefundReferenceId": "006110000777",
        "gatewayRefundTransactionId": "AXIREFUND1",
        "gatewayResponseCode": "00" if word == "SUCCESS" else "U30",
        "gatewayResponseStatus": word,
        "gatewayTransactionId": "pay_1",
        "merchantChannelId": "SHOPAPP",
        "merchantId": "MERCHANT1",
        "originalMerchantRequestId": ASKED.tr,
        "refundAmount": amount,
        "refundRequestId": refund_id,
        "refundType": "ONLINE",
    }


def kit() -> Kit:
    """Axis on the stack of Juspay."""

    def payments(events: Sequence[Any]) -> bytes:
        return written(answered(events[-1]) if events else failed("REQUEST_NOT_FOUND"))

    def refunded(refunds: Sequence[Mapping[str, Any]]) -> tuple[int, bytes]:
        found = [each for each in refunds if each["refundRequestId"] == ASKED.refund_id]
        return 200, written(answered(found[0]) if found else failed("REQUEST_NOT_FOUND"))

    return Kit(
        bank=bank("axis"),
        account=Account(
            provider="axis",
            merchant_id="MERCHANT1",
            vpa="shop@testaxis",
            base_url="http://127.0.0.1:9",
            settings={"channel_id": "SHOPAPP"},
        ),
        keys=keys(
            psp_public_key=pair("psp")[1],
            psp_public_key_previous=pair("psp before")[1],
            merchant_private_key=pair("merchant")[0],
        ),
        event=event,
        refund=refund,
        headers=signed,
        payments=payments,
        refunded=refunded,
        made=lambda made: made if isinstance(made, bytes) else written(answered(made)),
        words={"SUCCESS": "SUCCESS", "FAILED": "FAILURE", "PENDING": "DEEMED", "UNKNOWN": "PARKED"},
        bad_amounts=["250.000", "2,50", "1e3", "-1", "", " 250", "250\n", "٢٥٠", "0250", "250.", 250, True, None],
        ack=b'{"status":"SUCCESS"}',
        many=False,
    )
