"""What ICICI's records say: a payment in a callback or in an answer, a refund, a line of a settlement file.

Marks as in icici.py: looked up [L], recalled [R], assumed [A].
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

from haat.kernel.errors import Rejected
from haat.kernel.time import Instant
from haat.payment.banks import Account, Asked, Row, tables
from haat.payment.model.evidence import Evidence, RefundEvidence, Status
from haat.payment.rules import reading
from haat.payment.rules.reading import malformed, maybe_text, paise, text

NAME: Final = "icici"
WORDS: Final[Mapping[str, Status]] = {  # [L] SUCCESS, REJECT; [R] the others
    "SUCCESS": "SUCCESS",
    "FAILURE": "FAILED",
    "FAIL": "FAILED",
    "REJECT": "FAILED",
    "REJECTED": "FAILED",
    "PENDING": "PENDING",
}
REFUND_WORDS: Final[Mapping[str, Literal["DONE", "FAILED", "PENDING"]]] = {
    "SUCCESS": "DONE",
    "FAILURE": "FAILED",
    "PENDING": "PENDING",
}
CODES: Final[Mapping[str, Status]] = {"92": "PENDING", "9": "FAILED"}  # [L] initiated, rejected
REJECTED: Final = "9"
NOTHING: Final = "5006"  # [L] it has no such merchantTranId
UNTOLD: Final = "original record not found"  # [L] the same, in a message

# [L] the codes and what they mean; [A] that nothing was done where a refund is answered with one. Not here, as they say that there may be a
# refund: 5002, 5011 and 5012 (a duplicate). Nor 99, 5009 and 8009: it could not just now.
REFUSALS: Final[Mapping[str, str]] = {
    REJECTED: "rejected",
    "10": "insufficient_data",
    "5000": "bad_request",
    "5001": "bad_merchant_id",
    "5003": "no_merchant_tran_id",
    "5004": "bad_data",
    "5013": "bad_vpa",
    "5014": "insufficient_amount",
}

# ASSUMED, all of it: no file of this product is public. Ours: what the bank may call it. A file that lacks one of NEEDED is refused whole.
COLUMNS: Final[Mapping[str, Sequence[str]]] = {
    "merchant": ("merchantId", "Merchant Id", "MID"),
    "kind": ("transactionType", "Transaction Type", "Txn Type"),
    "tr": ("merchantTranId", "Merchant Tran Id", "Merchant Transaction Id"),
    "rrn": ("BankRRN", "Bank RRN", "RRN"),
    "of_tr": ("originalmerchantTranId", "Original Merchant Tran Id", "Original Merchant Transaction Id"),
    "of_rrn": ("originalBankRRN", "Original Bank RRN", "Original RRN"),
    "amount": ("Amount", "Txn Amount", "Transaction Amount", "PayerAmount"),
    "status": ("TxnStatus", "Txn Status", "Transaction Status", "Status"),
    "at": ("TxnCompletionDate", "Txn Completion Date", "Transaction Date", "Txn Date"),
    "fee": ("Charges", "MDR", "Commission", "Fee"),  # without the tax
    "tax": ("GST", "Tax", "Service Tax"),
    "settlement": ("Settlement Id", "Settlement UTR", "Payout UTR"),
}
NEEDED: Final = ("merchant", "kind", "tr", "rrn", "amount", "status")
FILE_KINDS: Final[Mapping[str, Literal["payment", "refund", "dispute"]]] = {
    "PAY": "payment",
    "PAYMENT": "payment",
    "P": "payment",
    "QR": "payment",
    "Q": "payment",
    "COLLECT": "payment",
    "C": "payment",
    "REFUND": "refund",
    "R": "refund",
    "CHARGEBACK": "dispute",
    "DISPUTE": "dispute",
}
FILE_WORDS: Final[Mapping[str, Status]] = {**WORDS, "DEEMED": "SUCCESS"}  # what is deemed in a file is settled
FILE_TIMES: Final = ("%Y%m%d%H%M%S", "%Y-%m-%d %H:%M:%S", "%d-%m-%Y %H:%M:%S", "%d/%m/%Y %H:%M:%S")


def succeeded(found: Mapping[str, Any]) -> bool:
    """What `success` says: it is the text "true" or "false" [L]. Rejected for anything else, a boolean too."""
    word = text(_either(found, "success", "Success"), "success", 8).strip().lower()
    if word not in ("true", "false"):
        raise malformed("success")
    return word == "true"


def nothing(found: Mapping[str, Any]) -> bool:
    """Whether the bank says in its own words that it has no such transaction."""
    message = maybe_text(_either(found, "message", "Message"), 512).strip().lower()
    return not succeeded(found) and (code(found) == NOTHING or message == UNTOLD)


def code(found: Mapping[str, Any]) -> str:
    """The code of an answer, "" where there is none."""
    return maybe_text(found.get("response"), 8).strip()


def told(found: Mapping[str, Any]) -> Evidence:
    """One payment as a callback tells it. The only id of the bank's is the RRN."""
    word = text(found.get("TxnStatus"), "TxnStatus", 64)
    return Evidence(
        provider=NAME,
        provider_txn_id="",
        tr=maybe_text(found.get("merchantTranId"), 35),
        rrn=maybe_text(found.get("BankRRN"), 35),
        amount=paise(found.get("PayerAmount")),
        currency="INR",
        status=reading.status(WORDS, word),
        status_word=word,
        trust="hint",
        occurred_at=_moment(found),
        payee_vpa=maybe_text(found.get("PayeeVPA"), 255),
        merchant_id=text(found.get("merchantId"), "merchantId"),
        payer_vpa=maybe_text(found.get("PayerVA"), 255),
    )


