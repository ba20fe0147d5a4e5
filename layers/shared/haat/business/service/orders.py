"""Orders, as the shop's people work on them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from haat.business.model.order import Act, Given, Mark, News, Order, Reach, State, Step, Trouble, Wanted
from haat.business.model.product import Product
from haat.business.ports import Answers, Listed
from haat.business.ports.orders import Acquaintances, Orders
from haat.business.ports.products import Products
from haat.business.rules import order_news, order_words
from haat.business.rules import orders as rules
from haat.kernel.errors import Changed, Conflict, NotFound, Rejected, Unavailable
from haat.kernel.ids import CustomerId, MerchantId, OrderId, ProductId
from haat.kernel.once import Answer, Once
from haat.kernel.time import Instant

ATTEMPTS = 8  # of a change that somebody else was faster than


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderBook:
    """The orders of merchants."""

    products: Products
    orders: Orders
    answers: Answers
    customers: Acquaintances

    def read(self, merchant: MerchantId, id: OrderId) -> Order:
        """As it is now. Raises NotFound."""
        order = self.orders.get(merchant, id)
        if order is None:
            raise NotFound("order")
        return order

    def list(self, merchant: MerchantId, state: State | None, after: str | None, limit: int) -> Listed[Order]:
        """One page, newest first."""
        return self.orders.list(merchant, state, after, limit)

    def numbered(self, merchant: MerchantId, number: str) -> Sequence[Order]:
        """The order that is called so, if there is one, however the number was typed."""
        found = self.orders.numbered(merchant, rules.read_number(number))
        return [found] if found else []

    def make(self, merchant: MerchantId, said: Mapping[str, Any], id: OrderId, once: Once) -> Answer:
        """An order that the shop takes for a customer whom it knows.

        Raises Rejected, Conflict (out-of-stock, not-for-sale), Unavailable.
        """
        if (given := self._given(once, merchant)) is not None:
            return given
        reach = self.customers.reach(merchant, CustomerId(said["customer_id"]))
        if reach is None:
            raise _wrong({"customer_id": "is no customer of the shop"})
        wanted = [Wanted(ref=line["product_id"], quantity=line["quantity"]) for line in said["lines"]]
        note = rules.words(said.get("note", ""), "note", rules.NOTE)
        for attempt in range(ATTEMPTS):
            known, products = found_products(self.products, merchant, wanted)
            if found := rules.troubles(wanted, known, products):
                raise _refusal(found, said["lines"])
            order = opened(
                merchant, id, rules.gathered(wanted, known), products, reach, once.at, attempt=attempt, note=note
            )
            order, news = self._told(order, reach, order_words.confirmed(order, names(products, order.language)).text)
            if placed(self.orders, order, products, _mark(once, 201, order), news):
                return Answer(status=201, body=rules.shown(order))
            if (given := self._given(once, merchant)) is not None:
                return given
        raise Unavailable("the shop's goods kept changing")

    def move(self, merchant: MerchantId, id: OrderId, act: Act, reason: str, once: Once) -> Answer:
        """The next step of an order. Raises Rejected, NotFound, Conflict (order-state), Unavailable."""
        if (given := self._given(once, merchant)) is not None:
            return given
        reason = rules.why(act, reason)
        for _ in range(ATTEMPTS):
            before = self.read(merchant, id)
            after = rules.move(before, act, once.at, reason=reason)
            reach = self.customers.reach(merchant, before.customer, before.address) if before.customer else None
            after, news = self._told(after, reach, order_words.stands(after).text)
            news = [*news, *order_news.for_payments(before, after, reach)]
            try:
                moved = step(self.products, self.orders, before, after, act, _mark(once, 200, after), news)
            except Changed:
                continue
            if moved:
                return Answer(status=200, body=rules.shown(after))
            if (given := self._given(once, merchant)) is not None:
                return given
        raise Unavailable("the order kept changing")

    def _given(self, once: Once, merchant: MerchantId) -> Answer | None:
        """The answer of the request that was first: the order as it stood then."""
        given = self.answers.given(once)
        if given is None:
            return None
        order = self.read(merchant, OrderId(given.body["order"]))
        return Answer(
            status=given.status, body=rules.shown(rules.as_of(order, given.body["steps"], given.body.get("version", 0)))
        )

    def _told(self, order: Order, reach: Reach | None, text: str) -> tuple[Order, Sequence[News]]:
        """The order as it says who was told, and what tells them."""
        last = order.steps[-1]
        if reach is None or last.at >= reach.until:
            return order, [order_news.for_merchant(order)]
        order = replace(order, steps=(*order.steps[:-1], replace(last, told=True)))
        spoken = replace(order_words.stands(order), text=text)
        return order, [order_news.for_merchant(order), order_news.for_customer(order, reach, spoken)]


def _mark(once: Once, status: int, order: Order) -> Given:
    # What a customer wrote must not outlive its erasure in what is remembered of a request: the order alone holds it.
    body = {"order": order.id, "steps": len(order.steps), "version": order.version}
    return Given(once=once, answer=Answer(status=status, body=body))


def found_products(
    products: Products, merchant: MerchantId, wanted: Sequence[Wanted]
) -> tuple[dict[str, ProductId], dict[ProductId, Product]]:
    """What is wanted, looked up by our id or by the shop's own number: two requests at the most."""
    refs = list(dict.fromkeys(one.ref for one in wanted if one.ref))[:100]
    by_sku = products.by_sku(merchant, [ref for ref in refs if not rules.is_id(ref)])
    known = by_sku | {ref: ProductId(ref) for ref in refs if rules.is_id(ref)}
    return known, products.many(merchant, list(dict.fromkeys(known.values())))


