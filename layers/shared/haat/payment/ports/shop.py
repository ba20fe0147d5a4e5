"""What payments need to know of the shop, its orders and its customers."""

from typing import Protocol

from haat.kernel.ids import CustomerId, MerchantId, OrderId
from haat.payment.model.shop import Owed, Reach


class Orders(Protocol):
    """The shop's orders."""

    def owed(self, merchant: MerchantId, order: OrderId) -> Owed | None:
        """What it costs; None where the merchant has no such order. Raises Unavailable."""


class Customers(Protocol):
    """The shop's customers."""

    def reach(self, merchant: MerchantId, customer: CustomerId, address: str = "") -> Reach | None:
        """Where they can be told something: at an address of the shop, or where they wrote last. None where nobody is known. Raises Unavailable."""


class TaxNumbers(Protocol):
    """What the shop is called by tax offices."""

    def gstin(self, merchant: MerchantId) -> str:
        """Its number with India's tax office for goods and services, "" where it told none or is not there. Raises Unavailable."""
