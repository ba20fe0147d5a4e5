"""What the port Orders promises, in memory and in DynamoDB."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest

from haat.business.memory.orders import MemoryOrders
from haat.business.memory.products import MemoryProducts
from haat.business.model.order import Given, Heard, Mark, Money, News, Order, Spoken, Step
from haat.business.model.product import Product
from haat.business.ports import Listed
from haat.business.ports.orders import Orders
from haat.business.rules.orders import hears, line_of, move, number
from haat.business.store.orders import DynamoOrders
from haat.kernel.errors import Changed, Conflict
from haat.kernel.ids import CustomerId, OrderId
from haat.kernel.once import Answer
from haat.kernel.time import later
from tests.contract.business.goods import Goods, id_of, in_memory, on_tables, once
from tests.contract.tables import Tables
from tests.invented import MERCHANT, NOW, OTHER_MERCHANT

RINA, AMIT = CustomerId(id_of(901)), CustomerId(id_of(902))
SAID = Spoken(word="ordered", text="ধন্যবাদ!", language="bn")


@dataclass(frozen=True, kw_only=True)
class Stall:
    """One shop's goods and orders, kept by one kind of adapters."""

    goods: Goods
    orders: Orders
    rows: Any

    def order(self, number_: int, product: Product, quantity: int = 1, **more: Any) -> Order:
        """An order that is not made yet."""
        id = OrderId(id_of(number_))
        known: dict[str, Any] = {
            "id": id, "merchant": MERCHANT, "number": number(MERCHANT, id, 0), "currency": "INR", "customer": RINA,
            "lines": (line_of(product, quantity),), "channel": "whatsapp", "address": "1", "note": "ring twice",
            "steps": (Step(state="placed", at=later(NOW, number_), by="customer", told=True),), "language": "bn",
        }  # fmt: skip
        return Order(**(known | more))

    def made(self, number_: int, product: Product, quantity: int = 1, **more: Any) -> Order:
        """An order that is there."""
        order = self.order(number_, product, quantity, **more)
        assert self.orders.place(order, {product.id: product}, heard(f"made {number_}"), [])
        return order

    def stock(self, product: Product) -> int | None:
        """How many there are now."""
        found = self.goods.products.get(MERCHANT, product.id)
        assert found is not None
        return found.stock


def heard(key: str) -> Heard:
    """What a message was answered."""
    return Heard(merchant=MERCHANT, key=key, spoken=SAID, at=NOW)


@pytest.fixture(params=["memory", "dynamodb"])
def stall(request: pytest.FixtureRequest) -> Stall:
    """Return an empty shop."""
    if request.param == "memory":
        goods = in_memory()
        assert isinstance(goods.products, MemoryProducts)
        orders = MemoryOrders(goods.products)
        return Stall(goods=goods, orders=orders, rows=lambda: [news.row for news in orders.news])
    tables = request.getfixturevalue("tables")
    assert isinstance(tables, Tables)

    def rows() -> list[dict[str, Any]]:
        return [
            {"queue": item["queue"], "body": item["body"]}
            for item in tables.business.having("queue")
            if item["pk"].startswith("ORDERNEWS#")
        ]

    return Stall(goods=on_tables(tables), orders=DynamoOrders(tables.business), rows=rows)


MARKS: list[Mark] = [heard("m"), Given(once=once("m"), answer=Answer(status=201, body={"order": "1", "steps": 1}))]


def test_order_is_read_back_whole(stall: Stall) -> None:
    """By id, by number, in its lists; and at no other merchant's."""
    product = stall.goods.with_product(1, stock=5, tax=500, hsn="1704")
    order = stall.made(10, product, 2)
    assert stall.orders.get(MERCHANT, order.id) == order
    assert stall.orders.numbered(MERCHANT, order.number) == order
    assert stall.orders.list(MERCHANT, None, None, 5) == ([order], None)
    assert stall.orders.list(MERCHANT, "placed", None, 5)[0] == [order]
    assert stall.orders.of_customer(MERCHANT, RINA, None, 5)[0] == [order]
    assert stall.orders.get(OTHER_MERCHANT, order.id) is None
    assert stall.orders.numbered(OTHER_MERCHANT, order.number) is None
    assert stall.orders.of_customer(MERCHANT, AMIT, None, 5)[0] == []
    assert stall.stock(product) == 3


@pytest.mark.parametrize("mark", MARKS, ids=["message", "request"])
def test_same_mark_has_one_effect(stall: Stall, mark: Mark) -> None:
    """A second order under one mark is not made, and takes no stock; its answer is that of the first."""
    product = stall.goods.with_product(1, stock=5)
    known = {product.id: product}
    assert stall.orders.place(stall.order(10, product), known, mark, [])
    assert not stall.orders.place(stall.order(11, product), known, mark, [])
    assert not stall.orders.decline(mark)
    assert stall.stock(product) == 4
    assert len(stall.orders.list(MERCHANT, None, None, 5)[0]) == 1
    if isinstance(mark, Heard):
        assert stall.orders.heard(MERCHANT, "m") == SAID
        assert stall.orders.heard(OTHER_MERCHANT, "m") is None
    else:
        assert stall.goods.answers.given(mark.once) == mark.answer


