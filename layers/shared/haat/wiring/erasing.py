"""Joins erasures to the real table: begun by merchant_api, gone on with by auto_reply."""

from haat.aws.table import Table
from haat.business.service.order_holdings import OrderHoldings
from haat.business.store.orders import DynamoOrders
from haat.conversation.service.erasing import Erasing
from haat.conversation.store.customers import DynamoCustomers
from haat.conversation.store.erasures import DynamoErasures
from haat.kernel.ids import Pepper


def erasing(conversation: Table, business: Table, pepper: Pepper) -> Erasing:
    """The real thing."""
    return Erasing(
        erasures=DynamoErasures(conversation, pepper),
        customers=DynamoCustomers(conversation),
        elsewhere=(orders_held(business),),
    )


def orders_held(business: Table) -> OrderHoldings:
    """What orders hold of customers."""
    return OrderHoldings(DynamoOrders(business))
