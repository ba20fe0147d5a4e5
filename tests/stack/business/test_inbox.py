"""The inbox over HTTP: what a shop's people read of their customers, and what they do about it."""

from typing import Any

import pytest

from haat.business.model.token import Role
from haat.kernel.time import DAY, MINUTE
from infra.local.simulators.customer import Customer
from tests.stack.business.conftest import HARDWARE_SHOP, Api
from tests.stack.conversation.conftest import SWEET_SHOP

UNKNOWN = "do you sell elephants"
YES = {"entry": {"id": "elephants", "replies": {"en": "Small ones."}}}
NOBODY = "01KDVDNA008252GHK0JAF24VNQ"


def rina(api: Api) -> Customer:
    """A customer."""
    return api.stage.graph.customer(phone="919800000001", name="Rina")


def says(api: Api, text: str) -> list[str]:
    """Rina writes -> what she is answered."""
    before = len(answers(api))
    rina(api).writes(SWEET_SHOP, text)
    api.stage.drain()
    return answers(api)[before:]


def answers(api: Api) -> list[str]:
    """What reached Meta, in order."""
    return [sent.text for sent in api.stage.graph.sent(SWEET_SHOP) if sent.accepted]


def chat(api: Api) -> str:
    """The path of the one conversation."""
    (there,) = api.json("GET", "conversations")["items"]
    return f"conversations/{there['id']}"


def lines(api: Api) -> list[tuple[str, str, str | None]]:
    """Author, text and state of every line, the latest first."""
    return [(it["author"], it["text"], it["state"]) for it in api.json("GET", f"{chat(api)}/messages")["items"]]


def test_conversation_shows_who_writes_and_until_when_the_shop_may(api: Api) -> None:
    """Name, number, the open window, and that the bot answers."""
    says(api, "hours")
    (there,) = api.json("GET", "conversations")["items"]
    assert api.json("GET", f"conversations/{there['id']}") == there
    assert (there["name"], there["phone"], there["number"]) == ("Rina", "+919800000001", SWEET_SHOP)
    assert (there["last_message_at"], there["window_ends_at"]) == (
        "2026-01-05T04:30:00.000Z",
        "2026-01-06T04:30:00.000Z",
    )
    assert there["bot"] == {"state": "answers", "until": None}


def test_messages_show_what_was_said_and_why_it_was_answered(api: Api) -> None:
    """Question and answer, with what the question was like and what became of the answer."""
    says(api, "hours")
    api.stage.run_for(MINUTE / 1000)
    answer, question = api.json("GET", f"{chat(api)}/messages")["items"]
    assert (question["direction"], question["text"], question["reason"]) == ("in", "hours", "matched")
    assert (answer["direction"], answer["author"], answer["resembles"]) == ("out", "bot", "hours")
    assert (answer["about"], answer["state"], answer["error"]) == (question["key"], "read", None)


def test_person_answers_and_the_bot_is_silent(api: Api) -> None:
    """What staff write reaches the customer; the bot leaves the conversation to them for the shop's set time."""
    says(api, "hours")
    api.stage.run_for(MINUTE / 1000)  # lines of one millisecond stand in the order of their ids, which is chance
    sent = api.json("POST", f"{chat(api)}/messages", {"text": "আসুন, ভালো আছে"}, role=Role.STAFF, expect=201)
    assert sent["state"] == "waiting"
    api.stage.drain()
    assert answers(api)[-1] == "আসুন, ভালো আছে"
    assert lines(api)[0][:2] == ("staff", "আসুন, ভালো আছে")
    there = api.json("GET", chat(api))
    assert there["bot"] == {"state": "silent", "until": "2026-01-05T05:01:00.000Z"}
    assert says(api, "price") == []
    api.stage.run_for(31 * MINUTE / 1000)
    assert len(says(api, "price")) == 1


