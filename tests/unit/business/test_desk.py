"""The shop's own people ask for the day's orders, and whose an order is."""

from dataclasses import replace

import pytest

from haat.business.memory.orders import MemoryOrders
from haat.business.memory.products import MemoryProducts
from haat.business.model.order import Heard, Order, Spoken, State, Step
from haat.business.rules import desk_words
from haat.business.rules.orders import LETTERS, STATES, line_of
from haat.business.service.desk import PAGE, PAGES, Desk
from haat.kernel.ids import OrderId, ulid
from haat.kernel.money import Currency, Minor, Money
from haat.kernel.once import Remembered
from haat.kernel.time import HOUR, MINUTE, Instant, later
from tests.invented import MERCHANT, NOW, OTHER_MERCHANT
from tests.unit.business.test_orders import RINA, order, product

MIDNIGHT = later(NOW, -10 * HOUR)
SWEET = product()


def called(number: int) -> str:
    """What the n-th order is called."""
    letters = "".join(LETTERS[number // 16**place % 16] for place in range(6))
    return f"{letters[:3]}-{letters[3:]}"


def placed(number: int, at: Instant, *states: State, minor: int = 2_000, currency: str = "INR") -> Order:
    """An order of two sweets, placed at a time; then it came into these states."""
    steps = tuple(Step(state=state, at=later(at, MINUTE), by="shop") for state in ("placed", *states))
    sweet = replace(SWEET, price=Money(minor=Minor(minor), currency=Currency(currency)))
    return order(
        id=OrderId(ulid(at, number.to_bytes(10))), number=called(number), currency=currency,
        lines=(line_of(sweet, 2),), steps=(replace(steps[0], at=at), *steps[1:]), note="ring twice", reason="",
    )  # fmt: skip


@pytest.fixture
def orders() -> MemoryOrders:
    """Return the orders of a shop: none yet."""
    products = MemoryProducts(answers=Remembered())
    products.put(None, SWEET)
    return MemoryOrders(products)


def keep(orders: MemoryOrders, *made: Order) -> None:
    """These were made."""
    spoken = Spoken(word="ordered", text="")
    for one in made:
        assert orders.place(one, {SWEET.id: SWEET}, Heard(merchant=one.merchant, key=one.id, spoken=spoken, at=NOW), [])


def test_day_is_told_with_states_money_and_the_latest_orders(orders: MemoryOrders) -> None:
    """How many, how they stand, what they come to without those that are lost; the newest first, nobody named."""
    keep(
        orders,
        placed(1, later(MIDNIGHT, -1)),
        placed(2, MIDNIGHT),
        placed(3, later(MIDNIGHT, HOUR), "accepted", minor=10_050),
        placed(4, later(MIDNIGHT, 2 * HOUR), "rejected"),
        placed(5, later(MIDNIGHT, 3 * HOUR)),
    )
    assert Desk(orders=orders).day(MERCHANT, MIDNIGHT, "en").split("\n") == [
        "Orders today: 4",
        "new: 2, accepted: 1, rejected: 1",
        "Total without rejected and cancelled ones: ₹281",
        f"{called(5)}: new, ₹40",
        f"{called(4)}: rejected, ₹40",
        f"{called(3)}: accepted, ₹201",
        f"{called(2)}: new, ₹40",
    ]


@pytest.mark.parametrize(
    ("language", "none", "head", "state"),
    [
        ("en", "No orders today so far.", "Orders today: 1", "new"),
        ("bn", "আজ এখনও কোনো অর্ডার নেই।", "আজকের অর্ডার: 1টি", "নতুন"),
        ("hi", "आज अभी तक कोई ऑर्डर नहीं।", "आज के ऑर्डर: 1", "नया"),
        ("ta", "No orders today so far.", "Orders today: 1", "new"),
    ],
)
def test_day_is_told_in_the_language_of_the_question(
    orders: MemoryOrders, language: str, none: str, head: str, state: str
) -> None:
    """Also a day without orders; in English where we have no other."""
    desk = Desk(orders=orders)
    assert desk.day(MERCHANT, MIDNIGHT, language) == none
    keep(orders, placed(1, NOW))
    said = desk.day(MERCHANT, MIDNIGHT, language).split("\n")
    assert (said[0], said[-1]) == (head, f"{called(1)}: {state}, ₹40")
    assert desk.day(OTHER_MERCHANT, MIDNIGHT, language) == none


def test_long_day_shows_ten_orders_and_counts_all(orders: MemoryOrders) -> None:
    """The rest is a number; more than some pages are said not to be counted."""
    keep(orders, *(placed(number, later(MIDNIGHT, number)) for number in range(PAGE + 5)))
    said = Desk(orders=orders).day(MERCHANT, MIDNIGHT, "en").split("\n")
    assert (said[0], said[2], said[-1]) == (f"Orders today: {PAGE + 5}", "Total: ₹4,200", f"… and {PAGE - 5} more")
    assert len(said) == 3 + desk_words.SHOWN + 1
    keep(orders, *(placed(number, later(MIDNIGHT, number)) for number in range(PAGE + 5, PAGE * PAGES + 1)))
    said = Desk(orders=orders).day(MERCHANT, MIDNIGHT, "en").split("\n")
    assert (said[0], said[-1]) == ("Orders today: 1000", "Only the last 1000 of today's orders are counted.")


def test_amounts_of_two_currencies_are_not_added() -> None:
    """A shop that changed its currency during the day sees both; where nothing is left the total is zero."""
    both = [placed(1, NOW, currency="USD"), placed(2, NOW)]
    assert "Total: $40 + ₹40" in desk_words.day(both, "en")
    assert "cancelled ones: ₹0" in desk_words.day([placed(1, NOW, "cancelled")], "en")


@pytest.mark.parametrize("language", ["en", "bn", "hi"])
def test_every_state_has_a_word(language: str) -> None:
    """A different one for each."""
    texts = [desk_words.day([order(state)], language).split("\n")[1] for state in STATES]
    assert len(set(texts)) == len(STATES)


@pytest.mark.parametrize("typed", ["K4M-72R", "k4m72r", "k4m 72r"])
def test_order_leads_to_its_customer(orders: MemoryOrders, typed: str) -> None:
    """However its number was typed; not at another merchant, and not when they were erased."""
    keep(orders, order())
    desk = Desk(orders=orders)
    assert desk.ordered_by(MERCHANT, typed) == RINA
    assert desk.ordered_by(OTHER_MERCHANT, typed) is None
    assert desk.ordered_by(MERCHANT, "K4M-72X") is None
    orders.unlink(order())
    assert desk.ordered_by(MERCHANT, typed) is None
