"""What is Messenger's own in a webhook of a page; what it shares with other channels is in channels/test_contract.py."""

import json
from typing import Any

import pytest

from haat.conversation.channels.graph_pages import GET_STARTED
from haat.conversation.channels.messenger import parse
from haat.conversation.channels.meta import Envelope
from haat.facts.conversation import (
    AccountNews,
    CustomerNoted,
    MessageAltered,
    MessageEchoed,
    MessageReceived,
    SeenUpTo,
)
from haat.kernel.ids import CorrelationId
from tests.unit.conversation.channels.kits import EARLIER, NOW, OURS, PEPPER

PAGE, PERSON = "200000000000001", "7100000000000001"
CUSTOMER = f"{PAGE}:{PERSON}"
FROM_CUSTOMER = {"sender": {"id": PERSON}, "recipient": {"id": PAGE}, "timestamp": EARLIER}
FROM_PAGE = {"sender": {"id": PAGE}, "recipient": {"id": PERSON}, "timestamp": EARLIER}


def take(*entries: Any) -> Envelope:
    """Parse a body with these entries."""
    body = json.dumps({"object": "page", "entry": entries}).encode()
    return parse(body, PEPPER, NOW, CorrelationId("c1"))


def event(*, ends: Any = None, part: Any = "messaging", **content: Any) -> Envelope:
    """What one event brings; from the customer, unless other ends are given. ... takes a field away."""
    given = {**(FROM_CUSTOMER if ends is None else ends), **content}
    return take({"id": PAGE, "time": NOW, part: [{name: value for name, value in given.items() if value is not ...}]})


def fact(**content: Any) -> Any:
    """The only fact of an event."""
    [found] = event(**content).facts
    return found


# --- who, when ---


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (EARLIER, EARLIER),
        (str(EARLIER), EARLIER),
        (1_458_692_752_478.0, 1_458_692_752_478),
        (1, 1),
        (NOW + 1, NOW),
        (EARLIER * 1000, NOW),
        (-5, NOW),
        ("soon", NOW),
        (None, NOW),
        (..., NOW),
    ],
    ids=repr,
)
def test_time_is_in_milliseconds(given: Any, kept: int) -> None:
    """As a number or as text; what is missing, absurd or in the future is the time of receipt."""
    assert fact(message={"mid": "m", "text": "hours"}, timestamp=given).occurred_at == kept


def test_same_person_at_another_page_is_another_customer() -> None:
    """A page-scoped id means nothing elsewhere, so the page stands in the name."""
    entries = [{"id": page, "messaging": [{**FROM_CUSTOMER, "message": {"mid": "m", "text": "a"}}]} for page in "12"]
    one, two = take(*entries).facts
    assert isinstance(one, MessageReceived)
    assert isinstance(two, MessageReceived)
    assert (one.contact.user_id, two.contact.user_id) == (f"1:{PERSON}", f"2:{PERSON}")
    assert one.key != two.key


def test_numbers_are_ids_too() -> None:
    """Some senders write ids as numbers."""
    ends = {"sender": {"id": int(PERSON)}, "recipient": {"id": int(PAGE)}}
    [found] = take({"id": int(PAGE), "messaging": [{**ends, "message": {"mid": 5, "text": "a"}}]}).facts
    assert isinstance(found, MessageReceived)
    assert (found.contact.user_id, found.address, found.provider_id) == (CUSTOMER, PAGE, "5")


def test_page_is_the_recipient_where_the_entry_does_not_say() -> None:
    """An entry without an id loses nothing."""
    [found] = take({"messaging": [{**FROM_CUSTOMER, "message": {"mid": "m", "text": "a"}}]}).facts
    assert (found.address, found.name) == (PAGE, "message_received")
    [found] = take({"messaging": [{**FROM_PAGE, "message": {"mid": "m", "text": "a", "is_echo": True}}]}).facts
    assert (found.address, found.name) == (PAGE, "message_echoed")


def test_all_entries_and_events_are_read() -> None:
    """Several of each, and a thousand in one."""
    many = [{**FROM_CUSTOMER, "message": {"mid": f"m{n}", "text": "a"}} for n in range(1_000)]
    facts = take({"id": PAGE, "messaging": many[:400], "standby": many[400:600]}, {"id": PAGE, "messaging": many[600:]})
    assert len({found.key for found in facts.facts}) == 1_000


