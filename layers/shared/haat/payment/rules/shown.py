"""Payments as merchants see them."""

from collections.abc import Sequence
from typing import Any

from haat.kernel.time import Instant, rfc3339
from haat.payment.model.payment import Orphan, Payment, Proof, Receipt, Refund
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


def whole(payment: Payment, proofs: Sequence[Proof]) -> dict[str, Any]:
    """A request with all that is known of its money, and who said so: of each receipt with it, the rest in `other_evidence`."""
    left = list(proofs)
    receipts = []
    for one in payment.receipts:
        about = [it for it in left if _is_about(one, it)]
        left = [it for it in left if it not in about]
        receipts.append(receipt(payment, one) | {"evidence": [evidence(it) for it in about]})
    return request(payment) | {
        "receipts": receipts,
        "other_evidence": [evidence(it) for it in left],
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
        **payout(it),
        "charged_back": {"minor": it.disputed, "currency": it.currency} if it.disputed else None,
    }


def payout(it: Receipt | Orphan) -> dict[str, Any]:
    """What the bank's settlement file says of a money; null where none names it: nobody knows then."""
    money = {"minor": it.fee - it.tax, "currency": it.currency}, {"minor": it.tax, "currency": it.currency}
    fee, tax = money if it.settled else (None, None)
    return {"settled": it.settled, "fee": fee, "gst_on_fee": tax, "settlement": it.settlement or None}


def evidence(it: Proof) -> dict[str, Any]:
    """What somebody said of a money. A hint proves nothing: it made us ask the bank."""
    return {
        "source": it.source,
        "trust": it.trust,
        "status": it.status,
        "provider_word": it.status_word,
        "provider_event_id": it.event_id or None,
        "provider_payment_id": it.provider_txn_id or None,
        "rrn": it.rrn or None,
        "amount": {"minor": it.amount, "currency": it.currency},
        "heard_at": rfc3339(it.heard_at),
        "occurred_at": rfc3339(it.occurred_at),
    }


def _is_about(receipt: Receipt, it: Proof) -> bool:
    if it.trust != "proof":
        return False
    same = bool(it.provider_txn_id) and it.provider_txn_id == receipt.provider_txn_id
    return receipt.rrn in (it.rrn, it.provider_txn_id) or same


def orphan(it: Orphan) -> dict[str, Any]:
    """Money that belongs to no request."""
    return {
        "account_id": it.account,
        "rrn": it.rrn,
        "provider_payment_id": it.provider_txn_id or None,
        "amount": {"minor": it.amount, "currency": it.currency},
        "occurred_at": rfc3339(it.occurred_at),
        "reference_told": it.tr or None,
        "other_payee": it.foreign,
        **payout(it),
    }


def watched(payment: Payment, since: Instant) -> dict[str, Any]:
    """A request as operators see it: nothing of its customer."""
    it = payment.request
    return {
        "merchant_id": it.merchant,
        "reference_id": it.tr,
        "account_id": it.account,
        "provider": it.provider,
        "state": it.state,
        "since": rfc3339(since),
        "amount": {"minor": it.amount, "currency": it.currency},
        "flags": list(it.flags),
        "created_at": rfc3339(it.created_at),
        "expires_at": rfc3339(it.expires_at),
        "asked_bank_at": [rfc3339(at) for at in it.pulls],
        "asks_bank_at": rfc3339(it.pull_at) if it.pull_at else None,
    }


def watched_orphan(it: Orphan) -> dict[str, Any]:
    """An orphan as operators see it."""
    return {"merchant_id": it.merchant, "provider": it.provider, **orphan(it)}


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
