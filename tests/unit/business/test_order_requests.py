"""Several payment requests of one order: the shop's own beside that of the order's flow."""

from dataclasses import replace

import pytest

from haat.business.rules import staff_words
from haat.facts import notices, payments
from tests.unit.business.test_order_money import T1, T2, World
from tests.unit.business.test_staff_words import SHOP, person


@pytest.fixture
def world() -> World:
    """Return a shop without orders."""
    return World()


def surplus(world: World) -> list[notices.NoticeRaised]:
    """What the merchant is told of money too much."""
    facts = [notices.load(news.row["body"]) for news in world.orders.news if news.name == "merchant"]
    return [fact for fact in facts if isinstance(fact, notices.NoticeRaised) and fact.kind == notices.PAYMENT_SURPLUS]


@pytest.mark.parametrize("trs", [(T1, T2), (T2, T1)], ids=["the later second", "the later first"])
def test_order_that_is_paid_twice_is_said_once(world: World, trs: tuple[str, str]) -> None:
    """The shop hears which request brought the money that is too much; however often it is told, and in whatever order."""
    placed = world.placed()
    for tr in (*trs, *trs):
        world.hear("PRESENTED", 1, tr)
    for tr in (*trs, *trs):
        world.hear("PAID", 2, tr)
    for tr in trs:
        world.hear("PAID", 3, tr)
    assert len(world.paid_notices()) == 1
    (told,) = surplus(world)
    assert (told.data["order_id"], told.data["reference_id"]) == (placed.id, trs[1])
    assert world.shown() == ("paid", T2)


def test_order_that_is_no_more_takes_back_all_its_requests(world: World) -> None:
    """The one of the order's own flow, and those that the shop made by itself; also where it was never confirmed."""
    placed = world.placed()
    world.hear("PRESENTED", 1, T2)
    world.hear("PRESENTED", 1, T1)
    world.move(placed, "reject")
    (fact,) = world.wants()
    assert isinstance(fact, payments.OrderWantsNone)
    assert set(fact.trs) == {T1, T2}


def test_staff_who_hear_of_paid_orders_hear_of_one_that_is_paid_twice(world: World) -> None:
    """In their languages; who wants to hear of nothing hears of nothing."""
    world.placed()
    for tr in (T1, T2):
        world.hear("PAID", 2, tr)
    (notice,) = surplus(world)
    assert staff_words.concerns_staff(notice)
    hears = person(1, notices.ORDER_PAID)
    shop = replace(SHOP, staff=(hears, person(2, notices.ORDER_PLACED), person(3)))
    assert staff_words.wanting(shop, notice.kind) == [hears]
    assert staff_words.order_of(notice) == world.now().id
    assert staff_words.order_of(replace(notice, data={"order_id": None})) is None
    said = [staff_words.text(notice, world.now(), language) or "" for language in ("en", "bn", "hi")]
    assert [word in text for word, text in zip(("twice", "দু'বার", "दो बार"), said, strict=True)] == [True] * 3
    assert all("K4M-72R" in text for text in said)
