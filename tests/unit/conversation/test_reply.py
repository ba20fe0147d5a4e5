"""What follows from a customer's message: one in, at most one out."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haat.conversation.model import RECENT_KEYS, WINDOW_MS, Conversation, Entry, OpeningHours, Served, Shop, Texts
from haat.conversation.rules.customs import text_limit
from haat.conversation.rules.decision import (
    GREET_AFTER_MS,
    GUARD_MS,
    GUARD_REPLIES,
    NOT_UNDERSTOOD_EVERY_MS,
    Decision,
    Reason,
)
from haat.conversation.rules.matching import compile_book
from haat.conversation.rules.reply import alter, decide, decide_burst
from haat.conversation.rules.silence import silence
from haat.conversation.rules.text import READ
from haat.facts.conversation import MessageReceived
from haat.kernel.time import DAY, HOUR, MINUTE, SECOND, Instant, later
from tests.invented import BOOK, NOW, altered, key_of, message, new, shop
from tests.unit.conversation.guesses import Guesses

KNOWN = replace(new(), version=1, last_customer_at=later(NOW, -HOUR))
NIGHT = later(NOW, 13 * HOUR)  # 23:00 in the shop
UNKNOWN = "something that nobody taught"


def decided(
    said: MessageReceived | str,
    before: Conversation = KNOWN,
    *,
    at: Instant = NOW,
    by: Shop | None = None,
    open_country: bool = True,
) -> Decision:
    """What one message comes to."""
    fact = said if isinstance(said, MessageReceived) else message(said, at=at)
    return decide(before, fact, by or shop(), BOOK, open_country=open_country, now=at)


def text(decision: Decision | None) -> str:
    """What is said, or nothing."""
    return decision.said.text if decision is not None and decision.said is not None else ""


def after(messages: Iterable[tuple[str, Instant]], *, by: Shop | None = None) -> Conversation:
    """The conversation after some messages."""
    conversation = KNOWN
    for number, (said, at) in enumerate(messages):
        fact = message(said, id=f"wamid.before.{number}", at=at)
        conversation = decide(conversation, fact, by or shop(), BOOK, open_country=True, now=at).conversation
    return conversation


def served(word: Literal["ordered", "order_refused", "served", "commanded", "command_refused"]) -> Decision:
    """What follows when the counter has something to say to a cart."""
    said = Served(word=word, text="Here you are", language="en")
    return decide(KNOWN, message("", kind="order"), shop(), BOOK, open_country=True, now=NOW, served=said)


CLOSED_HOURS = shop(hours=OpeningHours(timezone="Asia/Kolkata", week={0: ((0, 60),)}))
SILENT = replace(KNOWN, silent_until=later(NOW, 1))
GUARDED = replace(KNOWN, automatic=(NOW,) * GUARD_REPLIES)
OLD = message(UNKNOWN, at=later(NOW, -WINDOW_MS))


def guessed(confidence: float) -> Decision:
    """What follows where the bot is so sure of an entry that is for a person."""
    entry = Entry(id="return", examples=("back",), replies={"en": "We call you."}, to_person=True)
    book = Guesses(confidence, (entry,))
    return decide(KNOWN, message(), shop(entries=(entry,)), book, open_country=True, now=NOW)


EVERY_REASON = {
    Reason.MATCHED: (decided("hours"), "Open:", False),
    Reason.MENU: (guessed(0.3), "Did you mean one of these?", True),
    Reason.HANDED_OVER: (guessed(0.9), "We call you.", True),
    Reason.STANDBY: (decided(message(standby=True)), "", False),
    Reason.GREETED: (decided(UNKNOWN, new()), "Welcome to Mishti!", True),
    Reason.AWAY: (decided(UNKNOWN, by=CLOSED_HOURS), "Closed. We open", True),
    Reason.NOT_UNDERSTOOD: (decided(UNKNOWN), "Not understood.", True),
    Reason.IDLE: (decided("ধন্যবাদ"), "", False),
    Reason.LISTED: (decided(UNKNOWN, replace(KNOWN, not_understood_at=NOW)), "", True),
    Reason.UNSUPPORTED: (decided(message("", kind="unsupported")), "Please write words.", False),
    Reason.SHOWN: (decided(message("", kind="image")), "", False),
    Reason.SILENT: (decided(UNKNOWN, SILENT), "", True),
    Reason.CLOSED: (decided(UNKNOWN, open_country=False), "", True),
    Reason.SHUT: (decided("hours", by=shop(serves=False)), "", True),
    Reason.BLOCKED: (decided("hours", replace(KNOWN, blocked_at=NOW)), "", False),
    Reason.TOO_LATE: (decide(KNOWN, OLD, shop(), BOOK, open_country=True, now=NOW), "", True),
    Reason.GUARDED: (decided(UNKNOWN, GUARDED, by=shop(loop_guard=True)), "", True),
    Reason.WAITING: (decided(UNKNOWN, by=shop(burst_ms=1_000)), "", False),
    Reason.ORDERED: (served("ordered"), "Here you are", False),
    Reason.ORDER_REFUSED: (served("order_refused"), "Here you are", False),
    Reason.SERVED: (served("served"), "Here you are", False),
    Reason.COMMANDED: (served("commanded"), "Here you are", False),
    Reason.COMMAND_REFUSED: (served("command_refused"), "Here you are", False),
}


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_has_its_answer_and_its_place_on_the_list(reason: Reason) -> None:
    """Each way in which a message may end says what it says, and lists the question where nobody answered it."""
    decision, said, listed = EVERY_REASON[reason]
    assert decision.reason is reason
    assert text(decision).startswith(said)
    assert bool(text(decision)) == bool(said)
    assert decision.listed is listed


@pytest.mark.parametrize("reason", list(Reason))
def test_every_message_is_remembered_and_opens_the_window(reason: Reason) -> None:
    """Answered or not, the message is known as seen, and the merchant may answer for 24 hours."""
    conversation = EVERY_REASON[reason][0].conversation
    assert conversation.recent[-1] == key_of("wamid.1")
    assert conversation.last_customer_at == (KNOWN.last_customer_at if reason is Reason.TOO_LATE else NOW)
    assert conversation.inbox_day == "2026-01-05"


@pytest.mark.parametrize("reason", [Reason.SILENT, Reason.CLOSED, Reason.GUARDED, Reason.TOO_LATE])
def test_what_is_no_question_is_not_listed_as_one(reason: Reason) -> None:
    """A sticker in a silent hour is shown in the chat and does not fill the list of questions."""
    before = {Reason.SILENT: SILENT, Reason.GUARDED: GUARDED}.get(reason, KNOWN)
    at = OLD.occurred_at if reason is Reason.TOO_LATE else NOW
    fact = message("", kind="unsupported", at=at)
    open_country = reason is not Reason.CLOSED
    decision = decide(before, fact, shop(loop_guard=True), BOOK, open_country=open_country, now=NOW)
    assert (decision.reason, decision.listed) == (reason, False)


def test_reply_quotes_its_message_and_names_its_entry() -> None:
    """The customer sees which question is answered, and the merchant why."""
    said = decided(message("Hours?", id="wamid.asked")).said
    assert said is not None
    assert (said.quotes, said.entry, said.resembles, said.confidence) == ("wamid.asked", "hours", "hours", 1.0)
    assert said.not_before == NOW


def test_same_arguments_give_the_same_decision() -> None:
    """A message that is decided again, after a crash, is decided alike."""
    assert decided("hours") == decided("hours")


def test_last_messages_are_remembered_and_no_more() -> None:
    """The conversation knows its last messages, so that a duplicate costs no write, and does not grow."""
    keys = after((f"{n}", NOW) for n in range(RECENT_KEYS + 3)).recent
    assert keys == tuple(key_of(f"wamid.before.{n}") for n in range(3, RECENT_KEYS + 3))


@pytest.mark.parametrize("late", [0, 1, 5 * DAY])
def test_message_of_yesterday_does_not_move_the_window_back(late: int) -> None:
    """A message that comes late never shortens the time in which the shop may answer."""
    fact = message("hours", at=later(NOW, -late))
    kept = decide(replace(KNOWN, last_customer_at=NOW), fact, shop(), BOOK, open_country=True, now=NOW)
    assert kept.conversation.last_customer_at == NOW


# The greeting


@pytest.mark.parametrize(
    ("before", "greeted"),
    [
        (new(), True),
        (replace(KNOWN, last_customer_at=later(NOW, -GREET_AFTER_MS)), True),
        (replace(KNOWN, last_customer_at=later(NOW, 1 - GREET_AFTER_MS)), False),
        (KNOWN, False),
    ],
)
def test_greeting_is_the_first_line_of_the_first_answer(before: Conversation, *, greeted: bool) -> None:
    """Who writes for the first time, or after two weeks, is welcomed in the same message that answers."""
    lines = text(decided("hours", before)).split("\n")
    assert (lines[0] == "Welcome to Mishti!") is greeted
    assert "Open:" in lines


def test_greeting_is_said_once() -> None:
    """The second message of a day is answered without a welcome."""
    first = decided("hours", new())
    assert "Welcome" not in text(decided("hours", first.conversation, at=later(NOW, MINUTE)))


def test_greeting_and_away_are_one_message() -> None:
    """Who writes for the first time at night gets one message with both."""
    assert text(decided(UNKNOWN, new(), at=NIGHT)).split("\n") == [
        "Welcome to Mishti!",
        "Closed. We open tomorrow at 08:00.",
    ]


def test_opened_chat_is_greeted_and_not_listed() -> None:
    """Who only opens the chat is welcomed; there is no question to put on a list."""
    decision = decided(message("", kind="request_welcome"), new())
    assert (decision.reason, text(decision), decision.listed) == (Reason.GREETED, "Welcome to Mishti!", False)


def test_opened_chat_of_somebody_known_is_only_shown() -> None:
    """Opening a chat again says nothing, by day and after the away text by night."""
    assert decided(message("", kind="request_welcome")).reason is Reason.SHOWN
    away = decided(message("", kind="request_welcome", at=NIGHT), at=NIGHT)
    assert away.reason is Reason.AWAY
    again = message("", kind="request_welcome", id="wamid.2", at=NIGHT)
    assert decided(again, away.conversation, at=NIGHT).reason is Reason.SHOWN


# Away


def test_taught_question_is_answered_at_night_as_by_day() -> None:
    """Who asks what was taught gets the answer at any hour, and nothing about closing."""
    assert text(decided("price", at=NIGHT)) == "Twenty rupees at Mishti."


def test_away_text_is_said_once_for_each_closure() -> None:
    """One night one away text; the next night, or a holiday after it, says it again."""
    holiday = shop(hours=replace(shop().hours, closures=(date(2026, 1, 7),)))
    nights = [NIGHT, later(NIGHT, HOUR), later(NIGHT, 8 * HOUR), later(NIGHT, DAY), later(NIGHT, 36 * HOUR)]
    conversation, said = KNOWN, []
    for number, at in enumerate(nights):
        decision = decided(message(UNKNOWN, id=f"wamid.{number}", at=at), conversation, at=at, by=holiday)
        conversation = decision.conversation
        said.append(decision.reason)
    assert said == [Reason.AWAY, Reason.LISTED, Reason.LISTED, Reason.AWAY, Reason.LISTED]


def test_matched_question_does_not_use_the_away_text_up() -> None:
    """A customer whose first question of the night was answered still learns that the shop is closed."""
    conversation = decided("price", at=NIGHT).conversation
    assert decided(message(UNKNOWN, id="wamid.2", at=NIGHT), conversation, at=NIGHT).reason is Reason.AWAY


def test_shop_without_hours_is_never_away() -> None:
    """A shop that told no hours answers at night as by day."""
    always = shop(hours=OpeningHours(timezone="Asia/Kolkata"))
    assert decided(UNKNOWN, at=NIGHT, by=always).reason is Reason.NOT_UNDERSTOOD


def test_shop_without_away_text_only_lists_at_night() -> None:
    """Where there is no away text, nothing else is said in its place at night."""
    quiet = shop(texts=replace(shop().texts, away={}))
    decision = decided(UNKNOWN, at=NIGHT, by=quiet)
    assert (decision.reason, decision.conversation.away_for) == (Reason.LISTED, 0)


# Not understood


@pytest.mark.parametrize("said", ["ধন্যবাদ", "👍", "thank you", "ok", "...", "❤️🙏", "ठीक है"])
def test_nobody_waits_for_an_answer_to_thanks(said: str) -> None:
    """It is not answered, and does not fill the list of questions; on first contact it is welcomed."""
    decision = decided(said)
    assert (decision.reason, decision.said, decision.listed) == (Reason.IDLE, None, False)
    first = decided(said, new())
    assert (first.reason, first.listed) == (Reason.GREETED, False)
    assert text(first).startswith(("Welcome", "Mishti"))


def test_question_mark_alone_is_a_question() -> None:
    """Somebody waits."""
    assert (decided("?").reason, decided("?").listed) == (Reason.NOT_UNDERSTOOD, True)


def test_not_understood_is_said_once_a_day_and_listed_each_time() -> None:
    """A customer whom the bot can't help is told so once a day; the merchant sees every question."""
    first = decided(UNKNOWN)
    second = decided(message(UNKNOWN, id="wamid.2", at=later(NOW, HOUR)), first.conversation, at=later(NOW, HOUR))
    tomorrow = later(NOW, NOT_UNDERSTOOD_EVERY_MS)
    third = decided(message(UNKNOWN, id="wamid.3", at=tomorrow), second.conversation, at=tomorrow)
    assert [d.reason for d in (first, second, third)] == [Reason.NOT_UNDERSTOOD, Reason.LISTED, Reason.NOT_UNDERSTOOD]
    assert all(d.listed for d in (first, second, third))


