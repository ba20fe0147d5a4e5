"""An unsure bot asks which was meant; a customer picks by a tap or a number; some answers go on with a person."""

from dataclasses import replace
from typing import Any

import pytest

from haat.conversation.memory import MemoryConversations, MemoryShops
from haat.conversation.memory.counter import MemoryCounter
from haat.conversation.model import Channel, Conversation, Entry, OpeningHours, Served, Shop, Sureness
from haat.conversation.rules.bot_words import introduction
from haat.conversation.rules.decision import GREET_AFTER_MS, Decision, Reason
from haat.conversation.rules.menus import SURE, UNSURE, title_of
from haat.conversation.rules.reply import decide, decide_burst
from haat.conversation.service.answering import Answering
from haat.kernel.time import HOUR, MINUTE, SECOND, Instant, later
from tests.invented import ADDRESS, CHANNEL, MERCHANT, NOW, PEPPER, echo, message, new, no_staff, shop
from tests.unit.conversation.guesses import Guesses

KNOWN = replace(new(), version=1, last_customer_at=later(NOW, -HOUR))
PAGE = Channel(kind="messenger", address="200000000000001", merchant=MERCHANT)
ON_PAGE = replace(new(channel=PAGE), version=1, last_customer_at=later(NOW, -HOUR), introduced=True)
OWN = "i am Mita of 12 Lake Road, do you send"
TAUGHT = (
    Entry(
        id="price", examples=("how much",), replies={"en": "Twenty.", "bn": "কুড়ি।"}, titles={"en": "Price", "bn": "দাম"}
    ),
    Entry(id="hours", examples=("when open",), replies={"en": "From eight."}, titles={"en": "Hours"}),
    Entry(id="return", examples=("take it back",), replies={"en": "We call you."}, to_person=True),
    Entry(id="place", examples=("where is it",), replies={"en": "Near the tank."}),
)
SHOP = shop(entries=TAUGHT)


def decided(
    text: str, confidence: float, before: Conversation = KNOWN, *, by: Shop = SHOP, at: Instant = NOW, **more: Any
) -> Decision:
    """What one message comes to where the bot is so sure of the first entry."""
    fact = message(text, at=at, address=before.address, **more)
    return decide(before, fact, by, Guesses(confidence, by.entries), open_country=True, now=at)


def said(decision: Decision | None) -> str:
    """What is said."""
    return decision.said.text if decision is not None and decision.said is not None else ""


@pytest.mark.parametrize("sureness", ["careful", "normal", "eager"])
def test_shop_says_how_sure_its_bot_must_be(sureness: Sureness) -> None:
    """From its threshold on it answers; below that it asks which was meant; below the least it says nothing foolish."""
    by = replace(SHOP, manners=replace(SHOP.manners, sureness=sureness))
    sure = SURE[sureness]
    assert decided("x", sure, by=by).reason is Reason.MATCHED
    assert decided("x", sure - 0.0001, by=by).reason is Reason.MENU
    assert decided("x", UNSURE, by=by).reason is Reason.MENU
    assert decided("x", UNSURE - 0.0001, by=by).reason is Reason.NOT_UNDERSTOOD


def test_menu_names_three_entries_with_numbers_and_buttons() -> None:
    """The nearest three, each under its number and as a tap; the question stands on the list until one is picked."""
    decision = decided("something about money", 0.3)
    assert decision.said is not None
    assert said(decision).splitlines()[1:4] == ["1. Price", "2. Hours", "3. take it back"]
    assert [choice.id for choice in decision.said.choices] == ["entry:price", "entry:hours", "entry:return"]
    assert (decision.conversation.menu, decision.listed) == (("price", "hours", "return"), True)
    assert decision.said.opener == ""


def test_menu_with_a_long_title_is_a_list() -> None:
    """A button holds 20 characters; what needs more is a row of a list."""
    long = replace(TAUGHT[0], titles={"en": "Prices of all our sweets today"})
    decision = decided("x", 0.3, by=shop(entries=(long,)))
    assert decision.said is not None
    assert (decision.said.opener, decision.said.choices[0].title) == ("Choose", "Prices of all our sweet…")