def test_refusal_is_remembered(stall: Stall) -> None:
    """What changes nothing is answered the same again, too."""
    assert stall.orders.decline(heard("r"))
    assert stall.orders.heard(MERCHANT, "r") == SAID
    assert stall.orders.heard(MERCHANT, "other") is None


def test_too_little_of_one_product_takes_nothing_of_another(stall: Stall) -> None:
    """All or nothing: the order, its lists, its number, the other's stock."""
    plenty, few = stall.goods.with_product(1, stock=9), stall.goods.with_product(2, stock=1)
    lines = (line_of(plenty, 3), line_of(few, 2))
    order = stall.order(10, plenty, lines=lines)
    with pytest.raises(Changed):
        stall.orders.place(
            order,
            {plenty.id: plenty, few.id: few},
            heard("m"),
            [News(name="merchant", row={"queue": "q", "body": "b"})],
        )
    assert (stall.stock(plenty), stall.stock(few)) == (9, 1)
    assert stall.orders.get(MERCHANT, order.id) is None
    assert stall.orders.numbered(MERCHANT, order.number) is None
    assert stall.orders.heard(MERCHANT, "m") is None
    assert stall.rows() == []


def test_number_of_another_order_is_refused(stall: Stall) -> None:
    """Two orders of one merchant are never called the same."""
    product = stall.goods.with_product(1)
    first = stall.made(10, product)
    with pytest.raises(Conflict) as refused:
        stall.orders.place(stall.order(11, product, number=first.number), {product.id: product}, heard("m"), [])
    assert refused.value.word == "number-taken"


@pytest.mark.parametrize("counted", [True, False])
def test_product_that_changed_since_it_was_read_is_read_again(stall: Stall, *, counted: bool) -> None:
    """Not for sale any more, or counted since: the order is not made on an old look."""
    before = stall.goods.with_product(1, stock=5 if counted else None)
    after = replace(before, version=2, active=not counted, stock=5)
    stall.goods.products.change(before, after)
    with pytest.raises(Changed):
        stall.orders.place(stall.order(10, before), {before.id: before}, heard("m"), [])


def test_step_moves_the_order_to_its_list_and_gives_stock_back(stall: Stall) -> None:
    """A cancelled order stands in one list of states, and its pieces are there again."""
    product = stall.goods.with_product(1, stock=5)
    before = stall.made(10, product, 2)
    after = move(before, "cancel", later(NOW, 20))
    back = {product.id: product}
    assert stall.orders.move(before, after, back, heard("c"), [News(name="merchant", row={"queue": "q", "body": "b"})])
    assert stall.orders.list(MERCHANT, "placed", None, 5)[0] == []
    assert stall.orders.list(MERCHANT, "cancelled", None, 5)[0] == [after]
    assert stall.orders.of_customer(MERCHANT, RINA, None, 5)[0] == [after]
    assert stall.stock(product) == 5
    assert [row["body"] for row in stall.rows()] == ["b"]
    assert not stall.orders.move(before, after, back, heard("c"), [])
    assert stall.stock(product) == 5


def test_of_two_who_move_one_order_one_is_told(stall: Stall) -> None:
    """Who looked at an older order changes nothing, and gives no stock back."""
    product = stall.goods.with_product(1, stock=5)
    before = stall.made(10, product, 2)
    assert stall.orders.move(before, move(before, "accept", NOW), {}, heard("a"), [])
    with pytest.raises(Changed):
        stall.orders.move(before, move(before, "cancel", NOW), {product.id: product}, heard("c"), [])
    assert stall.stock(product) == 3


def test_product_that_nobody_counts_any_more_gets_nothing_back(stall: Stall) -> None:
    """Stock of a product that is gone or uncounted by now can't be given back: the order is moved on a new look."""
    product = stall.goods.with_product(1, stock=5)
    before = stall.made(10, product, 2)
    there = stall.goods.products.get(MERCHANT, product.id)
    assert there is not None
    stall.goods.products.change(there, replace(there, stock=None, version=there.version + 1))
    after = move(before, "cancel", NOW)
    with pytest.raises(Changed):
        stall.orders.move(before, after, {product.id: product}, heard("c"), [])
    seen = stall.goods.products.many(MERCHANT, [product.id])
    assert stall.orders.move(before, after, seen, heard("c"), [])
    assert stall.stock(product) is None