def test_greeted_customer_is_not_told_at_once_that_nothing_was_understood() -> None:
    """A first message that nothing matches is welcomed; the merchant has it on the list."""
    decision = decided(UNKNOWN, new())
    assert (decision.reason, decision.conversation.not_understood_at) == (Reason.GREETED, 0)


def test_shop_that_taught_nothing_says_nothing() -> None:
    """Without texts and entries the bot is mute, and every question is listed."""
    mute = shop(texts=Texts(), entries=())
    book = compile_book(())
    decision = decide(new(), message(), mute, book, open_country=True, now=NOW)
    assert (decision.reason, decision.said, decision.listed) == (Reason.LISTED, None, True)


def test_entry_without_a_reply_counts_as_not_understood() -> None:
    """A question whose reply is empty is for the merchant."""
    empty = (Entry(id="hours", examples=("hours",), replies={}),)
    decision = decide(KNOWN, message(), shop(entries=empty), compile_book(empty), open_country=True, now=NOW)
    assert decision.reason is Reason.NOT_UNDERSTOOD


def test_hours_that_the_shop_never_told_are_for_a_person() -> None:
    """No customer reads "we are open:" with nothing behind it."""
    by = shop(hours=OpeningHours(timezone="Asia/Kolkata"))
    decision = decided("hours", by=by)
    assert (decision.reason, decision.listed) == (Reason.NOT_UNDERSTOOD, True)


