"""Joins the chat to the shop's counter: the only place that knows both words."""

from typing import cast

from haat.aws.table import Table
from haat.business.model.order import Spoken, Visitor, Wanted
from haat.business.service.counter import Counter
from haat.business.store.orders import DynamoOrders
from haat.business.store.products import DynamoProducts
from haat.conversation.model import Ask, Conversation, Item, Language, Served
from haat.facts.said import Choice
from haat.kernel.ids import Fingerprint
from haat.kernel.time import Instant


class ChatCounter:
    """Fills conversation's port Counter."""

    def __init__(self, business: Table) -> None:
        self._counter = Counter(products=DynamoProducts(business), orders=DynamoOrders(business))

    def serve(self, conversation: Conversation, ask: Ask, key: Fingerprint, at: Instant) -> Served | None:
        """Do what is asked at the counter."""
        visitor = Visitor(
            merchant=conversation.merchant,
            customer=conversation.customer,
            channel=conversation.channel,
            address=conversation.address,
            language=ask.language,
            key=key,
            now=at,
        )
        match ask.kind:
            case "cart":
                return _served(self._counter.order(visitor, [_wanted(item) for item in ask.items], ask.note))
            case "choice":
                return _served(self._counter.choose(visitor, ask.ref))
            case "orders":
                return _served(self._counter.standing(visitor))
            case "goods":
                return _served(self._counter.goods(visitor))


def _wanted(item: Item) -> Wanted:
    return Wanted(ref=item.ref, quantity=item.quantity, price=item.price)


def _served(spoken: Spoken | None) -> Served | None:
    if spoken is None:
        return None
    return Served(
        word=spoken.word,
        text=spoken.text,
        language=cast("Language", spoken.language),
        choices=tuple(Choice(id=o.id, title=o.title, description=o.description) for o in spoken.options),
        opener=spoken.opener,
    )
