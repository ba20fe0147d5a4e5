"""A shop asks for money in the chat: what lies in the queue becomes a picture of a code, or a card, on the customer's phone."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from haat.facts.said import WITH_CODE, Bill, ShopSays, dump
from haat.kernel.ids import CustomerId, Fingerprint, MerchantId
from haat.kernel.time import Instant
from infra.local.faults import Point
from infra.local.http import Request
from infra.local.market import SWEETS
from infra.local.seed import seed
from infra.local.simulators.faults import MEDIA
from infra.local.simulators.phone import Phone
from infra.local.simulators.world import Line
from infra.local.stage import Stage
from tests.stack.conversation.conftest import SWEET_SHOP, Market
from tests.unit.payment.seeing import of_png, read

LINK = (
    "upi://pay?pa=haat.kirana@testpsp&pn=Test%20Kirana%20Store&am=250.00&cu=INR&tr=H01JCXYZABCDEFGHJKMNPQRSTV&mode=15"
)
TEXT = f"Please pay ₹250 to Test Kirana Store.\nOn your phone, open this in any UPI app:\n{LINK}"
MERCHANT = MerchantId(SWEETS.merchant.id)
LONG = 7200.0
NOT_UP = 131053


class Till:
    """The sweet shop asks one customer, who wrote a moment ago, for ₹250."""

    def __init__(self, stage: Stage) -> None:
        self.market, self.stage = Market(stage), stage
        self.customer = self.market.customer()
        self.market.says(self.customer, "hours")
        self.begun = len(self.lines())

    def fact(self, **more: Any) -> ShopSays:
        """What the payment context raises."""
        [person] = [item for item in self.market.items("CUSTOMER#") if item["sk"]["S"].startswith("CONVERSATION#")]
        fact = ShopSays(
            key=Fingerprint("0123456789abcdef0123456789abcdef"),
            merchant=MERCHANT,
            customer=CustomerId(person["pk"]["S"].rpartition("#")[2]),
            channel="whatsapp",
            address=SWEET_SHOP,
            occurred_at=Instant(int(self.stage.clock.now() * 1000)),
            text=TEXT,
            code=LINK,
        )
        return replace(fact, **more)

    def says(self, fact: ShopSays, seconds: float = LONG) -> None:
        """Put it into the queue, as outbox_relay does, and let so much time pass."""
        sqs = self.stage.client("sqs")
        name = next(queue for queue in self.stage.deployment.queues if queue.endswith("conversation-inbound.fifo"))
        sqs.send_message(
            QueueUrl=sqs.get_queue_url(QueueName=name)["QueueUrl"],
            MessageBody=dump(fact),
            MessageGroupId=fact.customer,
            MessageDeduplicationId=fact.key,
        )
        self.stage.run_for(seconds)

    def lines(self) -> list[Line]:
        """What the shop said on the customer's phone."""
        lines = self.stage.graph.transcript(SWEET_SHOP, self.customer)
        return [line for line in lines if line.author == "haat"]

    def heard(self) -> list[Line]:
        """What it said since it asked."""
        return self.lines()[self.begun :]

    def read(self, line: Line) -> list[str]:
        """What a camera reads in the picture of a line."""
        with self.stage.graph.lock:
            medium = self.stage.graph.media.find(line.picture)
        assert medium is not None
        assert medium.mime_type == "image/png"
        return read(of_png(medium.content))


@pytest.fixture
def till(stage: Stage) -> Iterator[Till]:
    """Return the open till."""
    seed(stage)
    yield Till(stage)
    assert not [failure for failure in stage.failures if not failure.died], "a function broke"


def bill(**more: Any) -> Bill:
    """A card that asks for it."""
    made = Bill(
        reference="H01JCXYZABCDEFGHJKMNPQRSTV", text="Please pay ₹250.", amount=25_000, name="Order K4M-72R", link=LINK
    )
    return replace(made, **more)


def test_code_is_a_picture_that_says_the_link(till: Till) -> None:
    """The customer sees one message: the picture with the text under it, and a camera reads the link in it."""
    till.says(till.fact())
    [line] = till.heard()
    assert (line.kind, line.text, line.tick) == ("image", TEXT, "read")
    assert till.read(line) == [LINK]


def test_phone_page_shows_the_picture(till: Till) -> None:
    """The page draws the very bytes that went up, from its own address."""
    till.says(till.fact())
    [line] = till.heard()
    path, host = f"/phone/api/photos/{line.picture}", {"host": "127.0.0.1:8082"}
    shown = Phone(till.stage.graph).handle(Request(method="GET", path=path, headers=host))
    assert shown is not None
    assert (shown.status, shown.headers["content-type"], read(of_png(shown.body))) == (200, "image/png", [LINK])


