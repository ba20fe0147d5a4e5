"""Orders and their money: when payments are asked to ask, and what an order hears of it in whatever order."""

from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haat.business.memory.orders import MemoryOrders
from haat.business.memory.products import MemoryProducts
from haat.business.model.order import Act, Heard, Money, Order, Reach, Spoken, Visitor
from haat.business.rules import desk_words, order_words
from haat.business.rules import orders as rules
from haat.business.service.counter import Counter
from haat.business.service.order_money import OrderMoneys
from haat.business.service.orders import OrderBook
from haat.facts import notices, payments
from haat.kernel.errors import Changed, Unavailable
from haat.kernel.ids import CustomerId, MerchantId, OrderId
from haat.kernel.money import Minor
from haat.kernel.once import Once, Remembered
from haat.kernel.time import DAY, HOUR, Instant, later
from tests.invented import MERCHANT, NOW, OTHER_MERCHANT
from tests.unit.business.test_orders import RINA, order, product

SWEET = product(stock=9)
T1, T2 = "H01KE66PJA0000000000000000A", "H01KE66PJA0000000000000000B"


class Known:
    """Fills the port Acquaintances: everybody wrote an hour ago; `until` is the end of their window."""

    def __init__(self, until: Instant = later(NOW, DAY)) -> None:
        self._until = until

    def reach(self, merchant: MerchantId, customer: CustomerId, address: str = "") -> Reach | None:
        """Where they are told."""
        return Reach(customer=customer, channel="whatsapp", address="100", language="bn", until=self._until)


class World:
    """One shop's orders, in memory."""

    def __init__(self, customers: Known | None = None) -> None:
        products = MemoryProducts(answers=Remembered())
        products.put(None, SWEET)
        self.orders = MemoryOrders(products)
        self.book = OrderBook(
            products=products, orders=self.orders, answers=products.answers, customers=customers or Known()
        )
        self.counter = Counter(products=products, orders=self.orders)
        self.moneys = OrderMoneys(orders=self.orders)
        self._count = 0

    def placed(self, **more: Any) -> Order:
        """An order that is there, and told."""
        made = order(language="hi", **more)
        heard = Heard(merchant=MERCHANT, key="placed", spoken=Spoken(word="ordered", text=""), at=NOW)
        assert self.orders.place(made, {SWEET.id: SWEET}, heard, [])
        return made

    def move(self, one: Order, act: Act) -> None:
        """The shop takes a step."""
        self._count += 1
        self.book.move(one.merchant, one.id, act, "", Once(key=f"{self._count}", asked="a", at=later(NOW, HOUR)))

    def withdraw(self, one: Order) -> None:
        """The customer takes it back."""
        visitor = Visitor(
            merchant=MERCHANT, customer=RINA, channel="whatsapp", address="100", language="hi", key="tap", now=NOW
        )
        assert self.counter.withdraw(visitor, one.id) is not None

    def hear(self, state: str, number: int, tr: str = T1, **more: Any) -> str:
        """Payments tell of a request of the order."""
        known: dict[str, Any] = {"merchant": MERCHANT, "order": order().id}
        fact = payments.OrderMoney(tr=tr, state=state, number=number, occurred_at=NOW, **(known | more))
        return self.moneys.hear(fact, later(NOW, 5)).word

    def now(self) -> Order:
        """As it is."""
        found = self.orders.get(MERCHANT, order().id)
        assert found is not None
        return found

    def shown(self) -> tuple[str, str | None]:
        """What the API says of its money."""
        payment = rules.shown(self.now())["payment"]
        return payment["state"], payment["reference_id"]

    def wants(self) -> list[payments.PaymentFact]:
        """What payments are asked."""
        return [payments.load(news.row["body"]) for news in self.orders.news if news.name == "payment"]

    def paid_notices(self) -> list[notices.NoticeRaised]:
        """What the merchant is told of money."""
        facts = [notices.load(news.row["body"]) for news in self.orders.news if news.name == "merchant"]
        return [fact for fact in facts if isinstance(fact, notices.NoticeRaised) and fact.kind == notices.ORDER_PAID]


@pytest.fixture
def world() -> World:
    """Return a shop without orders."""
    return World()


