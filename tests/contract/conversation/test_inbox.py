"""What the port Inbox promises, in memory and in DynamoDB."""

from dataclasses import replace

import pytest

from haat.conversation.model import Conversation
from haat.conversation.model.people import Message
from haat.kernel.errors import Conflict
from haat.kernel.ids import ConversationId, ProviderId, ulid
from haat.kernel.time import HOUR, MINUTE, SECOND, Instant, later
from tests.contract.conversation.houses import House
from tests.contract.conversation.people import DONE, once, said, spoken, whole
from tests.invented import (
    ANITA,
    BIMAL,
    CHANNEL,
    MERCHANT,
    NOW,
    OTHER_CHANNEL,
    OTHER_MERCHANT,
    SECOND_CHANNEL,
    altered,
    echo,
    key_of,
    message,
    outgoing,
    status,
)

# Conversations


def test_conversation_is_found_by_its_id(house: House) -> None:
    """As soon as somebody has written, their conversation is known by its id."""
    met = house.meet(ANITA)
    assert house.inbox.conversation(MERCHANT, met.id) == met


def test_conversation_of_another_merchant_is_not_found(house: House) -> None:
    """An id of the shop next door leads nowhere, nor does one of nobody."""
    met = house.meet(ANITA)
    assert house.inbox.conversation(OTHER_MERCHANT, met.id) is None
    assert house.inbox.conversation(MERCHANT, ConversationId(ulid(NOW, b"nobody"))) is None


