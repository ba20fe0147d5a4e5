"""Axis, older form: sealed under a shared key, with a checksum inside."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from haat.payment.banks import Account, Call, ciphers
from haat.payment.banks.registry import bank
from tests.unit.payment.banks.kits import ASKED, SECRETS, Fixtures, Kit, keys, written

FIXTURES = Fixtures(
    provider="axis",
    keys={"data_key": "axis_legacy_key_hex", "checksum_key": "axis_legacy_checksum_key"},
    settings={"channel_id": "channel_id"},
    variants="legacy",
)
DATA_KEY = "00112233445566778899aabbccddeeff"
PAYMENT = (
    "customerVpa merchantId merchantChannelId merchantTransactionId transactionTimestamp transactionAmount"
    " gatewayTransactionId gatewayResponseCode gatewayResponseMessage rrn"
).split()
REFUND = (
    "merchantId merchantChannelId merchantTransactionId gatewayTransactionId rrn txnRefundId txnRefundAmount"
    " gatewayRefundTransactionId gatewayResponseCode gatewayResponseMessage"
).split()


def summed(said: Mapping[str, Any], order: Sequence[str]) -> dict[str, Any]:
    """With its checksum."""
    values = "".join(str(said[name]) for name in order if isinstance(said.get(name), str))
    return {**said, "checksum": hashlib.sha256((values + SECRETS[2]).encode(errors="replace")).hexdigest()}


def sealed(document: Any) -> bytes:
    """As it is sent: a document with its checksum, bytes as they are."""
    if isinstance(document, dict):
        document = summed(document, REFUND if "txnRefundId" in document else PAYMENT)
    return written({"data": ciphers.ecb_seal(DATA_KEY, written(document))})


def opened(call: Call) -> bytes:
    """What a call says."""
    return ciphers.ecb_open(DATA_KEY, json.loads(call.body)["data"])


def event(word: Any = "00", amount: Any = "250.00", merchant: str = "MERCHANT1") -> dict[str, Any]:
    """A callback about a payment."""
    return {
        "customerVpa": "payer@testpsp",
        "merchantId": merchant,
        "merchantChannelId": "SHOPAPP",
        "merchantTransactionId": ASKED.tr,
        "transactionTimestamp": "2026-03-02 10:01:00.0",
        "transactionAmount": amount,
        "gatewayTransactionId": "pay_1",
        "gatewayResponseCode": word,
        "gatewayResponseMessage": "Transaction told",
        "rrn": ASKED.rrn,
        "more": {"of": "something"},
    }


def refund(refund_id: str = ASKED.refund_id, word: str = "00") -> dict[str, Any]:
    """A refund, as an answer tells it."""
    return {
        "merchantId": "MERCHANT1",
        "merchantChannelId": "SHOPAPP",
        "merchantTransactionId": ASKED.tr,
        "gatewayTransactionId": "pay_1",
        "rrn": ASKED.rrn,
        "txnRefundId": refund_id,
        "txnRefundAmount": "250.00",
        "gatewayRefundTransactionId": "AXIREFUND1",
        "gatewayResponseCode": word,
        "gatewayResponseMessage": "Refund told",
    }


def kit() -> Kit:
    """Axis in its older form."""

    def refunded(refunds: Sequence[Mapping[str, Any]]) -> tuple[int, bytes]:
        found = [each for each in refunds if each["txnRefundId"] == ASKED.refund_id]
        nothing = {"merchantId": "MERCHANT1", "txnRefundId": ASKED.refund_id, "gatewayResponseCode": "U48"}
        return 200, sealed(found[0] if found else nothing)

    nothing = {"merchantId": "MERCHANT1", "merchantTransactionId": ASKED.tr, "gatewayResponseCode": "U48"}
    return Kit(
        bank=bank("axis_older"),
        account=Account(
            provider="axis_older",
            merchant_id="MERCHANT1",
            vpa="shop@testaxis",
            base_url="http://127.0.0.1:9",
            settings={"channel_id": "SHOPAPP"},
        ),
        keys=keys(data_key=DATA_KEY, checksum_key=SECRETS[2]),
        event=event,
        refund=refund,
        headers=lambda raw, secret="": {},
        payments=lambda events: sealed(events[-1] if events else nothing),
        refunded=refunded,
        words={"SUCCESS": "00", "FAILED": "ZA", "PENDING": "RB", "UNKNOWN": "Q7"},
        bad_amounts=["250.000", "2,50", "1e3", "-1", "", " 250", "250\n", "٢٥٠", "0250", "250.", 250, True, None],
        ack=b'{"status":"SUCCESS"}',
        body=sealed,
        made=sealed,
        opened=opened,
        many=False,
    )
