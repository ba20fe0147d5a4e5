"""What HDFC's lines of fields and its file of the day say. Marks as in `hdfc.py`: [L] looked up, [R] recalled, [A] assumed."""

from collections.abc import Mapping
from typing import Final, Literal

from haat.kernel.errors import Rejected
from haat.kernel.time import Instant
from haat.payment.banks import Account, Asked, Failed, Row, tables
from haat.payment.banks.wire import FINAL_CODES, OPEN_CODES, settleable
from haat.payment.model.evidence import Evidence, RefundEvidence, Status, Trust
from haat.payment.rules import reading
from haat.payment.rules.reading import india, malformed, maybe_text, paise, text

Fields = Mapping[str, str]  # by the names of FIELDS

NAME: Final = "hdfc"
# approval: the approval number. reference: the reference id. Then eight that are spare, and two times NA.
FIELDS: Final = ("txn", "order", "amount", "at", "status", "about", "code", "approval", "payer", "rrn", "reference")
LENGTH: Final = 21
EMPTY: Final = frozenset({"", "NA", "NULL"})  # how a field says that it is empty; NULL stands in a public sample [L]
WORDS: Final[Mapping[str, Status]] = {
    "SUCCESS": "SUCCESS",
    "FAILURE": "FAILED",
    "FAILED": "FAILED",
    "PENDING": "PENDING",
}
REFUND_WORDS: Final[Mapping[str, Literal["DONE", "FAILED", "PENDING"]]] = {
    "S": "DONE",
    "SUCCESS": "DONE",
    "F": "FAILED",
    "FAILURE": "FAILED",
    "P": "PENDING",
}
# [L] of a call that is not done and will not be: of our order, the original order or RRN, the kind, or more than is left.
REFUSALS: Final = frozenset({"V104", "V106", "V109", "V114", "V117"})
# Of a refund that was begun and has failed: the kit's own code [L], and those of UPI but for "not found", which may be about the question [A].
FAILURES: Final = (FINAL_CODES - {"U48"}) | {"70"}
NOTHING: Final = frozenset({"1", "RNF"})  # record not found: code 1 [L], its short name as a code [A]
TIMES: Final = ("%Y:%m:%d %H:%M:%S", "%Y-%m-%d %H:%M:%S")  # of India; the second [A]

# The T+1 file (merchant payout report): the first name of each column [L], the others [A]. It has no column for a status [L].
COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "merchant": ("UPI Merchant ID", "PG Merchant ID", "pgMerchantId"),
    "payee": ("Merchant VPA", "Payee VPA"),
    "txn": ("UPI Trxn ID", "UPI Txn ID", "Trans Ref No."),
    "order": ("Order ID", "Order No", "Order No."),
    "rrn": ("Txn ref no. (RRN)", "Customer Ref No. (RRN)", "Customer Ref No.", "RRN"),
    "at": ("Transaction Req Date", "Transaction Date", "Txn Date"),
    "currency": ("Currency",),
    "amount": ("Transaction Amount", "Txn Amount", "Amount"),
    "fee": ("MSF Amount", "MSF"),  # without the taxes on it [A]
    "cgst": ("CGST AMT",),
    "sgst": ("SGST AMT",),
    "igst": ("IGST AMT",),
    "utgst": ("UTGST AMT",),
    "kind": ("Trans Type", "Transaction Type"),
    "side": ("CR / DR", "DR/CR", "CR/DR"),
    "status": ("Status", "Transaction Status", "Txn Status"),
}
NEEDED: Final = ("merchant", "rrn", "amount", "side")  # without its side a refund would look like a payment
# [L] of the credit; [A] that a debit is a refund unless its type has one of these in it.
CREDITS: Final = frozenset({"CR", "CREDIT", "C"})
DEBITS: Final = frozenset({"DR", "DEBIT", "D"})
DISPUTES: Final = ("CHARGEBACK", "CHARGE BACK", "DISPUTE", "ARBITRATION")
FILE_WORDS: Final[Mapping[str, Status]] = {**WORDS, "DEEMED": "SUCCESS", "S": "SUCCESS", "F": "FAILED"}  # [A]
FILE_TIMES: Final = ("%d-%b-%Y %H:%M:%S", "%d-%m-%Y %H:%M:%S", "%d/%m/%Y %H:%M:%S", *TIMES)  # the first [L]
OURS: Final = 26  # letters of a refund id of ours


def fields(plain: bytes) -> Fields:
    """A line of fields. Rejected for one of another length: a pipe inside a remark shifts all that follows."""
    try:
        said = plain.decode().split("|")
    except UnicodeDecodeError:
        raise malformed("the line") from None
    if len(said) != LENGTH:
        raise malformed("the line")
    return dict(zip(FIELDS, said, strict=False))  # what is spare says nothing


