"""HDFC Bank, as the merchant kit of Mindgate writes it. Its callbacks prove nothing: AES-ECB under a shared key, whose blocks can be cut and pasted.

[L] looked up in public integrations (PHP, Frappe, Odoo, React), [R] recalled, [A] assumed by us; reference on UPI and the banks, section 10.
Format-complete, not bank-certified: the bank's own kit settles every [R] and [A].

| call | what |
| --- | --- |
| callback | form post, `meRes` (hex) and `pgMerchantId` [L]; that it is a form [R] |
| pull | POST `/transactionStatusQuery`, a line of 14 fields [L] |
| refund | POST `/refundReqSvc`, a line of 20 fields [L]; our refund id is the new order's number, and so the key of it |
| ask after it | a pull of the refund's own order number [A] |

A call is JSON, `requestMsg` (hex) and `pgMerchantId`; an answer is bare hex [L]. Inside stands a line of fields with pipes between them, of which
FIELDS names the first [L]. That answers have the 21 fields of a callback is [A]. A pipe inside a remark would shift every field after it, so a line
of any other length is none. `pgMerchantId` stands outside of what is encrypted, and is all that names a merchant.
"""

from collections.abc import Mapping
from datetime import date
from typing import Final
from urllib.parse import parse_qsl

from haat.kernel.errors import Misconfigured, Rejected
from haat.payment.banks import Account, Asked, Call, Caps, Created, Failed, Keys, Named, NotFound, Rows, ciphers, tables
from haat.payment.banks.hdfc_entities import (
    COLUMNS,
    NEEDED,
    Fields,
    evidence,
    fields,
    is_refused,
    not_found,
    refund_evidence,
    row,
)
from haat.payment.banks.wire import acknowledged, as_json, every, must_have, unanswered
from haat.payment.model.evidence import Evidence, RefundEvidence, Refused, Said
from haat.payment.rules import reading
from haat.payment.rules.reading import malformed, rupees, text

CAPS: Final = Caps(
    trust="hint",
    door_keys=(),
    settlement_keys=("merchant_key",),
    call_keys=("merchant_key",),
    key_forms={"merchant_key": "hex32"},
    shared_key=True,
    written="pipes",
    settlement_format="csv",
    before_money=("kit", "test_environment", "listed_addresses", "sign_off"),
)


def create(account: Account, keys: Keys, asked: Asked) -> Call | None:
    """Nothing: a link with our reference is enough, and the bank knows its payment by that [A]. mePayInetentReq would announce it."""
    return None


def read_create(account: Account, keys: Keys, asked: Asked, status: int, raw: bytes) -> Created | Failed:
    """There is no such answer."""
    return unanswered(status)


def read_callback(
    account: Account, keys: Keys, headers: Mapping[str, str], raw: bytes, *, checked: bool = False
) -> Said:
    """Decrypt, then parse. Whatever it says is a hint: a spliced one reads as cleanly as a true one."""
    if len(raw) > reading.CALLBACK:
        return Refused(reason="too_large")
    try:
        form = _form(raw)
        said = _opened(keys, text(form.get("meRes"), "meRes", reading.CALLBACK))
        return evidence(said, text(form.get("pgMerchantId"), "pgMerchantId"), CAPS.trust)
    except Rejected as refused:
        return Refused(reason=refused.word)
    except Misconfigured:
        return Refused(reason="no_key")


def ack(said: Said) -> tuple[int, bytes]:
    """Any 2xx will do [R]."""
    return acknowledged(said, b"OK")


def pull(account: Account, keys: Keys, asked: Asked) -> Call:
    """Ask by our reference."""
    return _enquiry(account, keys, asked.tr)


def read_pull(
    account: Account, keys: Keys, asked: Asked, status: int, raw: bytes
) -> tuple[Evidence, ...] | NotFound | Failed:
    """One payment, the last that was tried. It came for our own credentials, so it is about our own merchant."""
    said = _answered(keys, status, raw)
    if isinstance(said, Failed):
        return said
    if not_found(said, asked.tr):
        return NotFound()
    if said["order"] != asked.tr:
        return Failed(reason="malformed")
    return every([said], lambda one: evidence(one, account.merchant_id, "proof"))


