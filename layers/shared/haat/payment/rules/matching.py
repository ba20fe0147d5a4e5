"""Money of no request is matched to an order by the shop's people: a request begins that this money pays, by the rules for all money."""

from collections.abc import Mapping
from dataclasses import replace

from haat.kernel.time import Instant
from haat.payment.model.account import PayeeAccount
from haat.payment.model.evidence import Evidence
from haat.payment.model.payment import Change, Orphan, Payment, Payout, Receipt, Request
from haat.payment.model.shop import Owed, Reach
from haat.payment.rules import machine


def begun(tr: str, account: PayeeAccount, owed: Owed, reach: Reach | None, now: Instant) -> Payment:
    """The request of what an order costs. Nobody is asked for it: the money is there."""
    return Payment(
        request=Request(
            tr=tr,
            merchant=account.merchant,
            account=account.id,
            provider=account.bank.provider,
            payee_vpa=account.bank.vpa,
            payee_id=account.bank.merchant_id,
            payee_name=account.name,
            amount=owed.total,
            currency=owed.currency,
            created_at=now,
            expires_at=now,
            note=owed.number,
            order=owed.order,
            flags=("assigned",),
            customer=reach.customer if reach else "",
            channel=reach.channel if reach else "",
            address=reach.address if reach else "",
            language=reach.language if reach else "",
        )
    )


def matched(before: Payment, account: PayeeAccount, orphan: Orphan, now: Instant) -> Change:
    """What follows when this money pays it. It was proven when it came."""
    said = Evidence(
        provider=orphan.provider,
        provider_txn_id=orphan.provider_txn_id,
        tr=before.request.tr,
        rrn=orphan.rrn,
        amount=orphan.amount,
        currency=orphan.currency,
        status="SUCCESS",
        status_word="",
        trust="proof",
        occurred_at=orphan.occurred_at,
        payee_vpa=account.bank.vpa,
        merchant_id=account.bank.merchant_id,
    )
    payout = (
        Payout(fee=orphan.fee, tax=orphan.tax, settlement=orphan.settlement, file=orphan.found_in)
        if orphan.settled
        else None
    )
    change = machine.hear(before, said, now, payout=payout)
    # It was told of before, or came by a file as money without a reference: either way nothing of this request was missed.
    return replace(change, after=replace(change.after, request=machine.unflag(change.after.request, machine.RECOVERED)))


def inherited(after: Payment, orphans: Mapping[str, Orphan]) -> Payment:
    """With what a bank's file has said of receipts while they were money of no request; `orphans` by the receipt's name."""
    return replace(after, receipts=tuple(_of_orphan(one, orphans.get(one.rrn)) for one in after.receipts))


def _of_orphan(receipt: Receipt, orphan: Orphan | None) -> Receipt:
    if orphan is None or not orphan.settled or receipt.settled:
        return receipt
    return replace(
        receipt,
        settled=True,
        fee=orphan.fee,
        tax=orphan.tax,
        settlement=orphan.settlement,
        found_in=orphan.found_in,
    )
