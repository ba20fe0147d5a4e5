"""Telling a shop's own people: a notice goes to each phone that wants it, as something to be said in the chat."""

from dataclasses import dataclass

from haat.business.ports import Merchants
from haat.business.ports.orders import Orders
from haat.business.ports.staff import StaffLine
from haat.business.rules import staff_words
from haat.facts.notices import NoticeRaised


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffNotices:
    """Tells staff. At least once, under the same key each time: it is said once."""

    merchants: Merchants
    orders: Orders
    line: StaffLine

    def tell(self, notice: NoticeRaised) -> int:
        """How many are told. A shop without staff numbers costs one reading. Raises Unavailable."""
        if not staff_words.concerns_staff(notice):
            return 0
        shop = self.merchants.get(notice.merchant)
        people = staff_words.wanting(shop, notice.kind) if shop is not None else []
        if shop is None or not people:
            return 0
        asked = staff_words.order_of(notice)
        order = self.orders.get(notice.merchant, asked) if asked is not None else None
        if facts := staff_words.hearing(notice, order, shop, people):
            self.line.tell(facts)
        return len(facts)