def test_order_that_the_shop_accepts_wants_its_money(world: World) -> None:
    """The total, the order's name in the customer's language, and where the customer is."""
    placed = world.placed()
    world.move(placed, "accept")
    assert world.wants() == [
        payments.OrderWantsMoney(
            merchant=MERCHANT, order=placed.id, amount=4_000, currency="INR", note="ऑर्डर K4M-72R", customer=RINA,
            channel="whatsapp", address="100", language="hi", occurred_at=later(NOW, HOUR),
        )
    ]  # fmt: skip
    assert world.shown() == ("none", None)


@pytest.mark.parametrize("act", ["reject", "cancel"])
def test_order_that_was_not_confirmed_wants_nothing(world: World, act: Act) -> None:
    """Nobody was asked, so nobody is to be asked no more."""
    world.move(world.placed(), act)
    assert world.wants() == []


@pytest.mark.parametrize("who", ["shop", "customer"])
def test_confirmed_order_that_is_taken_back_wants_none(world: World, who: str) -> None:
    """Whoever takes it back, in the same transaction."""
    placed = world.placed()
    world.move(placed, "accept")
    world.move(placed, "cancel") if who == "shop" else world.withdraw(placed)
    assert world.wants()[1:] == [
        payments.OrderWantsNone(merchant=MERCHANT, order=placed.id, occurred_at=world.now().steps[-1].at)
    ]


def test_customer_who_cannot_be_told_is_not_asked() -> None:
    """Their window is over, they were erased, or there is nothing to pay."""
    late = World(Known(NOW))
    late.move(late.placed(), "accept")
    erased = World()
    erased.move(erased.placed(customer=None), "accept")
    free = World()
    free.move(free.placed(lines=(rules.line_of(product(price=replace(SWEET.price, minor=Minor(0))), 1),)), "accept")
    assert [one.wants() for one in (late, erased, free)] == [[], [], []]


@pytest.mark.parametrize(
    ("state", "asks"), [("PRESENTED", 0), ("PROCESSING", 0), ("PAID", 0), ("REVIEW", 0), ("EXPIRED", 1), ("FAILED", 1)]
)
def test_order_that_the_shop_has_asked_for_itself_is_not_asked_for_twice(world: World, state: str, asks: int) -> None:
    """Two codes for one order would be paid twice."""
    placed = world.placed()
    world.hear(state, 2)
    world.move(placed, "accept")
    assert len(world.wants()) == asks


def test_order_shows_how_its_money_stands(world: World) -> None:
    """In words of its own; the merchant is told once that it is paid."""
    world.placed()
    seen = []
    for number, state in enumerate(("CREATED", "PRESENTED", "PROCESSING", "FAILED", "REVIEW", "PAID")):
        world.hear(state, number)
        seen.append(world.shown()[0])
    assert seen == ["asked", "asked", "processing", "failed", "review", "paid"]
    assert world.shown() == ("paid", T1)
    (notice,) = world.paid_notices()
    assert notice.data == {"order_id": order().id, "number": "K4M-72R", "state": "placed", "reference_id": T1}


def test_same_fact_again_changes_nothing(world: World) -> None:
    """Neither the order nor what the merchant hears."""
    world.placed()
    assert world.hear("PAID", 3) == "order_paid"
    before = world.now()
    assert [world.hear("PAID", 3), world.hear("PRESENTED", 1)] == ["money_known", "money_known"]
    assert world.now() == before
    assert len(world.paid_notices()) == 1


def test_facts_in_any_order_come_to_the_same() -> None:
    """Of two requests the one that is paid counts; the merchant is told once."""
    told = [("PRESENTED", 1, T1), ("EXPIRED", 2, T1), ("PAID", 4, T1), ("PRESENTED", 1, T2), ("CANCELLED", 2, T2)]
    for facts in permutations(told):
        world = World()
        world.placed()
        for state, number, tr in facts:
            world.hear(state, number, tr)
        assert world.shown() == ("paid", T1)
        assert len(world.paid_notices()) == 1


def test_order_that_is_paid_twice_is_told_once(world: World) -> None:
    """By two requests: the later one is shown, and that money is too much payments say themselves."""
    world.placed()
    assert [world.hear("PAID", 3), world.hear("PAID", 2, T2)] == ["order_paid", "order_paid"]
    assert world.shown() == ("paid", T2)
    assert len(world.paid_notices()) == 1


