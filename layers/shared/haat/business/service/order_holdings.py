"""What orders hold of a customer: for an export, and forgotten with them. An order itself stays, unlinked: tax law wants it kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from haat.business.model.order import Order
from haat.business.ports.orders import Orders
from haat.business.rules.orders import shown
from haat.kernel.errors import Changed, Unavailable
from haat.kernel.ids import CustomerId, MerchantId

PAGE, PAGES = 25, 20  # orders that are unlinked in one go
ATTEMPTS = 5

Held = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class OrderHoldings:
    """Fills conversation's port Elsewhere."""

    _orders: Orders

    def held(
        self, merchant: MerchantId, customers: Sequence[CustomerId], after: str | None, limit: int
    ) -> tuple[list[Held], str | None]:
        """One page of a person's orders, by any of their ids, and where the next one begins."""
        at, _, place = (after or "0").partition(".")
        number = int(at) if at.isdecimal() else 0
        while number < len(customers):
            orders, then = self._orders.of_customer(merchant, customers[number], place or None, limit)
            following = f"{number}.{then}" if then else f"{number + 1}." if number + 1 < len(customers) else None
            if orders or following is None:
                return [{"kind": "order", "held": shown(order)} for order in orders], following
            number, place = number + 1, ""
        return [], None

    def erase(self, merchant: MerchantId, customers: Sequence[CustomerId]) -> None:
        """Unlink all of them; the same again changes nothing. Raises Unavailable where there are more than one go takes."""
        for customer in customers:
            for _ in range(PAGES):
                orders, then = self._orders.of_customer(merchant, customer, None, PAGE)
                for order in orders:
                    self._unlink(order)
                if then is None:
                    break
            else:
                raise Unavailable("more orders are to be unlinked: go on")

    def _unlink(self, order: Order | None) -> None:
        for _ in range(ATTEMPTS):
            if order is None:
                return
            try:
                self._orders.unlink(order)
            except Changed:
                order = self._orders.get(order.merchant, order.id)
            else:
                return
        raise Unavailable("the order kept changing")
