"""The shop's counter in the chat: what there is, taking an order, saying how it stands, taking it back.

What has an effect is done once for each message, and answered the same each time the message comes.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from haat.business.model.order import Heard, Order, Reach, Spoken, Visitor, Wanted
from haat.business.ports.orders import Orders
from haat.business.ports.products import Products
from haat.business.rules import order_news, order_words
from haat.business.rules import orders as rules
from haat.business.service.orders import ATTEMPTS, found_products, names, opened, placed, step
from haat.kernel.errors import Changed, Conflict, Unavailable
from haat.kernel.ids import OrderId, ProductId, ulid

PAGE, PAGES = 25, 4  # products that are looked through for a list of ten
RECENT = 10  # orders of a customer that are looked at
TOLD = 3  # of them that are told at the most


@dataclass(frozen=True, slots=True, kw_only=True)
class Counter:
    """Serves customers."""

    products: Products
    orders: Orders

    def order(self, visitor: Visitor, wanted: Sequence[Wanted], note: str = "") -> Spoken:
        """A cart, or a tap on "order": all of it or nothing. Raises Unavailable."""
        if (heard := self.orders.heard(visitor.merchant, visitor.key)) is not None:
            return heard
        id = OrderId(ulid(visitor.now, hashlib.sha256(visitor.key.encode()).digest()))
        for attempt in range(ATTEMPTS):
            known, products = found_products(self.products, visitor.merchant, wanted)
            if found := rules.troubles(wanted, known, products):
                spoken = order_words.refused(found, visitor.language)
                done = self.orders.decline(_heard(visitor, spoken))
            else:
                asked = rules.gathered(wanted, known)
                order = opened(
                    visitor.merchant, id, asked, products, _reach(visitor), visitor.now,
                    attempt=attempt, note=note, told=True,
                )  # fmt: skip
                dearer = rules.price_changed(asked, products)
                spoken = order_words.confirmed(order, names(products, visitor.language), dearer)
                news = [order_news.for_merchant(order)]
                done = placed(self.orders, order, products, _heard(visitor, spoken), news)
            if done:
                return spoken
            if (heard := self.orders.heard(visitor.merchant, visitor.key)) is not None:
                return heard
        raise Unavailable("the shop's goods kept changing")

    def choose(self, visitor: Visitor, option: str) -> Spoken | None:
        """What was offered before and is tapped now. None for what nobody offered. Raises Unavailable."""
        kind, _, rest = option.partition(":")
        id, _, quantity = rest.partition(":")
        if not rules.is_id(id):
            return None
        match f"{kind}:":
            case order_words.MORE:
                return self.goods(visitor, id)
            case order_words.PRODUCT:
                return self.product(visitor, ProductId(id))
            case order_words.WITHDRAW:
                return self.withdraw(visitor, OrderId(id))
            case order_words.BUY if quantity in {str(offered) for offered in order_words.OFFERED}:
                return self.order(visitor, [Wanted(ref=id, quantity=int(quantity))])
            case _:
                return None

    def withdraw(self, visitor: Visitor, id: OrderId) -> Spoken | None:
        """The customer takes an order back. None where it is none of theirs. Raises Unavailable."""
        if (heard := self.orders.heard(visitor.merchant, visitor.key)) is not None:
            return heard
        for _ in range(ATTEMPTS):
            before = self.orders.get(visitor.merchant, id)
            if before is None or before.customer != visitor.customer:
                return None
            try:
                after = rules.move(before, "withdraw", visitor.now, told=True)
            except Conflict:
                return order_words.too_late(before, visitor.language)
            spoken = replace(order_words.stands(replace(after, language=visitor.language)), options=())
            mark = _heard(visitor, spoken)
            news = [order_news.for_merchant(after), *order_news.for_payments(before, after, None)]
            try:
                if step(self.products, self.orders, before, after, "withdraw", mark, news):
                    return spoken
            except Changed:
                continue
            if (heard := self.orders.heard(visitor.merchant, visitor.key)) is not None:
                return heard
        raise Unavailable("the order kept changing")

    def standing(self, visitor: Visitor) -> Spoken | None:
        """How the customer's open orders stand, or else the last one. None where there is none."""
        recent, _ = self.orders.of_customer(visitor.merchant, visitor.customer, None, RECENT)
        told: list[Order] = [order for order in recent if order.state in rules.OPEN][:TOLD] or recent[:1]
        return order_words.all_stand(told, visitor.language) if told else None

    def goods(self, visitor: Visitor, after: str = "") -> Spoken | None:
        """What can be ordered, ten at a time. None where there is nothing."""
        page, start = self.products.list(visitor.merchant, after or None, PAGE)
        found = [product for product in page if product.active and product.stock != 0]
        for _ in range(PAGES - 1):
            if start is None or len(found) > order_words.ROWS:
                break
            page, start = self.products.list(visitor.merchant, start, PAGE)
            found += [product for product in page if product.active and product.stock != 0]
        if not found:
            return order_words.gone(visitor.language) if after else None
        if len(found) <= order_words.ROWS and start is None:
            return order_words.goods(found, "", visitor.language)
        shown = found[: order_words.ROWS - 1]  # the last row leads on
        return order_words.goods(shown, shown[-1].id if len(found) > len(shown) else start or "", visitor.language)

    def product(self, visitor: Visitor, id: ProductId) -> Spoken:
        """One product, with buttons to order it."""
        found = self.products.get(visitor.merchant, id)
        if found is None or not found.active:
            return order_words.gone(visitor.language)
        return order_words.product(found, visitor.language)


def _heard(visitor: Visitor, spoken: Spoken) -> Heard:
    return Heard(merchant=visitor.merchant, key=visitor.key, spoken=spoken, at=visitor.now)


def _reach(visitor: Visitor) -> Reach:
    return Reach(
        customer=visitor.customer,
        channel=visitor.channel,
        address=visitor.address,
        language=visitor.language,
        until=visitor.now,
    )
