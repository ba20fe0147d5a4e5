"""Joins the routes of orders to the real tables, and orders to the customers whom the chat knows."""

from dataclasses import dataclass

from haat.aws.once import DynamoAnswers
from haat.aws.table import Table
from haat.business.model.order import Reach
from haat.business.service.orders import OrderBook
from haat.business.store.merchants import DynamoMerchants
from haat.business.store.orders import DynamoOrders
from haat.business.store.products import DynamoProducts
from haat.conversation.model import WINDOW_MS
from haat.conversation.store.customers import DynamoCustomers
from haat.edge.api.orders import OrderRoutes
from haat.kernel.ids import CustomerId, MerchantId
from haat.kernel.time import Instant, later
from haat.wiring.clock import now


@dataclass(frozen=True, slots=True)
class KnownCustomers:
    """Fills business's port Acquaintances."""

    _customers: DynamoCustomers
    _merchants: DynamoMerchants

    def reach(self, merchant: MerchantId, customer: CustomerId, address: str = "") -> Reach | None:
        """Where somebody who wrote to the shop can be told something; nobody who is blocked is told anything."""
        person, shop = self._customers.person(merchant, customer), self._merchants.get(merchant)
        if person is None or shop is None or not person.conversations:
            return None
        there = [it for it in person.conversations if it.address == address] or person.conversations
        last = max(there, key=lambda it: it.last_customer_at)
        return Reach(
            customer=last.customer,
            channel=last.channel,
            address=last.address,
            language=last.language or shop.language,
            until=Instant(0) if person.blocked_at else later(last.last_customer_at, WINDOW_MS),
        )


def order_routes(business: Table, conversation: Table) -> OrderRoutes:
    """The routes of a shop's orders."""
    merchants = DynamoMerchants(business, now)
    return OrderRoutes(
        OrderBook(
            products=DynamoProducts(business),
            orders=DynamoOrders(business),
            answers=DynamoAnswers(business),
            customers=KnownCustomers(DynamoCustomers(conversation), merchants),
        )
    )
