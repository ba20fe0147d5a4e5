"""Maidan Co-operative Bank. Its callbacks are proof: HMAC-SHA256 of the raw body, in upper-case hex, under a seal key of their own.

The bank is made up, so nothing here was looked up or recalled. [G] is what its description gives, [A] what that leaves open and is assumed by us.

| call | what |
| --- | --- |
| callback | POST `{"maidan": {...}}` or `{"maidan_refund": {...}}`, header `X-Maidan-Seal`; the old seal key is good for one day more [G] |
| pull | POST `/find` `{"ref"}` -> `{"found": [...]}`, an empty list where there is nothing [G]; each as it stands in `maidan` [A] |
| refund | POST `/giveback` `{"rid", "txn", "paisa"}` -> `{"maidan_refund": {...}}`; the same `rid` again answers what the first one did [G] |
| - | 422 `{"no": WORD}` says that it will not [G], with one of REFUSALS [A]: another word is one that we do not understand |
| ask after it | POST `/giveback/find` `{"rid"}` -> as in a callback [A], or 404 `{"no": "unknown rid"}` [G] |

payment: `txn`, `ref`, `utr` (its RRN), `paisa`, `ccy`, `result`, `when` (of India; the day comes first [A]), `shop`, `to`, `from`. refund: `rtxn`,
`our_rid`, `txn` and `utr` (both of the payment [A]), `paisa`, `result`, `shop`. Calls carry a bearer token, and amounts are whole paise [G].

The settlement file is of the day, with commas, and names no status: what stands in it is settled [A]. `UTR` and `Txn` are the payment's in every
line, `Ref` is our id of the refund in a line of BACK, and `Fee` is without the `GST` beside it [A].
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final, Literal

from haat.kernel.errors import Rejected
from haat.payment.banks import Account, Asked, Call, Caps, Created, Failed, Keys, Named, NotFound, Row, Rows, tables
from haat.payment.banks.wire import (
    acknowledged,
    as_json,
    bearer,
    every,
    header,
    hmac_signed,
    may_have,
    must_have,
    unanswered,
)
from haat.payment.model.evidence import Evidence, RefundEvidence, Refused, Said, Status
from haat.payment.rules import reading
from haat.payment.rules.reading import malformed, maybe_text, minor, part, parts, text

NAME: Final = "maidan"
CAPS: Final = Caps(
    trust="proof",
    door_keys=("seal_key", "seal_key_previous"),  # two for the day after a change
    call_keys=("api_token",),
    optional_keys=("seal_key_previous",),
    settlement_format="csv",
    before_money=("kit", "test_environment", "sign_off"),
)

WORDS: Final[Mapping[str, Status]] = {"PAID": "SUCCESS", "UNPAID": "FAILED", "WAIT": "PENDING"}
REFUND_WORDS: Final[Mapping[str, Literal["DONE", "FAILED", "PENDING"]]] = {
    "GIVEN": "DONE",
    "NOTGIVEN": "FAILED",
    "WAIT": "PENDING",
}
REFUSALS: Final = frozenset({"too late", "too much", "unknown txn"})
NOTHING: Final = "unknown rid"
TIME: Final = "%d/%m/%Y %H:%M:%S"

COLUMNS: Final[Mapping[str, Sequence[str]]] = {
    "shop": ("Shop",),
    "rrn": ("UTR",),
    "txn": ("Txn",),
    "ref": ("Ref",),
    "amount": ("Rupees",),
    "kind": ("Kind",),
    "fee": ("Fee",),
    "tax": ("GST",),
    "batch": ("Batch",),
    "at": ("When",),
}
NEEDED: Final = ("shop", "rrn", "txn", "ref", "amount", "kind")
FILE_KINDS: Final[Mapping[str, Literal["payment", "refund", "dispute"]]] = {
    "PAY": "payment",
    "BACK": "refund",
    "COMPLAINT": "dispute",
}


def create(account: Account, keys: Keys, asked: Asked) -> Call | None:
    """Nothing: a link with our reference is enough."""
    return None


def read_create(account: Account, keys: Keys, asked: Asked, status: int, raw: bytes) -> Created | Failed:
    """There is no such answer."""
    return unanswered(status)


def read_callback(
    account: Account, keys: Keys, headers: Mapping[str, str], raw: bytes, *, checked: bool = False
) -> Said:
    """Verify, then parse."""
    if len(raw) > reading.CALLBACK:
        return Refused(reason="too_large")
    seal = header(headers, "x-maidan-seal")
    if not seal:
        return Refused(reason="missing_signature")
    if not checked and not hmac_signed(raw, seal, may_have(keys, *CAPS.door_keys), upper=True):
        return Refused(reason="bad_signature")
    try:
        found = reading.document(raw)
        if "maidan_refund" in found:
            return _refund(part(found, "maidan_refund"))
        return _evidence(part(found, "maidan"))
    except Rejected as refused:
        return Refused(reason=refused.word)


def ack(said: Said) -> tuple[int, bytes]:
    """It wants to hear one word."""
    return acknowledged(said, b"SEEN")


def pull(account: Account, keys: Keys, asked: Asked) -> Call:
    """Ask for the payments that carry our reference."""
    return _call(account, keys, "/find", {"ref": asked.tr})


def read_pull(
    account: Account, keys: Keys, asked: Asked, status: int, raw: bytes
) -> tuple[Evidence, ...] | NotFound | Failed:
    """Every attempt to pay is one piece of evidence."""
    if status != 200:
        return unanswered(status)
    try:
        payments = parts(reading.document(raw, reading.ANSWER), "found")
    except Rejected as refused:
        return Failed(reason=refused.word)
    return every(payments, lambda payment: _asked_for(asked, payment))


def refund(account: Account, keys: Keys, asked: Asked) -> Call:
    """Give back, under our id."""
    body = {"rid": asked.refund_id, "txn": asked.provider_txn_id, "paisa": asked.amount}
    return _call(account, keys, "/giveback", body)


def read_refund(account: Account, keys: Keys, asked: Asked, status: int, raw: bytes) -> RefundEvidence | Failed:
    """Read the refund as it was made; 422 with a word of the bank's own says that it will not be."""
    if status == 422 and _no(raw) in REFUSALS:
        return Failed(reason="refused", refused=True)
    return _made(asked, raw) if status == 200 else unanswered(status)


