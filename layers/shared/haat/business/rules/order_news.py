"""What must be told when an order is made, moves or is paid: its customer in the chat, its merchant's own system, payments."""

import hashlib
from collections.abc import Sequence

from haat.business.model.order import News, Order, Reach, Spoken
from haat.business.rules import order_words, orders
from haat.facts import notices, said
from haat.kernel.ids import Fingerprint, NoticeId, ulid
from haat.kernel.time import Instant


def for_merchant(order: Order) -> News:
    """A notice that an order was placed or changed. It names the order; what is in it is read where rights are asked for."""
    at = order.steps[-1].at
    kind = notices.ORDER_PLACED if len(order.steps) == 1 else notices.ORDER_CHANGED
    notice = notices.NoticeRaised(
        id=NoticeId(ulid(at, _digest(order, "merchant"))),
        merchant=order.merchant,
        kind=kind,
        occurred_at=at,
        data={"order_id": order.id, "number": order.number, "state": order.state, "by": order.steps[-1].by},
    )
    return News(name="merchant", row=notices.outbox_row(notice))


def for_customer(order: Order, reach: Reach, spoken: Spoken) -> News:
    """Something to say to the customer, once for each change of the order."""
    fact = said.ShopSays(
        key=Fingerprint(_digest(order, "customer").hex()[:32]),
        merchant=order.merchant,
        customer=reach.customer,
        channel=reach.channel,
        address=reach.address,
        occurred_at=order.steps[-1].at,
        text=spoken.text,
        choices=tuple(said.Choice(id=o.id, title=o.title, description=o.description) for o in spoken.options),
    )
    return News(name="customer", row=said.outbox_row(fact))


def of_payment(order: Order, at: Instant) -> News:
    """A notice that an order's money has come: once for each order."""
    notice = notices.NoticeRaised(
        id=NoticeId(ulid(at, _digest(order, "paid"))),
        merchant=order.merchant,
        kind=notices.ORDER_PAID,
        occurred_at=at,
        data={
            "order_id": order.id,
            "number": order.number,
            "state": order.state,
            "reference_id": order.money.tr if order.money else None,
        },
    )
    return News(name="merchant", row=notices.outbox_row(notice))


def of_surplus(order: Order, tr: str, at: Instant) -> News:
    """A notice that one more request of a paid order was paid: that money is to be given back. Once for each request."""
    notice = notices.NoticeRaised(
        id=NoticeId(ulid(at, hashlib.sha256(f"{order.merchant}/{order.id}/{tr}/surplus".encode()).digest())),
        merchant=order.merchant,
        kind=notices.PAYMENT_SURPLUS,
        occurred_at=at,
        data={"reference_id": tr, "state": "PAID", "order_id": order.id, "about": None},
    )
    return News(name="merchant", row=notices.outbox_row(notice))


def for_payments(before: Order, after: Order, reach: Reach | None) -> Sequence[News]:
    """What payments must hear of a step: the customer of a confirmed order is to be asked, that of one that is no more is not."""
    if after.state == "accepted":
        able = reach is not None and after.steps[-1].told and after.total > 0
        return [asks_for_money(after, reach)] if able and reach and not orders.asked(after) else []
    taken_back = (before.state == "accepted" or bool(before.requests)) and after.state in orders.LOST
    return [asks_for_none(after, after.steps[-1].at)] if taken_back else []


def asks_for_money(order: Order, reach: Reach) -> News:
    """An order was confirmed: its customer, who can be told so, is asked to pay."""
    from haat.facts import payments  # noqa: PLC0415  # auto_reply loads this module, and does not confirm orders

    fact = payments.OrderWantsMoney(
        merchant=order.merchant,
        order=order.id,
        amount=order.total,
        currency=order.currency,
        note=order_words.called(order),
        customer=reach.customer,
        channel=reach.channel,
        address=reach.address,
        language=order.language,
        occurred_at=order.steps[-1].at,
    )
    return News(name="payment", row=payments.outbox_row(fact))


def asks_for_none(order: Order, at: Instant) -> News:
    """An order is no more: nobody is to pay for it."""
    from haat.facts import payments  # noqa: PLC0415  # few orders are taken back

    fact = payments.OrderWantsNone(merchant=order.merchant, order=order.id, occurred_at=at, trs=order.requests)
    return News(name="payment", row=payments.outbox_row(fact))


def _digest(order: Order, whom: str) -> bytes:
    # Of ids of ours: nobody can read a person out of it.
    return hashlib.sha256(f"{order.merchant}/{order.id}/{order.version}/{whom}".encode()).digest()
