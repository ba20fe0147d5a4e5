"""ICICI: what it sends us is sealed with our public key, and what we send it with its own."""

import base64
import json
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES128
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.padding import PKCS7
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from haat.payment.banks import Account, Call
from haat.payment.banks.registry import bank
from tests.unit.payment.banks.kits import ASKED, SECRETS, Fixtures, Kit, keys, written
from tests.upi_fixtures import UPI

FIXTURES = Fixtures(
    provider="icici",
    keys={"merchant_private_key": "icici-merchant-TEST-ONLY.pem"},
    settings={"terminal_id": "terminal_id"},
)
OURS = UPI / "test-keys" / "icici-merchant-TEST-ONLY.pem"
OURS_PUBLIC = UPI / "test-keys" / "icici-merchant-TEST-ONLY.pub.pem"
NOTHING = {"response": "5006", "success": "false", "message": "Merchant TranId is not available"}


@cache
def banks_key() -> rsa.RSAPrivateKey:
    """The bank's own key. Short, so that some of our calls need an envelope."""
    return rsa.generate_private_key(65537, 2048)


@cache
def ours_public() -> rsa.RSAPublicKey:
    """What anyone may have of us."""
    found = load_pem_public_key(OURS_PUBLIC.read_bytes())
    assert isinstance(found, rsa.RSAPublicKey)
    return found


def short(document: Any) -> bytes:
    """The short form, for us."""
    return base64.b64encode(ours_public().encrypt(written(document), PKCS1v15()))


def envelope(document: Any, *, iv_apart: bool = False, **other: Any) -> bytes:
    """The long form, for us: the IV in a field of its own, or before the data."""
    key, iv = b"4711081512345678", bytes(range(240, 256))
    pad = PKCS7(128).padder()
    pen = Cipher(AES128(key), CBC(iv)).encryptor()
    data = pen.update(pad.update(written(document)) + pad.finalize()) + pen.finalize()
    fields = {
        "requestId": "1",
        "service": "",
        "encryptedKey": base64.b64encode(ours_public().encrypt(key, PKCS1v15())).decode(),
        "oaepHashingAlgorithm": "NONE",
        "iv": base64.b64encode(iv).decode() if iv_apart else "",
        "encryptedData": base64.b64encode(data if iv_apart else iv + data).decode(),
    }
    return written({**fields, **other})


def sealed(document: Any) -> bytes:
    """As the bank chooses: by length."""
    return short(document) if len(written(document)) <= 501 else envelope(document)


def opened(call: Call) -> bytes:
    """What a call of ours says, once the bank has opened it."""
    if not call.body.startswith(b"{"):
        return banks_key().decrypt(base64.b64decode(call.body), PKCS1v15())
    found = json.loads(call.body)
    part = {name: base64.b64decode(found[name]) for name in ("encryptedKey", "iv", "encryptedData")}
    eye = Cipher(AES128(banks_key().decrypt(part["encryptedKey"], PKCS1v15())), CBC(part["iv"])).decryptor()
    strip = PKCS7(128).unpadder()
    return strip.update(eye.update(part["encryptedData"]) + eye.finalize()) + strip.finalize()


def event(word: Any = "SUCCESS", amount: Any = "250.00", merchant: str = "500123") -> dict[str, Any]:
    """A callback about a payment."""
    return {
        "merchantId": merchant,
        "subMerchantId": merchant,
        "terminalId": "5411",
        "BankRRN": "006110000001",
        "merchantTranId": ASKED.tr,
        "PayerName": "Test Payer",
        "PayerMobile": "0000000000",
        "PayerVA": "payer@testpsp",
        "PayerAmount": amount,
        "TxnStatus": word,
        "TxnInitDate": "20260302100040",
        "TxnCompletionDate": "20260302100100",
    }


def answer(event: Mapping[str, Any]) -> dict[str, Any]:
    """The answer to the question after the payment that a callback told of."""
    same = ("merchantId", "subMerchantId", "terminalId", "merchantTranId", "TxnInitDate", "TxnCompletionDate")
    return {
        "response": "0",
        "success": "true",
        "message": "Transaction Successful",
        **{name: event[name] for name in same},
        "OriginalBankRRN": event["BankRRN"],
        "payerVA": event["PayerVA"],
        "Amount": event["PayerAmount"],
        "status": event["TxnStatus"],
    }


def refund(refund_id: str = ASKED.refund_id, word: str = "SUCCESS") -> dict[str, Any]:
    """What a refund's call is answered."""
    return {
        "merchantId": "500123",
        "subMerchantId": "500123",
        "terminalId": "5411",
        "response": "0",
        "success": "true",
        "message": "Transaction Successful",
        "status": word,
        "merchantTranId": refund_id,
        "originalBankRRN": "006110000001",
    }


def kit() -> Kit:
    """ICICI."""

    def refunded(refunds: Sequence[Mapping[str, Any]]) -> tuple[int, bytes]:
        found = [each for each in refunds if each["merchantTranId"] == ASKED.refund_id]
        return 200, sealed(found[0] if found else NOTHING)

    public = banks_key().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return Kit(
        bank=bank("icici"),
        account=Account(
            provider="icici",
            merchant_id="500123",
            vpa="shop@testicici",
            base_url="http://127.0.0.1:9",
            settings={"terminal_id": "5411"},
        ),
        keys=keys(merchant_private_key=OURS.read_text(), bank_certificate=public.decode(), api_key=SECRETS[2]),
        event=event,
        refund=refund,
        headers=lambda raw, secret="": {"Content-Type": "application/json" if raw[:1] == b"{" else "text/plain"},
        payments=lambda events: sealed(answer(events[0]) if events else NOTHING),
        refunded=refunded,
        words={"SUCCESS": "SUCCESS", "FAILED": "REJECT", "PENDING": "PENDING", "UNKNOWN": "ON-HOLD"},
        bad_amounts=["250.001", "2,50", "1e3", "-1", "", " 250", "٢٥٠", "0250", "250.", 250, 250.0, True, None],
        ack=b"",
        body=sealed,
        made=sealed,
        opened=opened,
        txn="",
        many=False,
    )
