"""A shop has switched its bot off: it answers no words, and still serves at the counter."""

from dataclasses import replace

import pytest

from haat.conversation.memory import MemoryTeachings
from haat.conversation.memory.counter import MemoryCounter
from haat.conversation.model import Manners, Served, Taught
from haat.conversation.rules import teaching as rules
from haat.conversation.rules.asking import ask_of
from haat.conversation.rules.decision import Reason
from haat.conversation.rules.reply import decide, decide_burst
from haat.conversation.service.teaching import Teaching
from haat.facts.conversation import MessageReceived
from haat.kernel.time import HOUR, later
from tests.invented import BOOK, MERCHANT, NOW, key_of, message, new, shop

KNOWN = replace(new(), version=1, last_customer_at=later(NOW, -HOUR))
OFF = shop(off=True)
MANNERS = {"silence_minutes": 30, "wait_seconds": 0, "loop_guard": False}


@pytest.mark.parametrize(
    "fact", [message("hours"), message("nobody taught this"), message("my order"), message("", kind="unsupported")]
)
def test_words_are_not_answered(fact: MessageReceived) -> None:
    """Neither what was taught nor what the counter knows; words stand on the list, as while a person answers."""
    assert ask_of(KNOWN, fact, OFF, BOOK, open_country=True, now=NOW) is None
    decision = decide(KNOWN, fact, OFF, BOOK, open_country=True, now=NOW)
    assert (decision.reason, decision.said, decision.listed) == (Reason.SILENT, None, bool(fact.text))


def test_carts_and_taps_are_served() -> None:
    """An order is taken and confirmed, whatever the bot was told."""
    cart = message("", kind="order", content={"order": {"product_items": []}})
    tap = message("Order 1", kind="button_reply", choice="counter:buy:1")
    for fact in (cart, tap):
        assert ask_of(KNOWN, fact, OFF, BOOK, open_country=True, now=NOW) is not None
    served = Served(word="ordered", text="Thank you!", language="en")
    decision = decide(KNOWN, cart, OFF, BOOK, open_country=True, now=NOW, served=served)
    assert (decision.reason, decision.said.text if decision.said else "") == (Reason.ORDERED, "Thank you!")


def test_burst_that_was_waiting_is_not_answered() -> None:
    """The bot was switched off while a customer was writing: their question is a person's."""
    patient = shop(burst_ms=8_000)
    waiting = decide(KNOWN, message("hours"), patient, BOOK, open_country=True, now=NOW).conversation
    decision = decide_burst(waiting, key_of("wamid.1"), OFF, BOOK, now=NOW)
    assert decision is not None
    assert (decision.reason, decision.said, decision.listed) == (Reason.SILENT, None, True)
    assert decision.conversation.burst == ()


def test_newcomer_is_welcomed_when_it_is_on_again() -> None:
    """Nobody has greeted yet: the first answer does."""
    first = decide(new(), message("hours"), OFF, BOOK, open_country=True, now=NOW).conversation
    decision = decide(first, message("hours", id="wamid.2"), shop(), BOOK, open_country=True, now=NOW)
    assert decision.said is not None
    assert decision.said.text.startswith("Welcome to")


def test_trying_a_text_shows_that_it_is_silent() -> None:
    """What the shop's people try out tells them why nobody is answered."""
    teaching = Teaching(
        teachings=MemoryTeachings(), starter=lambda _: None, shop=lambda _: (OFF, BOOK), counter=MemoryCounter
    )
    tried = teaching.attempt(MERCHANT, "hours", "whatsapp", NOW)
    assert (tried["entry"], tried["decision"], tried["reply"]) == ("hours", "silent", None)


def test_it_is_shown_and_switched_with_the_other_manners() -> None:
    """Off where it is said, on where it is not."""
    off = rules.behave(Taught(), {"texts": {}, "manners": MANNERS | {"off": True}})
    assert off.manners == Manners(off=True)
    assert rules.bot_shown(off)["manners"] == MANNERS | {"off": True, "sureness": "normal"}
    on = rules.behave(off, {"texts": {}, "manners": MANNERS})
    assert rules.bot_shown(on)["manners"] == MANNERS | {"off": False, "sureness": "normal"}