def test_conversations_come_by_day_and_within_it_the_latest_first(house: House) -> None:
    """What moved today stands before what moved yesterday; of two of one day the one that was written to last."""
    days = {b"1 customer": ("2026-01-04", 3), b"2 customer": ("2026-01-05", 1), b"3 customer": ("2026-01-05", 2)}
    for (seed, (day, hour)), contact in zip(
        days.items(), (ANITA, BIMAL, replace(BIMAL, phone="919800000003")), strict=True
    ):
        met = house.meet(contact, seed=seed)
        at = later(NOW, hour * HOUR)
        house.inbox.change(met, replace(met, inbox_day=day, last_customer_at=at), once(seed.decode()), DONE)
    found, after = house.inbox.conversations(MERCHANT, None, 10)
    assert [(it.inbox_day, (it.last_customer_at - NOW) // HOUR) for it in found] == [
        ("2026-01-05", 2),
        ("2026-01-05", 1),
        ("2026-01-04", 3),
    ]
    assert after is None


@pytest.mark.parametrize("limit", [1, 2, 3, 7])
def test_every_conversation_stands_on_one_page(house: House, limit: int) -> None:
    """Page by page nothing is left out and nothing comes twice; another merchant's are never among them."""
    mine = {house.meet(replace(BIMAL, phone=f"91980000{n:04d}"), seed=b"%02d customer" % n).id for n in range(7)}
    house.meet(ANITA, channel=OTHER_CHANNEL, seed=b"at another")
    found = whole(lambda after: house.inbox.conversations(MERCHANT, after, limit))
    assert [len(found), {it.id for it in found}] == [7, mine]


def test_conversation_that_went_on_under_the_older_name_is_listed_once(house: House) -> None:
    """Two names that are one person's leave one conversation in the inbox, and its id still leads to it."""
    house.meet(replace(ANITA, user_id=None), seed=b"a older   ", channel=SECOND_CHANNEL)
    younger = house.meet(replace(ANITA, phone=None), seed=b"b younger ")
    assert house.hear(message(id="wamid.2"), contact=ANITA)
    found = [it for it in house.inbox.conversations(MERCHANT, None, 10)[0] if it.address == CHANNEL.address]
    assert [it.id for it in found] == [younger.id]
    again = house.inbox.conversation(MERCHANT, younger.id)
    assert again == found[0]
    assert again.customer < younger.customer


# Lines


def test_lines_come_the_latest_first_and_an_answer_before_its_question(house: House) -> None:
    """What was said is read from the end, each answer of the bot beside what it answers."""
    met = house.meet(ANITA)
    first = message("hours", id="wamid.a", at=later(NOW, MINUTE))
    assert house.hear(first, reply=outgoing(1, conversation=met, text="Open."))
    assert house.hear(echo(text="I am here", at=later(NOW, 2 * MINUTE)))
    there = house.inbox.conversation(MERCHANT, met.id)
    assert there is not None
    house.inbox.say(there, there, spoken(there, "Come in"), once(), DONE)
    assert said(house, met) == [
        ("staff", "Come in"),
        ("phone", "I am here"),
        ("bot", "Open."),
        ("customer", "hours"),
        ("customer", "hours"),
    ]
    answer = house.inbox.messages(met.id, None, 50)[0][2]
    assert answer.about == first.key


@pytest.mark.parametrize("limit", [1, 2, 3, 50])
def test_every_line_stands_on_one_page(house: House, limit: int) -> None:
    """Page by page no line is left out and none comes twice."""
    met = house.meet(ANITA)
    for n in range(6):
        at = later(NOW, (n + 1) * SECOND)
        house.hear(
            message(f"line {n}", id=f"wamid.n{n}", at=at), reply=outgoing(n, conversation=met, text=f"reply {n}")
        )
    found = whole(lambda after: house.inbox.messages(met.id, after, limit))
    lines = [line.text for line in found if line.at >= NOW][: 2 * 6]
    assert lines == [text for n in reversed(range(6)) for text in (f"reply {n}", f"line {n}")]
    assert len(found) == 13


def line_of(house: House, there: Conversation, key: str) -> Message:
    """The line of one message."""
    return next(line for line in house.inbox.messages(there.id, None, 50)[0] if line.key == key_of(key))


def test_edited_line_has_its_new_words(house: House) -> None:
    """An edit is shown as one, at the message itself, and says which message it is about."""
    met = house.meet(ANITA)
    house.hear(message("hors", id="wamid.a"))
    edit = altered("edited", "wamid.a", "hours", at=later(NOW, MINUTE))
    house.conversations.alter(edit)
    house.hear(edit)
    line, change = line_of(house, met, "wamid.a"), line_of(house, met, "wamid.edited")
    assert (line.text, line.edited, line.deleted) == ("hours", True, False)
    assert (change.kind, change.about, change.text) == ("edited", key_of("wamid.a"), "")


def test_deleted_line_is_shown_without_its_words(house: House) -> None:
    """A deletion leaves a line that says so, in its place, and none of its words."""
    met = house.meet(ANITA)
    house.hear(message("private", id="wamid.a", at=later(NOW, SECOND)))
    revoked = altered("revoked", "wamid.a", at=later(NOW, MINUTE))
    house.conversations.alter(revoked)
    house.hear(revoked)
    line = line_of(house, met, "wamid.a")
    assert (line.text, line.deleted, line.at, line.provider_id) == ("", True, later(NOW, SECOND), "")
    assert "private" not in str(house.inbox.messages(met.id, None, 50))


def test_unknown_kind_is_shown_as_it_came(house: House) -> None:
    """A message of a kind that nobody knows yet is shown with all that it held."""
    met = house.meet(ANITA)
    house.hear(message("", id="wamid.a", kind="hologram", content={"hologram": {"depth": 3}}))
    line = line_of(house, met, "wamid.a")
    assert (line.kind, line.text, line.content) == ("hologram", "", {"hologram": {"depth": 3}})


def test_reaction_names_what_it_is_on(house: House) -> None:
    """A heart is a line of its own that names the other."""
    met = house.meet(ANITA)
    house.hear(altered("reacted", "wamid.a", "❤"))
    line = line_of(house, met, "wamid.reacted")
    assert (line.kind, line.text, line.about) == ("reacted", "❤", key_of("wamid.a"))


def test_line_of_ours_says_what_became_of_it(house: House) -> None:
    """Waiting, sent, delivered: the shop sees what the channel reported."""
    met = house.meet(ANITA)
    reply = house.answer(message(id="wamid.a"))

    def state() -> tuple[str, int | None]:
        line = next(line for line in house.inbox.messages(met.id, None, 50)[0] if line.author == "bot")
        assert line.state is not None
        return line.state.state, line.state.rank

    assert state() == ("due", None)
    house.sends.claim(reply, NOW)
    assert state() == ("sending", None)
    house.sends.sent(reply.id, ProviderId("wamid.out"))
    house.reports.report(status(reply, "delivered"))
    assert state() == ("sent", 2)


def test_said_again_is_a_line_of_its_own(house: House) -> None:
    """A reply that failed and was said again stands there twice, the first as failed."""
    met = house.meet(ANITA)
    reply = house.answer(message(id="wamid.a"))
    house.sends.claim(reply, NOW)
    again = replace(reply, id=outgoing(9).id, again=1)
    house.reports.fail_reported(status(reply, "failed"), reply, 131000, NOW, again)
    states = {line.id: line.state for line in house.inbox.messages(met.id, None, 50)[0] if line.author == "bot"}
    assert {id: state.state for id, state in states.items() if state} == {reply.id: "failed", again.id: "due"}


# Writing


def test_what_a_person_says_waits_to_be_sent(house: House) -> None:
    """It is in the outbox with the conversation's change, and the same request again says nothing more."""
    met = house.meet(ANITA)
    after = replace(met, silent_until=later(NOW, HOUR))
    for _ in range(2):
        assert house.inbox.say(met, after, spoken(met, "Come in"), once(), DONE) == DONE
    assert [(it.text, it.by) for it in house.outbox()] == [("Come in", "token")]
    there = house.inbox.conversation(MERCHANT, met.id)
    assert there == replace(after, version=met.version + 1)


def test_conversation_that_moved_takes_no_change(house: House) -> None:
    """Who acts on what has changed since is told so, and nothing is said."""
    met = house.meet(ANITA)
    house.hear(message(id="wamid.2"))
    with pytest.raises(Conflict):
        house.inbox.say(met, met, spoken(met, "late"), once(), DONE)
    with pytest.raises(Conflict):
        house.inbox.change(met, met, once(), DONE)
    assert house.outbox() == []
    assert house.inbox.given(once()) is None


def test_change_is_made_once(house: House) -> None:
    """The same request again gets the same answer, and the conversation moves once."""
    met = house.meet(ANITA)
    for _ in range(2):
        assert house.inbox.change(met, replace(met, silent_until=Instant(5)), once(), DONE) == DONE
    there = house.inbox.conversation(MERCHANT, met.id)
    assert there is not None
    assert (there.version, there.silent_until) == (met.version + 1, 5)
