"""Axis Bank, older form: `{"data": HEX}` under a key that two parties have, with a checksum inside. Its callbacks are hints.

Format-complete, not bank-certified. Which of its two forms an account speaks is the account's provider, and never what a message says.

| what | how | mark |
| --- | --- | --- |
| callback | POST `{"data": HEX(AES-128-ECB(JSON))}`, the fields of FIELDS and `checksum` | recalled |
| checksum | SHA-256 in hex of the values of FIELDS, in that order and joined, and the checksum key behind them | assumed |
| what is paid | `gatewayResponseCode`: the codes of UPI | recalled; each code as in the reference's table |
| pull | POST `/status` with the merchant, its channel and our reference -> the payment, as a callback tells it | assumed |
| refund | POST `/refund` with the same, the payment's ids, `txnRefundId` (ours), `txnRefundAmount`, `refundReason` | assumed; these three names looked up |
| ask after it | POST `/refund/status` with our reference and `txnRefundId` -> the refund, as the call's answer tells it | assumed |
| nothing of it | `gatewayResponseCode` U48, "transaction id not found", beside our own reference | the code looked up, its use here assumed |
| refused | `gatewayResponseCode` B6, "mismatch in payment details", and no id of a refund: none was begun | the code looked up, its use here assumed |

Calls and answers are sealed as the callback is, and each has a checksum over its own values, in the order of PULL, REFUND, ASK and MADE. The
checksum is no proof until the bank confirms the recipe; what it catches is a message that was cut and pasted from two. The settlement file is the
one of the newer form. Source: reference on UPI and the banks, section 11.
"""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final, Literal

from haat.kernel.errors import Misconfigured, Rejected
from haat.kernel.time import Instant
from haat.payment.banks import Account, Asked, Call, Caps, Created, Failed, Keys, Named, NotFound, Rows, ciphers, tables
from haat.payment.banks.axis_entities import COLUMNS, NEEDED, settled
from haat.payment.banks.wire import FINAL_CODES, acknowledged, as_json, every, must_have, settleable, unanswered
from haat.payment.model.evidence import Evidence, RefundEvidence, Refused, Said, Status, Trust
from haat.payment.rules import reading
from haat.payment.rules.reading import india, malformed, maybe_text, paise, rupees, text

NAME: Final = "axis_older"
CAPS: Final = Caps(
    trust="hint",
    door_keys=(),
    settlement_keys=("data_key", "checksum_key"),
    call_keys=("data_key", "checksum_key"),
    key_forms={"data_key": "hex32"},
    shared_key=True,
    settings=("channel_id",),
    same_books_as="axis",
    settlement_format="csv",
    before_money=("kit", "test_environment", "listed_addresses", "sign_off"),
)

# As in the reference's table of response codes. What is not here is UNKNOWN, and asked after.
WORDS: Final[Mapping[str, Status]] = {
    "00": "SUCCESS",
    **dict.fromkeys(("01", "RB", "96", "BT", "UT", "U31", "U67", "U68", "UP", "UB"), "PENDING"),
    **dict.fromkeys(FINAL_CODES, "FAILED"),
}
_OF_A_REFUND: Final[Mapping[Status, Literal["DONE", "FAILED", "PENDING"]]] = {"SUCCESS": "DONE", "FAILED": "FAILED"}
NOTHING: Final = "U48"
REFUSAL: Final = "B6"
TIMES: Final = ("%Y-%m-%d %H:%M:%S.%f", "%Y-%m-%d %H:%M:%S")  # of an Indian clock

