"""What State Bank of India's records say: the `apiResp` of a callback and of an answer, and a line of the settlement file.

Marks as in `sbi.py`: [L] looked up, [R] recalled, [A] assumed.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

from haat.kernel.errors import Rejected
from haat.kernel.time import Instant
from haat.payment.banks import Account, Row, tables
from haat.payment.banks.wire import FINAL_CODES, OPEN_CODES, settleable
from haat.payment.model.evidence import Evidence, RefundEvidence, Status, Trust
from haat.payment.rules import reading
from haat.payment.rules.reading import malformed, maybe_text, paise, text

NAME: Final = "sbi"

WORDS: Final[Mapping[str, Status]] = {
    "S": "SUCCESS",
    "SUCCESS": "SUCCESS",
    "F": "FAILED",
    "FAILED": "FAILED",
    "FAILURE": "FAILED",
    "P": "PENDING",
    "PENDING": "PENDING",
}
REFUND_WORDS: Final[Mapping[str, Literal["DONE", "FAILED", "PENDING"]]] = {"S": "DONE", "F": "FAILED", "P": "PENDING"}
FILE_WORDS: Final[Mapping[str, Status]] = {**WORDS, "DEEMED": "SUCCESS"}  # what a file settles is settled

PAYS: Final = frozenset({"PAY", ""})  # [L]; that an answer may leave it out [A]
PENDING: Final = "UPTP"  # the API's own code [L]
NOTHING: Final = "U48"  # "transaction id not found in UPI" [L]; that this bank answers with it [A]
# What they say [L] is for good; that this bank refuses a refund with them [A]. Any other code is asked after.
REFUSALS: Final = frozenset({"B6", "XB", "XC", "XE", "XH", "XI", "YE", "YF", "ZX", "ZY"})
# Of a refund that was begun and has failed: UPI's codes but for NOTHING, which may be about the question [A].
FAILURES: Final = FINAL_CODES - {NOTHING}
TIMES: Final = ("%Y-%m-%d %I:%M:%S %p", "%Y-%m-%d %H:%M:%S")  # of India [L]
EMPTY: Final = "NA"  # stands where there is nothing, at a sister bank [L]

# ASSUMED, all of the settlement file: our name of a column, and what it may be called.
COLUMNS: Final[Mapping[str, Sequence[str]]] = {
    "merchant": ("pgMerchantId", "PG Merchant ID", "Merchant ID", "MID"),
    "kind": ("txnType", "Txn Type", "Transaction Type"),
    "ref": ("pspRefNo", "PSP Ref No", "Merchant Ref No", "Order No"),
    "txn": ("npciTransId", "NPCI Trans ID", "NPCI Txn ID", "UPI Txn ID"),
    "rrn": ("custRefNo", "Cust Ref No", "Customer Ref No", "RRN"),
    "amount": ("amount", "Txn Amount", "Transaction Amount"),
    "status": ("status", "Txn Status", "Transaction Status"),
    "at": ("txnAuthDate", "Txn Auth Date", "Txn Date", "Transaction Date"),
    "payee": ("payeeVPA", "Payee VPA"),
    "charge": ("charges", "Charge", "MDR"),
    "tax": ("gst", "GST Amount", "Tax"),
    "settlement": ("settlementRefNo", "Settlement Ref No", "Settlement UTR", "UTR"),
    "of_rrn": ("orgCustRefNo", "Org Cust Ref No", "Original RRN"),
    "of_txn": ("orgNpciTransId", "Org NPCI Trans ID", "Original UPI Txn ID"),
}
NEEDED: Final = ("rrn", "amount", "merchant", "status", "kind")
FILE_KINDS: Final[Mapping[str, Literal["payment", "refund", "dispute"]]] = {
    "PAY": "payment",
    "COLLECT": "payment",  # in a file it is money
    "REFUND": "refund",  # ref: our id of it; rrn and txn: its own; of_rrn and of_txn: of the payment
    "CHARGEBACK": "dispute",  # a debit; of_rrn and of_txn as above
}


def evidence(merchant: str, said: Mapping[str, Any], trust: Trust) -> Evidence:
    """One payment. `merchant` as the envelope names it; Rejected where neither it nor an address says who is paid."""
    word, payee = text(_field(said, "status"), "status", 64), maybe_text(_field(said, "payeeVPA"), 255)
    if not merchant and not payee:
        raise malformed("the payee")
    return Evidence(
        provider=NAME,
        provider_txn_id=text(_txn(said), "npciTransId"),
        tr=maybe_id(said, "pspRefNo", 35),
        rrn=maybe_id(said, "custRefNo", 35),
        amount=paise(_field(said, "amount")),
        currency="INR",
        status=_status(said, word),
        status_word=word,
        trust=trust,
        occurred_at=_time(_field(said, "txnAuthDate")),
        payee_vpa=payee,
        merchant_id=merchant,
        payer_vpa=maybe_text(_field(said, "payerVPA"), 255),
    )


def refund_evidence(refund_id: str, merchant: str, said: Mapping[str, Any]) -> RefundEvidence:
    """One refund, as the bank answers us. What it does not call begun, calls open, or calls failed without a final code, is PENDING."""
    word = text(_field(said, "status"), "status", 64)
    return RefundEvidence(
        provider=NAME,
        provider_refund_id=_txn(said),
        refund_id=refund_id,
        amount=paise(_field(said, "amount")),
        status=_refund_status(said, word),
        status_word=word,
        trust="proof",
        rrn=maybe_id(said, "orgCustRefNo", 35),
        provider_txn_id=maybe_id(said, "orgNpciTransId"),
        merchant_id=merchant,
    )


def is_unknown(said: Mapping[str, Any]) -> bool:
    """The bank's own "nothing": its code, no transaction, and no word that says otherwise."""
    silent = _field(said, "status") in (None, "", EMPTY)
    return NOTHING in _codes(said) and (silent or has_failed(said)) and not is_begun(said)


