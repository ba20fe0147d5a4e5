"""Orders: the state machine, prices, numbers and words."""

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from haat.business.memory.orders import MemoryOrders
from haat.business.memory.products import MemoryProducts
from haat.business.model.order import Act, Order, Reach, State, Step, Trouble, Visitor, Wanted
from haat.business.model.product import Product
from haat.business.rules import order_words
from haat.business.rules import orders as rules
from haat.business.rules.amounts import amount, percent
from haat.business.service.counter import Counter
from haat.business.service.orders import OrderBook
from haat.kernel.errors import Conflict
from haat.kernel.ids import CustomerId, MerchantId, OrderId, ProductId, ulid
from haat.kernel.money import Currency, Minor, Money
from haat.kernel.once import Answer, Once, Remembered
from haat.kernel.time import DAY, later
from tests.invented import MERCHANT, NOW

RINA = CustomerId(ulid(NOW, b"customer-1"))


def product(number: int = 1, **more: Any) -> Product:
    """A sweet at twenty rupees."""
    known: dict[str, Any] = {
        "id": ProductId(ulid(NOW, number.to_bytes(10))), "merchant": MERCHANT, "name": f"Sweet {number}", "unit": "piece",
        "price": Money(minor=Minor(2_000), currency=Currency("INR")),
    }  # fmt: skip
    return Product(**(known | more))


def order(state: State = "placed", **more: Any) -> Order:
    """An order of two sweets."""
    id = OrderId(ulid(NOW, b"order-0001"))
    known: dict[str, Any] = {
        "id": id, "merchant": MERCHANT, "number": "K4M-72R", "currency": "INR", "lines": (rules.line_of(product(), 2),),
        "steps": (Step(state=state, at=NOW, by="customer"),), "customer": RINA,
    }  # fmt: skip
    return Order(**(known | more))


@pytest.mark.parametrize(
    ("minor", "quantity", "tax", "expected"),
    [(2_000, 3, 500, 300), (333, 1, 500, 17), (310, 1, 500, 16), (309, 1, 500, 15), (1, 1, 0, 0), (99, 7, 1_800, 125)],
)
def test_tax_is_rounded_half_up_for_each_line(minor: int, quantity: int, tax: int, expected: int) -> None:
    """18 % of 6.93 is 1.25: whole minor units, never a float."""
    line = rules.line_of(product(price=Money(minor=Minor(minor), currency=Currency("INR")), tax=tax), quantity)
    assert (line.amount, line.tax_amount) == (minor * quantity, expected)


@given(st.lists(st.tuples(st.integers(0, 10**7), st.integers(1, 100), st.integers(0, 10_000)), min_size=1, max_size=8))
def test_total_is_the_sum_of_its_lines(lines: list[tuple[int, int, int]]) -> None:
    """Whatever is bought, total = amounts + taxes, and no line's tax is off by more than half a minor unit."""
    made = tuple(
        rules.line_of(product(i + 1, price=Money(minor=Minor(price), currency=Currency("INR")), tax=tax), quantity)
        for i, (price, quantity, tax) in enumerate(lines)
    )
    whole = order(lines=made)
    assert whole.total == sum(line.amount + line.tax_amount for line in made)
    assert all(abs(2 * (line.tax_amount * 10_000 - line.amount * line.tax)) <= 10_000 for line in made)


@given(st.integers(0, 2**80 - 1), st.integers(0, 7))
def test_number_can_be_read_aloud_and_typed_back(chance: int, attempt: int) -> None:
    """Seven signs, none of them like another; typed in small letters and with spaces it is the same number."""
    number = rules.number(MERCHANT, OrderId(ulid(NOW, chance.to_bytes(10))), attempt)
    assert set(number.replace("-", "")) <= set(rules.LETTERS)
    assert len(number) == 7
    assert rules.read_number(number.lower().replace("-", " ")) == number
    assert not set(rules.LETTERS) & set("0O1ILBDEGPTVAHJ8NSUZ")


def test_numbers_of_one_order_differ_by_attempt_and_of_two_shops_too() -> None:
    """A number that is taken is drawn anew, and one shop's numbers tell nothing of another's."""
    id = OrderId(ulid(NOW, b"order-0001"))
    drawn = {rules.number(merchant, id, attempt) for merchant in (MERCHANT, MerchantId("x")) for attempt in range(8)}
    assert len(drawn) == 16


