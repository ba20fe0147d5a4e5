"""Joins the teaching of bots to the real tables."""

from functools import partial

from haat.aws.table import Table
from haat.business.store.merchants import DynamoMerchants
from haat.conversation.ports.counter import Counter
from haat.conversation.service.teaching import Teaching
from haat.conversation.store.lines import DynamoTaught
from haat.conversation.store.starters import read_starter, starters
from haat.edge.api.replies import ReplyRoutes
from haat.wiring.clock import now
from haat.wiring.shops import fresh_shop


def reply_routes(business: Table, conversation: Table) -> ReplyRoutes:
    """The real thing."""
    taught = DynamoTaught(conversation)

    def counter() -> Counter:
        from haat.wiring.counter import ChatCounter  # noqa: PLC0415  # only who tries a text asks it

        return ChatCounter(business)

    shop = partial(fresh_shop, DynamoMerchants(business, now), taught)
    teaching = Teaching(teachings=taught, starter=read_starter, shop=shop, counter=counter)
    return ReplyRoutes(teaching, read_starter, starters)