@given(st.permutations([("PRESENTED", 1, T1), ("EXPIRED", 2, T1), ("PRESENTED", 1, T2), ("PROCESSING", 2, T2)]))
def test_latest_request_counts_where_none_is_paid(facts: list[tuple[str, int, str]]) -> None:
    """An older one that ends later says nothing of the order."""
    world = World()
    world.placed()
    for state, number, tr in facts:
        world.hear(state, number, tr)
    assert world.shown() == ("processing", T2)


def test_money_of_no_order_of_the_shop_changes_nothing(world: World) -> None:
    """Another shop's fact finds no order, whatever it names."""
    world.placed()
    assert world.hear("PAID", 3, merchant=OTHER_MERCHANT) == "order_gone"
    assert world.hear("PAID", 3, order=OrderId("0" * 26)) == "order_gone"
    assert world.shown() == ("none", None)


def test_order_that_was_gone_before_its_customer_was_asked_takes_it_back(world: World) -> None:
    """The fact that it wants nothing came before the one that it wants money: what it hears of it is answered, once."""
    placed = world.placed()
    world.move(placed, "accept")
    world.move(placed, "cancel")
    world.hear("PRESENTED", 1)
    world.hear("PRESENTED", 1)
    assert [type(fact) for fact in world.wants()] == [
        payments.OrderWantsMoney,
        payments.OrderWantsNone,
        payments.OrderWantsNone,
    ]
    world.hear("CANCELLED", 2)
    assert len(world.wants()) == 3
    assert world.shown() == ("cancelled", T1)


def test_step_and_money_at_once_are_both_kept(world: World) -> None:
    """Who looked at an older order looks again."""

    class Slow(MemoryOrders):
        """Somebody else moves the order while its money is written, so many times."""

        times = 1

        def paid(self, before: Order, after: Order, news: Any, at: Instant) -> None:
            if self.times:
                self.times -= 1
                raise Changed("the order was changed in between")
            super().paid(before, after, news, at)

    placed = world.placed()
    slow = Slow(world.orders._products)
    slow._kept = world.orders._kept
    world.moneys = OrderMoneys(orders=slow)
    assert world.hear("PAID", 3) == "order_paid"
    world.move(placed, "accept")
    assert (world.now().state, world.shown()[0]) == ("accepted", "paid")
    slow.times = 99
    with pytest.raises(Unavailable):
        world.hear("PAID", 3, tr=T2)


def test_answer_that_is_given_again_has_the_version_that_it_had(world: World) -> None:
    """Also where the order has been paid and moved since."""
    placed = world.placed()
    once = Once(key="one", asked="a", at=NOW)
    world.hear("PRESENTED", 1)
    first = world.book.move(MERCHANT, placed.id, "accept", "", once)
    world.hear("PAID", 3)
    world.move(placed, "ready")
    again = world.book.move(MERCHANT, placed.id, "accept", "", once)
    assert (again.body["version"], again.body["state"]) == (first.body["version"], "accepted")


@pytest.mark.parametrize(("language", "word"), [("en", ", paid."), ("bn", ", টাকা পাওয়া গেছে।"), ("hi", ", भुगतान हो गया।")])
def test_customer_who_asks_reads_that_it_is_paid(language: str, word: str) -> None:
    """And nothing of money where nobody has paid."""
    one = order("accepted", language=language)
    paid = replace(one, money=Money(tr=T1, state="PAID", number=1))
    assert order_words.stands(paid).text.endswith(word)
    for money in (None, Money(tr=T1, state="PRESENTED", number=1)):
        assert word not in order_words.stands(replace(one, money=money)).text


def test_day_of_the_shop_says_which_orders_are_paid() -> None:
    """In the line of the order."""
    paid = order("accepted", money=Money(tr=T1, state="PAID", number=1))
    lines = desk_words.day([paid, order()], "en").split("\n")
    assert lines[-2:] == ["K4M-72R: accepted, ₹40, paid", "K4M-72R: new, ₹40"]


def test_order_that_an_older_version_kept_has_no_money() -> None:
    """What lies in the table from before can be read and shown."""
    assert rules.shown(order())["payment"] == {"state": "none", "reference_id": None}
