"""The simulated bank of the local stage: no money moves here, and no real bank speaks like this.

It stands for the banks whose callbacks prove nothing: a callback brings a static token, which says who sends and nothing of what is sent, so it is
a hint, and the pull behind it is the proof. The format is our own and as dull as it can be: JSON, amounts as text in rupees, times with their offset.

| call | what |
| --- | --- |
| callback | POST `{"payment": {...}}` or `{"refund": {...}}`, header `X-Simbank-Token` |
| pull | GET `/payments?reference=` -> `{"payments": [...]}` |
| refund | POST `/refunds` -> `{"refund": {...}}`; the same `refund_id` again answers what the first one did |
| - | or 422 `{"error": "unknown_payment"}` or `{"error": "amount"}`: it will not |
| ask after it | GET `/refunds/{refund_id}` -> the same, or 404 `{"error": "unknown_refund"}` |
| whose an address is | GET `/names?address=` -> `{"address": ..., "name": ...}`, or 404 `{"error": "unknown_address"}` |

payment: `id`, `reference`, `rrn`, `amount`, `currency`, `status`, `at`, `merchant`, `payee`, `payer`. refund: `id`, `refund_id`, `payment_id`,
`rrn` (of the payment), `amount`, `status`, `merchant`.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final, Literal
from urllib.parse import quote, urlencode

from haat.kernel.errors import Rejected
from haat.payment.banks import Account, Asked, Call, Caps, Created, Failed, Keys, Named, NotFound, Rows
from haat.payment.banks.wire import (
    acknowledged,
    as_json,
    bearer,
    every,
    header,
    is_secret,
    may_have,
    must_have,
    unanswered,
    whose,
)
from haat.payment.model.evidence import Evidence, RefundEvidence, Refused, Said, Status, Trust
from haat.payment.rules import reading
from haat.payment.rules.reading import malformed, maybe_text, moment, paise, part, parts, rupees, text

NAME: Final = "simbank"
CAPS: Final = Caps(
    trust="hint",
    door_keys=("callback_token", "callback_token_previous"),
    call_keys=("api_token",),
    optional_keys=("callback_token_previous",),
    secret_headers=("x-simbank-token",),
    tells_names=True,
    simulated=True,
)

WORDS: Final[Mapping[str, Status]] = {
    "SUCCESS": "SUCCESS",
    "FAILED": "FAILED",
    "PENDING": "PENDING",
    "DEEMED": "PENDING",
}
REFUND_WORDS: Final[Mapping[str, Literal["DONE", "FAILED", "PENDING"]]] = {
    "DONE": "DONE",
    "FAILED": "FAILED",
    "PENDING": "PENDING",
}

REFUSALS: Final = frozenset({"unknown_payment", "amount"})
NOTHING: Final = "unknown_refund"
NOBODYS: Final = "unknown_address"


def create(account: Account, keys: Keys, asked: Asked) -> Call | None:
    """Nothing: a link with our reference is enough."""
    return None


def read_create(account: Account, keys: Keys, asked: Asked, status: int, raw: bytes) -> Created | Failed:
    """There is no such answer."""
    return unanswered(status)


def read_callback(
    account: Account,
    keys: Keys,
    headers: Mapping[str, str],
    raw: bytes,
    *,
    checked: bool = False,
) -> Said:
    """Look at the token, then parse."""
    if len(raw) > reading.CALLBACK:
        return Refused(reason="too_large")
    token = header(headers, "x-simbank-token")
    if not token:
        return Refused(reason="missing_token")
    if not checked and not is_secret(token, may_have(keys, *CAPS.door_keys)):
        return Refused(reason="bad_token")
    try:
        found = reading.document(raw)
        if "refund" in found:
            return _refund(part(found, "refund"), CAPS.trust)
        return _evidence(part(found, "payment"), CAPS.trust)
    except Rejected as refused:
        return Refused(reason=refused.word)


def ack(said: Said) -> tuple[int, bytes]:
    """It wants to hear a JSON object."""
    return acknowledged(said, b'{"received":true}')


def pull(account: Account, keys: Keys, asked: Asked) -> Call:
    """Ask for the payments that carry our reference."""
    return _call(account, keys, "/payments?" + urlencode({"reference": asked.tr}))


def read_pull(
    account: Account, keys: Keys, asked: Asked, status: int, raw: bytes
) -> tuple[Evidence, ...] | NotFound | Failed:
    """Every attempt to pay is one piece of evidence."""
    if status != 200:
        return unanswered(status)
    try:
        payments = parts(reading.document(raw, reading.ANSWER), "payments")
    except Rejected as refused:
        return Failed(reason=refused.word)
    return every(payments, lambda payment: _asked_for(asked, payment))


def refund(account: Account, keys: Keys, asked: Asked) -> Call:
    """Give back, under our id."""
    body = {
        "refund_id": asked.refund_id,
        "payment_id": asked.provider_txn_id,
        "amount": rupees(asked.amount),
        "currency": asked.currency,
    }
    return _call(account, keys, "/refunds", body)


def read_refund(account: Account, keys: Keys, asked: Asked, status: int, raw: bytes) -> RefundEvidence | Failed:
    """Read the refund as it was made. A 422 says that it will not be, in the bank's own words: a proxy has its own reasons for one."""
    if status == 422 and _error(raw) in REFUSALS:
        return Failed(reason="refused", refused=True)
    return _made(asked, raw) if status in (200, 201) else unanswered(status)


