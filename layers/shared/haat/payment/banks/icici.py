"""ICICI (Eazypay UPI). Its callbacks are hints: they are encrypted with our public key, which is anyone's to use.

Sources: reference on UPI and the banks, section 9 (kits "QR API", "Collect API", "Onboarding manual v1.8", "Eazypay API gateway" in
circulation, public data classes and integrations). Format-complete, not bank-certified. Looked up [L]: paths, fields, both forms of a
cipher text, the codes, `success` as text, the types Q and R of a status question, onlineRefund "Y" for at once. Recalled [R]: the header
`apikey`, that our refund id as merchantTranId makes a refund one, times by India's clock, that an answer to a callback is not read.
Assumed [A]: that a link with our `tr`, for which QR3 was not called, is asked about with type Q; that a refund is asked about with type R
and our refund id; that payeeVA of a refund is our own address; that every answer comes with HTTP status 200; the settlement file's columns
and words (icici_entities.py).

A message is either base64 of RSA (PKCS#1 v1.5) or an envelope: a session key of 16 digits under RSA, the text under AES-128-CBC. Neither
proves who wrote it, and what was spoiled opens to noise without an error: reading.document catches it.
"""

import base64
import binascii
from collections.abc import Mapping
from datetime import date
from typing import Any, Final
from urllib.parse import quote

from haat.kernel.errors import Misconfigured, Rejected
from haat.payment.banks import Account, Asked, Call, Caps, Created, Failed, Keys, Named, NotFound, Rows, ciphers, tables
from haat.payment.banks import icici_entities as entities
from haat.payment.banks.wire import acknowledged, as_json, every, in_header, must_have, unanswered
from haat.payment.model.evidence import Evidence, RefundEvidence, Refused, Said
from haat.payment.rules import reading
from haat.payment.rules.reading import malformed, rupees

CAPS: Final = Caps(
    trust="hint",
    door_keys=(),
    settlement_keys=("merchant_private_key",),
    call_keys=("bank_certificate", "api_key"),
    key_forms={"merchant_private_key": "private_pem", "bank_certificate": "public_pem"},
    settings=("terminal_id", "sub_merchant_id"),
    optional_settings=("sub_merchant_id",),  # then it is the merchant id
    settlement_format="csv",
    before_money=("kit", "test_environment", "certificates", "listed_addresses", "sign_off"),
)


def create(account: Account, keys: Keys, asked: Asked) -> Call | None:
    """Nothing: a link with our reference is enough."""
    return None


def read_create(account: Account, keys: Keys, asked: Asked, status: int, raw: bytes) -> Created | Failed:
    """There is no such answer."""
    return unanswered(status)


def read_callback(
    account: Account, keys: Keys, headers: Mapping[str, str], raw: bytes, *, checked: bool = False
) -> Said:
    """Decrypt, then parse. Whoever has our public key can have written it, so it is a hint whatever it says."""
    try:
        return entities.told(_opened(keys, raw, reading.CALLBACK))
    except Rejected as refused:
        return Refused(reason=refused.word)


def ack(said: Said) -> tuple[int, bytes]:
    """Any 2xx will do [R]."""
    return acknowledged(said, b"")


def pull(account: Account, keys: Keys, asked: Asked) -> Call:
    """Ask by our reference. CallbackStatus2 tells when the payment was, TransactionStatus does not."""
    return _call(account, keys, "CallbackStatus2", {"merchantTranId": asked.tr, "transactionType": "Q"})


def read_pull(
    account: Account, keys: Keys, asked: Asked, status: int, raw: bytes
) -> tuple[Evidence, ...] | NotFound | Failed:
    """One payment: the bank tells of one for each reference."""
    found = _answer(keys, status, raw)
    if isinstance(found, NotFound | Failed):
        return found
    return every([found], lambda one: entities.pulled(account, asked, one))


def refund(account: Account, keys: Keys, asked: Asked) -> Call:
    """Give back at once, under our id as merchantTranId. What stands in the call is the same for ever; its cipher text is not."""
    body = {
        "originalBankRRN": asked.rrn,
        "merchantTranId": asked.refund_id,
        "originalmerchantTranId": asked.tr,
        "payeeVA": account.vpa,
        "refundAmount": rupees(asked.amount),
        "note": "Refund",
        "onlineRefund": "Y",
    }
    return _call(account, keys, "Refund", body)


def read_refund(account: Account, keys: Keys, asked: Asked, status: int, raw: bytes) -> RefundEvidence | Failed:
    """Read the refund as it was made. The codes of REFUSALS refuse; a duplicate and whatever is not listed says nothing, and is asked after."""
    if status != 200:
        return unanswered(status)
    try:
        found = _opened(keys, raw, reading.ANSWER)
        if not entities.succeeded(found):
            reason = entities.REFUSALS.get(entities.code(found))
            return Failed(reason=reason or "error", refused=reason is not None)
        return entities.refunded(account, asked, found)
    except Rejected as refused:
        return Failed(reason=refused.word)


