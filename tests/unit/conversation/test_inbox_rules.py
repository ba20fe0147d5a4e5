"""What a person does in a conversation, and how its things are shown to them."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haat.conversation.model import FOREVER, WINDOW_MS, BurstPart, Conversation, SendState
from haat.conversation.model.people import Message, Question
from haat.conversation.rules.inbox import (
    STATES_KEPT_MS,
    bot_shown,
    conversation_shown,
    example_of,
    message_shown,
    question_shown,
    release,
    take_over,
)
from haat.conversation.rules.teaching import entry_of
from haat.facts.conversation import Contact
from haat.kernel.errors import Rejected
from haat.kernel.ids import ConversationId, CustomerId, MessageId, ProviderId
from haat.kernel.time import HOUR, MINUTE, later
from tests.invented import ANITA, NOW, key_of, new

WAITING = replace(
    new(), burst=(BurstPart(key=key_of("wamid.1"), text="hours", provider_id=ProviderId("wamid.1")),), automatic=(NOW,)
)
QUESTION = Question(
    id="01", conversation=ConversationId("c"), customer=CustomerId("u"), at=NOW, texts=("elephants?", "big ones")
)


def test_take_over_takes_what_the_bot_was_about_to_answer() -> None:
    """A burst that waits is the person's, and the loop guard counts anew."""
    taken = take_over(WAITING, None, NOW)
    assert (taken.silent_until, taken.burst, taken.automatic) == (FOREVER, (), ())


def test_take_over_for_some_minutes_shortens_a_longer_silence() -> None:
    """What the person says now counts, also where the bot was to be silent for longer."""
    until = later(NOW, 5 * MINUTE)
    assert take_over(replace(new(), silent_until=FOREVER), 5, NOW).silent_until == until


@given(
    st.lists(st.sampled_from([None, 1, 90, "release"]), min_size=1, max_size=6), st.integers(min_value=0, max_value=200)
)
def test_last_word_of_a_person_decides(acts: list[Any], after: int) -> None:
    """After any history of taking over and releasing, the bot is silent exactly as the last one said."""
    there = WAITING
    for act in acts:
        there = release(there) if act == "release" else take_over(there, act, NOW)
    silent = {"release": False, None: True}.get(acts[-1], isinstance(acts[-1], int) and after < acts[-1])
    assert bot_shown(there, later(NOW, after * MINUTE))["state"] == ("silent" if silent else "answers")


@pytest.mark.parametrize(
    ("there", "shown"),
    [
        (new(), {"state": "answers", "until": None}),
        (replace(new(), silent_until=later(NOW, HOUR)), {"state": "silent", "until": "2026-01-05T05:30:00.000Z"}),
        (replace(new(), silent_until=FOREVER), {"state": "silent", "until": None}),
        (replace(new(), silent_until=NOW), {"state": "answers", "until": None}),
        (replace(new(), silent_until=FOREVER, blocked_at=NOW), {"state": "blocked", "until": None}),
    ],
    ids=["answers", "for an hour", "until released", "just over", "blocked"],
)
def test_bot_is_shown_as_it_is(there: Conversation, shown: dict[str, Any]) -> None:
    """Answering, silent until a time or until it is told, or kept away by a block."""
    assert bot_shown(there, NOW) == shown


@pytest.mark.parametrize(
    ("contact", "phone", "user"),
    [
        (ANITA, "+919800000001", ANITA.user_id),
        (Contact(user_id="IN.1"), None, "IN.1"),
        (Contact(phone="88017"), "+88017", None),
    ],
    ids=["both", "user id", "phone"],
)
def test_customer_is_shown_by_the_names_that_are_known(contact: Contact, phone: str | None, user: str | None) -> None:
    """A number in E.164 where there is one, the channel's id where there is one."""
    shown = conversation_shown(replace(new(), contact=contact), NOW)
    assert (shown["phone"], shown["user_id"], shown["name"]) == (phone, user, contact.name)


def test_window_ends_a_day_after_the_customers_last_message() -> None:
    """Who never wrote opened no window."""
    assert conversation_shown(new(), NOW)["window_ends_at"] is None
    there = replace(new(), last_customer_at=later(NOW, -WINDOW_MS))
    assert conversation_shown(there, NOW)["window_ends_at"] == "2026-01-05T04:30:00.000Z"


def ours(**state: Any) -> Message:
    """Something that we sent."""
    return Message(id=MessageId("m"), author="bot", at=NOW, state=SendState(id=MessageId("m"), **state))


@pytest.mark.parametrize(
    ("line", "word"),
    [
        (ours(), "waiting"),
        (ours(state="sending", since=NOW), "sending"),
        (ours(state="sent"), "sent"),
        (ours(state="sent", rank=1), "sent"),
        (ours(state="sent", rank=2), "delivered"),
        (ours(state="sent", rank=3), "read"),
        (ours(state="sent", rank=4), "played"),
        (ours(state="failed", rank=0, error=131047), "failed"),
        (Message(id=MessageId("m"), author="customer", at=NOW), None),
        (Message(id=MessageId("m"), author="phone", at=NOW), None),
    ],
)
def test_state_of_a_line_is_one_word(line: Message, word: str | None) -> None:
    """What we sent has a state, what others wrote has none."""
    shown = message_shown(line, NOW)
    assert shown["state"] == word
    assert shown["direction"] == ("in" if line.author == "customer" else "out")


def test_state_that_is_remembered_no_more_is_not_made_up() -> None:
    """A month later nobody knows whether it was read; it does not wait."""
    assert message_shown(ours(), later(NOW, STATES_KEPT_MS))["state"] == "waiting"
    assert message_shown(ours(), later(NOW, STATES_KEPT_MS + 1))["state"] is None


def test_question_is_shown_with_all_of_its_words() -> None:
    """A question in several messages is one; without any words it has none."""
    assert question_shown(QUESTION)["text"] == "elephants?\nbig ones"
    assert question_shown(replace(QUESTION, texts=()))["text"] is None


def test_example_is_the_customers_unless_the_shop_says_otherwise() -> None:
    """What is taught is one line of at most 500 letters; nothing teaches nothing."""
    assert example_of(QUESTION, {}) == "elephants? big ones"
    assert example_of(QUESTION, {"example": " elephant "}) == "elephant"
    assert len(example_of(replace(QUESTION, texts=("a" * 900,)), {})) == 500
    with pytest.raises(Rejected):
        example_of(replace(QUESTION, texts=()), {})
    with pytest.raises(Rejected):
        example_of(replace(QUESTION, texts=(" ",)), {})


LETTER = "ক্ষ্ম"  # one letter to a reader, five code points


def test_example_is_as_long_as_people_count() -> None:
    """500 letters in any script, whether it is taught or made of a question; the customer's own words are cut."""
    entry = entry_of("a", {"examples": [LETTER * 500], "replies": {"en": "x"}})
    assert entry.examples == (LETTER * 500,)
    with pytest.raises(Rejected) as refused:
        entry_of("a", {"examples": ["x", LETTER * 501], "replies": {"en": "x"}})
    assert refused.value.fields == {"examples.1": "must have at most 500 letters"}
    assert example_of(QUESTION, {"example": LETTER * 500}) == LETTER * 500
    with pytest.raises(Rejected) as refused:
        example_of(QUESTION, {"example": LETTER * 501})
    assert refused.value.fields == {"example": "must have at most 500 letters"}
    assert len(example_of(replace(QUESTION, texts=("x" * 600,)), {})) == 500