def pull_refund(account: Account, keys: Keys, asked: Asked) -> Call:
    """Ask after our id."""
    return _call(account, keys, "/refunds/" + quote(asked.refund_id, safe=""))


def read_pull_refund(
    account: Account, keys: Keys, asked: Asked, status: int, raw: bytes
) -> RefundEvidence | NotFound | Failed:
    """One refund. A 404 counts only in the bank's own words."""
    if status == 404 and _error(raw) == NOTHING:
        return NotFound()
    return _made(asked, raw) if status == 200 else unanswered(status)


def settlement(account: Account, keys: Keys, day: date, skip: int = 0) -> Call | None:
    """It writes no report."""
    return None


def read_settlement(account: Account, raw: bytes) -> Rows:
    """It writes no report."""
    return (), ()


def name_call(account: Account, keys: Keys, vpa: str) -> Call | None:
    """Ask for the address."""
    return _call(account, keys, "/names?" + urlencode({"address": vpa}))


def read_name(account: Account, status: int, raw: bytes) -> Named | NotFound | Failed:
    """One name. A 404 counts only in the bank's own words; 200 without a name is a bank that will not tell it."""
    if status == 404 and _error(raw) == NOBODYS:
        return NotFound()
    if status != 200:
        return unanswered(status)
    try:
        return whose(reading.document(raw, reading.ANSWER).get("name"))
    except Rejected as refused:
        return Failed(reason=refused.word)


def _call(account: Account, keys: Keys, path: str, body: Mapping[str, Any] | None = None) -> Call:
    headers = {"Authorization": bearer(must_have(keys, "api_token"))}
    if body is None:
        return Call(method="GET", url=account.base_url + path, headers=headers)
    return Call(
        method="POST",
        url=account.base_url + path,
        headers={**headers, "Content-Type": "application/json"},
        body=as_json(body),
    )


def _error(raw: bytes) -> str:
    """The bank's own word for why not; "" where it says none."""
    try:
        return maybe_text(reading.document(raw, reading.ANSWER).get("error"))
    except Rejected:
        return ""


def _made(asked: Asked, raw: bytes) -> RefundEvidence | Failed:
    try:
        said = _refund(part(reading.document(raw, reading.ANSWER), "refund"), "proof")
    except Rejected as refused:
        return Failed(reason=refused.word)
    return said if said.refund_id == asked.refund_id else Failed(reason="malformed")


def _asked_for(asked: Asked, given: Any) -> Evidence:
    """The payment that was asked about; one that carries another reference is none of an answer."""
    if not isinstance(given, dict):
        raise malformed("payments")
    said = _evidence(given, "proof")
    if said.tr != asked.tr:
        raise malformed("reference")
    return said


def _evidence(given: Mapping[str, Any], trust: Trust) -> Evidence:
    word = text(given.get("status"), "status", 64)
    return Evidence(
        provider=NAME,
        provider_txn_id=text(given.get("id"), "id"),
        tr=maybe_text(given.get("reference"), 35),
        rrn=maybe_text(given.get("rrn"), 35),
        amount=paise(given.get("amount")),
        currency=text(given.get("currency"), "currency", 8),
        status=reading.status(WORDS, word),
        status_word=word,
        trust=trust,
        occurred_at=moment(given.get("at"), "at"),
        payee_vpa=maybe_text(given.get("payee"), 255),
        merchant_id=text(given.get("merchant"), "merchant"),
        payer_vpa=maybe_text(given.get("payer"), 255),
    )


def _refund(given: Mapping[str, Any], trust: Trust) -> RefundEvidence:
    word = text(given.get("status"), "status", 64)
    return RefundEvidence(
        provider=NAME,
        provider_refund_id=text(given.get("id"), "id"),
        refund_id=maybe_text(given.get("refund_id")),
        amount=paise(given.get("amount")),
        status=reading.meaning(REFUND_WORDS, word, "PENDING"),
        status_word=word,
        trust=trust,
        rrn=maybe_text(given.get("rrn"), 35),
        provider_txn_id=text(given.get("payment_id"), "payment_id"),
        merchant_id=text(given.get("merchant"), "merchant"),
    )
