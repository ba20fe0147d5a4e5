"""What Axis says, wherever it stands: what its signature is over, payments and refunds of the newer form, and the settlement file of both forms.

Sources: juspay.io, UPI Merchant Stack, pages of the callbacks and of Transaction Status 360 and Refund 360; a public connector to that stack (the
signature's recipe); a public table definition (the file's columns). Reference on UPI and the banks, sections 11 and 16.
"""

import base64
import json
from collections.abc import Mapping
from typing import Any, Final, Literal, Never

from haat.kernel.errors import Rejected
from haat.payment.banks import Account, Row, tables
from haat.payment.banks.ciphers import pss_signed
from haat.payment.banks.wire import OPEN_CODES, settleable
from haat.payment.model.evidence import Evidence, Notice, RefundEvidence, Said, Status
from haat.payment.rules import reading
from haat.payment.rules.reading import malformed, maybe_text, moment, paise, text

NAME: Final = "axis"

# Deemed: the payer's bank has paid, and the other has not answered. It is open, for a payment and for a refund.
WORDS: Final[Mapping[str, Status]] = {
    "SUCCESS": "SUCCESS",
    "FAILURE": "FAILED",
    "DECLINED": "FAILED",
    "EXPIRED": "FAILED",
    "PENDING": "PENDING",
    "DEEMED": "PENDING",
}
REFUND_WORDS: Final[Mapping[str, Literal["DONE", "FAILED", "PENDING"]]] = {
    "SUCCESS": "DONE",
    "FAILURE": "FAILED",
    "PENDING": "PENDING",
    "DEEMED": "PENDING",
}
CREDITED: Final = "MERCHANT_CREDITED_VIA_"  # how the type of a callback begins that tells of money for a merchant
LONGEST_SIGNATURE: Final = 2048  # letters; a key of 8192 bits signs with 1368

# The settlement file. Looked up: the names of the columns, and that `response` is `success` or `deemed`, and both are money.
# ASSUMED, until the bank's own sample is there: all that `FILE_KINDS` says, the form of the time, and what the charges mean.
COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    name: (name,)
    for name in (
        "rrn", "txnid", "orderid", "amount", "vpa", "response", "txn_date", "creditvpa", "surcharge", "tax", "mdr_tax",
        "merchant_id", "unq_cust_id",
    )
}  # fmt: skip
NEEDED: Final = ("rrn", "orderid", "amount", "response", "merchant_id")
FILE_WORDS: Final[Mapping[str, Status]] = {
    "SUCCESS": "SUCCESS",
    "DEEMED": "SUCCESS",
    "FAILURE": "FAILED",
    "FAILED": "FAILED",
    "PENDING": "PENDING",
}
# ASSUMED: a line that takes money has one of these in `response`, where only the bank writes (`remarks` are the payer's own words). Its
# `orderid` and `rrn` are the payment's; a refund's `unq_cust_id` is our id of the refund, and its `txnid` is the refund's own.
FILE_KINDS: Final[Mapping[str, Literal["refund", "dispute"]]] = {"REFUND": "refund", "CHARGEBACK": "dispute"}
FILE_TIMES: Final = ("%Y-%m-%d %H:%M:%S", "%d-%m-%Y %H:%M:%S", "%d/%m/%Y %H:%M:%S")  # ASSUMED, of an Indian clock


class _Number(str):
    """A number as it was written. The signature is over 1.50, and no reader of numbers would write that again."""

    __slots__ = ()


def signed(raw: bytes, given: str, public_pems: tuple[str, ...]) -> bool:
    """Whether the signature, as it stands in the header, is one over what the body says, under one of the keys."""
    signature = unwrapped(given)
    if not signature:
        return False
    try:
        message = signed_form(raw)
    except Rejected:  # what can't be read can't be verified
        return False
    return any(pss_signed(pem, message, signature) for pem in public_pems if pem)


def signed_form(raw: bytes) -> bytes:
    """The bytes that are signed: the body written anew, compact, with its keys sorted at every depth, letters unescaped, numbers as they came.

    Rejected where it is no JSON object, is too large or too deep, or has a key twice: one of the two would not be under the signature.
    """
    if len(raw) > reading.CALLBACK:
        raise malformed("the JSON")
    try:
        found = json.loads(
            raw.decode(),
            object_pairs_hook=_once,
            parse_int=_Number,
            parse_float=_Number,
            parse_constant=_refuse,
        )
        if not isinstance(found, dict):
            raise malformed("the JSON")
        said: list[str] = []
        _write(found, said, reading.DEPTH)
        return "".join(said).encode()  # half of a letter (a lone surrogate) is none
    except (ValueError, RecursionError):
        raise malformed("the JSON") from None


def unwrapped(given: str) -> bytes:
    """Base64 or base64url, with all of its padding or none; b"" for anything else. One signature has one spelling in each."""
    bare = given.rstrip("=") if given.isascii() and len(given) <= LONGEST_SIGNATURE else ""
    padded = bare + "=" * (-len(bare) % 4)
    if given not in (bare, padded):
        return b""
    for letters in (b"+/", b"-_"):
        try:
            found = base64.b64decode(padded, letters, validate=True)
        except ValueError:
            continue
        if base64.b64encode(found, letters).decode() == padded:
            return found
    return b""


