"""What Razorpay's entities say, wherever they stand: in a callback, in an answer to a pull, in a settlement report.

Sources: razorpay.com/docs, the pages of each entity (Payments, Orders, QR Codes, Payment Links, Refunds, Settlements: recon).
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final, Literal

from haat.kernel.errors import Rejected
from haat.payment.banks import Account, Row
from haat.payment.model.evidence import Evidence, Notice, RefundEvidence, Said, Status, Trust
from haat.payment.rules import reading
from haat.payment.rules.reading import malformed, maybe_part, maybe_text, minor, part, parts, seconds, text

NAME: Final = "razorpay"
PROOF: Final[Trust] = "proof"  # of a callback by its signature, of an answer by our credentials

# `refunded` is left out on purpose: the money came, and is gone. UNKNOWN brings it before a person, and lets no goods go.
WORDS: Final[Mapping[str, Status]] = {
    "CAPTURED": "SUCCESS",
    "FAILED": "FAILED",
    "CREATED": "PENDING",
    "AUTHORIZED": "PENDING",
}
REFUND_WORDS: Final[Mapping[str, Literal["DONE", "FAILED", "PENDING"]]] = {
    "PENDING": "PENDING",
    "CREATED": "PENDING",
    "PROCESSED": "DONE",
    "FAILED": "FAILED",
}
LINKS: Final = {
    "expired": "link_expired",
    "cancelled": "link_cancelled",
    "paid": "link_paid",
    "partially_paid": "link_paid",
}
_NAMES_US: Final = ("payment", "order", "qr_code", "payment_link")  # entities that may carry our reference
_ENTITIES: Final = ("dispute", "refund", *_NAMES_US, "settlement")


def said(account: Account, event: Mapping[str, Any], event_id: str) -> Said:
    """What an event tells, whose signature was verified. Rejected where the entity that decides can't be read; what stands beside it may be odd."""
    payload = part(event, "payload")
    inside = {
        name: maybe_part(maybe_part(payload, name), "entity") for name in _ENTITIES if payload.get(name) is not None
    }
    # The secret is this account's, so an event that names nobody is about it.
    merchant = maybe_text(event.get("account_id")) or account.merchant_id
    payment = inside.get("payment", {})
    tr = next((found for name in _NAMES_US if (found := named(inside.get(name, {})))), "")
    match inside:  # what stands first decides: an event about a refund or a dispute brings its payment along
        case {"dispute": _}:
            return Notice(provider=NAME, kind="dispute", trust=PROOF, tr=tr, event_id=event_id)
        case {"refund": given}:
            return refund_evidence(merchant, given, payment, event_id=event_id)
        case {"payment": _}:
            return evidence(merchant, payment, tr, event_id, event.get("created_at"))
        case {"payment_link": link}:
            kind = LINKS.get(maybe_text(link.get("status")), "link")
            return Notice(provider=NAME, kind=kind, trust=PROOF, tr=tr, event_id=event_id)
        case {"qr_code": code}:
            kind = "qr_closed" if code.get("status") == "closed" else "qr"
            return Notice(provider=NAME, kind=kind, trust=PROOF, tr=tr, event_id=event_id)
        case {"settlement": _}:
            return Notice(provider=NAME, kind="settlement", trust=PROOF, event_id=event_id)
        case _:
            return Notice(provider=NAME, kind="unknown_event", trust=PROOF, event_id=event_id, known=False)


def named(entity: Mapping[str, Any]) -> str:
    """Our reference: in the notes, else an order's receipt or a link's reference. 35 characters are the most that UPI carries."""
    given = (maybe_part(entity, "notes").get("tr"), entity.get("receipt"), entity.get("reference_id"))
    return next((found for value in given if (found := maybe_text(value, 35))), "")


def listed(found: Mapping[str, Any], tr: str) -> tuple[Mapping[str, Any], ...]:
    """The payments of an answer: itself, its items, or those of its orders with our reference (that filter is documented as "contains")."""
    if "items" not in found:
        return (found,)
    payments: list[Mapping[str, Any]] = []
    for item in parts(found, "items"):
        if not isinstance(item, dict):
            raise malformed("items")
        if item.get("entity") != "order":
            payments.append(item)
        elif named(item) == tr:
            payments.extend(listed(part(item, "payments"), tr))
    return tuple(payments)


