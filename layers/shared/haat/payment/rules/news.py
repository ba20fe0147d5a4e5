"""What must be told, and what is due, when a payment has changed: rows for the outbox, once for each change."""

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

from haat.facts import notices, payments, said
from haat.kernel.ids import CustomerId, Fingerprint, NoticeId, OrderId, ulid
from haat.kernel.time import DAY, SECOND, Instant
from haat.payment.model.account import PayeeAccount
from haat.payment.model.outbox import Row
from haat.payment.model.payment import Change, Event, Orphan, Payment, Request
from haat.payment.rules import machine, words

_NOTICES = {
    "PaymentPaid": notices.PAYMENT_PAID,
    "PaymentFailed": notices.PAYMENT_FAILED,
    "PaymentExpired": notices.PAYMENT_EXPIRED,
    "PaymentCancelled": notices.PAYMENT_CANCELLED,
    "SurplusReceived": notices.PAYMENT_SURPLUS,
    "ReviewNeeded": notices.PAYMENT_REVIEW,
    "RefundProposed": notices.REFUND_PROPOSED,
    "RefundDone": notices.REFUND_DONE,
    "RefundFailed": notices.REFUND_FAILED,
    "ChargedBack": notices.PAYMENT_CHARGEBACK,
}


def rows(before: Payment | None, change: Change, now: Instant) -> Sequence[Row]:
    """All that follows from one change."""
    after = change.after
    return (
        *_asks(before, after, now),
        *_told(after, change.events, now),
        *_order(before, after, now),
        *_due(before, after, now),
        *_refund(change),
    )


def _told(after: Payment, events: Sequence[Event], now: Instant) -> Iterator[Row]:
    request = after.request
    for event in events:
        if event.kind in ("PaymentExpired", "PaymentCancelled") and request.test:
            continue
        taken = _taken(after, event)
        # A second chargeback of a money in the same moment is news: its sum is part of the name.
        whom = f"merchant/{taken['amount']}" if taken else "merchant"
        notice = notices.NoticeRaised(
            id=NoticeId(ulid(now, _digest(request, event, whom))),
            merchant=request.merchant,
            kind=_NOTICES[event.kind],
            occurred_at=now,
            data={
                "reference_id": request.tr,
                "state": request.state,
                "order_id": request.order or None,
                "about": event.about or None,
                **taken,
            },
        )
        yield Row(name=f"{event.kind}#{event.about}#merchant", row=notices.outbox_row(notice))
        text = words.told(after, event)
        if request.customer and text:
            says = said.ShopSays(
                key=Fingerprint(_digest(request, event, "customer").hex()[:32]),
                merchant=request.merchant,
                customer=CustomerId(request.customer),
                channel=request.channel,
                address=request.address,
                occurred_at=now,
                text=text,
                bill=_card_after(request, event, text),
            )
            yield Row(name=f"{event.kind}#{event.about}#customer", row=said.outbox_row(says))


def _taken(after: Payment, event: Event) -> dict[str, Any]:
    """Of a chargeback, how much the bank took: in all, where it took more since."""
    if event.kind != "ChargedBack":
        return {}
    receipt = next(one for one in after.receipts if one.rrn == event.about)
    return {"amount": receipt.disputed, "currency": receipt.currency}


def _asks(before: Payment | None, after: Payment, now: Instant) -> Iterator[Row]:
    """The customer is asked for the money, with the code to scan as a picture. Nobody is, where the shop shows the code itself."""
    request = after.request
    begun = before is not None and before.request.state != "CREATED"
    if begun or request.state != "PRESENTED" or not request.customer:
        return
    text, card = words.asks(after), _card(after)
    if card is not None or not request.link or len(text) <= said.WITH_CODE:
        parts = {"asks": (text, request.link)}
    else:  # never cut: the words and the link first, then the picture
        parts = {"asks": (text, ""), "asks-code": (words.scan(after), request.link)}
    for name, (words_of_it, code) in parts.items():
        digest = hashlib.sha256(f"{request.merchant}/{request.tr}/{name}".encode()).digest()
        says = said.ShopSays(
            key=Fingerprint(digest.hex()[:32]),
            merchant=request.merchant,
            customer=CustomerId(request.customer),
            channel=request.channel,
            address=request.address,
            occurred_at=now,
            text=words_of_it,
            code=code,
            bill=card,
        )
        yield Row(name=name, row=said.outbox_row(says))


