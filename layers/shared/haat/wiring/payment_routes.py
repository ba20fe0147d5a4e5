"""Joins the routes of payments to the real tables, and payments to the shop's orders and customers."""

from dataclasses import dataclass

from haat.aws.table import Table
from haat.business.rules.orders import LOST
from haat.business.store.merchants import DynamoMerchants
from haat.business.store.orders import DynamoOrders
from haat.conversation.store.customers import DynamoCustomers
from haat.edge.api.payments import ReceiptRoutes, RequestRoutes
from haat.kernel.ids import CustomerId, MerchantId, OrderId
from haat.payment.banks.registry import bank
from haat.payment.model.shop import Owed, Reach
from haat.payment.service.bills import Bills
from haat.payment.service.books import Books
from haat.payment.service.receipts import Receipts
from haat.payment.service.requests import Requests
from haat.payment.store.accounts import DynamoAccounts
from haat.payment.store.lists import DynamoLists
from haat.payment.store.payments import DynamoPayments
from haat.wiring.clock import now, seconds
from haat.wiring.open_banks import open_banks
from haat.wiring.orders import KnownCustomers
from haat.wiring.tax_numbers import ProfiledTaxNumbers


@dataclass(frozen=True, slots=True)
class ShopOrders:
    """Fills payment's port Orders."""

    _orders: DynamoOrders

    def owed(self, merchant: MerchantId, order: OrderId) -> Owed | None:
        """What an order costs."""
        found = self._orders.get(merchant, order)
        if found is None:
            return None
        return Owed(
            order=found.id,
            number=found.number,
            total=found.total,
            currency=found.currency,
            customer=found.customer,
            address=found.address,
            settled=found.state if found.state in LOST else "paid" if found.paid else "",
        )


@dataclass(frozen=True, slots=True)
class ShopCustomers:
    """Fills payment's port Customers."""

    _customers: KnownCustomers

    def reach(self, merchant: MerchantId, customer: CustomerId, address: str = "") -> Reach | None:
        """Where they can be told something."""
        found = self._customers.reach(merchant, customer, address)
        if found is None:
            return None
        return Reach(
            customer=found.customer,
            channel=found.channel,
            address=found.address,
            language=found.language,
            until=found.until,
        )


def payment_routes(payment: Table, business: Table, conversation: Table) -> tuple[RequestRoutes, ReceiptRoutes]:
    """The routes of a shop's money."""
    payments, accounts, lists = DynamoPayments(payment), DynamoAccounts(payment, seconds), DynamoLists(payment)
    orders = ShopOrders(DynamoOrders(business))
    customers = ShopCustomers(KnownCustomers(DynamoCustomers(conversation), DynamoMerchants(business, now)))
    requests = Requests(payments=payments, accounts=accounts, banks=bank, open_banks=open_banks(payment))
    bills = Bills(requests=requests, orders=orders, customers=customers)
    receipts = Receipts(payments=payments, accounts=accounts, lists=lists, orders=orders, customers=customers)
    books = Books(lists=lists, tax_numbers=ProfiledTaxNumbers(DynamoMerchants(business, now)))
    return RequestRoutes(requests, bills), ReceiptRoutes(receipts, books)
