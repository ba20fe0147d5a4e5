"""What must be told when an order is made or moves: to its customer in the chat, to its merchant's own system."""

import hashlib

from haat.business.model.order import News, Order, Reach, Spoken
from haat.facts import notices, said
from haat.kernel.ids import Fingerprint, NoticeId, ulid


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


def _digest(order: Order, whom: str) -> bytes:
    # Of ids of ours: nobody can read a person out of it.
    return hashlib.sha256(f"{order.merchant}/{order.id}/{order.version}/{whom}".encode()).digest()