def test_pages_hold_each_order_once(stall: Stall) -> None:
    """Newest first, of all, of a state and of a customer."""
    product = stall.goods.with_product(1)
    made = [stall.made(number_, product, customer=RINA if number_ % 2 else AMIT) for number_ in range(10, 15)]
    assert walked(lambda after: stall.orders.list(MERCHANT, None, after, 2)) == made[::-1]
    assert walked(lambda after: stall.orders.list(MERCHANT, "placed", after, 2)) == made[::-1]
    assert walked(lambda after: stall.orders.of_customer(MERCHANT, RINA, after, 2)) == made[1::2][::-1]


def walked(read: Callable[[str | None], Listed[Order]]) -> list[Order]:
    """All pages of a list."""
    seen, after = read(None)
    while after is not None:
        page, after = read(after)
        seen += page
    return seen


def test_unlinked_order_names_nobody(stall: Stall) -> None:
    """What the law wants kept stays; whose it was and what they wrote is gone, and doing it again changes nothing."""
    product = stall.goods.with_product(1)
    order = stall.made(10, product)
    stall.orders.unlink(order)
    left = stall.orders.get(MERCHANT, order.id)
    assert left is not None
    assert (left.customer, left.note, left.lines, left.number) == (None, "", order.lines, order.number)
    assert stall.orders.of_customer(MERCHANT, RINA, None, 5)[0] == []
    stall.orders.unlink(left)
    with pytest.raises(Changed):
        stall.orders.unlink(order)


def test_unlinked_order_leaves_no_news_for_its_customer(stall: Stall) -> None:
    """What they were to be told of each step names them and is gone; what the shop is told stays, and so does another order's."""
    product, hers = stall.goods.with_product(1), News(name="customer", row={"queue": "q", "body": "Rina: sorry"})
    shops = News(name="merchant", row={"queue": "q", "body": "placed"})
    first, second = stall.order(10, product), stall.order(11, product)
    for order in (first, second):
        assert stall.orders.place(order, {product.id: product}, heard(order.id), [hers, shops])
    after = move(first, "reject", later(NOW, 5), reason="sorry")
    assert stall.orders.move(first, after, {}, heard("reject"), [hers, shops])
    assert sorted(row["body"] for row in stall.rows()) == ["Rina: sorry"] * 3 + ["placed"] * 3
    stall.orders.unlink(after)
    assert sorted(row["body"] for row in stall.rows()) == ["Rina: sorry"] + ["placed"] * 3


def paid(order: Order, number: int = 1) -> Order:
    """The order when it has heard of its money."""
    after = hears(order, Money(tr="H1", state="PAID", number=number))
    assert after is not None
    return after


def test_order_that_has_heard_of_its_money_is_read_back_whole(stall: Stall) -> None:
    """In its lists as before, with what must be told of it; a step after that keeps it."""
    product, told = stall.goods.with_product(1), News(name="merchant", row={"queue": "q", "body": "paid"})
    order = stall.made(10, product)
    after = paid(order)
    stall.orders.paid(order, after, [told], later(NOW, 30))
    assert stall.orders.get(MERCHANT, order.id) == after
    assert stall.orders.list(MERCHANT, "placed", None, 5)[0] == [after]
    assert [row["body"] for row in stall.rows()] == ["paid"]
    accepted = move(after, "accept", later(NOW, 40))
    assert stall.orders.move(after, accepted, {}, heard("a"), [replace(told, row={"queue": "q", "body": "accepted"})])
    assert stall.orders.get(MERCHANT, order.id) == accepted
    assert sorted(row["body"] for row in stall.rows()) == ["accepted", "paid"]


def test_of_a_step_and_money_at_once_one_looks_again(stall: Stall) -> None:
    """Neither undoes the other, and who was late says nothing."""
    product, told = stall.goods.with_product(1), News(name="merchant", row={"queue": "q", "body": "paid"})
    order = stall.made(10, product)
    assert stall.orders.move(order, move(order, "accept", NOW), {}, heard("a"), [])
    with pytest.raises(Changed):
        stall.orders.paid(order, paid(order), [told], NOW)
    assert stall.rows() == []
    stall.orders.paid(move(order, "accept", NOW), paid(move(order, "accept", NOW)), [told], NOW)
    with pytest.raises(Changed):
        stall.orders.move(move(order, "accept", NOW), order, {}, heard("c"), [])


def test_order_whose_money_changed_often_can_be_unlinked(stall: Stall) -> None:
    """However many changes there were; what payments were asked names the customer and goes with them."""
    product, asks = stall.goods.with_product(1), News(name="payment", row={"queue": "q", "body": "Rina is to pay"})
    order = stall.made(10, product)
    accepted = move(order, "accept", later(NOW, 5))
    shops = News(name="merchant", row={"queue": "q", "body": "accepted"})
    assert stall.orders.move(order, accepted, {}, heard("a"), [asks, shops])
    for number_ in range(60):
        after = paid(accepted, number_)
        stall.orders.paid(accepted, after, [], NOW)
        accepted = after
    stall.orders.unlink(accepted)
    assert [row["body"] for row in stall.rows()] == ["accepted"]
