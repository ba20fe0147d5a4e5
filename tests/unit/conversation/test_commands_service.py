"""The shop's own people command its bot: each command has one effect and one answer."""

from dataclasses import replace

import pytest

from haat.conversation.model import FOREVER, WINDOW_MS
from haat.conversation.rules.command_words import say
from haat.kernel.errors import Unavailable
from haat.kernel.time import DAY, HOUR, MINUTE, Instant, later
from tests.invented import (
    ANITA,
    BIMAL,
    MERCHANT,
    NOW,
    OTHER_ADDRESS,
    OTHER_MERCHANT,
    SECOND_ADDRESS,
    altered,
    key_of,
    message,
    shop,
)
from tests.unit.conversation.staffed import BOSS, STAFF, Died, Staffed

NIGHT = later(NOW, 14 * HOUR + 59 * MINUTE)  # 0:59 in India


@pytest.fixture
def shop_() -> Staffed:
    """Return a shop whose boss may command it."""
    return Staffed()


def test_bot_is_off_until_it_is_on(shop_: Staffed) -> None:
    """From the next minute on nobody is answered, and what they ask is listed; and then they are answered again."""
    assert shop_.says("bot off") == "commanded"
    assert shop_.last().text == say("off", "en")
    shop_.minute()
    assert shop_.says("hours", ANITA) == "silent"
    assert len(shop_.conversations.listed) == 1
    assert shop_.says("bot on") == "commanded"
    assert shop_.last().text == say("on", "en")
    shop_.minute()
    assert shop_.says("hours", ANITA) == "matched"


def test_answer_is_in_the_language_of_the_command(shop_: Staffed) -> None:
    """Whatever the person's own language is."""
    shop_.says("বট বন্ধ")
    shop_.says("bot chalu karo")
    shop_.says("aaj ke order")
    assert shop_.answers() == [say("off", "bn"), say("on", "hi"), "orders in hi"]


def test_answer_quotes_its_command_and_welcomes_nobody(shop_: Staffed) -> None:
    """The shop's own people are not greeted as customers where they command; as customers they are."""
    shop_.says("bot on")
    assert shop_.last().quotes == "wamid.1"
    assert shop_.last().text == say("on_already", "en")
    shop_.says("hours")
    assert shop_.last().text.startswith("Welcome to")


def test_same_again_is_said_kindly(shop_: Staffed) -> None:
    """Two commands to be off: the second changes nothing, and says so."""
    shop_.says("bot off")
    before = shop_.teachings.read(MERCHANT)
    shop_.says("turn the bot off")
    assert shop_.last().text == say("off_already", "en")
    assert shop_.teachings.read(MERCHANT) == before


def test_other_manners_and_entries_stay(shop_: Staffed) -> None:
    """A command changes one thing of what the shop taught."""
    taught = replace(shop_.teachings.read(MERCHANT), version=1, entries=shop().entries)
    shop_.teachings.write(MERCHANT, taught)
    shop_.says("bot off")
    after = shop_.teachings.read(MERCHANT)
    assert (after.entries, after.texts, after.version, after.manners.off) == (taught.entries, taught.texts, 2, True)
    assert replace(after.manners, off=False) == taught.manners


def test_somebody_who_teaches_at_the_same_time_loses_nothing(shop_: Staffed) -> None:
    """The command is tried again on what is there; where that never ends the message comes again."""
    shop_.teachings.crossed = 2
    assert shop_.says("bot off") == "commanded"
    assert shop_.teachings.read(MERCHANT).version == 3
    shop_.teachings.crossed = 99
    with pytest.raises(Unavailable):
        shop_.says("bot on")


def test_customer_is_left_to_the_shop_until_given_back(shop_: Staffed) -> None:
    """By telephone number, in all conversations of that customer, and of nobody else."""
    for address in (message().address, SECOND_ADDRESS):
        shop_.says("hours", ANITA, address)
    shop_.says("hours", BIMAL)
    assert shop_.says("bot off 98000 00001") == "commanded"
    assert shop_.last().text == say("customer_off", "en")
    assert shop_.of(ANITA).silent_until == shop_.of(ANITA, SECOND_ADDRESS).silent_until == FOREVER
    assert (shop_.says("price", ANITA), shop_.says("price", BIMAL)) == ("silent", "matched")
    assert shop_.says("bot on +91 98000-00001") == "commanded"
    assert shop_.last().text == say("customer_on", "en")
    assert shop_.says("price", ANITA) == "matched"
    assert shop_.teachings.read(MERCHANT).version == 0


