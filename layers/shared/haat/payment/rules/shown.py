"""Payments as merchants see them."""

from typing import Any

from haat.kernel.time import rfc3339
from haat.payment.model.payment import Payment, Receipt, Refund
from haat.payment.rules import refunds


def request(payment: Payment) -> dict[str, Any]:
    """A request, without receipts and refunds."""
    it = payment.request
    return {
        "reference_id": it.tr,
        "account_id": it.account,
        "state": it.state,
        "amount": {"minor": it.amount, "currency": it.currency},
        "note": it.note,
        "order_id": it.order or None,
        "customer_id": it.customer or None,
        "link": it.link or None,
        "created_at": rfc3339(it.created_at),
        "expires_at": rfc3339(it.expires_at),
        "paid_late": it.late,
        "flags": list(it.flags),
        "test": it.test,
    }


def whole(payment: Payment) -> dict[str, Any]:
    """A request with all that is known of its money."""
    return request(payment) | {
        "receipts": [receipt(payment, one) for one in payment.receipts],
        "refunds": [refund(payment, one.id) for one in payment.refunds],
        "asked_bank_at": [rfc3339(at) for at in payment.request.pulls],
        "asks_bank_at": rfc3339(payment.request.pull_at) if payment.request.pull_at else None,
    }


def receipt(payment: Payment, it: Receipt) -> dict[str, Any]:
    """One money that came."""
    return {
        "rrn": it.rrn,
        "kind": it.kind,
        "amount": {"minor": it.amount, "currency": it.currency},
        "left": {"minor": refunds.left(payment, it), "currency": it.currency},
        "provider_payment_id": it.provider_txn_id or None,
        "occurred_at": rfc3339(it.occurred_at),
        "refund_proposed": it.proposed or None,
        "settled": it.settled,
    }


def refund(payment: Payment, id: str) -> dict[str, Any]:
    """One refund."""
    it: Refund = next(refund for refund in payment.refunds if refund.id == id)
    return {
        "id": it.id,
        "reference_id": payment.request.tr,
        "rrn": it.rrn,
        "state": it.state,
        "amount": {"minor": it.amount, "currency": payment.request.currency},
        "provider_refund_id": it.provider_refund_id or None,
        "begun_elsewhere": it.foreign,
        "reason": it.reason or None,
    }