# What has no words, and groups


@pytest.mark.parametrize("kind", ["image", "audio", "sticker", "location", "order", "contacts", "a kind of tomorrow"])
@pytest.mark.parametrize("said", ["", "  \n "])
def test_media_without_words_is_only_shown(kind: str, said: str) -> None:
    """A picture without a caption is for people: no greeting, no away text, no list."""
    for before in (KNOWN, new()):
        decision = decided(message(said, kind=kind, at=NIGHT), before, at=NIGHT)
        assert (decision.reason, decision.said, decision.listed) == (Reason.SHOWN, None, False)


@pytest.mark.parametrize("kind", ["image", "button", "interactive", "a kind of tomorrow"])
def test_words_are_answered_whatever_carries_them(kind: str) -> None:
    """A caption or a chosen button asks as a text does."""
    assert decided(message("hours", kind=kind)).reason is Reason.MATCHED


@pytest.mark.parametrize("kind", ["text", "unsupported", "request_welcome"])
def test_group_is_never_answered(kind: str) -> None:
    """What is said in a group is shown, and no more."""
    decision = decided(message("hours", kind=kind, group=True), new())
    assert (decision.reason, decision.said, decision.listed) == (Reason.SHOWN, None, False)


def test_unsupported_message_gets_one_kind_sentence_once() -> None:
    """Who sends what can't be shown is asked for words once in a conversation, and not again a month later."""
    first = decided(message("", kind="unsupported"))
    month = later(NOW, 30 * DAY)
    second = decided(message("", id="wamid.2", kind="unsupported", at=month), first.conversation, at=month)
    assert (text(first), second.reason, second.said) == ("Please write words.", Reason.SHOWN, None)