def is_begun(said: Mapping[str, Any]) -> bool:
    """Whether UPI has a transaction of it."""
    return bool(maybe_id(said, "npciTransId") or maybe_id(said, "custRefNo"))


def has_failed(said: Mapping[str, Any]) -> bool:
    """Whether the word says so; of what was not begun it is about the call, or the question."""
    return reading.status(WORDS, maybe_text(_field(said, "status"), 64)) == "FAILED"


def is_refused(said: Mapping[str, Any]) -> bool:
    """Whether a code says that it never will be done."""
    return bool(_codes(said) & REFUSALS)


def maybe_id(said: Mapping[str, Any], name: str, limit: int = 128) -> str:
    """A text that may be missing. Rejected for a number in its place: its zeros are gone."""
    found = _field(said, name)
    return "" if found in (None, "", EMPTY) else text(found, name, limit)


def row(account: Account, line: tables.Line) -> Row:
    """One line of the file. A refund and a chargeback name the payment by its RRN, which each payment has."""
    said = {name: "" if cell == EMPTY else cell for name, cell in line.items()}
    rrn = tables.ours(said["merchant"], said["rrn"], account.merchant_id)
    kind = reading.meaning(FILE_KINDS, said["kind"], None)
    if kind is None:
        raise Rejected("a line of another kind", word="unknown_type")
    paid, tax = kind == "payment", tables.maybe_amount(said["tax"])
    txn = maybe_text(said["txn"])
    return Row(
        kind=kind,
        amount=tables.amount(said["amount"]),
        status=reading.status(FILE_WORDS, said["status"]),
        tr=maybe_text(said["ref"], 35) if paid else "",
        rrn=rrn if paid else tables.rrn(said["of_rrn"]),
        provider_txn_id=txn if paid else maybe_text(said["of_txn"]),
        payee=maybe_text(said["payee"], 255) or said["merchant"],
        occurred_at=tables.moment(said["at"], TIMES),
        status_word=maybe_text(said["status"], 64),
        settlement_id=maybe_text(said["settlement"], 64),
        fee=tables.maybe_amount(said["charge"]) + tax,
        tax=tax,
        refund_id=maybe_text(said["ref"]) if kind == "refund" else "",
        provider_refund_id=(txn or rrn) if kind == "refund" else "",
    )


def _status(said: Mapping[str, Any], word: str) -> Status:
    status = reading.status(WORDS, word)
    if status == "UNKNOWN":
        return status
    if status == "SUCCESS" and maybe_id(said, "txnType").strip().upper() not in PAYS:
        return "PENDING"
    return "PENDING" if _is_open(said) else settleable(status, maybe_id(said, "custRefNo", 35))


def _refund_status(said: Mapping[str, Any], word: str) -> Literal["DONE", "FAILED", "PENDING"]:
    status = reading.meaning(REFUND_WORDS, word, "PENDING")
    if _is_open(said) or (status == "FAILED" and not _codes(said) & FAILURES):
        return "PENDING"
    return status


def _is_open(said: Mapping[str, Any]) -> bool:
    """Whether nobody can know yet: a code says so, or "success" is said of what was not begun."""
    return bool(_codes(said) & (OPEN_CODES | {PENDING})) or not (is_begun(said) or has_failed(said))


def _field(said: Mapping[str, Any], name: str) -> Any:
    """A field in whichever way it is spelt, txn_type or txnType; None where it is missing. Rejected where two spellings say two things."""
    plain = name.lower()
    found = [value for key, value in said.items() if key.isascii() and key.replace("_", "").lower() == plain]
    if any(value != found[0] for value in found):
        raise malformed(name)
    return found[0] if found else None


def _codes(said: Mapping[str, Any]) -> frozenset[str]:
    """The API's own code, and that of UPI."""
    return frozenset(maybe_text(_field(said, name), 16).strip().upper() for name in ("errCode", "responseCode"))


def _txn(said: Mapping[str, Any]) -> str:
    """UPI's id of the transaction; before it has one, the API's own, which is a number. "" where there is neither."""
    own = _field(said, "upiTransRefNo")
    number = isinstance(own, int) and not isinstance(own, bool) and own > 0
    return maybe_id(said, "npciTransId") or (str(own) if number else "")


def _time(value: Any) -> Instant:
    twelve = isinstance(value, str) and value.upper().endswith("M")
    return reading.india(value, TIMES[0] if twelve else TIMES[1], "txnAuthDate")