def test_menu_with_two_equal_titles_is_a_list() -> None:
    """WhatsApp refuses buttons of one title, and the customer would read nothing."""
    same = tuple(replace(entry, titles={"en": "Price"}) for entry in TAUGHT[:2])
    decision = decided("x", 0.3, by=shop(entries=same))
    assert decision.said is not None
    assert (decision.said.opener, [choice.title for choice in decision.said.choices]) == ("Choose", ["Price", "Price"])


def test_menu_offers_only_what_can_be_said() -> None:
    """Opening hours that the shop never told can't be said: the next entries are offered in their place."""
    untold = Entry(id="when", examples=("x",), replies={"en": "Open:\n{hours}"})
    mute = Entry(id="mute", examples=("y",), replies={})
    by = replace(shop(entries=(untold, mute, *TAUGHT)), hours=OpeningHours(timezone="Asia/Kolkata"))
    assert decided("x", 0.3, by=by).conversation.menu == ("price", "hours", "return")
    nothing = decided("x", 0.3, by=replace(by, entries=(untold, mute)))
    assert (nothing.reason, nothing.listed) == (Reason.NOT_UNDERSTOOD, True)


def test_menu_is_in_the_language_of_the_question() -> None:
    """A Bengali question gets a Bengali menu with Bengali numbers."""
    lines = said(decided("কত লাগবে বলুন", 0.3)).splitlines()
    assert lines[0].startswith("আপনি কি")
    assert lines[1:3] == ["১. দাম", "২. Hours"]


@pytest.mark.parametrize(
    "number", ["2", "২", "२", " 2. ", "2️⃣", "２", "2।", "২ নম্বর", "option 2", "no 2", "দুই", "दो", "two"]
)
def test_bare_number_picks(number: str) -> None:
    """In any digits, with a point, as an emoji: the second entry, whatever the matcher thinks of a number."""
    menu = decided("x", 0.3).conversation
    decision = decided(number, 0.9, menu)
    assert (decision.reason, said(decision)) == (Reason.MATCHED, "From eight.")
    assert decision.said is not None
    assert (decision.said.entry, decision.said.confidence) == ("hours", 1.0)
    assert decision.conversation.menu == ()


@pytest.mark.parametrize("number", ["0", "4", "22", "2 3", "two kilos", "no", "2kg"])
def test_what_is_no_number_of_the_menu_is_words(number: str) -> None:
    """It goes to the matcher as any message does."""
    menu = decided("x", 0.3).conversation
    decision = decided(number, 0.1, menu)
    assert decision.reason is Reason.NOT_UNDERSTOOD
    assert decision.conversation.menu == ()


def test_number_means_nothing_without_a_menu() -> None:
    """Nor after something else was said since."""
    assert decided("2", 0.1).reason is Reason.NOT_UNDERSTOOD
    answered = decided("how much", 0.9, decided("x", 0.3).conversation).conversation
    assert decided("2", 0.1, answered).reason is Reason.NOT_UNDERSTOOD


def test_number_means_nothing_after_the_counter_spoke() -> None:
    """What the counter shows, and that a kind of message can't be read, is something else that was said."""
    menu = decided("x", 0.3).conversation
    served = Served(word="served", text="1. Sandesh\n2. Curd", language="en")
    shown = decide(menu, message("menu"), SHOP, Guesses(0.1, TAUGHT), open_country=True, now=NOW, served=served)
    excused = decided("", 0.1, menu, kind="unsupported")
    for after in (shown.conversation, excused.conversation):
        assert decided("2", 0.1, after).reason is Reason.NOT_UNDERSTOOD


@pytest.mark.parametrize("kind", ["button_reply", "list_reply", "quick_reply", "postback"])
def test_tap_picks_however_old_the_menu(kind: str) -> None:
    """A button of last week's menu still names its entry."""
    decision = decided("Hours", 0.1, kind=kind, choice="entry:hours")
    assert said(decision) == "From eight."


