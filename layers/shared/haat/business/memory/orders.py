"""Orders in memory, under the same contract as in DynamoDB. They take and give back the stock of products in memory."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from haat.business.memory.products import MemoryProducts
from haat.business.model.order import Given, Heard, Mark, News, Order, Spoken, State
from haat.business.model.product import Product
from haat.business.ports import Listed
from haat.business.rules.stock import give_back, take
from haat.kernel.errors import Changed, Conflict
from haat.kernel.ids import CustomerId, MerchantId, OrderId, ProductId
from haat.kernel.time import Instant


class MemoryOrders:
    """Fills the port Orders."""

    def __init__(self, products: MemoryProducts) -> None:
        self._products = products
        self._kept: dict[tuple[MerchantId, OrderId], Order] = {}
        self._heard: dict[tuple[MerchantId, str], Heard] = {}
        self._news: list[tuple[OrderId, News]] = []

    @property
    def news(self) -> "list[News]":
        """What is to be told."""
        return [one for _, one in self._news]

    def get(self, merchant: MerchantId, id: OrderId) -> Order | None:
        return self._kept.get((merchant, id))

    def numbered(self, merchant: MerchantId, number: str) -> Order | None:
        return next((order for order in self._of(merchant) if order.number == number), None)

    def list(self, merchant: MerchantId, state: State | None, after: str | None, limit: int) -> Listed[Order]:
        return _cut([order for order in self._of(merchant) if state in (None, order.state)], after, limit)

    def of_customer(self, merchant: MerchantId, customer: CustomerId, after: str | None, limit: int) -> Listed[Order]:
        return _cut([order for order in self._of(merchant) if order.customer == customer], after, limit)

    def heard(self, merchant: MerchantId, key: str) -> Spoken | None:
        found = self._heard.get((merchant, key))
        return found.spoken if found else None

    def place(self, order: Order, products: Mapping[ProductId, Product], mark: Mark, news: Sequence[News]) -> bool:
        if self._done(mark):
            return False
        if self.numbered(order.merchant, order.number) is not None:
            raise Conflict("another order is called so", word="number-taken")
        left = []
        for line in order.lines:
            there = self._products.get(order.merchant, line.product)
            if there is None or (there.stock is None) != (products[line.product].stock is None):
                raise Changed("a product was changed in between")
            try:
                left.append(take(there, line.quantity))
            except Conflict:
                raise Changed("a product was changed in between") from None
        self._keep(order, left, mark, news)
        return True

    def decline(self, mark: Mark) -> bool:
        if self._done(mark):
            return False
        self._remember(mark)
        return True

    def move(
        self, before: Order, after: Order, back: Mapping[ProductId, Product], mark: Mark, news: Sequence[News]
    ) -> bool:
        if self._done(mark):
            return False
        self._stands(before)
        given = []
        for line in after.lines:
            if line.product in back and back[line.product].stock is not None:
                there = self._products.get(after.merchant, line.product)
                if there is None or there.stock is None:
                    raise Changed("a product was changed in between")
                given.append(give_back(there, line.quantity))
        self._keep(after, given, mark, news)
        return True

    def paid(self, before: Order, after: Order, news: Sequence[News], at: Instant) -> None:
        self._stands(before)
        self._kept[after.merchant, after.id] = after
        self._news += [(after.id, one) for one in news]

    def unlink(self, order: Order) -> None:
        if order.customer is None:
            return
        self._stands(order)
        bare = replace(order, customer=None, channel="", address="", note="", reason="", version=order.version + 1)
        self._kept[order.merchant, order.id] = bare
        self._news = [(id, one) for id, one in self._news if id != order.id or one.name == "merchant"]

    def _keep(self, order: Order, stocked: Sequence[Product], mark: Mark, news: Sequence[News]) -> None:
        for product in stocked:
            self._products.kept[product.merchant, product.id] = product
        self._kept[order.merchant, order.id] = order
        self._news += [(order.id, one) for one in news]
        self._remember(mark)

    def _stands(self, before: Order) -> None:
        there = self.get(before.merchant, before.id)
        if there is None or there.version != before.version:
            raise Changed("the order was changed in between")

    def _done(self, mark: Mark) -> bool:
        if isinstance(mark, Given):
            return self._products.answers.given(mark.once) is not None
        return (mark.merchant, mark.key) in self._heard

    def _remember(self, mark: Mark) -> None:
        if isinstance(mark, Given):
            self._products.answers.give(mark.once, mark.answer)
        else:
            self._heard[mark.merchant, mark.key] = mark

    def _of(self, merchant: MerchantId) -> Sequence[Order]:
        return [order for (owner, _), order in self._kept.items() if owner == merchant]


def _cut(orders: Sequence[Order], after: str | None, limit: int) -> Listed[Order]:
    ordered = sorted(
        (order for order in orders if after is None or order.id < after), key=lambda order: order.id, reverse=True
    )
    page = ordered[:limit]
    return page, page[-1].id if len(ordered) > limit else None
