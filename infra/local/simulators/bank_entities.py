"""How Razorpay's entities look: codes, orders, payments, refunds, and lines of the settlement report.

Source: razorpay.com/docs, the page of each entity, and the samples of razorpay-python (MIT) for what they hold.
"""

import json
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote

from infra.local.simulators import bank_files
from infra.local.simulators.bank_wire import rupees
from infra.local.simulators.bank_world import (
    INDIA,
    BankAccount,
    BankPayment,
    BankRefund,
    BankWorld,
    Code,
    Order,
    PaymentWord,
)
from infra.local.simulators.wire import Json, digits

if TYPE_CHECKING:
    from infra.local.simulators.bank import BankSimulator

_WORDS: Mapping[PaymentWord, str] = {
    "SUCCESS": "captured",
    "FAILED": "failed",
    "PENDING": "created",
    "DEEMED": "authorized",
}
_REFUND_WORDS = {"PENDING": "pending", "DONE": "processed", "FAILED": "failed"}
_MANY, _FEW = 100, 10  # items of a page: the most, and where nobody says


def collection(items: list[Json], query: Mapping[str, str]) -> Json:
    """Return one page of a list, by `count` and `skip`."""
    count, skip = _number(query.get("count"), _FEW), _number(query.get("skip"), 0)
    page = items[skip : skip + min(count, _MANY)] if query else items
    return {"entity": "collection", "count": len(page), "items": page}


def link(account: BankAccount, code: Code) -> str:
    """Return what a code says: a link of the payee's, with a reference of the code's own."""
    said = {"ver": "01", "mode": "15", "pa": account.vpa, "pn": account.name, "tr": code.tr, "cu": "INR"}
    if code.description:
        said["tn"] = code.description[:50]
    if code.amount:
        said["am"] = rupees(code.amount)
    return "upi://pay?" + "&".join(f"{key}={quote(value, safe='@')}" for key, value in said.items())


def code(account: BankAccount, made: Code, world: BankWorld, now: float) -> Json:
    """A QR code. `image_content` is its text, as for an account that has it switched on."""
    paid = [one for one in world.payments.values() if one.code == made.id and one.word == "SUCCESS"]
    status = made.status(now)
    return {
        "id": made.id,
        "entity": "qr_code",
        "created_at": int(made.created_at),
        "name": account.name,
        "usage": "single_use" if made.single_use else "multiple_use",
        "type": "upi_qr",
        "image_url": f"https://rzp.io/rzp/{made.id.removeprefix('qr_')[:8]}",
        "image_content": link(account, made),
        "payment_amount": made.amount or None,
        "status": status,
        "description": made.description,
        "fixed_amount": made.amount > 0,
        "payments_amount_received": sum(one.amount for one in paid),
        "payments_count_received": len(paid),
        "notes": dict(made.notes) or [],
        "customer_id": None,
        "close_by": int(made.close_by) if made.close_by else None,
        "closed_at": int(paid[0].at) if made.paid and paid else None,
        "close_reason": None if status == "active" else "paid" if made.paid else "on_demand",
    }


def order(made: Order, world: BankWorld) -> Json:
    """An order."""
    tried = [one for one in world.payments.values() if one.order == made.id]
    paid = sum(one.amount for one in tried if one.word == "SUCCESS")
    return {
        "id": made.id,
        "entity": "order",
        "amount": made.amount,
        "amount_paid": paid,
        "amount_due": max(0, made.amount - paid),
        "currency": "INR",
        "receipt": made.receipt,
        "status": "paid" if paid >= made.amount else "attempted" if tried else "created",
        "attempts": len(tried),
        "notes": dict(made.notes) or [],
        "created_at": int(made.created_at),
    }


