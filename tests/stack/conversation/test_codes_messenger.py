"""A page asks for money: a picture of the code, then the words, each once and in this order, whatever happens on the way."""

from collections.abc import Iterator
from typing import Any, override

import pytest

from haat.facts.said import ShopSays
from infra.local.faults import Point
from infra.local.http import Request
from infra.local.market import SWEETS
from infra.local.seed import seed
from infra.local.simulators.phone import Phone
from infra.local.simulators.world import Line
from infra.local.stage import Stage
from tests.stack.conversation.conftest import Market
from tests.stack.conversation.test_codes import LINK, TEXT, Till, bill
from tests.unit.payment.seeing import of_png, read

PAGE, UPLOADS = SWEETS.page_id, "message_attachments"
BOTH = ["image", TEXT]


class PageTill(Till):
    """The sweet shop's page asks one customer, who wrote a moment ago, for ₹250."""

    def __init__(self, stage: Stage) -> None:
        self.market, self.stage = Market(stage), stage
        self.customer = stage.graph.messenger.customer(psid="7000000000000001", name="Mina")
        self.market.says(self.customer, "hours", to=PAGE)
        self.begun = len(self.lines())

    @override
    def fact(self, **more: Any) -> ShopSays:
        return super().fact(**({"channel": "messenger", "address": PAGE} | more))

    @override
    def lines(self) -> list[Line]:
        return [line for line in self.stage.graph.transcript(PAGE, self.customer) if line.author == "haat"]

    def shown(self) -> list[str]:
        """The same since it asked: "image" for a picture, else the words."""
        return [line.text or line.kind for line in self.heard()]


@pytest.fixture
def till(stage: Stage) -> Iterator[PageTill]:
    """Return the open till."""
    seed(stage)
    yield PageTill(stage)
    assert not [failure for failure in stage.failures if not failure.died], "a function broke"


def test_picture_comes_first_and_its_words_at_once(till: PageTill) -> None:
    """A camera reads the link in the picture, the phone page shows it, and the shop's people see one message."""
    till.says(till.fact(), 1)
    picture, words = till.heard()
    assert (picture.kind, words.kind, words.text) == ("image", "text", TEXT)
    assert till.read(picture) == [LINK]
    path, host = f"/phone/api/photos/{picture.picture}", {"host": "127.0.0.1:8082"}
    drawn = Phone(till.stage.graph).handle(Request(method="GET", path=path, headers=host))
    assert drawn is not None
    assert read(of_png(drawn.body)) == [LINK]
    assert len(till.market.items("OUTGOING#")) == 1


def test_card_of_whatsapps_own_is_picture_and_words(till: PageTill) -> None:
    """A request that waits since an older version may have one."""
    till.says(till.fact(bill=bill()), 60)
    assert till.shown() == BOTH


@pytest.mark.parametrize(("edge", "code"), [(UPLOADS, 100), (UPLOADS, 2), ("messages", 100)])
def test_words_come_alone_where_the_picture_is_refused(till: PageTill, edge: str, code: int) -> None:
    """Where it does not go up, or is not taken: the customer has the link within seconds, once, and no merchant is bothered."""
    till.stage.graph.faults.error(code, times=None if edge == UPLOADS else 1, edge=edge)
    till.says(till.fact(), 60)
    assert till.shown() == [TEXT]
    assert till.market.items("NOTICE#") == []


@pytest.mark.parametrize("edge", [UPLOADS, "messages"])
@pytest.mark.parametrize("trouble", ["time_out", "drop", "accept_then_drop", "broken"])
def test_answer_that_is_lost_doubles_nothing(till: PageTill, edge: str, trouble: str) -> None:
    """Of an upload no message is made; a picture that was taken all the same is told of by its echo."""
    getattr(till.stage.graph.faults, trouble)(edge=edge)
    till.says(till.fact())
    assert till.shown() == BOTH


def test_dead_token_stops_the_page_and_fails_the_message_once(till: PageTill) -> None:
    """As at any other call, and nothing waits for ever."""
    till.stage.graph.faults.error(190, edge=UPLOADS)
    till.says(till.fact())
    assert till.shown() == []
    assert (till.market.counted("stop_token"), len(till.market.items("NOTICE#"))) == (1, 1)


def points(stage: Stage) -> list[Point]:
    """Where outbound_message may die while it says it."""
    stage.reset()
    seed(stage)
    till = PageTill(stage)
    stage.faults.clear()
    till.says(till.fact())
    return [point for point in stage.faults.points() if point.function == "outbound_message"]


@pytest.mark.parametrize("every", [4, pytest.param(1, marks=pytest.mark.slow)])
def test_death_around_any_call_shows_both_once_and_in_order(stage: Stage, every: int) -> None:
    """Whenever the sender dies, before, between and after upload, picture and words; only uploads may repeat."""
    found = points(stage)
    assert sum(point.name.endswith(f"/{UPLOADS}") for point in found) == 2
    assert sum(point.name.endswith("/messages") for point in found) == 4
    for point in found[::every]:
        stage.reset()
        seed(stage)
        till = PageTill(stage)
        stage.faults.clear()
        with stage.faults.kill(function=point.function, call=point.call, when=point.when):
            till.says(till.fact())
        assert till.shown() == BOTH, point.name