def opened(
    merchant: MerchantId,
    id: OrderId,
    wanted: Mapping[ProductId, Wanted],
    products: Mapping[ProductId, Product],
    reach: Reach,
    at: Instant,
    *,
    attempt: int,
    note: str = "",
    told: bool = False,
) -> Order:
    """A new order at today's prices."""
    lines = tuple(rules.line_of(products[product], one.quantity) for product, one in wanted.items())
    return Order(
        id=id,
        merchant=merchant,
        number=rules.number(merchant, id, attempt),
        lines=lines,
        currency=products[lines[0].product].price.currency,
        steps=(Step(state="placed", at=at, by="customer" if told else "shop", told=told),),
        customer=reach.customer,
        channel=reach.channel,
        address=reach.address,
        language=reach.language,
        note=note,
    )


def names(products: Mapping[ProductId, Product], language: str) -> dict[str, str]:
    """The products' names in a language."""
    return {id: order_words.named(product, language) for id, product in products.items()}


def placed(
    orders: Orders, order: Order, products: Mapping[ProductId, Product], mark: Mark, news: Sequence[News]
) -> bool:
    """Whether the order was written. False: look again: it was done before, a product moved, or its number is another's."""
    try:
        return orders.place(order, products, mark, news)
    except Conflict:
        return False


def step(
    products: Products, orders: Orders, before: Order, after: Order, act: Act, mark: Mark, news: Sequence[News]
) -> bool:
    """Write an order's next step, and give its stock back where the step says so. Raises Changed."""
    back: Mapping[ProductId, Product] = {}
    if act in rules.GIVES_BACK and (counted := [line.product for line in before.lines if line.counted]):
        back = products.many(before.merchant, counted)
    return orders.move(before, after, back, mark, news)


def _refusal(found: Sequence[Trouble], lines: Sequence[Mapping[str, Any]]) -> Rejected | Conflict:
    first = found[0]
    if first.kind == "short":
        return Conflict(f"{first.name}: {first.left} left", word="out-of-stock")
    if first.kind == "not_for_sale":
        return Conflict(f"{first.name} is not for sale", word="not-for-sale")
    said = {
        "unknown": ("product_id", "is no product of the shop"),
        "quantity": ("quantity", f"must be from 1 to {rules.MOST_QUANTITY} in all"),
    }
    fields: dict[str, str] = {}
    for one in found:
        if one.kind in said:
            name, what = said[one.kind]
            fields |= {f"lines.{i}.{name}": what for i, line in enumerate(lines) if line["product_id"] == one.ref}
    few = f"must have at most {rules.MOST_LINES} products, and a total that an order may have"
    return _wrong(fields or {"lines": few})


def _wrong(fields: Mapping[str, str]) -> Rejected:
    return Rejected("some fields are not as they should be", word="invalid", fields=fields)