def pull_refund(account: Account, keys: Keys, asked: Asked) -> Call:
    """Ask after our id."""
    return _call(account, keys, "/giveback/find", {"rid": asked.refund_id})


def read_pull_refund(
    account: Account, keys: Keys, asked: Asked, status: int, raw: bytes
) -> RefundEvidence | NotFound | Failed:
    """One refund. A 404 counts only in the bank's own words: a proxy has its own reasons for one."""
    if status == 404 and _no(raw) == NOTHING:
        return NotFound()
    return _made(asked, raw) if status == 200 else unanswered(status)


def settlement(account: Account, keys: Keys, day: date, skip: int = 0) -> Call | None:
    """Nothing: a person brings the file."""
    return None


def read_settlement(account: Account, raw: bytes) -> Rows:
    """The file of the day."""
    return tables.read(account, raw, COLUMNS, NEEDED, _row)


def name_call(account: Account, keys: Keys, vpa: str) -> Call | None:
    """It tells no names."""
    return None


def read_name(account: Account, status: int, raw: bytes) -> Named | NotFound | Failed:
    """There is no such answer."""
    return unanswered(status)


def _call(account: Account, keys: Keys, path: str, body: Mapping[str, Any]) -> Call:
    return Call(
        method="POST",
        url=account.base_url + path,
        headers={"Authorization": bearer(must_have(keys, "api_token")), "Content-Type": "application/json"},
        body=as_json(body),
    )


def _no(raw: bytes) -> str:
    """The bank's own word for why not; "" where it says none."""
    try:
        return maybe_text(reading.document(raw, reading.ANSWER).get("no"))
    except Rejected:
        return ""


def _asked_for(asked: Asked, given: Any) -> Evidence:
    """The payment that was asked about; one of another reference is none of an answer."""
    if not isinstance(given, dict):
        raise malformed("found")
    said = _evidence(given)
    if said.tr != asked.tr:
        raise malformed("ref")
    return said


def _made(asked: Asked, raw: bytes) -> RefundEvidence | Failed:
    try:
        said = _refund(part(reading.document(raw, reading.ANSWER), "maidan_refund"))
    except Rejected as refused:
        return Failed(reason=refused.word)
    return said if said.refund_id == asked.refund_id else Failed(reason="malformed")


def _evidence(given: Mapping[str, Any]) -> Evidence:
    word = text(given.get("result"), "result", 64)
    return Evidence(
        provider=NAME,
        provider_txn_id=text(given.get("txn"), "txn"),
        tr=maybe_text(given.get("ref"), 35),
        rrn=maybe_text(given.get("utr"), 35),
        amount=minor(given.get("paisa")),
        currency=text(given.get("ccy"), "ccy", 8),
        status=reading.status(WORDS, word),
        status_word=word,
        trust="proof",
        occurred_at=reading.india(given.get("when"), TIME, "when"),
        payee_vpa=maybe_text(given.get("to"), 255),
        merchant_id=text(given.get("shop"), "shop"),
        payer_vpa=maybe_text(given.get("from"), 255),
    )


def _refund(given: Mapping[str, Any]) -> RefundEvidence:
    word = text(given.get("result"), "result", 64)
    return RefundEvidence(
        provider=NAME,
        provider_refund_id=text(given.get("rtxn"), "rtxn"),
        refund_id=maybe_text(given.get("our_rid")),
        amount=minor(given.get("paisa")),
        status=reading.meaning(REFUND_WORDS, word, "PENDING"),
        status_word=word,
        trust="proof",
        rrn=maybe_text(given.get("utr"), 35),
        provider_txn_id=text(given.get("txn"), "txn"),
        merchant_id=text(given.get("shop"), "shop"),
    )


def _row(account: Account, said: tables.Line) -> Row:
    """One line of the file."""
    rrn = tables.ours(said["shop"], said["rrn"], account.merchant_id)
    kind = reading.meaning(FILE_KINDS, said["kind"], None)
    if kind is None:
        raise Rejected("a line of another kind", word="unknown_type")
    tax = tables.maybe_amount(said["tax"])
    return Row(
        kind=kind,
        amount=tables.amount(said["amount"]),
        tr=maybe_text(said["ref"], 35) if kind == "payment" else "",
        rrn=rrn,
        provider_txn_id=maybe_text(said["txn"]),
        payee=said["shop"],
        occurred_at=tables.moment(said["at"], (TIME,)),
        status_word=said["kind"],
        settlement_id=maybe_text(said["batch"], 64),
        fee=tables.maybe_amount(said["fee"]) + tax,
        tax=tax,
        refund_id=maybe_text(said["ref"]) if kind == "refund" else "",
    )