def test_message_without_an_id_is_kept_once() -> None:
    """Its content stands for the id; there is nothing to quote."""
    envelope = take(*({"id": PAGE, "messaging": [{**FROM_CUSTOMER, "message": {"text": "a"}}]} for _ in range(2)))
    [found] = envelope.facts
    assert isinstance(found, MessageReceived)
    assert (found.text, found.provider_id, envelope.ignored) == ("a", "", {"repeated": 1})


# --- kinds ---


@pytest.mark.parametrize(
    ("attachment", "kind"),
    [
        ({"type": "image", "payload": {"url": "https://x.invalid/1"}}, "image"),
        ({"type": "image", "payload": {"url": "https://x.invalid/1", "sticker_id": 369239263222822}}, "sticker"),
        ({"type": "sticker", "payload": {"sticker_id": 1}}, "sticker"),
        ({"type": "location", "payload": {"coordinates": {"lat": 1.5, "long": 2}}}, "location"),
        ({"type": "fallback", "payload": None, "title": "t"}, "fallback"),
        ({"type": "fallback", "payload": "BLOB"}, "fallback"),
        ({"payload": 5}, "unknown"),
    ],
    ids=repr,
)
def test_attachment_is_shown_and_holds_no_words(attachment: dict[str, Any], kind: str) -> None:
    """Its type is the kind of the message; the whole of it is kept."""
    found = fact(message={"mid": "m", "attachments": [attachment, {"type": "video"}]})
    assert (found.kind, found.text) == (kind, "")
    assert found.content == {"attachments": [attachment, {"type": "video"}]}


def test_words_beside_an_attachment_are_a_text() -> None:
    """A link comes with its preview as an attachment; the words are what is asked."""
    found = fact(message={"mid": "m", "text": "see https://x.invalid", "attachments": [{"type": "fallback"}]})
    assert (found.kind, found.text, found.content) == (
        "text",
        "see https://x.invalid",
        {"attachments": [{"type": "fallback"}]},
    )


def test_quotation_of_a_story_is_kept_and_quotes_no_message() -> None:
    """Only the id of a message can be quoted."""
    found = fact(message={"mid": "m", "text": "a", "reply_to": {"story": {"id": "s"}}})
    assert (found.quotes, found.content) == (None, {"reply_to": {"story": {"id": "s"}}})


def test_postback_is_a_tap() -> None:
    """Title and payload; where it came from stays in content."""
    found = fact(postback={"mid": "m", "title": "Prices", "payload": "entry:price", "referral": {"ref": "ad"}})
    assert isinstance(found, MessageReceived)
    assert (found.kind, found.text, found.choice, found.provider_id) == ("postback", "Prices", "entry:price", "m")
    assert found.content == {"referral": {"ref": "ad"}}


def test_old_postback_without_an_id_is_told_from_the_next() -> None:
    """The same button tapped twice is two taps; one of them delivered twice is one."""
    tap = {**FROM_CUSTOMER, "postback": {"payload": "entry:price"}}
    again = {**tap, "timestamp": EARLIER + 1}
    assert len(take({"id": PAGE, "messaging": [tap, again, tap]}).facts) == 2


@pytest.mark.parametrize(
    "payload",
    [GET_STARTED, "get_started", "GET_STARTED_PAYLOAD", "<GET_STARTED_PAYLOAD>", "Get Started", "FACEBOOK_WELCOME"],
)
def test_get_started_opens_the_chat(payload: str) -> None:
    """The button's title is none of the customer's words: nothing is looked up, the shop greets."""
    found = fact(postback={"mid": "m", "title": "Get Started", "payload": payload, "referral": {"ref": "ad"}})
    assert (found.kind, found.text, found.choice) == ("request_welcome", "", "")
    assert found.content["postback"]["referral"] == {"ref": "ad"}


def test_reaction_without_an_emoji_has_its_word() -> None:
    """It must not look as if one was taken back."""
    assert fact(reaction={"mid": "m", "action": "react", "reaction": "sad"}).text == "sad"
    assert fact(reaction={"mid": "m", "action": "unreact", "emoji": "👍", "reaction": "like"}).text == ""


# --- the page itself ---