def evidence(merchant: str, payment: Mapping[str, Any], tr: str, event_id: str = "", told_at: Any = None) -> Evidence:
    """One payment. `merchant` is the account in Razorpay's books, `told_at` the event's own time, where the payment has none."""
    word = text(payment.get("status"), "status", 64)
    return Evidence(
        provider=NAME,
        provider_txn_id=text(payment.get("id"), "id"),
        tr=tr,
        rrn=_rrn(payment),
        amount=minor(payment.get("amount")),
        currency=text(payment.get("currency"), "currency", 8),
        status=reading.status(WORDS, word),
        status_word=word,
        trust=PROOF,
        occurred_at=seconds(payment.get("created_at") or told_at, "created_at"),
        merchant_id=merchant,
        payer_vpa=maybe_text(payment.get("vpa"), 255) or maybe_text(maybe_part(payment, "upi").get("vpa"), 255),
        event_id=event_id,
    )


def refund_ids(given: Mapping[str, Any]) -> tuple[str, str]:
    """What may be our id of a refund: the note that we set, and the receipt, which anyone sets who refunds by hand."""
    return maybe_text(maybe_part(given, "notes").get("refund_id")), maybe_text(given.get("receipt"))


def refund_evidence(
    merchant: str, given: Mapping[str, Any], payment: Mapping[str, Any], ours: str = "", event_id: str = ""
) -> RefundEvidence:
    """One refund, with its payment where that came along. `ours` is our id of it, where that is known."""
    word = text(given.get("status"), "status", 64)
    payment_id = text(given.get("payment_id"), "payment_id")
    of_payment = payment if payment.get("id") == payment_id else {}
    return RefundEvidence(
        provider=NAME,
        provider_refund_id=text(given.get("id"), "id"),
        refund_id=ours or next(filter(None, refund_ids(given)), ""),
        amount=minor(given.get("amount")),
        status=reading.meaning(REFUND_WORDS, word, "PENDING"),
        status_word=word,
        trust=PROOF,
        rrn=_rrn(given) or _rrn(of_payment),
        provider_txn_id=payment_id,
        merchant_id=merchant,
        event_id=event_id,
    )


def row(item: Any) -> Row:
    """One line of the settlement report. A lost dispute is an adjustment with a debit; other adjustments and transfers are of no payment."""
    if not isinstance(item, dict):
        raise malformed("items")
    if item.get("currency") != "INR":
        raise Rejected("UPI takes INR only", word="bad_currency")
    settled, held = item.get("settled") is True, item.get("on_hold") is True
    line = Row(
        kind="payment",
        amount=minor(item.get("amount")),
        tr=maybe_text(item.get("order_receipt"), 35) or _noted(item.get("notes")),
        provider_txn_id=maybe_text(item.get("payment_id")),
        occurred_at=seconds(item.get("created_at"), "created_at"),
        status_word="settled" if settled else "on_hold" if held else "unsettled",
        settlement_id=maybe_text(item.get("settlement_id"), 64),
        fee=minor(item.get("fee") or 0),
        tax=minor(item.get("tax") or 0),
    )
    match item.get("type"):
        case "payment":
            return replace(line, provider_txn_id=text(item.get("entity_id"), "entity_id"))
        case "refund":
            return replace(line, kind="refund", provider_refund_id=text(item.get("entity_id"), "entity_id"))
        case "adjustment" if item.get("dispute_id") and item.get("debit"):
            return replace(line, kind="dispute")
        case _:
            raise Rejected("a line of another kind", word="unknown_type")


def _noted(notes: Any) -> str:
    """Our reference in a payment's notes. A report writes them as a JSON text, "{}" [L]; that those of a code we made are there is [A]."""
    try:
        found = reading.document(notes.encode()) if isinstance(notes, str) else {}
    except (Rejected, UnicodeEncodeError):
        return ""  # somebody else's words
    return maybe_text(found.get("tr"), 35)


def _rrn(of: Mapping[str, Any]) -> str:
    return maybe_text(maybe_part(of, "acquirer_data").get("rrn"), 35)