def test_tap_on_an_entry_that_is_gone_is_words() -> None:
    """The title is what the customer said."""
    assert decided("Opening", 0.1, kind="button_reply", choice="entry:gone").reason is Reason.NOT_UNDERSTOOD
    menu = replace(KNOWN, menu=("gone",))
    assert decided("1", 0.1, menu).reason is Reason.NOT_UNDERSTOOD


def test_pick_is_answered_in_the_language_of_the_question() -> None:
    """A number has no language; the question before it had."""
    menu = decided("কত লাগবে বলুন", 0.3).conversation
    assert said(decided("1", 0.1, menu)) == "কুড়ি।"


def test_pick_does_not_wait_for_a_burst() -> None:
    """Who sends a number has finished."""
    by = replace(SHOP, manners=replace(SHOP.manners, burst_ms=5 * SECOND))
    assert decided("2", 0.1, replace(KNOWN, menu=("price", "hours")), by=by).reason is Reason.MATCHED


def test_same_menu_is_not_offered_twice_in_a_row() -> None:
    """Whom a menu did not help is for a person."""
    menu = decided("x", 0.3).conversation
    assert decided("y", 0.3, menu).reason is Reason.NOT_UNDERSTOOD


def test_burst_may_end_in_a_menu() -> None:
    """Some lines of which the whole is unclear are asked back once."""
    by = replace(SHOP, manners=replace(SHOP.manners, burst_ms=5 * SECOND))
    waiting = decided("x", 0.3, by=by).conversation
    decision = decide_burst(waiting, waiting.burst[-1].key, by, Guesses(0.3, TAUGHT), now=later(NOW, 5 * SECOND))
    assert decision is not None
    assert (decision.reason, decision.listed) == (Reason.MENU, True)


def test_entry_for_a_person_says_at_night_when_one_comes() -> None:
    """Nobody waits till morning for "soon"."""
    night = later(NOW, 13 * HOUR)
    assert "Closed. We open" in said(decided("take it back", 0.9, by=shop(entries=(TAUGHT[2],)), at=night))
    assert "Closed" not in said(decided("how much", 0.9, at=night))


def test_menu_at_night_says_first_that_the_shop_is_closed() -> None:
    """Once for each night: whom the menu does not help should know when a person comes."""
    night = later(NOW, 13 * HOUR)
    first = decided("x", 0.3, at=night)
    assert said(first).startswith("Closed. We open")
    assert (first.reason, len(first.conversation.menu)) == (Reason.MENU, 3)
    again = decided("y", 0.3, replace(first.conversation, menu=()), at=later(night, MINUTE))
    assert "Closed" not in said(again)


def test_entry_for_a_person_is_said_and_handed_over() -> None:
    """Its text is said, the question is listed, and the bot is silent until a person has had time to answer."""
    by = shop(entries=(TAUGHT[2],))
    decision = decided("take it back please", 0.9, by=by)
    assert (decision.reason, said(decision), decision.listed) == (Reason.HANDED_OVER, "We call you.", True)
    assert decision.conversation.silent_until == later(NOW, by.manners.silence_ms)
    assert decided("hello?", 0.9, decision.conversation, by=by).reason is Reason.SILENT
    back = later(NOW, by.manners.silence_ms)
    assert decided("hello?", 0.9, decision.conversation, by=by, at=back).reason is Reason.HANDED_OVER


def test_standby_is_shown_and_never_answered() -> None:
    """Another program has the conversation: neither words nor taps are answered, and nothing is listed."""
    tap: dict[str, Any] = {"kind": "postback", "choice": "entry:price"}
    for more in ({}, tap):
        decision = decided("how much", 0.9, ON_PAGE, standby=True, **more)
        assert (decision.reason, decision.said, decision.listed) == (Reason.STANDBY, None, False)


