"""What the shop's own people ask of its orders."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from haat.business.ports.orders import Orders
from haat.business.rules import desk_words
from haat.business.rules.orders import read_number
from haat.kernel.ids import CustomerId, MerchantId
from haat.kernel.time import Instant

if TYPE_CHECKING:
    from haat.business.model.order import Order

PAGE, PAGES = 100, 10  # of one day's orders; a shop with more has a system of its own


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Reads orders for the shop's people."""

    orders: Orders

    def ordered_by(self, merchant: MerchantId, number: str) -> CustomerId | None:
        """Whose order is called so, however it was typed. None for no order, and for one whose customer was erased. Raises Unavailable."""
        order = self.orders.numbered(merchant, read_number(number))
        return order.customer if order is not None else None

    def day(self, merchant: MerchantId, since: Instant, language: str) -> str:
        """What was ordered since then, in words. Raises Unavailable."""
        found: list[Order] = []
        after: str | None = None
        for _ in range(PAGES):
            page, after = self.orders.list(merchant, None, after, PAGE)
            today = [order for order in page if order.steps[0].at >= since]
            found += today
            if after is None or len(today) < len(page):
                return desk_words.day(found, language)
        return desk_words.day(found, language, whole=False)