@pytest.mark.parametrize(
    "more", [{}, {"app_id": 263902037430900}, {"metadata": "of another program"}, {"metadata": OURS}]
)
def test_echo_without_our_id_is_a_person(more: dict[str, Any]) -> None:
    """From the page's inbox or from another program: somebody else has answered."""
    found = fact(ends=FROM_PAGE, message={"mid": "m", "is_echo": True, "text": "Yes", **more})
    assert isinstance(found, MessageEchoed)
    assert (found.contact.user_id, found.text, found.content) == (CUSTOMER, "Yes", more)


def test_echo_with_its_ends_swapped_is_about_the_customer() -> None:
    """Seen in test data."""
    found = fact(message={"mid": "m", "is_echo": True, "text": "Yes"})
    assert (found.name, found.contact.user_id) == ("message_echoed", CUSTOMER)


def test_message_of_the_page_that_is_not_marked_is_an_echo() -> None:
    """The page's own words are never a customer's, or the bot would talk to itself for ever."""
    assert fact(ends=FROM_PAGE, message={"mid": "m", "text": "hours"}).name == "message_echoed"


def test_page_that_writes_to_itself_has_no_customer() -> None:
    """There is nobody to be silent for."""
    ends = {"sender": {"id": PAGE}, "recipient": {"id": PAGE}}
    found = fact(ends=ends, message={"mid": "m", "text": "hours"})
    assert (found.name, found.kind, found.address) == ("account_news", "unknown_message", PAGE)


@pytest.mark.parametrize(
    "content",
    [
        {"reaction": {"mid": "m", "emoji": "👍"}},
        {"message": {"mid": "m", "is_deleted": True, "is_echo": True}},
        {"message_edit": {"mid": "m", "text": "new"}},
        {"postback": {"title": "hours", "payload": "hours"}},
        {"read": {"watermark": EARLIER}},
    ],
    ids=lambda content: next(iter(content)),
)
def test_what_the_page_does_opens_no_window(content: dict[str, Any]) -> None:
    """It is a note, not something that the customer did: nobody may be written to because of it."""
    found = fact(ends=FROM_PAGE, **content)
    assert isinstance(found, CustomerNoted)
    assert (found.kind[:5], found.contact.user_id) == ("page_", CUSTOMER)


@pytest.mark.parametrize(
    "beside",
    [
        {"delivery": None, "read": None, "postback": None},
        {"delivery": {"watermark": EARLIER}},
        {"a_word_of_tomorrow": {"x": 1}},
        {"reaction": {"mid": "m", "emoji": "👍"}},
    ],
    ids=str,
)
def test_what_was_said_is_read_whatever_stands_beside_it(beside: dict[str, Any]) -> None:
    """Some write the fields out that an event does not have; and no message is ever lost to a mark of what was seen."""
    found = fact(**beside, message={"mid": "m", "text": "hours"})
    assert (found.name, found.text) == ("message_received", "hours")


def test_empty_field_beside_a_mark_of_what_was_seen() -> None:
    """As above."""
    [seen] = event(delivery=None, read={"watermark": EARLIER}).seen
    assert (seen.status, seen.up_to) == ("read", EARLIER)


# --- up to a time ---


@pytest.mark.parametrize(("part", "status"), [("delivery", "delivered"), ("read", "read")])
def test_watermark_is_up_to_when(part: str, status: str) -> None:
    """Times are what counts: the list of ids may be missing."""
    envelope = event(**{part: {"watermark": EARLIER - 7, "mids": ["m_1"]}})
    [seen] = envelope.seen
    assert isinstance(seen, SeenUpTo)
    assert (seen.status, seen.up_to, seen.contact.user_id) == (status, EARLIER - 7, CUSTOMER)
    assert (seen.address, envelope.facts, envelope.statuses) == (PAGE, (), ())


def test_same_watermark_again_is_the_same_report() -> None:
    """Whenever it is sent; delivered and read, and another watermark, are others."""

    def key(part: str, mark: int, at: int) -> str:
        [seen] = event(timestamp=at, **{part: {"watermark": mark}}).seen
        return seen.key

    assert key("read", 5, EARLIER) == key("read", 5, EARLIER + 1)
    assert len({key("read", 5, 1), key("delivery", 5, 1), key("read", 6, 1)}) == 3


@pytest.mark.parametrize("mark", [None, "", "soon", -1, [], {}, True, "৫", 1.5])
def test_watermark_that_is_none_marks_nothing_as_read(mark: Any) -> None:
    """Else all would count as read."""
    envelope = event(read={"watermark": mark})
    assert envelope.seen == ()
    assert [found.name for found in envelope.facts] == ["customer_noted"]