# Silence


def test_bot_is_silent_after_a_person_answered_and_back_by_itself() -> None:
    """After an answer from the phone the bot says nothing for the set time, and then goes on as before."""
    quiet = shop(silence_ms=30 * MINUTE)
    conversation = silence(KNOWN, quiet, at=NOW, now=NOW)
    still, back = later(NOW, 30 * MINUTE - 1), later(NOW, 30 * MINUTE)
    assert decided("hours", conversation, at=still, by=quiet).reason is Reason.SILENT
    assert decided("hours", conversation, at=back, by=quiet).reason is Reason.MATCHED


@pytest.mark.parametrize(("at", "until"), [(-HOUR, 30 * MINUTE), (0, 30 * MINUTE), (HOUR, 30 * MINUTE)])
def test_silence_is_never_shortened_and_never_starts_in_the_future(at: int, until: int) -> None:
    """An echo that comes late leaves a longer silence as it is; a wrong clock at Meta makes none of a year."""
    conversation = silence(replace(KNOWN, silent_until=later(NOW, 30 * MINUTE)), shop(), at=later(NOW, at), now=NOW)
    assert conversation.silent_until == later(NOW, until)


def test_person_takes_over_what_the_bot_was_about_to_answer() -> None:
    """A burst that a person has answered is not answered again, and the guard counts from there anew."""
    waiting = decided("hours", GUARDED, by=shop(burst_ms=1_000)).conversation
    taken = silence(waiting, shop(), at=NOW, now=NOW)
    assert (taken.burst, taken.automatic) == ((), ())