def test_customer_is_named_by_an_order(shop_: Staffed) -> None:
    """The desk knows whose it is."""
    shop_.says("hours", ANITA)
    shop_.desk.customers[MERCHANT, "k4m-72r"] = shop_.of(ANITA).customer
    shop_.desk.customers[OTHER_MERCHANT, "k4m-72x"] = shop_.of(ANITA).customer
    assert shop_.says("bot off K4M-72R") == "commanded"
    assert shop_.of(ANITA).silent_until == FOREVER
    assert shop_.says("bot off K4M-72X") == "command_refused"


@pytest.mark.parametrize("text", ["bot off 98000 00009", "bot on 98000 00009", "bot off K4M-72R"])
def test_nobody_of_that_number_is_said(shop_: Staffed, text: str) -> None:
    """Nothing is changed, and the number is not said back."""
    assert shop_.says(text) == "command_refused"
    assert shop_.last().text == say("unknown", "en")


def test_customer_who_may_be_answered_again_while_the_bot_is_off(shop_: Staffed) -> None:
    """The answer says that the bot itself is off."""
    shop_.says("hours", ANITA)
    shop_.says("bot off")
    shop_.minute()
    shop_.says("bot on 98000 00001")
    assert shop_.last().text == say("customer_on_bot_off", "en")


def test_orders_of_the_day_are_those_since_midnight_at_the_shop(shop_: Staffed) -> None:
    """Of the day on which it was asked, by the shop's clock."""
    assert shop_.says("orders today", now=NIGHT) == "commanded"
    assert shop_.desk.asked == [(MERCHANT, later(NIGHT, -59 * MINUTE))]
    assert shop_.last().text == "orders in en"
    before_midnight = later(NIGHT, -60 * MINUTE)
    shop_.hears(message("orders today", id="wamid.late", contact=BOSS, at=before_midnight), NIGHT)
    assert shop_.desk.asked[-1] == (MERCHANT, later(NIGHT, -59 * MINUTE - DAY))


@pytest.mark.parametrize("text", ["bot off", "bot on", "bot off 98000 00001", "orders today"])
def test_command_is_obeyed_while_the_bot_is_silent(shop_: Staffed, text: str) -> None:
    """A person answered in the very conversation of the boss, or the bot is off: it hears them all the same."""
    shop_.says("hours", ANITA)
    shop_.says("bot off")
    shop_.minute()
    shop_.says("bot off 98000 00031")
    assert shop_.of(BOSS).silent_until == FOREVER
    assert shop_.says(text) == "commanded"
    assert shop_.says("hours") == "silent"


@pytest.mark.parametrize(
    ("change", "reason"),
    [({"serves": False}, "shut"), ({"country": "BR"}, "closed"), ({"staff": {}}, "not_understood")],
)
def test_command_is_not_obeyed_where_nothing_may_follow(shop_: Staffed, change: dict[str, object], reason: str) -> None:
    """A shop that is closed down or blocked, a country that is not open; and who is of the shop no more."""
    shop_.says("hours", ANITA)
    shop_.says("hours")
    shop_.open(replace(shop(staff=STAFF), **change))  # type: ignore[arg-type]  # as the table has it
    for text in ("bot off", "bot off 98000 00001"):
        assert shop_.says(text) in (reason, "listed")
    assert shop_.teachings.read(MERCHANT).manners.off is False
    assert shop_.of(ANITA).silent_until == 0


def test_blocked_or_late_command_does_nothing(shop_: Staffed) -> None:
    """One of the shop's people who is blocked, and a message that comes a day after it was written."""
    late = later(NOW, WINDOW_MS)
    assert shop_.hears(message("bot off", id="wamid.late", contact=BOSS), late) == "too_late"
    there = shop_.of(BOSS)
    shop_.conversations.block((MERCHANT, there.customer), NOW)
    assert shop_.says("bot off") == "blocked"
    assert shop_.teachings.read(MERCHANT).version == 0