def test_what_waits_is_not_answered_once_another_program_has_the_conversation() -> None:
    """Neither the lines that were to get one reply, nor a number that was meant for the other's menu."""
    waits = decided("how much", 0.9, ON_PAGE, by=replace(SHOP, manners=replace(SHOP.manners, burst_ms=5_000)))
    assert waits.conversation.burst
    offered = replace(waits.conversation, menu=("price",), asked="one")
    after = decided("hello?", 0.9, offered, standby=True).conversation
    assert (after.burst, after.menu, after.asked) == ((), (), "")


# On Messenger the bot says that it is one


def test_bot_says_that_it_is_one_at_the_start() -> None:
    """In the customer's language, once."""
    first = decided("how much", 0.9, replace(ON_PAGE, introduced=False))
    assert said(first) == f"{introduction('en', 'Mishti')}\nTwenty."
    assert said(decided("how much", 0.9, first.conversation)) == "Twenty."
    assert said(decided("কত লাগবে বলুন", 0.9, replace(ON_PAGE, introduced=False))).splitlines()[0] == introduction(
        "bn", "Mishti"
    )


def test_bot_says_that_it_is_one_after_a_long_silence() -> None:
    """Two weeks later nobody remembers."""
    old = replace(ON_PAGE, last_customer_at=later(NOW, -GREET_AFTER_MS))
    assert introduction("en", "Mishti") in said(decided("how much", 0.9, old))


def test_bot_says_that_it_is_one_after_a_person() -> None:
    """Who spoke with a person must know when that ends."""
    handed = decided("take it back", 0.9, ON_PAGE, by=shop(entries=(TAUGHT[2],))).conversation
    back = later(handed.silent_until, MINUTE)
    assert said(decided("how much", 0.9, handed, at=back)).startswith(introduction("en", "Mishti"))


def test_on_whatsapp_it_need_not() -> None:
    """There the profile says what it is."""
    assert said(decided("how much", 0.9)) == "Twenty."


@pytest.mark.parametrize(("before", "limit"), [(KNOWN, 4096), (ON_PAGE, 2000)])
def test_reply_is_cut_to_its_channel(before: Conversation, limit: int) -> None:
    """A Bengali reply that is too long ends in a whole letter and three dots."""
    long = Entry(id="long", examples=("all",), replies={"bn": "ক্ষি" * 2000})
    text = said(decided("সব কিছু বলুন", 0.9, before, by=shop(entries=(long,))))
    assert len(text) <= limit
    assert text.removesuffix("…").endswith("ক্ষি")


@pytest.mark.parametrize(
    ("entry", "language", "title"),
    [
        (TAUGHT[0], "hi", "Price"),
        (Entry(id="a", examples=("where are you", "আপনারা কোথায় আছেন"), replies={}), "bn", "আপনারা কোথায় আছেন"),
        (Entry(id="a", examples=("where are you",), replies={}), "hi", "where are you"),
        (Entry(id="a", examples=("where\nare  you",), replies={}), "en", "where are you"),
        (Entry(id="a", examples=(), replies={}), "en", "a"),
    ],
)
def test_entry_has_a_name_in_every_menu(entry: Entry, language: Any, title: str) -> None:
    """Its title in that language, else in the shop's, else an example in that language, else the first."""
    assert title_of(entry, language, "en") == title


@pytest.mark.parametrize(
    ("examples", "replies", "title"),
    [
        ((OWN, "delivery outside"), {"en": "Yes."}, "delivery outside"),
        ((OWN,), {"en": "Yes, we send it.", "bn": "হ্যাঁ, পাঠাই।"}, "Yes, we send it."),
        ((OWN,), {"bn": "হ্যাঁ, {shop} পাঠায়।"}, "হ্যাঁ,"),
        ((OWN,), {"en": "{hours}"}, "a"),
    ],
)
def test_menu_never_shows_the_words_of_another_customer(examples: Any, replies: Any, title: str) -> None:
    """A question that somebody asked may hold their name: other customers read an example of the shop's, or the reply."""
    entry = Entry(id="a", examples=examples, replies=replies, askers={OWN: new().customer})
    assert title_of(entry, "en", "en") == title