def test_picture_that_would_not_go_up_once_is_sent(till: Till) -> None:
    """Media that would not go up is tried once more (131053)."""
    till.stage.graph.faults.error(NOT_UP, edge=MEDIA)
    till.says(till.fact(), 60)
    [line] = till.heard()
    assert till.read(line) == [LINK]


@pytest.mark.parametrize("code", [NOT_UP, 131000, 100])
def test_text_goes_alone_where_no_picture_goes_up(till: Till, code: int) -> None:
    """Whatever keeps Meta from taking pictures, the customer has the link within seconds, once."""
    till.stage.graph.faults.error(code, times=None, edge=MEDIA)
    till.says(till.fact(), 60)
    assert [(line.kind, line.text) for line in till.heard()] == [("text", TEXT)]


@pytest.mark.parametrize("trouble", ["time_out", "drop", "accept_then_drop", "broken"])
def test_picture_without_an_answer_doubles_nothing(till: Till, trouble: str) -> None:
    """An upload of which nobody knows sent no message: the next one does, at once, and only one arrives."""
    getattr(till.stage.graph.faults, trouble)(edge=MEDIA)
    till.says(till.fact(), 60)
    [line] = till.heard()
    assert till.read(line) == [LINK]
    assert till.market.counted("sent_again") == 0


def test_limits_of_the_number_hold_the_picture_too(till: Till) -> None:
    """A number that is too fast for Meta waits with its picture, and has it in the end."""
    till.stage.graph.faults.error(130429, times=2, edge=MEDIA)
    till.says(till.fact())
    assert till.read(till.heard()[0]) == [LINK]


def test_token_that_puts_no_picture_up_stops_the_line(till: Till) -> None:
    """A token that Meta refuses stops the shop's line as at any other call, and the message waits for nobody."""
    till.stage.graph.faults.error(190, edge=MEDIA)
    till.says(till.fact())
    assert till.heard() == []
    assert till.market.counted("stop_token") == 1


def test_text_too_long_for_a_caption_is_never_cut(till: Till) -> None:
    """It goes alone and whole: who raises it knows how much goes with a code."""
    text = "x" * 1025
    assert len(text) > WITH_CODE
    till.says(till.fact(text=text))
    assert [(line.kind, line.text) for line in till.heard()] == [("text", text)]


def test_card_of_whatsapps_own_is_sent_and_told_of(till: Till) -> None:
    """The shop's card asks for the money, and after it is paid the card tells so."""
    till.says(till.fact(bill=bill()), 60)
    paid = bill(status="processing", text="Paid: ₹250. Thank you!")
    till.says(till.fact(key=Fingerprint("f" * 32), code="", text=paid.text, bill=paid), 60)
    assert [(line.kind, line.text) for line in till.heard()] == [
        ("interactive", "Please pay ₹250.\n[₹250.00]"),
        ("interactive", "Paid: ₹250. Thank you!\n[processing]"),
    ]


@pytest.mark.parametrize("how", ["error", "late"])
@pytest.mark.parametrize("code", [131005, 131009])
def test_customer_is_asked_by_code_where_the_card_is_refused(till: Till, how: str, code: int) -> None:
    """A shop whose cards Meta does not take, at once or afterwards, asks with the picture instead."""
    getattr(till.stage.graph.faults, how)(code)
    till.says(till.fact(bill=bill()))
    *refused, line = till.heard()
    assert [line.tick for line in refused] == (["failed"] if how == "late" else [])
    assert till.read(line) == [LINK]


def points(stage: Stage, fact_of: Any) -> list[Point]:
    """Where outbound_message may die while it says it."""
    stage.reset()
    seed(stage)
    till = Till(stage)
    stage.faults.clear()
    till.says(fact_of(till))
    return [point for point in stage.faults.points() if point.function == "outbound_message"]


@pytest.mark.parametrize("card", [False, True])
def test_death_around_any_call_shows_one_picture(stage: Stage, card: bool) -> None:  # noqa: FBT001  # a case of the test
    """Whenever the sender dies, before, between and after upload and send, one message arrives; uploads may repeat."""

    def fact_of(till: Till) -> ShopSays:
        # Meta takes no card with such a link, so that a picture goes up in the same turn.
        return till.fact(bill=bill(link="https://no.example/upi") if card else None)

    found = points(stage, fact_of)
    assert sum(point.name.endswith("/media") for point in found) == 2
    for point in found:
        stage.reset()
        seed(stage)
        till = Till(stage)
        stage.faults.clear()
        with stage.faults.kill(function=point.function, call=point.call, when=point.when):
            till.says(fact_of(till))
        assert [till.read(line) for line in till.heard()] == [[LINK]], point.name