def payment(made: BankPayment, world: BankWorld) -> Json:
    """A payment. It carries the notes of what it was made by; an empty object is a list, as PHP writes it."""
    by = world.codes.get(made.code) or world.orders.get(made.order)
    refunded = sum(one.amount for one in world.refunds_of(made.id) if one.word != "FAILED")
    whole = made.word == "SUCCESS" and refunded >= made.amount
    failed = made.word == "FAILED"
    bank: Json = {"rrn": made.rrn}
    if not failed:
        bank["upi_transaction_id"] = "SIM" + digits(made.id, 32)
    return {
        "id": made.id,
        "entity": "payment",
        "amount": made.amount,
        "currency": "INR",
        "status": "refunded" if whole else _WORDS[made.word],
        "order_id": made.order or None,
        "invoice_id": None,
        "international": False,
        "method": "upi",
        "amount_refunded": refunded,
        "refund_status": "full" if whole else "partial" if refunded else None,
        "captured": made.word == "SUCCESS",
        "description": made.note or None,
        "card_id": None,
        "bank": None,
        "wallet": None,
        "vpa": made.payer,
        "email": "void@example.invalid",
        "contact": "+910000000000",
        "notes": dict(by.notes) if by and by.notes else [],
        "fee": 0,
        "tax": 0,
        "error_code": "BAD_REQUEST_ERROR" if failed else None,
        "error_description": "declined by customer" if failed else None,
        "error_source": "customer" if failed else None,
        "error_step": "payment_authorization" if failed else None,
        "error_reason": "payment_declined" if failed else None,
        "acquirer_data": bank,
        "created_at": int(made.at),
        "upi": {"vpa": made.payer},
    }


def refund(made: BankRefund, of: BankPayment) -> Json:
    """A refund."""
    return {
        "id": made.id,
        "entity": "refund",
        "amount": made.amount,
        "currency": "INR",
        "payment_id": of.id,
        "notes": dict(made.notes) or [],
        "receipt": made.refund_id or None,
        "acquirer_data": {"rrn": of.rrn},
        "created_at": int(made.at),
        "status": _REFUND_WORDS[made.word],
        "speed_processed": "normal",
        "speed_requested": "normal",
    }


def report(bank: "BankSimulator", account: BankAccount, query: Mapping[str, str]) -> Json:
    """Return a page of what was settled on a day of the Indian calendar: all that came and went on the day before."""
    try:
        settled = date(int(query["year"]), int(query["month"]), int(query["day"]))
    except (KeyError, ValueError):
        return collection([], {})
    # What is wrong with a report is wrong in its first page, whose lines say where the next one begins.
    items = recon(bank, account, settled - timedelta(days=1), spoiled=not _number(query.get("skip"), 0))["items"]
    return collection(items, {"count": str(_MANY), **query})


def recon(bank: "BankSimulator", account: BankAccount, day: date, *, spoiled: bool = True) -> Json:
    """Return the whole report of what moved on a day, and was settled on the next one at nine."""
    settled = day + timedelta(days=1)
    last = {
        "settled_at": int(datetime.combine(settled, time(9), INDIA).timestamp()),
        "settlement_id": f"setl_{account.merchant_id[-4:]}{settled:%Y%m%d}",
    }
    lines = bank_files.lines_of(bank, account, day, spoiled=spoiled)
    return collection([_line(line, bank.world) | last for line in lines if not line.deemed], {})


def _line(line: bank_files.Line, world: BankWorld) -> Json:
    """One movement. A dispute that was lost is an adjustment."""
    by, came = world.orders.get(line.payment.order), line.kind == "payment"
    made = by or world.codes.get(line.payment.code)
    return {
        "entity_id": line.id,
        "type": "adjustment" if line.kind == "charge_back" else line.kind,
        "debit": 0 if came else line.amount,
        "credit": line.amount - line.fee if came else 0,
        "amount": line.amount,
        "currency": "INR",
        "fee": line.fee,
        "tax": line.tax,
        "on_hold": False,
        "settled": True,
        "description": None,
        "notes": json.dumps(dict(made.notes) or []) if made and came else "[]",
        "payment_id": None if came else line.payment.id,
        "settlement_utr": "SIMUTR0000000001",
        "order_id": line.payment.order or None,
        "order_receipt": by.receipt if by else None,
        "method": "upi",
        "dispute_id": line.id if line.kind == "charge_back" else None,
        "created_at": int(line.at),
    }


def _number(text: str | None, default: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 6 else default