# The loop guard


def test_guard_lets_three_replies_through_in_ten_minutes() -> None:
    """Two bots that talk to each other stop after three; ten minutes later there is an answer again."""
    guarded = shop(loop_guard=True)
    conversation, reasons = KNOWN, []
    for number in range(5):
        at = later(NOW, number * MINUTE)
        decision = decided(message("hours", id=f"wamid.{number}", at=at), conversation, at=at, by=guarded)
        conversation = decision.conversation
        reasons.append(decision.reason)
    assert reasons == [Reason.MATCHED] * 3 + [Reason.GUARDED] * 2
    assert decided("hours", conversation, at=later(NOW, GUARD_MS), by=guarded).reason is Reason.MATCHED
    assert decided("hours", conversation, at=later(NOW, GUARD_MS - 1), by=guarded).reason is Reason.GUARDED


def test_shop_without_guard_answers_every_time() -> None:
    """The guard is the shop's to switch on."""
    assert decided("hours", GUARDED).reason is Reason.MATCHED


def test_person_starts_the_guard_anew() -> None:
    """Replies in a row are counted since a person last answered."""
    quiet = shop(loop_guard=True, silence_ms=0)
    assert decided("hours", silence(GUARDED, quiet, at=NOW, now=NOW), by=quiet).reason is Reason.MATCHED


# Bursts

PATIENT = shop(burst_ms=8_000)


def burst(*said: str, before: Conversation = KNOWN, by: Shop = PATIENT) -> Conversation:
    """A conversation in which a customer writes in pieces, a second apart."""
    conversation = before
    for number, piece in enumerate(said):
        at = later(NOW, number * SECOND)
        fact = message(piece, id=f"wamid.part.{number}", at=at)
        decision = decide(conversation, fact, by, BOOK, open_country=True, now=at)
        assert (decision.reason, decision.said, decision.look_again_in) == (Reason.WAITING, None, by.manners.burst_ms)
        conversation = decision.conversation
    return conversation