def test_same_request_gets_its_answer_also_when_the_window_has_closed(api: Api) -> None:
    """Who did not hear that it was said just in time asks again later, and is told so."""
    says(api, "hours")
    api.stage.run_for((DAY - MINUTE) / 1000)
    path = f"{chat(api)}/messages"
    first = api.json("POST", path, {"text": "Come in"}, key="one", expect=201)
    api.stage.run_for(5 * MINUTE / 1000)
    assert api.json("POST", path, {"text": "Come in"}, key="one", expect=201) == first
    assert api.refused("POST", path, {"text": "Come in"}) == (409, "window-closed")


def test_closed_window_takes_no_message(api: Api) -> None:
    """A day after the customer's last message the shop is told that it is too late, and nothing is sent."""
    says(api, "hours")
    path = f"{chat(api)}/messages"
    api.stage.run_for((DAY - MINUTE) / 1000)
    api.json("POST", path, {"text": "just in time"}, expect=201)
    api.stage.run_for(MINUTE / 1000)
    assert api.refused("POST", path, {"text": "too late"}) == (409, "window-closed")
    api.stage.drain()
    assert answers(api)[-1] == "just in time"


@pytest.mark.parametrize("text", ["", "   ", "\n", "a" * 4097, "ক" * 4097])
def test_text_that_the_channel_would_not_take_is_refused(api: Api, text: str) -> None:
    """Nothing, and more than the channel carries, is refused by name before it is kept."""
    says(api, "hours")
    refused = api.call("POST", f"{chat(api)}/messages", {"text": text})
    assert (refused.status, b'"field":"text"' in refused.body) == (422, True)
    assert api.call("POST", f"{chat(api)}/messages", {"text": "ক" * 4096}).status == 201


def test_conversation_that_was_taken_over_is_silent_until_it_is_given_back(api: Api) -> None:
    """Whatever the customer writes, days later, the bot says nothing; released, it answers again."""
    says(api, "hours")
    taken = api.json("POST", f"{chat(api)}/takeover", {})
    assert taken["bot"] == {"state": "silent", "until": None}
    api.stage.run_for(3 * DAY / 1000)
    assert says(api, "price") == []
    given = api.json("POST", f"{chat(api)}/release")
    assert given["bot"] == {"state": "answers", "until": None}
    assert len(says(api, "price")) == 1


def test_conversation_is_taken_over_for_some_minutes(api: Api) -> None:
    """The bot answers again by itself when they are over."""
    says(api, "hours")
    taken = api.json("POST", f"{chat(api)}/takeover", {"minutes": 90})
    assert taken["bot"] == {"state": "silent", "until": "2026-01-05T06:00:00.000Z"}
    api.stage.run_for(89 * MINUTE / 1000)
    assert says(api, "price") == []
    api.stage.run_for(MINUTE / 1000)
    assert len(says(api, "price")) == 1


# Questions


def test_question_becomes_an_example_in_one_call(api: Api) -> None:
    """What the bot could not answer is on the list; taught, it is off the list and answered a minute later."""
    says(api, UNKNOWN)
    (question,) = api.json("GET", "unanswered-messages")["items"]
    assert (question["text"], question["conversation_id"]) == (UNKNOWN, chat(api).partition("/")[2])
    learned = api.json("POST", f"unanswered-messages/{question['id']}/teach", YES)
    assert learned == {"entry_id": "elephants"}
    assert api.json("GET", "unanswered-messages") == {"items": [], "next": None}
    assert api.json("GET", "auto-replies/elephants")["examples"] == [UNKNOWN]
    api.stage.run_for(61)
    assert says(api, UNKNOWN) == ["Small ones."]


def test_question_joins_an_entry_that_there_is(api: Api) -> None:
    """It is added to the entry's examples, in the shop's words where it gives some."""
    says(api, UNKNOWN)
    (question,) = api.json("GET", "unanswered-messages")["items"]
    lesson = {"entry_id": "price", "example": "elephant price"}
    api.json("POST", f"unanswered-messages/{question['id']}/teach", lesson)
    assert api.json("GET", "auto-replies/price")["examples"][-1] == "elephant price"