def test_everything_that_stands_against_an_order_is_found() -> None:
    """Each product with its own trouble; the same product twice counts as one."""
    few, off, good = product(1, stock=2), product(2, active=False), product(3)
    products = {one.id: one for one in (few, off, good)}
    known = {"few": few.id, "off": off.id, "good": good.id, "SKU": few.id}
    wanted = [
        Wanted(ref="few", quantity=1),
        Wanted(ref="SKU", quantity=2),
        Wanted(ref="off", quantity=1),
        Wanted(ref="good", quantity=0),
        Wanted(ref="nobody", quantity=1),
    ]
    found = {(one.kind, one.ref, one.left) for one in rules.troubles(wanted, known, products)}
    assert found == {("unknown", "nobody", 0), ("short", "few", 2), ("not_for_sale", "off", 0), ("quantity", "good", 0)}
    assert rules.troubles([Wanted(ref="few", quantity=2)], known, products) == []


def test_order_has_limits() -> None:
    """Too many products, too many of one, too much money, nothing at all."""
    dear = product(1, price=Money(minor=Minor(99_999_999_999), currency=Currency("INR")))
    known = {"dear": dear.id}

    def kinds(*wanted: Wanted) -> list[str]:
        return [one.kind for one in rules.troubles(wanted, known, {dear.id: dear})]

    assert kinds() == ["empty"]
    assert kinds(*(Wanted(ref=str(number), quantity=1) for number in range(41))) == ["too_many"]
    assert kinds(Wanted(ref="dear", quantity=10_001)) == ["quantity"]
    assert kinds(Wanted(ref="dear", quantity=2)) == ["too_much"]


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [
        (2_000, "INR", "₹20"),
        (2_050, "INR", "₹20.50"),
        (12_000_050, "INR", "₹1,20,000.50"),
        (1_234_567_800, "INR", "₹1,23,45,678"),
        (123_456_700, "USD", "$1,234,567"),
        (5, "INR", "₹0.05"),
        (99_900, "BDT", "৳999"),
        (1_500, "JPY", "JPY 1,500"),
        (1_500, "KWD", "KWD 1.500"),
    ],
)
def test_amount_is_written_as_the_country_writes_it(minor: int, currency: str, text: str) -> None:
    """Lakhs in India, thousands elsewhere, no fraction that is zero."""
    assert amount(minor, currency) == text


def test_rate_is_written_without_zeros() -> None:
    """18%, 2.5%, 0%."""
    assert [percent(points) for points in (1_800, 250, 0, 10_000, 5)] == ["18%", "2.5%", "0%", "100%", "0.05%"]


def test_all_languages_say_the_same_things() -> None:
    """Every sentence is there in every language, with the same places to fill."""

    def places(text: str) -> set[str]:
        return {piece.partition("}")[0] for piece in text.split("{")[1:]}

    english = order_words._WORDS["en"]
    for words in order_words._WORDS.values():
        assert words.keys() == english.keys()
        assert {word: places(text) for word, text in words.items()} == {w: places(t) for w, t in english.items()}


@pytest.mark.parametrize("language", ["en", "bn", "hi"])
def test_what_can_be_tapped_has_room_on_a_phone(language: str) -> None:
    """Buttons have at most 20 characters and rows 24 and 72, the text of a list 1,024; ids are unique."""
    long = "রসমালাই " * 15
    goods = [
        product(i, name=long.strip(), description="ক" * 1_000, price=Money(minor=Minor(99_999_999_999), currency=Currency("INR")), tax=1_800)
        for i in range(1, 10)
    ]  # fmt: skip
    for spoken in (
        order_words.goods(goods, goods[-1].id, language),
        order_words.product(goods[0], language),
        order_words.stands(order(language=language)),
        order_words.confirmed(order(language=language), {}),
    ):
        title = order_words.ROW if spoken.opener else order_words.BUTTON
        assert all(len(option.title) <= title and len(option.description) <= 72 for option in spoken.options)
        assert len({option.id for option in spoken.options}) == len(spoken.options) <= (10 if spoken.opener else 3)
        assert len(spoken.text) <= 1_024
        assert len(spoken.opener) <= 20


@given(st.text(alphabet="কষ্টিা👍🏽a é", max_size=60), st.integers(1, 30))
def test_short_text_never_ends_inside_a_letter(text: str, most: int) -> None:
    """What is cut fits, and is the beginning of what was there."""
    cut = order_words.short(text, most)
    assert len(cut) <= most
    assert cut == text or text.startswith(cut.removesuffix("…"))


