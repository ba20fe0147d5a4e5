"""What orders need from the rest of the world."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from haat.business.model.order import Mark, News, Order, Reach, Spoken
from haat.business.model.order import State as OrderState
from haat.business.model.product import Product
from haat.business.ports import Listed
from haat.kernel.ids import CustomerId, MerchantId, OrderId, ProductId
from haat.kernel.time import Instant


class Orders(Protocol):
    """Where orders are kept, by their merchant. A change takes or gives back stock, and says what must be told, in one transaction."""

    def get(self, merchant: MerchantId, id: OrderId) -> Order | None:
        """The order, or None."""

    def numbered(self, merchant: MerchantId, number: str) -> Order | None:
        """The order that is called so."""

    def list(self, merchant: MerchantId, state: OrderState | None, after: str | None, limit: int) -> Listed[Order]:
        """One page of all, or of those in a state, newest first."""

    def of_customer(self, merchant: MerchantId, customer: CustomerId, after: str | None, limit: int) -> Listed[Order]:
        """One page of a customer's, newest first."""

    def heard(self, merchant: MerchantId, key: str) -> Spoken | None:
        """What was said to this message before."""

    def place(self, order: Order, products: Mapping[ProductId, Product], mark: Mark, news: Sequence[News]) -> bool:
        """Keep a new order and take its stock. False: it was done before.

        Raises Changed where a product is not as it was read, Conflict (number-taken) where another order is called so.
        """

    def decline(self, mark: Mark) -> bool:
        """Remember an answer that changes nothing else. False: it was done before."""

    def move(
        self, before: Order, after: Order, back: Mapping[ProductId, Product], mark: Mark, news: Sequence[News]
    ) -> bool:
        """Let an order stand in the place of another and give stock of `back` back. False: it was done before. Raises Changed."""

    def paid(self, before: Order, after: Order, news: Sequence[News], at: Instant) -> None:
        """Let an order that has heard of its money stand in the place of another, and say so. Raises Changed."""

    def unlink(self, order: Order) -> None:
        """Forget whose an order was and what they wrote with it; the same again changes nothing. Raises Changed."""


class Acquaintances(Protocol):
    """Customers as their merchant can reach them."""

    def reach(self, merchant: MerchantId, customer: CustomerId, address: str = "") -> Reach | None:
        """Where they can be told something: at an address of the shop, or where they wrote last. None where nobody is known."""
