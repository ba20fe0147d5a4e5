"""The shop's own people hear what happened: once, in the chat with their own shop, or not at all."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, override

import pytest

from haat.conversation.memory import MemoryConversations
from haat.conversation.model import WINDOW_MS, Conversation, Outgoing
from haat.conversation.service.hearing import ATTEMPTS
from haat.facts.conversation import Contact
from haat.facts.said import StaffHears, Template
from haat.kernel.errors import NotFound, Unavailable
from haat.kernel.ids import Fingerprint, MerchantId
from haat.kernel.time import HOUR, MINUTE, Instant, later
from tests.invented import (
    ADDRESS,
    MERCHANT,
    NOW,
    OTHER_ADDRESS,
    OTHER_MERCHANT,
    SECOND_ADDRESS,
    SECOND_CHANNEL,
    renamed,
    shop,
)
from tests.unit.conversation.staffed import BOSS, STAFF, Staffed

NEWS = Template(name="shop_news", language="bn")
CLOSED = later(NOW, WINDOW_MS)


def hears(at: Instant = NOW, **more: Any) -> StaffHears:
    """Something for the boss."""
    known: dict[str, Any] = {
        "key": Fingerprint("5" * 32), "merchant": MERCHANT, "staff": "BOSS", "phone": BOSS.phone, "occurred_at": at,
        "text": "New order K4M-72R",
    }  # fmt: skip
    return StaffHears(**(known | more))


@pytest.fixture
def shop_() -> Staffed:
    """Return a shop whose boss has just written to it."""
    made = Staffed()
    made.says("hours")
    return made


def test_news_are_said_while_the_window_is_open(shop_: Staffed) -> None:
    """As a text of its own, to the number of the boss, until the window closes; the template is not needed."""
    done = shop_.hearing.hear(hears(template=NEWS), later(NOW, HOUR))
    said = shop_.last()
    assert (done.word, done.merchant, done.conversation, done.outgoing) == (
        "said",
        MERCHANT,
        said.conversation,
        said.id,
    )
    assert (said.text, said.quotes, said.template, said.staff) == ("New order K4M-72R", None, None, "BOSS")
    assert (said.contact.phone, said.address, said.window_ends) == (BOSS.phone, ADDRESS, CLOSED)


def test_same_news_again_are_said_once(shop_: Staffed) -> None:
    """Whenever they come again, also by another way."""
    shop_.hearing.hear(hears(), NOW)
    assert shop_.hearing.hear(hears(), later(NOW, HOUR)).word == "duplicate"
    assert shop_.hearing.hear(hears(template=NEWS), later(NOW, HOUR)).word == "duplicate"
    assert len(shop_.answers()) == 2


def test_news_go_into_the_template_when_the_window_is_closed(shop_: Staffed) -> None:
    """For a day, since what is older is no news; without a template nothing is said."""
    fact = hears(CLOSED, template=NEWS)
    assert shop_.hearing.hear(replace(fact, template=None), CLOSED).word == "too_late"
    assert shop_.hearing.hear(fact, CLOSED).word == "said"
    assert (shop_.last().template, shop_.last().window_ends) == (NEWS, later(CLOSED, WINDOW_MS))
    assert shop_.hearing.hear(fact, CLOSED).word == "duplicate"


def test_old_news_are_none(shop_: Staffed) -> None:
    """What was set aside for a day is not told any more, by either way."""
    shop_.says("hours", now=CLOSED)
    for template in (None, NEWS):
        assert shop_.hearing.hear(hears(template=template), CLOSED).word == "too_late"
    assert shop_.hearing.hear(hears(), later(CLOSED, -1)).word == "said"


@pytest.mark.parametrize("phone", ["919800000077", "919800000001"])
def test_stranger_is_told_nothing(shop_: Staffed, phone: str) -> None:
    """A number whose owner never wrote to the shop hears nothing, template or not, though the shop calls it its own."""
    shop_.open(shop(staff=STAFF | {phone: "en"}))
    shop_.says("hours", Contact(phone="919800000001"), OTHER_ADDRESS)
    said = len(shop_.answers())
    assert shop_.hearing.hear(hears(phone=phone, template=NEWS), NOW).word == "never_wrote"
    assert len(shop_.answers()) == said


def test_who_had_the_number_before_is_told_nothing(shop_: Staffed) -> None:
    """Somebody moved to another number: what the old one is to hear is not for them."""
    after = Contact(phone="919800000078")
    shop_.hears(renamed(BOSS, after))
    shop_.says("hours", after)
    assert shop_.hearing.hear(hears(template=NEWS), NOW).word == "never_wrote"


def person_left(shop_: Staffed) -> None:
    """They are of the shop no more."""
    shop_.open(shop())


def shop_shut(shop_: Staffed) -> None:
    """The shop is closed down."""
    shop_.open(shop(staff=STAFF, serves=False))


def person_blocked(shop_: Staffed) -> None:
    """The shop wants to hear no more of them."""
    shop_.conversations.block((MERCHANT, shop_.of(BOSS).customer), NOW)


def number_gone(shop_: Staffed) -> None:
    """The number that they wrote to is another merchant's."""
    there = shop_.conversations.channels["whatsapp", ADDRESS]
    shop_.conversations.channels["whatsapp", ADDRESS] = replace(there, merchant=OTHER_MERCHANT)