def said(found: Mapping[str, Any]) -> Said:
    """What a callback tells whose signature was verified. Rejected where it can't be read."""
    if "refundRequestId" in found or "refundAmount" in found:
        return refund_evidence(found)
    kind = maybe_text(found.get("type"))
    if kind and not kind.startswith(CREDITED):  # mandates, complaints, money of somebody's that is no merchant
        return Notice(provider=NAME, kind="unknown_event", trust="proof", known=False)
    return evidence(found)


def evidence(found: Mapping[str, Any]) -> Evidence:
    """One payment, as a callback and an answer write it. A TPV check that failed changes nothing: the money came, and may be sent back later."""
    word = text(found.get("gatewayResponseStatus"), "gatewayResponseStatus", 64)
    rrn = maybe_text(found.get("gatewayReferenceId"), 35)
    return Evidence(
        provider=NAME,
        provider_txn_id=text(found.get("gatewayTransactionId"), "gatewayTransactionId"),
        tr=maybe_text(found.get("merchantRequestId"), 35),
        rrn=rrn,
        amount=paise(found.get("amount")),
        currency="INR",
        status="PENDING" if _is_open(word, found) else settleable(reading.status(WORDS, word), rrn),
        status_word=word,
        trust="proof",
        occurred_at=moment(found.get("transactionTimestamp"), "transactionTimestamp"),
        payee_vpa=maybe_text(found.get("payeeVpa"), 255),
        merchant_id=text(found.get("merchantId"), "merchantId"),
        payer_vpa=maybe_text(found.get("payerVpa"), 255),
    )


def refund_evidence(found: Mapping[str, Any]) -> RefundEvidence:
    """One refund, as a callback and an answer write it: ours, or one that the PSP began (after a TPV check that failed).

    Its `rrn` is the refund's own, as no other stands there; the payment that is given back is known by `gatewayTransactionId`.
    """
    word = text(found.get("gatewayResponseStatus"), "gatewayResponseStatus", 64)
    ours = maybe_text(found.get("refundRequestId"))
    return RefundEvidence(
        provider=NAME,
        provider_refund_id=text(found.get("gatewayRefundTransactionId") or ours, "gatewayRefundTransactionId"),
        refund_id=ours,
        amount=paise(found.get("refundAmount")),
        status="PENDING" if _is_open(word, found) else reading.meaning(REFUND_WORDS, word, "PENDING"),
        status_word=word,
        trust="proof",
        rrn=maybe_text(found.get("refundGatewayReferenceId"), 35)
        or maybe_text(found.get("gatewayRefundReferenceId"), 35),  # in a callback, and in an answer
        provider_txn_id=maybe_text(found.get("gatewayTransactionId")),
        merchant_id=text(found.get("merchantId"), "merchantId"),
    )


def settled(account: Account, said: tables.Line) -> Row:
    """One line of the settlement file. Rejected: other_merchant, bad_rrn, bad_amount."""
    rrn = tables.ours(said["merchant_id"], said["rrn"], account.merchant_id)
    kind = reading.meaning(FILE_KINDS, said["response"], None)
    tax = tables.maybe_amount(said["tax"]) + tables.maybe_amount(said["mdr_tax"])
    txn_id = maybe_text(said["txnid"])
    return Row(
        kind=kind or "payment",
        amount=tables.amount(said["amount"]),
        status="SUCCESS" if kind else reading.status(FILE_WORDS, said["response"]),
        tr=maybe_text(said["orderid"], 35),
        rrn=rrn,
        provider_txn_id="" if kind == "refund" else txn_id,
        payee=maybe_text(said["creditvpa"], 255) or account.merchant_id,
        occurred_at=tables.moment(said["txn_date"], FILE_TIMES),
        status_word=maybe_text(said["response"], 64),
        fee=tables.maybe_amount(said["surcharge"]) + tax,
        tax=tax,
        refund_id=maybe_text(said["unq_cust_id"]) if kind == "refund" else "",
        provider_refund_id=txn_id if kind == "refund" else "",
    )


def _is_open(word: str, found: Mapping[str, Any]) -> bool:
    """Whether it says that it failed, and beside it a code that says that nobody knows: the stack writes FAILURE for all that it has no word for."""
    return reading.status(WORDS, word) == "FAILED" and maybe_text(found.get("gatewayResponseCode"), 64) in OPEN_CODES


def _write(value: Any, said: list[str], levels: int) -> None:
    """Add a value as it is signed. It goes no deeper than `levels`, however deep the value is."""
    match value:
        case _Number():
            said.append(value)
        case dict() | list() if not levels:
            raise malformed("the JSON")
        case dict():
            said.append("{")
            for place, name in enumerate(sorted(value)):
                said.append(("," if place else "") + json.dumps(name, ensure_ascii=False) + ":")
                _write(value[name], said, levels - 1)
            said.append("}")
        case list():
            said.append("[")
            for place, item in enumerate(value):
                if place:
                    said.append(",")
                _write(item, said, levels - 1)
            said.append("]")
        case _:
            said.append(json.dumps(value, ensure_ascii=False))


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands twice")
    return found


def _refuse(name: str) -> Never:
    raise ValueError(f"{name} is no JSON")