def pulled(account: Account, asked: Asked, found: Mapping[str, Any]) -> Evidence:
    """One payment as the answer to our question tells it, which must be about our reference.

    Money needs `success`, a sum, an RRN and a time. Where none came, the answer may lack them [A]: then what was asked stands there. A
    status word counts before the code, and both must not say the opposite.
    """
    if maybe_text(found.get("merchantTranId"), 35) not in ("", asked.tr):
        raise malformed("merchantTranId")
    word, number = maybe_text(found.get("status"), 64), code(found)
    status = reading.status(WORDS, word) if word else CODES.get(number, "UNKNOWN")
    paid, amount = status == "SUCCESS", _either(found, "Amount", "amount")
    if paid and (not succeeded(found) or number in CODES):
        raise malformed("status")
    rrn = _either(found, "OriginalBankRRN", "BankRRN")
    return Evidence(
        provider=NAME,
        provider_txn_id="",
        tr=asked.tr,
        rrn=text(rrn, "OriginalBankRRN", 35) if paid else maybe_text(rrn, 35),
        amount=paise(amount) if paid or amount else asked.amount,
        currency="INR",
        status=status,
        status_word=word or number,
        trust="proof",
        occurred_at=_moment(found) if paid or _dated(found) else asked.created_at,
        merchant_id=maybe_text(found.get("merchantId")) or account.merchant_id,
        payee_vpa=maybe_text(_either(found, "payeeVA", "PayeeVPA"), 255),
        payer_vpa=maybe_text(_either(found, "payerVA", "PayerVA"), 255),
    )


def refunded(account: Account, asked: Asked, found: Mapping[str, Any]) -> RefundEvidence:
    """One refund, which must be the one that was asked about. Its sum is what was asked: the answer to the call tells none [L]."""
    if text(found.get("merchantTranId"), "merchantTranId") != asked.refund_id:
        raise malformed("merchantTranId")
    word, number = maybe_text(found.get("status"), 64), code(found)
    status = reading.meaning(REFUND_WORDS, word, "PENDING")
    if status == "DONE" and (not succeeded(found) or number in CODES):
        raise malformed("status")
    return RefundEvidence(
        provider=NAME,
        provider_refund_id=maybe_text(found.get("refundRRN"), 35),
        refund_id=asked.refund_id,
        amount=asked.amount,
        status=status,
        status_word=word or number,
        trust="proof",
        rrn=asked.rrn,
        merchant_id=maybe_text(found.get("merchantId")) or account.merchant_id,
    )


def row(account: Account, line: tables.Line) -> Row:
    """One line of a settlement file; of a refund or a chargeback the RRN is that of the payment."""
    own, of_rrn = tables.ours(line["merchant"], line["rrn"], account.merchant_id), line["of_rrn"]
    kind = reading.meaning(FILE_KINDS, line["kind"], None)
    if kind is None:
        raise Rejected("a line of another kind", word="unknown_type")
    tax, gives_back = tables.maybe_amount(line["tax"]), kind == "refund"
    return Row(
        kind=kind,
        amount=tables.amount(line["amount"]),
        status=reading.status(FILE_WORDS, line["status"]),
        tr=maybe_text(line["of_tr"] if gives_back else line["tr"], 35),
        rrn=tables.rrn(of_rrn) if of_rrn else "" if gives_back else own,
        payee=line["merchant"],
        occurred_at=tables.moment(line["at"], FILE_TIMES),
        status_word=maybe_text(line["status"], 64),
        settlement_id=maybe_text(line["settlement"], 64),
        fee=tables.maybe_amount(line["fee"]) + tax,
        tax=tax,
        refund_id=maybe_text(line["tr"]) if gives_back else "",
        provider_refund_id=own if gives_back else "",
    )


def _either(found: Mapping[str, Any], name: str, other: str) -> Any:
    """One field that public integrations write in two ways. Rejected where it stands in both and they differ."""
    one, two = found.get(name), found.get(other)
    if one and two and one != two:
        raise malformed(name)
    return one or two


def _dated(found: Mapping[str, Any]) -> bool:
    return bool(found.get("TxnCompletionDate") or found.get("TxnInitDate"))


def _moment(found: Mapping[str, Any]) -> Instant:
    """When it ended, or where it has not when it began: yyyyMMddHHmmss by India's clock [R]."""
    said = text(found.get("TxnCompletionDate") or found.get("TxnInitDate"), "TxnCompletionDate", 14)
    if len(said) != len("yyyyMMddHHmmss"):  # strptime would take one digit for two
        raise malformed("TxnCompletionDate")
    return reading.india(said, "%Y%m%d%H%M%S", "TxnCompletionDate")