class Histories(RuleBasedStateMachine):
    """Random histories of one shop: carts, taps, the shop's steps, repeats of each, and products that change meanwhile."""

    made = Bundle("made")

    def __init__(self) -> None:
        super().__init__()
        self.answers = Remembered()
        self.products = MemoryProducts(self.answers)
        self.orders = MemoryOrders(self.products)
        self.counter = Counter(products=self.products, orders=self.orders)
        self.book = OrderBook(products=self.products, orders=self.orders, answers=self.answers, customers=self)
        self.goods = [product(1, stock=5), product(2, stock=1), product(3)]
        for one in self.goods:
            self.products.put(None, one)
        self.count = 0
        self.added = {one.id: one.stock or 0 for one in self.goods}

    def reach(self, merchant: MerchantId, customer: CustomerId, address: str = "") -> Reach | None:
        """Everybody is within reach."""
        return Reach(customer=customer, channel="whatsapp", address="1", language="bn", until=later(NOW, DAY))

    def visitor(self, key: str) -> Visitor:
        """Somebody with one message."""
        return Visitor(
            merchant=MERCHANT, customer=RINA, channel="whatsapp", address="1", language="en", key=key, now=NOW
        )

    @rule(
        target=made,
        wanted=st.lists(st.tuples(st.integers(0, 2), st.integers(0, 3)), max_size=3),
        times=st.integers(1, 3),
    )
    def cart(self, wanted: list[tuple[int, int]], times: int) -> str:
        """A cart that comes once or more often is one order or one refusal, and says the same each time."""
        self.count += 1
        before = len(self.orders._kept)
        asked = [Wanted(ref=self.goods[which].id, quantity=quantity) for which, quantity in wanted]
        said = {self.counter.order(self.visitor(f"cart {self.count}"), asked).text for _ in range(times)}
        assert len(said) == 1
        assert len(self.orders._kept) - before <= 1
        page, _ = self.orders.list(MERCHANT, None, None, 1)
        return page[0].id if page else ""

    @rule(id=made, act=st.sampled_from(rules.ACTS), times=st.integers(1, 2))
    def step(self, id: str, act: Act, times: int) -> None:
        """A step that comes again is taken once."""
        if not id:
            return
        self.count += 1
        once = Once(key=f"{self.count}", asked="a", at=NOW)
        answers: list[Answer | str] = []
        for _ in range(times):
            try:
                if act == "withdraw":
                    spoken = self.counter.withdraw(self.visitor(f"tap {self.count}"), OrderId(id))
                    answers.append(spoken.text if spoken else "")
                else:
                    answers.append(self.book.move(MERCHANT, OrderId(id), act, "", once))
            except Conflict as conflict:
                answers.append(conflict.word)
        assert all(answer == answers[0] for answer in answers)

    @rule(which=st.integers(0, 2), stock=st.integers(0, 4))
    def delivery_comes_in(self, which: int, stock: int) -> None:
        """The shop puts pieces on the shelf."""
        there = self.products.get(MERCHANT, self.goods[which].id)
        assert there is not None
        if there.stock is not None:
            self.products.put(there, replace(there, stock=there.stock + stock, version=there.version + 1))
            self.added[there.id] += stock

    @invariant()
    def no_piece_is_sold_twice_or_lost(self) -> None:
        """What there was is what is left and what orders hold that were not given up; nothing is ever below zero."""
        held = dict.fromkeys(self.added, 0)
        for one in self.orders._kept.values():
            if one.state not in ("rejected", "cancelled"):
                for line in one.lines:
                    held[line.product] += line.quantity
        for sweet in self.goods:
            left = self.products.get(MERCHANT, sweet.id)
            assert left is not None
            if left.stock is not None:
                assert left.stock >= 0
                assert left.stock + held[sweet.id] == self.added[sweet.id]

    @invariant()
    def no_order_comes_into_a_state_twice(self) -> None:
        """Delivered once, cancelled once; and every step is one that the table allows."""
        for one in self.orders._kept.values():
            states = [step.state for step in one.steps]
            assert len(set(states)) == len(states)
            assert set(pairwise(states)) <= {(state, following) for (state, _), following in rules.NEXT.items()}


Histories.TestCase.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
test_histories_never_lose_a_piece = Histories.TestCase


def test_refusal_names_what_is_short() -> None:
    """In each language the product and how many there are stand in the answer."""
    found = [Trouble(kind="short", name="Doi", left=2), Trouble(kind="short", name="Bonde", left=0)]
    for language in ("en", "bn", "hi"):
        text = order_words.refused(found, language).text
        assert "Doi" in text
        assert "2" in text
        assert "Bonde" in text