def over(conversation: Conversation, last: int, *, by: Shop = PATIENT, now: Instant = NOW) -> Decision | None:
    """What comes of a burst that may be over with this piece."""
    return decide_burst(conversation, key_of(f"wamid.part.{last}"), by, BOOK, now=now)


def test_burst_gets_one_reply_to_the_whole_quoting_the_last() -> None:
    """A question in three pieces is one question, answered at its end."""
    decision = over(burst("kokhon", "khola"), 1)
    assert decision is not None
    assert decision.said is not None
    assert (decision.said.entry, decision.said.quotes) == ("hours", "wamid.part.1")
    assert decision.conversation.burst == ()


@pytest.mark.parametrize("piece", [0, 1])
def test_burst_that_went_on_is_not_answered_yet(piece: int) -> None:
    """While the customer writes the earlier looks find that there is more to come."""
    assert over(burst("one", "two", "three"), piece) is None


def test_burst_is_answered_once() -> None:
    """A second look at a burst, a queue's repeat, says nothing."""
    first = over(burst("hours"), 0)
    assert first is not None
    assert over(first.conversation, 0) is None


def test_burst_is_left_to_the_person_who_answered_meanwhile() -> None:
    """Who answers from the phone before the burst is over has the word; the question stands on the list."""
    waiting = replace(burst("hours"), silent_until=later(NOW, 1))
    decision = over(waiting, 0)
    assert decision is not None
    assert (decision.reason, decision.said, decision.listed) == (Reason.SILENT, None, True)
    assert decision.conversation.burst == ()


def test_burst_to_a_shop_that_was_shut_meanwhile_is_listed() -> None:
    """A shop that is closed down before the burst is over says nothing more; the question stands on the list."""
    decision = over(burst("hours"), 0, by=shop(serves=False))
    assert decision is not None
    assert (decision.reason, decision.said, decision.listed) == (Reason.SHUT, None, True)


@pytest.mark.parametrize(
    ("before", "greeted"),
    [
        (new(), True),
        (replace(KNOWN, last_customer_at=later(NOW, -GREET_AFTER_MS), automatic=(Instant(1),)), True),
        (KNOWN, False),
        (replace(KNOWN, recent=()), False),
    ],
)
def test_burst_greets_as_a_single_message_does(before: Conversation, *, greeted: bool) -> None:
    """Who comes for the first time or after two weeks, in pieces, is welcomed too, and nobody else."""
    assert text(over(burst("hours", "hours", before=before), 1)).startswith("Welcome") is greeted


def test_opened_chat_does_not_wait_for_more() -> None:
    """Opening the chat is not the begin of a question."""
    assert decided(message("", kind="request_welcome"), new(), by=PATIENT).reason is Reason.GREETED


def test_burst_without_end_stays_small() -> None:
    """A customer, or a machine, that never stops writing does not make the conversation grow."""
    pieces = ["x" * 60_000] * 30
    conversation = burst(*pieces)
    assert len(conversation.burst) == 20
    assert sum(len(part.text) for part in conversation.burst) <= 20 * READ
    assert over(conversation, 29) is not None


def test_edited_piece_is_answered_as_it_is_now() -> None:
    """A customer who mends a word before the answer is answered to the mended text."""
    mended = alter(burst("hoUXXrs"), altered("edited", "wamid.part.0", "price"))
    assert text(over(mended, 0)) == "Twenty rupees at Mishti."


def test_deleted_piece_is_not_answered() -> None:
    """What the customer took back before the answer is not answered, and the rest of the burst is."""
    alone = over(alter(burst("hours"), altered("revoked", "wamid.part.0")), 0)
    assert alone is not None
    assert (alone.reason, alone.said, alone.listed) == (Reason.SHOWN, None, False)
    pair = over(alter(burst("price", "hours"), altered("revoked", "wamid.part.1")), 1)
    assert text(pair) == "Twenty rupees at Mishti."