def _has_card(request: Request) -> bool:
    # By its link the payment is known as one of this request, whoever made it.
    return request.order_details and bool(request.link)


def _card(after: Payment) -> said.Bill | None:
    """WhatsApp's own card that asks for it. A provider's own code stays the way to pay, whatever the shop has configured with Meta."""
    request = after.request
    if not _has_card(request):
        return None
    return said.Bill(
        reference=request.tr,
        text=words.card(after),
        amount=request.amount,
        name=request.note or request.payee_name,
        link=request.link,
        configuration="" if request.provider_ref else request.order_details_name,
        expires_at=request.expires_at,
    )


def _card_after(request: Request, event: Event, text: str) -> said.Bill | None:
    """The card tells that it was paid, or that it asks no more."""
    if event.kind == "PaymentPaid" and _has_card(request):
        return said.Bill(reference=request.tr, text=text, status="processing")
    if event.kind == "PaymentCancelled" and _has_card(request):
        return said.Bill(reference=request.tr, text=text, status="canceled")
    return None


def _order(before: Payment | None, after: Payment, now: Instant) -> Iterator[Row]:
    """The order hears of each new state of its money; not of a part of it, which does not pay it."""
    request = after.request
    if request.order and not request.part and (before is None or before.request.state != request.state):
        money = payments.OrderMoney(
            merchant=request.merchant,
            order=OrderId(request.order),
            tr=request.tr,
            state=request.state,
            number=request.version,
            occurred_at=now,
        )
        yield Row(name="order", row=payments.outbox_row(money))


def _due(before: Payment | None, after: Payment, now: Instant) -> Iterator[Row]:
    """A look at each time that is new and near: at the end, when the bank is to be asked, when a refund is to be asked after.

    A record comes after a quarter of an hour, and can then be held for half a day, but only a few times: what is due later than
    tomorrow is found by the reconciler's schedule.
    """
    known = times(before) if before else set()
    # That an answer is missing is hardly ever so: the schedule finds it.
    for at in sorted(times(after) - known - {after.request.again_at}):
        wait = -(-max(at - now, 0) // SECOND)
        if at - now > DAY:
            continue
        due = payments.PaymentDue(tr=after.request.tr, at=at)
        yield Row(name=f"due#{at}", row=payments.outbox_row(due, delay_s=wait))


def times(payment: Payment) -> set[Instant]:
    """When something is due at a request: its end, the next call to the bank, the next about a refund."""
    request = payment.request
    ends = request.expires_at if machine.waits_for_its_end(request) else Instant(0)
    asks = (refund.ask_at for refund in payment.refunds)
    return {at for at in (ends, request.pull_at, request.again_at, *asks) if at}


def _refund(change: Change) -> Iterator[Row]:
    if change.call_refund:
        refund = next(refund for refund in change.after.refunds if refund.id == change.call_refund)
        wanted = payments.BankWanted(
            what="refund", tr=change.after.request.tr, number=refund.calls + 1, refund=refund.id
        )
        yield Row(name=f"refund#{refund.id}", row=payments.outbox_row(wanted))


def _digest(request: Request, event: Event, whom: str) -> bytes:
    # Of references of ours and the bank's: nobody can read a person out of it.
    return hashlib.sha256(f"{request.merchant}/{request.tr}/{event.kind}/{event.about}/{whom}".encode()).digest()


def orphan_rows(account: PayeeAccount, orphan: Orphan, now: Instant) -> Sequence[Row]:
    """The merchant hears of money that belongs to no request."""
    digest = hashlib.sha256(f"{account.id}/{orphan.rrn}/orphan".encode()).digest()
    notice = notices.NoticeRaised(
        id=NoticeId(ulid(now, digest)),
        merchant=account.merchant,
        kind=notices.PAYMENT_ORPHAN,
        occurred_at=now,
        data={"rrn": orphan.rrn, "amount": orphan.amount, "currency": orphan.currency, "assigned_to": None},
    )
    return (Row(name="orphan", row=notices.outbox_row(notice)),)