def refund(account: Account, keys: Keys, asked: Asked) -> Call:
    """Give back, under our id as the new order's number. P2P: money goes to a person, as two public integrations have it [L]."""
    original = (asked.tr, asked.provider_txn_id, asked.rrn)
    said = ("Refund", rupees(asked.amount), asked.currency, "P2P", "PAY")
    return _call(account, keys, "/refundReqSvc", account.merchant_id, asked.refund_id, *original, *said)


def read_refund(account: Account, keys: Keys, asked: Asked, status: int, raw: bytes) -> RefundEvidence | Failed:
    """The refund as it stands. The codes of REFUSALS and FAILURES refuse; any other, also that it knows this id already, leaves it open."""
    said = _answered(keys, status, raw)
    if isinstance(said, Failed):
        return said
    return Failed(reason="refused", refused=True) if is_refused(asked, said) else refund_evidence(account, asked, said)


def pull_refund(account: Account, keys: Keys, asked: Asked) -> Call:
    """Ask by our id: the refund's own order number [A]."""
    return _enquiry(account, keys, asked.refund_id)


def read_pull_refund(
    account: Account, keys: Keys, asked: Asked, status: int, raw: bytes
) -> RefundEvidence | NotFound | Failed:
    """One refund."""
    said = _answered(keys, status, raw)
    if isinstance(said, Failed):
        return said
    return NotFound() if not_found(said, asked.refund_id) else refund_evidence(account, asked, said)


def settlement(account: Account, keys: Keys, day: date, skip: int = 0) -> Call | None:
    """Nothing: a person brings the file."""
    return None


def read_settlement(account: Account, raw: bytes) -> Rows:
    """The bank's T+1 file, the merchant payout report."""
    return tables.read(account, raw, COLUMNS, NEEDED, row)


def name_call(account: Account, keys: Keys, vpa: str) -> Call | None:
    """No public document says how it is asked: it tells no names."""
    return None


def read_name(account: Account, status: int, raw: bytes) -> Named | NotFound | Failed:
    """There is no such answer."""
    return unanswered(status)


def _form(raw: bytes) -> dict[str, str]:
    """A form's fields; Rejected where one stands twice: two readers would read two things."""
    try:
        pairs = parse_qsl(
            raw.decode("ascii"), keep_blank_values=True, strict_parsing=True, errors="strict", max_num_fields=64
        )
    except ValueError:
        raise malformed("the form") from None
    found = dict(pairs)
    if len(found) < len(pairs):
        raise malformed("the form")
    return found


def _opened(keys: Keys, sealed: str) -> Fields:
    return fields(ciphers.ecb_open(must_have(keys, "merchant_key"), sealed))


def _answered(keys: Keys, status: int, raw: bytes) -> Fields | Failed:
    """The fields of an answer: bare hex, with or without a line break at its end."""
    if status != 200:
        return unanswered(status)
    if len(raw) > reading.ANSWER:
        return Failed(reason="too_large")
    try:
        return _opened(keys, raw.decode("ascii", "replace").strip())
    except Rejected as refused:
        return Failed(reason=refused.word)
    except Misconfigured:
        return Failed(reason="no_key")


def _enquiry(account: Account, keys: Keys, order: str) -> Call:
    return _call(account, keys, "/transactionStatusQuery", account.merchant_id, order, "", "")


def _call(account: Account, keys: Keys, path: str, *parts: str) -> Call:
    """A line of these fields, eight that are spare, and two times NA. A pipe in one would shift the rest; no id of ours has one."""
    line = "|".join(field.replace("|", "/") for field in (*parts, *[""] * 8, "NA", "NA"))
    sealed = ciphers.ecb_seal(must_have(keys, "merchant_key"), line.encode())
    return Call(
        method="POST",
        url=account.base_url + path,
        headers={"Content-Type": "application/json"},
        body=as_json({"requestMsg": sealed, "pgMerchantId": account.merchant_id}),
    )