def test_reaction_changes_no_piece() -> None:
    """A heart on a message does not replace its text; the window is open from it on."""
    loved = alter(burst("hours"), altered("reacted", "wamid.part.0", "❤", at=later(NOW, MINUTE)))
    assert (loved.burst, loved.last_customer_at) == (burst("hours").burst, later(NOW, MINUTE))


# Language, length, pace


@pytest.mark.parametrize(
    ("asked", "answer"),
    [("hours", "Open:"), ("কখন খোলা", "খোলা:"), ("दुकान कब खुलती है", "खुला:"), ("kokhon khola", "খোলা:")],
)
def test_reply_speaks_the_language_of_the_question(asked: str, answer: str) -> None:
    """Who asks in Bengali letters, or in Bengali with Latin ones, is answered in Bengali."""
    assert text(decided(asked)).split("\n")[0] == answer


def test_reply_that_is_missing_in_a_language_is_given_in_the_shops() -> None:
    """A shop that wrote its answer in one language answers in that one."""
    hindi = shop(language="hi", entries=(replace(shop().entries[1], replies={"hi": "बीस", "en": "twenty"}),))
    book = compile_book((Entry(id="p", examples=("দাম",), replies={"hi": "बीस", "en": "twenty"}),))
    assert text(decide(KNOWN, message("দাম"), hindi, book, open_country=True, now=NOW)) == "बीस"
    only = compile_book((Entry(id="p", examples=("দাম",), replies={"en": "twenty"}),))
    assert text(decide(KNOWN, message("দাম"), hindi, only, open_country=True, now=NOW)) == "twenty"


def test_placeholders_are_filled_and_no_others() -> None:
    """A reply tells the shop's name and hours; braces that mean nothing stay as they are."""
    entry = Entry(id="x", examples=("x yz",), replies={"en": "{shop} {hours} {unknown} {0} {"})
    said = decide(KNOWN, message("x yz"), shop(), compile_book((entry,)), open_country=True, now=NOW)
    assert text(said) == "Mishti Every day 08:00–21:00 {unknown} {0} {"


def test_reply_fits_into_a_message() -> None:
    """A reply that is longer than the channel takes is cut, and sent."""
    entry = Entry(id="x", examples=("x yz",), replies={"en": "a" * 5_000})
    said = decide(new(), message("x yz"), shop(), compile_book((entry,)), open_country=True, now=NOW)
    assert len(text(said)) == text_limit("whatsapp")
    assert text(said).startswith("Welcome to Mishti!\naaa")


def test_reply_to_somebody_who_was_told_much_waits_its_turn() -> None:
    """A reply over the pair limit carries the time from which it may go, and uses up a place."""
    full = replace(KNOWN, pair=later(NOW, 45 * 6 * SECOND))
    decision = decided("hours", full)
    assert decision.said is not None
    assert decision.said.not_before == later(NOW, 6 * SECOND)
    assert decision.conversation.pair == later(NOW, 46 * 6 * SECOND)


@given(
    st.lists(st.tuples(st.sampled_from(["hours", UNKNOWN, "", "price"]), st.integers(0, 3 * DAY)), max_size=12),
    st.booleans(),
)
def test_guard_holds_whatever_is_written_and_when(said: list[tuple[str, int]], guard: bool) -> None:  # noqa: FBT001  # hypothesis passes by position
    """Whatever is written and when: with the guard on, no four automatic replies stand within ten minutes."""
    by, conversation, now, spoke = shop(loop_guard=guard), new(), NOW, list[Instant]()
    for number, (words, pause) in enumerate(said):
        now = later(now, pause % (20 * MINUTE) if pause % 2 else pause)
        decision = decided(message(words, id=f"wamid.{number}", at=now), conversation, at=now, by=by)
        conversation = decision.conversation
        spoke += [now] if decision.said else []
    if guard:
        assert not any(spoke[i + GUARD_REPLIES] - spoke[i] < GUARD_MS for i in range(len(spoke) - GUARD_REPLIES))