def pull_refund(account: Account, keys: Keys, asked: Asked) -> Call:
    """Ask after our id of the refund."""
    return _call(account, keys, "CallbackStatus2", {"merchantTranId": asked.refund_id, "transactionType": "R"})


def read_pull_refund(
    account: Account, keys: Keys, asked: Asked, status: int, raw: bytes
) -> RefundEvidence | NotFound | Failed:
    """One refund. That it failed is said by a status word; the code 9 alone may be about the question."""
    found = _answer(keys, status, raw)
    if isinstance(found, NotFound | Failed):
        return found
    try:
        return entities.refunded(account, asked, found)
    except Rejected as refused:
        return Failed(reason=refused.word)


def settlement(account: Account, keys: Keys, day: date, skip: int = 0) -> Call | None:
    """Nothing: a person brings the file."""
    return None


def read_settlement(account: Account, raw: bytes) -> Rows:
    """The bank's T+1 file. Its columns, and the words for a refund and a chargeback, are [A]."""
    return tables.read(account, raw, entities.COLUMNS, entities.NEEDED, entities.row)


def name_call(account: Account, keys: Keys, vpa: str) -> Call | None:
    """No public document says how it is asked: it tells no names."""
    return None


def read_name(account: Account, status: int, raw: bytes) -> Named | NotFound | Failed:
    """There is no such answer."""
    return unanswered(status)


def _call(account: Account, keys: Keys, path: str, body: Mapping[str, str]) -> Call:
    named = {
        "merchantId": account.merchant_id,
        "subMerchantId": account.settings.get("sub_merchant_id") or account.merchant_id,
        "terminalId": account.settings.get("terminal_id", ""),
    }
    api_key = in_header(must_have(keys, "api_key"))
    kind, sealed = _sealed(keys, as_json({**named, **body}), body["merchantTranId"])
    return Call(
        method="POST",
        url=f"{account.base_url}/{path}/{quote(account.merchant_id, safe='')}",
        headers={"Content-Type": kind, "apikey": api_key},
        body=sealed,
    )


def _sealed(keys: Keys, plain: bytes, request_id: str) -> tuple[str, bytes]:
    """The media type and the cipher text: RSA alone where it has the room (501 bytes at 4096 bits), else an envelope."""
    certificate = must_have(keys, "bank_certificate")
    if len(plain) <= ciphers.rsa_room(certificate):
        return "text/plain", base64.b64encode(ciphers.rsa_seal(certificate, plain))
    key, iv = ciphers.digits(), ciphers.digits()
    envelope = {
        "requestId": request_id,
        "service": "",
        "encryptedKey": _base64(ciphers.rsa_seal(certificate, key)),
        "oaepHashingAlgorithm": "NONE",
        "iv": _base64(iv),
        "encryptedData": _base64(ciphers.cbc_seal(key, iv, plain)),
        "clientInfo": "",
        "optionalParam": "",
    }
    return "application/json", as_json(envelope)


def _answer(keys: Keys, status: int, raw: bytes) -> Mapping[str, Any] | NotFound | Failed:
    """What the answer to a question says. Any `success` of "false" but for 92 and 9 says nothing of what was asked about."""
    if status != 200:
        return unanswered(status)
    try:
        found = _opened(keys, raw, reading.ANSWER)
        if entities.nothing(found):
            return NotFound()
        known = entities.succeeded(found) or entities.code(found) in entities.CODES
    except Rejected as refused:
        return Failed(reason=refused.word)
    return found if known else Failed(reason="error")


def _opened(keys: Keys, raw: bytes, limit: int) -> Mapping[str, Any]:
    """What stands in a message of either form. Raises Rejected: undecryptable, malformed, and no_key where our own key is missing or is none."""
    if len(raw) > limit:
        raise Rejected("it is larger than any such thing", word="too_large")
    try:
        private = must_have(keys, "merchant_private_key")
        if not raw.lstrip().startswith(b"{"):
            return reading.document(ciphers.rsa_open(private, _bytes(raw)), limit)
        envelope = reading.document(raw, limit)
        key = ciphers.rsa_open(private, _field(envelope, "encryptedKey"))
        iv, data = _field(envelope, "iv"), _field(envelope, "encryptedData")
        if not iv:
            iv, data = data[: ciphers.BLOCK], data[ciphers.BLOCK :]
        return reading.document(ciphers.cbc_open(key, iv, data), limit)
    except Misconfigured:
        raise Rejected("the key that decrypts is missing or is none", word="no_key") from None


def _field(envelope: Mapping[str, Any], name: str) -> bytes:
    found = envelope.get(name) or ""
    if not isinstance(found, str):
        raise malformed(name)
    return _bytes(found.encode("ascii", "replace"))


def _bytes(written: bytes) -> bytes:
    """Base64 as Java and PHP write it, also in lines."""
    try:
        return base64.b64decode(b"".join(written.split()), validate=True)
    except binascii.Error:
        raise ciphers.undecryptable() from None


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