@pytest.mark.parametrize(
    "text", ["bot off", "bot off 98000 00001", "bot on 98000 00001", "orders today", "bot off 98000 00009"]
)
@pytest.mark.parametrize("wait", [0, 23 * HOUR])
def test_death_before_the_message_is_kept_has_one_effect_and_one_answer(shop_: Staffed, text: str, wait: int) -> None:
    """It comes again, at once or nearly a day later: nothing more is done, and the same is said, once."""
    shop_.says("hours", ANITA)
    shop_.conversations.deaths = 1
    fact = message(text, id="wamid.command", contact=BOSS)
    with pytest.raises(Died):
        shop_.hears(fact)
    taught, there, said = shop_.teachings.read(MERCHANT), shop_.of(ANITA), len(shop_.answers())
    now = later(NOW, wait)
    assert shop_.hears(replace(fact, received_at=now), now) in ("commanded", "command_refused")
    assert shop_.hears(replace(fact, received_at=now), now) == "duplicate"
    assert (shop_.teachings.read(MERCHANT), shop_.of(ANITA)) == (taught, there)
    assert len(shop_.answers()) == said + 1
    assert shop_.last().text in {say(word, "en") for word in ("off", "customer_off", "customer_on", "unknown")} | {
        "orders in en"
    }


def test_what_a_person_did_since_is_not_undone(shop_: Staffed) -> None:
    """A command that comes again after somebody gave the customer back, or switched the bot on, changes nothing."""
    shop_.says("hours", ANITA)
    for text in ("bot off 98000 00001", "bot off"):
        shop_.conversations.deaths = 1
        with pytest.raises(Died):
            shop_.hears(message(text, id=text, contact=BOSS))
    shop_.says("bot on 98000 00001")
    shop_.says("bot on")
    for text in ("bot off 98000 00001", "bot off"):
        assert shop_.hears(message(text, id=text, contact=BOSS)) == "commanded"
    assert shop_.teachings.read(MERCHANT).manners.off is False
    assert shop_.of(ANITA).silent_until == 0


def test_old_delivery_of_a_command_is_a_repeat(shop_: Staffed) -> None:
    """Also when the conversation has long forgotten it, and the marker, too."""
    fact = message("bot off", id="wamid.command", contact=BOSS)
    shop_.hears(fact)
    for _ in range(9):
        shop_.says("hours")
    shop_.says("bot on")
    for days in (0, 1, 6):
        now = Instant(NOW + days * DAY + MINUTE)
        assert shop_.hears(replace(fact, received_at=now), now) == "duplicate"
    assert shop_.teachings.read(MERCHANT).manners.off is False


def test_message_that_was_ordinary_when_it_came_commands_nothing_later(shop_: Staffed) -> None:
    """Somebody becomes one of the shop's people after they wrote the words."""
    shop_.open(shop())
    fact = message("bot off", id="wamid.early", contact=BOSS)
    assert shop_.hears(fact) == "greeted"
    for _ in range(9):
        shop_.says("hours")
    shop_.open(shop(staff=STAFF))
    assert shop_.hears(fact) == "duplicate"
    assert shop_.teachings.read(MERCHANT).version == 0


def test_message_is_kept_without_the_customer_it_names(shop_: Staffed) -> None:
    """Obeyed, refused, or not heard at all: text and content hold the command alone; so does an edit of it."""
    shop_.says("hours", ANITA)
    for text in ("bot off 98000 00001", "bot on 98000 00009"):
        shop_.says(text)
    shop_.hears(altered("edited", "wamid.2", "bot off 98000 00007", contact=BOSS))
    shop_.open(shop(staff=STAFF, serves=False))
    shop_.says("bot off 98000 00001")
    kept = [row.kept.fact for row in shop_.conversations.threads[shop_.of(BOSS).id] if row.kept]
    texts = [getattr(fact, "text", "") for fact in kept]
    assert texts == ["bot off", "bot on", "bot off", "bot off"]
    assert shop_.conversations.altered[key_of("wamid.2")].text == "bot off"
    assert not any("98000" in text for text in shop_.answers())


def test_people_of_one_shop_command_no_other(shop_: Staffed) -> None:
    """At another merchant's number the same words from the same phone are an ordinary message."""
    assert shop_.says("bot off", address=OTHER_ADDRESS) == "greeted"
    assert shop_.teachings.read(MERCHANT).version == shop_.teachings.read(OTHER_MERCHANT).version == 0