def not_found(said: Fields, order: str) -> bool:
    """Whether the bank knows no such order: by its own code, about this order or none, and with no word that says otherwise."""
    word, named = said["status"], said["order"] == order or not _told(said["order"])
    failed = "FAILED" in (reading.meaning(WORDS, word, ""), reading.meaning(REFUND_WORDS, word, ""))
    return _code(said) in NOTHING and named and (failed or not _told(word))


def evidence(said: Fields, merchant_id: str, trust: Trust) -> Evidence:
    """One payment. Its line names no merchant: that is the caller's to know."""
    word, rrn, txn = text(said["status"], "status", 64), _told(said["rrn"], 35), _told(said["txn"])
    status = reading.status(WORDS, word)
    if status == "SUCCESS" and not (rrn or txn):
        raise malformed("whose money it is")
    status = settleable(status, rrn)
    if status == "FAILED" and _code(said) in OPEN_CODES:
        status = "PENDING"
    return Evidence(
        provider=NAME,
        provider_txn_id=txn,
        tr=_told(said["order"], 35),
        rrn=rrn,
        amount=paise(said["amount"]),
        currency="INR",
        status=status,
        status_word=word,
        trust=trust,
        occurred_at=_time(said["at"], TIMES),
        merchant_id=merchant_id,
        payer_vpa=_told(said["payer"], 255),
    )


def is_refused(asked: Asked, said: Fields) -> bool:
    """Whether the answer to a refund's call says that it is not done and will not be. What it does not say for good may be done yet."""
    failed = reading.meaning(REFUND_WORDS, said["status"], "") == "FAILED"
    return failed and said["order"] == asked.refund_id and _code(said) in REFUSALS | FAILURES


def refund_evidence(account: Account, asked: Asked, said: Fields) -> RefundEvidence | Failed:
    """One refund; an answer about another order is none. A failure is one by a code of FAILURES only. Its amount may be left out where nothing moved."""
    try:
        word = text(said["status"], "status", 64)
        status = reading.meaning(REFUND_WORDS, word, "PENDING")
        if status == "FAILED" and _code(said) not in FAILURES:
            status = "PENDING"
        amount = asked.amount if status != "DONE" and not _told(said["amount"]) else paise(said["amount"])
    except Rejected as refused:
        return Failed(reason=refused.word)
    if said["order"] != asked.refund_id:
        return Failed(reason="malformed")
    return RefundEvidence(
        provider=NAME,
        provider_refund_id=_told(said["txn"]),
        refund_id=asked.refund_id,
        amount=amount,
        status=status,
        status_word=word,
        trust="proof",
        rrn=asked.rrn,
        provider_txn_id=asked.provider_txn_id,
        merchant_id=account.merchant_id,
    )


def row(account: Account, line: tables.Line) -> Row:
    """A credit is a payment, a debit a refund or a dispute.

    A refund's line names our refund id, or the order that was paid; its RRN is the payment's, its id the refund's own [A].
    """
    rrn = tables.ours(line["merchant"], line["rrn"], account.merchant_id)
    if line["currency"] and line["currency"].upper() != "INR":
        raise Rejected("UPI takes INR only", word="bad_currency")
    side, order = line["side"].upper(), _told(line["order"], 35)
    if side not in CREDITS | DEBITS:
        raise malformed("the side")
    kind: Literal["payment", "refund", "dispute"] = "payment" if side in CREDITS else "refund"
    if kind == "refund" and any(word in line["kind"].upper() for word in DISPUTES):
        kind = "dispute"
    own = kind == "refund" and len(order) == OURS
    txn = _told(line["txn"])
    word, tax = line["status"], sum(tables.maybe_amount(line[name]) for name in ("cgst", "sgst", "igst", "utgst"))
    return Row(
        kind=kind,
        amount=tables.amount(line["amount"]),
        status=reading.status(FILE_WORDS, word) if word else "SUCCESS",
        tr="" if own else order,
        rrn=rrn,
        provider_txn_id="" if kind == "refund" else txn,
        payee=line["merchant"],
        occurred_at=tables.moment(line["at"], FILE_TIMES),
        status_word=maybe_text(word, 64),
        fee=tables.maybe_amount(line["fee"]) + tax,
        tax=tax,
        refund_id=order if own else "",
        provider_refund_id=txn if kind == "refund" else "",
    )


def _told(said: str, limit: int = 128) -> str:
    """What a field says; "" where it says nothing."""
    return "" if said.strip().upper() in EMPTY else maybe_text(said, limit)


def _time(said: str, forms: tuple[str, ...]) -> Instant:
    for form in forms[:-1]:
        try:
            return india(said, form, "the time")
        except Rejected:
            continue
    return india(said, forms[-1], "the time")


def _code(said: Fields) -> str:
    return said["code"].strip().upper()