@pytest.mark.parametrize(
    ("change", "word"),
    [(person_left, "no_longer_staff"), (shop_shut, "shut"), (person_blocked, "blocked"), (number_gone, "never_wrote")],
)
def test_who_may_hear_nothing_is_told_nothing(shop_: Staffed, change: Callable[[Staffed], None], word: str) -> None:
    """Neither freely nor by a template."""
    change(shop_)
    for template in (None, NEWS):
        assert shop_.hearing.hear(hears(template=template), NOW).word == word
    assert len(shop_.answers()) == 1


def test_person_hears_where_they_wrote_last(shop_: Staffed) -> None:
    """Of two numbers of the shop the one that they used last; of those that it still has."""
    shop_.says("hours", BOSS, SECOND_ADDRESS, now=later(NOW, MINUTE))
    shop_.hearing.hear(hears(), later(NOW, HOUR))
    assert shop_.last().address == SECOND_ADDRESS
    del shop_.conversations.channels[SECOND_CHANNEL.kind, SECOND_ADDRESS]
    shop_.hearing.hear(hears(key=Fingerprint("6" * 32)), later(NOW, HOUR))
    assert shop_.last().address == ADDRESS


def test_merchant_reaches_no_ones_elses_people(shop_: Staffed) -> None:
    """What another merchant has to say is not said in this one's conversations; nobody has nobody."""
    shop_.open(shop(merchant=OTHER_MERCHANT, staff=STAFF))
    assert shop_.hearing.hear(hears(merchant=OTHER_MERCHANT), NOW).word == "never_wrote"
    with pytest.raises(NotFound):
        shop_.hearing.hear(hears(merchant=MerchantId("nobody")), NOW)


@dataclass(slots=True)
class Moving(MemoryConversations):
    """Conversations in which somebody writes whenever something is said."""

    times: int = 0

    @override
    def tell(self, before: Conversation, after: Conversation, outgoing: Outgoing) -> bool:
        if self.times:
            self.times -= 1
            self.move(before, before)
        return MemoryConversations.tell(self, before, after, outgoing)


@pytest.mark.parametrize(("times", "said"), [(ATTEMPTS - 1, True), (ATTEMPTS, False)])
def test_conversation_that_moves_is_looked_at_again(shop_: Staffed, times: int, said: bool) -> None:  # noqa: FBT001  # a column of the table
    """They write at the same moment: it is said on the next look, or comes again."""
    kept = shop_.conversations
    moving = Moving(times=times, channels=kept.channels, aliases=kept.aliases, conversations=kept.conversations)
    hearing = replace(shop_.hearing, conversations=moving)
    if said:
        assert hearing.hear(hears(), NOW).word == "said"
    else:
        with pytest.raises(Unavailable):
            hearing.hear(hears(), NOW)