_OURS: Final = ("merchantId", "merchantChannelId", "merchantTransactionId")
FIELDS: Final = (
    "customerVpa",
    *_OURS,
    "transactionTimestamp",
    "transactionAmount",
    "gatewayTransactionId",
    "gatewayResponseCode",
    "gatewayResponseMessage",
    "rrn",
)
PULL: Final = _OURS
REFUND: Final = (*_OURS, "gatewayTransactionId", "rrn", "txnRefundId", "txnRefundAmount", "refundReason")
ASK: Final = (*_OURS, "txnRefundId")
MADE: Final = (
    *_OURS,
    "gatewayTransactionId",
    "rrn",
    "txnRefundId",
    "txnRefundAmount",
    "gatewayRefundTransactionId",
    "gatewayResponseCode",
    "gatewayResponseMessage",
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
    """Open, parse, and hold the checksum against it: bad_checksum. The door sees nothing of that."""
    try:
        found = _opened(keys, raw, reading.CALLBACK)
        said = _evidence(found, CAPS.trust)
        _sums_up(keys, found, FIELDS)
    except Rejected as refused:
        return Refused(reason=refused.word)
    return said


def ack(said: Said) -> tuple[int, bytes]:
    """Any 2xx will do (assumed)."""
    return acknowledged(said, b'{"status":"SUCCESS"}')


def pull(account: Account, keys: Keys, asked: Asked) -> Call:
    """Ask how the payment with our reference stands."""
    return _call(account, keys, asked, "/status", PULL, {})


def read_pull(
    account: Account, keys: Keys, asked: Asked, status: int, raw: bytes
) -> tuple[Evidence, ...] | NotFound | Failed:
    """One payment at the most."""
    found = _answer(keys, status, raw, {"merchantTransactionId": asked.tr}, FIELDS)
    return found if isinstance(found, NotFound | Failed) else every([found], lambda said: _evidence(said, "proof"))


def refund(account: Account, keys: Keys, asked: Asked) -> Call:
    """Give back, under our id."""
    more = {
        "gatewayTransactionId": asked.provider_txn_id,
        "rrn": asked.rrn,
        "txnRefundId": asked.refund_id,
        "txnRefundAmount": rupees(asked.amount),
        "refundReason": "Refund",
    }
    return _call(account, keys, asked, "/refund", REFUND, more)


def read_refund(account: Account, keys: Keys, asked: Asked, status: int, raw: bytes) -> RefundEvidence | Failed:
    """Read the refund as it was made. It is refused where the bank says that it does not fit its payment, and has begun none."""
    found = _answer(keys, status, raw, {"txnRefundId": asked.refund_id}, MADE)
    if isinstance(found, NotFound):
        return Failed(reason="not_found")
    if isinstance(found, Failed):
        return found
    if found.get("gatewayResponseCode") == REFUSAL and not found.get("gatewayRefundTransactionId"):
        return Failed(reason="refused", refused=True)
    return _refund(found)


def pull_refund(account: Account, keys: Keys, asked: Asked) -> Call:
    """Ask after our id."""
    return _call(account, keys, asked, "/refund/status", ASK, {"txnRefundId": asked.refund_id})


def read_pull_refund(
    account: Account, keys: Keys, asked: Asked, status: int, raw: bytes
) -> RefundEvidence | NotFound | Failed:
    """One refund."""
    found = _answer(keys, status, raw, {"txnRefundId": asked.refund_id}, MADE)
    return found if isinstance(found, NotFound | Failed) else _refund(found)


def settlement(account: Account, keys: Keys, day: date, skip: int = 0) -> Call | None:
    """Nothing: a person brings the file."""
    return None


def read_settlement(account: Account, raw: bytes) -> Rows:
    """The bank's T+1 file, the same as that of the newer form."""
    return tables.read(account, raw, COLUMNS, NEEDED, settled)


def name_call(account: Account, keys: Keys, vpa: str) -> Call | None:
    """No public document says how it is asked: it tells no names."""
    return None


def read_name(account: Account, status: int, raw: bytes) -> Named | NotFound | Failed:
    """There is no such answer."""
    return unanswered(status)


def _call(account: Account, keys: Keys, asked: Asked, path: str, order: Sequence[str], more: Mapping[str, str]) -> Call:
    said = {
        "merchantId": account.merchant_id,
        "merchantChannelId": account.settings.get("channel_id", ""),
        "merchantTransactionId": asked.tr,
        **more,
    }
    said["checksum"] = _checksum(said, order, must_have(keys, "checksum_key"))
    body = as_json({"data": ciphers.ecb_seal(must_have(keys, "data_key"), as_json(said))})
    return Call(method="POST", url=account.base_url + path, headers={"Content-Type": "application/json"}, body=body)


def _answer(
    keys: Keys, status: int, raw: bytes, about: Mapping[str, str], order: Sequence[str]
) -> Mapping[str, Any] | NotFound | Failed:
    """What an answer says about the one thing that was asked; of anything else it says nothing."""
    if status != 200:
        return unanswered(status)
    try:
        found = _opened(keys, raw, reading.ANSWER)
        _sums_up(keys, found, order)
    except Rejected as refused:
        return Failed(reason=refused.word)
    if any(found.get(name) != value for name, value in about.items()):
        return Failed(reason="malformed")
    return NotFound() if found.get("gatewayResponseCode") == NOTHING else found


def _opened(keys: Keys, raw: bytes, limit: int) -> Mapping[str, Any]:
    sealed = text(reading.document(raw, limit).get("data"), "data", limit)
    try:
        plain = ciphers.ecb_open(must_have(keys, "data_key"), sealed)
    except Misconfigured:  # whatever reads raises nothing; whoever calls with this key finds that it is none
        raise ciphers.undecryptable() from None
    return reading.document(plain, limit)


def _sums_up(keys: Keys, found: Mapping[str, Any], order: Sequence[str]) -> None:
    """Raise Rejected (bad_checksum) where the checksum is not that of the values, or nobody can say."""
    given = maybe_text(found.get("checksum"))
    try:
        right = _checksum(found, order, must_have(keys, "checksum_key"))
    except Misconfigured:
        right = ""
    if not right or not hmac.compare_digest(right.encode(), given.lower().encode()):
        raise Rejected("the checksum is another one", word="bad_checksum")


def _checksum(said: Mapping[str, Any], order: Sequence[str], key: str) -> str:
    """The assumed recipe, in this one place. A value that is missing or no text adds nothing."""
    values = (said.get(name) for name in order)
    joined = "".join(value for value in values if isinstance(value, str)) + key
    return hashlib.sha256(joined.encode(errors="replace")).hexdigest()


def _evidence(found: Mapping[str, Any], trust: Trust) -> Evidence:
    word, rrn = text(found.get("gatewayResponseCode"), "gatewayResponseCode", 64), maybe_text(found.get("rrn"), 35)
    return Evidence(
        provider=NAME,
        provider_txn_id=text(found.get("gatewayTransactionId"), "gatewayTransactionId"),
        tr=maybe_text(found.get("merchantTransactionId"), 35),
        rrn=rrn,
        amount=paise(found.get("transactionAmount")),
        currency="INR",
        status=settleable(reading.status(WORDS, word), rrn),
        status_word=word,
        trust=trust,
        occurred_at=_moment(found.get("transactionTimestamp")),
        merchant_id=text(found.get("merchantId"), "merchantId"),
        payer_vpa=maybe_text(found.get("customerVpa"), 255),
    )


def _refund(found: Mapping[str, Any]) -> RefundEvidence | Failed:
    try:
        word = text(found.get("gatewayResponseCode"), "gatewayResponseCode", 64)
        return RefundEvidence(
            provider=NAME,
            provider_refund_id=maybe_text(found.get("gatewayRefundTransactionId")),
            refund_id=text(found.get("txnRefundId"), "txnRefundId"),
            amount=paise(found.get("txnRefundAmount")),
            status=_OF_A_REFUND.get(reading.status(WORDS, word), "PENDING"),
            status_word=word,
            trust="proof",
            rrn=maybe_text(found.get("rrn"), 35),
            provider_txn_id=maybe_text(found.get("gatewayTransactionId")),
            merchant_id=text(found.get("merchantId"), "merchantId"),
        )
    except Rejected as refused:
        return Failed(reason=refused.word)


def _moment(said: Any) -> Instant:
    for form in TIMES:
        try:
            return india(said, form, "transactionTimestamp")
        except Rejected:
            continue
    raise malformed("transactionTimestamp")