def test_watermark_of_tomorrow_ends_now() -> None:
    """What is not yet sent can't have been read."""
    assert event(read={"watermark": NOW + 99_999}).seen[0].up_to == NOW


# --- standby ---


@pytest.mark.parametrize(
    "content",
    [
        {"message": {"mid": "m", "text": "hours"}},
        {"postback": {"title": "hours"}},
        {"postback": {"payload": GET_STARTED}},
    ],
    ids=["message", "postback", "get started"],
)
def test_standby_is_read_and_marked(content: dict[str, Any]) -> None:
    """Another program has the conversation: the shop sees it, and the bot must know that it may not answer."""
    here, there = fact(**content), fact(part="standby", **content)
    assert isinstance(there, MessageReceived)
    assert (here.standby, there.standby) == (False, True)


def test_standby_brings_echoes_and_reports_as_ever() -> None:
    """Who answered, what was read."""
    assert fact(part="standby", ends=FROM_PAGE, message={"mid": "m", "is_echo": True}).name == "message_echoed"
    assert event(part="standby", read={"watermark": 5}).seen
    assert event(
        part="standby", ends=FROM_PAGE, message={"mid": "m", "metadata": f"haat:{OURS}", "is_echo": True}
    ).statuses
    assert isinstance(fact(part="standby", reaction={"mid": "m", "emoji": "👍"}), MessageAltered)


# --- everything else ---

NOTED = [
    "optin", "referral", "account_linking", "policy_enforcement", "messaging_feedback", "app_roles", "pass_thread_control",
    "take_thread_control", "request_thread_control", "game_play", "brand_new",
]  # fmt: skip


@pytest.mark.parametrize("name", NOTED)
def test_other_event_is_noted_at_its_customer(name: str) -> None:
    """Kept whole under its own name, known or not; without a customer it is news of the page."""
    found = fact(**{name: {"ref": "x"}})
    assert isinstance(found, CustomerNoted)
    assert (found.kind, found.content, found.contact.user_id) == (name, {name: {"ref": "x"}}, CUSTOMER)
    news = fact(sender=..., **{name: {"ref": "x"}})
    assert isinstance(news, AccountNews)
    assert (news.kind, news.content[name], news.address) == (name, {"ref": "x"}, PAGE)


def test_policy_is_one_word_however_it_is_written() -> None:
    """Both spellings were sent."""
    assert fact(sender=..., **{"policy-enforcement": {"action": "block"}}).kind == "policy_enforcement"


def test_event_without_a_time_is_told_from_the_next_by_its_entry() -> None:
    """Two account links without a timestamp are two; the same delivery twice is one."""
    link = {"sender": {"id": PERSON}, "recipient": {"id": PAGE}, "account_linking": {"status": "linked"}}
    keys = [take({"id": PAGE, "time": at, "messaging": [link]}).facts[0].key for at in (5, 5, 6)]
    assert keys[0] == keys[1] != keys[2]


def test_visitor_without_an_id_is_news() -> None:
    """A website's visitor is known by a reference only, to which the bot can't write."""
    found = fact(sender={"user_ref": "r"}, postback={"title": "hours", "payload": "hours"})
    assert (found.name, found.kind, found.content["sender"]) == ("account_news", "unknown_postback", {"user_ref": "r"})


def test_changes_of_a_page_are_news() -> None:
    """Its feed, its comments: kept under the field's name."""
    [found] = take({"id": PAGE, "time": 5, "changes": [{"field": "feed", "value": {"item": "comment"}}]}).facts
    assert isinstance(found, AccountNews)
    assert (found.kind, found.content, found.address) == ("feed", {"item": "comment"}, PAGE)


def test_new_field_of_an_entry_is_no_news_and_an_unknown_entry_is() -> None:
    """Meta puts more beside the events; only where nothing is known does it have to be looked at."""
    message = {**FROM_CUSTOMER, "message": {"mid": "m", "text": "a"}}
    envelope = take(
        {"id": PAGE, "messaging": [message, "odd"], "hop_context": [{"app_id": 1}]}, {"id": PAGE, "new": 1}, 5
    )
    received, odd, unknown, lost = envelope.facts
    assert isinstance(received, MessageReceived)
    assert [getattr(one, "content", None) for one in (odd, unknown, lost)] == [
        {"messaging": ["odd"]},
        {"new": 1},
        {"entry": [5]},
    ]