def test_lesson_that_can_not_be_learnt_leaves_the_question(api: Api) -> None:
    """An entry that is not there, or an example that another entry has, is refused; the question stays."""
    says(api, UNKNOWN)
    (question,) = api.json("GET", "unanswered-messages")["items"]
    path = f"unanswered-messages/{question['id']}/teach"
    assert api.refused("POST", path, {"entry_id": "nothing"}) == (404, "not-found")
    assert api.refused("POST", path, {"entry_id": "price", "example": "hours"}) == (422, "invalid")
    assert api.refused("POST", path, {"entry": {"id": "price", "replies": {"en": "x"}}}) == (409, "conflict")
    assert api.refused("POST", path, {"example": "x"}) == (422, "invalid")
    assert api.json("GET", "unanswered-messages")["items"] == [question]


def test_deleted_question_has_no_words_and_teaches_nothing(api: Api) -> None:
    """What the customer deleted is gone from the list's words; the shop may still take it off, once."""
    wamid = rina(api).writes(SWEET_SHOP, UNKNOWN)
    api.stage.drain()
    rina(api).revokes(SWEET_SHOP, wamid)
    api.stage.drain()
    (question,) = api.json("GET", "unanswered-messages")["items"]
    assert question["text"] is None
    path = f"unanswered-messages/{question['id']}"
    assert api.refused("POST", f"{path}/teach", {"entry_id": "price"}) == (422, "invalid")
    assert api.call("DELETE", path).status == 204
    assert api.refused("DELETE", path) == (404, "not-found")


# Who may


ACTS: list[tuple[str, str, Any]] = [
    ("POST", "conversations/{chat}/messages", {"text": "x"}),
    ("POST", "conversations/{chat}/takeover", {}),
    ("POST", "conversations/{chat}/release", None),
    ("POST", "unanswered-messages/{question}/teach", YES),
    ("DELETE", "unanswered-messages/{question}", None),
]


@pytest.mark.parametrize(("method", "path", "body"), ACTS, ids=[path for _, path, _ in ACTS])
def test_who_may_only_read_changes_nothing(api: Api, method: str, path: str, body: Any) -> None:
    """A read-only token reads the inbox, and is refused whatever changes something."""
    assert api.refused(method, _filled(api, path), body, role=Role.READ_ONLY) == (403, "forbidden")
    assert len(api.json("GET", "unanswered-messages", role=Role.READ_ONLY)["items"]) == 1


@pytest.mark.parametrize(("method", "path", "body"), ACTS, ids=[path for _, path, _ in ACTS])
def test_another_merchants_things_are_not_found(api: Api, method: str, path: str, body: Any) -> None:
    """The ids of one shop lead nowhere at another, which changes nothing there."""
    filled = _filled(api, path)
    before = api.stage.items("conversation")
    assert api.refused(method, filled, body, as_=HARDWARE_SHOP) == (404, "not-found")
    assert api.stage.items("conversation") == before
    assert api.json("GET", "conversations", as_=HARDWARE_SHOP)["items"] == []


def _filled(api: Api, path: str) -> str:
    says(api, UNKNOWN)
    (question,) = api.json("GET", "unanswered-messages")["items"]
    return path.format(chat=question["conversation_id"], question=question["id"])


@pytest.mark.parametrize("path", ["conversations/{0}", "conversations/{0}/messages", "conversations/nobody"])
def test_conversation_of_nobody_is_not_found(api: Api, path: str) -> None:
    """An id that nobody has is no conversation, whatever it looks like."""
    assert api.refused("GET", path.format(NOBODY)) == (404, "not-found")


def test_bad_cursor_is_refused_by_name(api: Api) -> None:
    """A cursor that is none of ours is told so; one that was made up leads to nothing of others."""
    for path in ("conversations", "unanswered-messages", "blocked-customers", "erasures"):
        assert api.refused("GET", f"{path}?cursor=~~~") == (422, "invalid")
        assert api.json("GET", f"{path}?cursor=SU5CT1gj")["items"] == []
