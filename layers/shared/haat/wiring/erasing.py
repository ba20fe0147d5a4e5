"""Joins erasures to the real table: begun by merchant_api, gone on with by auto_reply."""

from haat.aws.table import Table
from haat.business.service.order_holdings import OrderHoldings
from haat.business.store.orders import DynamoOrders
from haat.conversation.ports.inbox import Elsewhere
from haat.conversation.service.erasing import Erasing
from haat.conversation.service.taught_holdings import TaughtHoldings
from haat.conversation.store.customers import DynamoCustomers
from haat.conversation.store.erasures import DynamoErasures
from haat.conversation.store.lines import DynamoTaught
from haat.kernel.ids import Pepper


def erasing(conversation: Table, business: Table, pepper: Pepper) -> Erasing:
    """The real thing."""
    return Erasing(
        erasures=DynamoErasures(conversation, pepper),
        customers=DynamoCustomers(conversation),
        elsewhere=held(conversation, business),
    )


def held(conversation: Table, business: Table) -> tuple[Elsewhere, ...]:
    """What orders hold of customers, and what the shop taught in their words."""
    return OrderHoldings(DynamoOrders(business)), TaughtHoldings(DynamoTaught(conversation, at_once=False))