def test_reason_of_an_answer_never_keeps_the_words_of_another_customer() -> None:
    """It stands with the message that was answered, and would outlive the erasure of who wrote the example."""
    asked = Entry(id="a", examples=(OWN,), replies={"en": "Yes."}, askers={OWN: new().customer}, titles={"en": "Where"})
    for entry, reason in ((asked, "Where"), (replace(asked, askers={}), OWN)):
        decision = decided("do you send", 0.9, by=shop(entries=(entry,)))
        assert decision.said is not None
        assert decision.said.resembles == reason


# What is kept


def answering(conversations: MemoryConversations, confidence: float, by: Shop = SHOP) -> Answering:
    """Answers with a bot that is so sure."""
    shops = MemoryShops({MERCHANT: (by, Guesses(confidence, TAUGHT))}, frozenset({"IN"}))
    return Answering(
        conversations=conversations, shops=shops, pepper=PEPPER, counter=MemoryCounter(), commands=no_staff
    )


def test_question_leaves_the_list_when_the_customer_says_what_was_meant() -> None:
    """An unsure question is on the list at once, so that nothing is lost; a pick takes it off, anything else leaves it."""
    there = MemoryConversations(channels={("whatsapp", ADDRESS): CHANNEL})
    bot = answering(there, 0.3)
    assert bot.receive(message("x", id="1"), NOW).word == "menu"
    assert len(there.asked) == 1
    assert bot.receive(message("2", id="2", at=later(NOW, 1)), later(NOW, 1)).word == "matched"
    assert there.asked == {}
    bot.receive(message("x", id="3", at=later(NOW, 2)), later(NOW, 2))
    bot.receive(message("z y", id="4", at=later(NOW, 3)), later(NOW, 3))
    assert len(there.asked) == 2


def test_question_that_a_person_goes_on_with_stays_on_the_list() -> None:
    """Who picked it wants a person: they must find what was asked, and no bare number beside it."""
    there = MemoryConversations(channels={("whatsapp", ADDRESS): CHANNEL})
    bot = answering(there, 0.3)
    bot.receive(message("it came torn", id="1"), NOW)
    assert bot.receive(message("3", id="2", at=later(NOW, 1)), later(NOW, 1)).word == "handed_over"
    assert [[there.text(key) for key in keys] for _, _, keys in there.asked.values()] == [["it came torn"]]


def test_question_leaves_the_list_at_the_end_of_a_burst() -> None:
    """Where the shop waits until its customers have finished, other words that are understood answer it too."""
    there = MemoryConversations(channels={("whatsapp", ADDRESS): CHANNEL})
    by = replace(SHOP, manners=replace(SHOP.manners, burst_ms=5 * SECOND))
    for number, (confidence, word) in enumerate([(0.3, "menu"), (0.9, "matched")]):
        at, bot = later(NOW, number * MINUTE), answering(there, confidence, by)
        bot.receive(message("x", id=str(number), at=at), at)
        kept = next(iter(there.conversations.values()))
        end = later(at, 5 * SECOND)
        assert bot.look_again(MERCHANT, kept.customer, ADDRESS, kept.burst[-1].key, end).word == word
        assert len(there.asked) == 1 - number


def test_choices_of_a_menu_come_back_as_its_own() -> None:
    """They are not the counter's."""
    there = MemoryConversations(channels={("whatsapp", ADDRESS): CHANNEL})
    answering(there, 0.3).receive(message("x"), NOW)
    assert [choice.id for choice in there.outbox[0].choices] == ["entry:price", "entry:hours", "entry:return"]


def test_person_who_answers_takes_the_menu_away() -> None:
    """What the customer sends then is for the person."""
    there = MemoryConversations(channels={("whatsapp", ADDRESS): CHANNEL})
    bot = answering(there, 0.3)
    bot.receive(message("x", id="1"), NOW)
    bot.receive(echo(at=later(NOW, 1)), later(NOW, 1))
    kept = next(iter(there.conversations.values()))
    assert (kept.menu, kept.asked, kept.introduced) == ((), "", False)
    assert bot.receive(message("2", id="2", at=later(NOW, 2)), later(NOW, 2)).word == "silent"
