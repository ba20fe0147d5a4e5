"""docs/messages.md says of Messenger what the parser and the answer policy do: every row has a sample, every known body a row."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from haat.conversation.channels.messenger import parse
from haat.facts.conversation import AccountNews, CustomerNoted, MessageReceived, SeenUpTo
from haat.kernel.ids import CorrelationId, Pepper
from haat.kernel.time import DAY, Instant
from tests.unit.conversation.channels.kits import EARLIER, MESSENGER, NOW, OURS
from tests.unit.conversation.test_message_table import (
    ANSWERED,
    IGNORED,
    RECORDED,
    SHARED,
    SHOWN,
    Found,
    altered,
    counted,
    documented,
    is_answered,
    old,
    received,
    reported,
)

ATTACHED = ("image", "video", "audio", "file", "sticker", "location", "fallback", "template")
KIT = MESSENGER


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of the tables: how it reads, what falls into it, and one body that does."""

    comes: str
    makes: str
    customer: str = "nothing"
    merchant: str
    outcome: str
    falls: Callable[[Found], bool]
    sample: dict[str, Any]


def event(**content: Any) -> dict[str, Any]:
    """One event of the customer's; ... takes a field away."""
    given = {**KIT.said(""), "timestamp": EARLIER} | content
    return {name: value for name, value in given.items() if value is not ... and (name != "message" or name in content)}


def message(**content: Any) -> dict[str, Any]:
    """A webhook with one message."""
    return KIT.body(event(message={"mid": "m", **content}))


def noted(*beginnings: str) -> Callable[[Found], bool]:
    """A note whose kind begins so."""
    return lambda fact: isinstance(fact, CustomerNoted) and fact.kind.startswith(beginnings)


def news(*beginnings: str) -> Callable[[Found], bool]:
    """News whose kind begins so."""
    return lambda fact: isinstance(fact, AccountNews) and fact.kind.startswith(beginnings)


ROWS = [
    Row(
        comes="anything said while another program has the conversation (list `standby`)",
        makes="`MessageReceived`, `standby`",
        customer="nothing of ours",
        merchant="the message",
        outcome=SHOWN,
        falls=lambda fact: isinstance(fact, MessageReceived) and fact.standby,
        sample=KIT.body(KIT.said("hours"), part="standby"),
    ),
    Row(
        comes="anything older than 24 h on arrival",
        makes="`MessageReceived`",
        customer="nothing: the window for an answer has closed",
        merchant="the message",
        outcome=SHOWN,
        falls=old,
        sample=KIT.body(event(message={"mid": "m", "text": "hours"}, timestamp=NOW - DAY)),
    ),
    Row(
        comes="`message` with `text`, whatever hangs on it",
        makes="`MessageReceived`, `text`, the attachments in `content`",
        customer="the reply, or as on WhatsApp where nothing matches; with the first of them that a bot is answering",
        merchant="message and reply",
        outcome=ANSWERED,
        falls=received("text"),
        sample=message(text="দোকান কখন খোলা?"),
    ),
    Row(
        comes="`message` with `quick_reply`",
        makes="`MessageReceived`, `quick_reply`, title as text, payload as choice",
        customer="as for a text",
        merchant="as for a text",
        outcome=ANSWERED,
        falls=received("quick_reply"),
        sample=KIT.body(KIT.tap("Hours", "hours")),
    ),
    Row(
        comes="`postback` (a button, the menu, an ice breaker)",
        makes="`MessageReceived`, `postback`, title as text, payload as choice",
        customer="as for a text",
        merchant="as for a text",
        outcome=ANSWERED,
        falls=received("postback", words=True),
        sample=KIT.body(event(postback={"mid": "m", "title": "Hours", "payload": "hours"})),
    ),
    Row(
        comes="`postback` of the Get Started button (`GET_STARTED` and the usual spellings of others)",
        makes="`MessageReceived`, `request_welcome`, all of it in `content`",
        customer="the greeting, and the away text if it is due",
        merchant="the greeting",
        outcome=ANSWERED,
        falls=received("request_welcome", words=False),
        sample=KIT.body(event(postback={"title": "Get Started", "payload": "GET_STARTED"})),
    ),
    Row(
        comes="`message` with `is_unsupported`",
        makes="`MessageReceived`, `unsupported`",
        customer="one kind sentence, once for each conversation",
        merchant="that something came which can't be shown",
        outcome=ANSWERED,
        falls=received("unsupported", words=False),
        sample=KIT.body(KIT.unsupported),
    ),
    Row(
        comes="`message` with attachments alone: `image`, `video`, `audio`, `file`, `location`, `sticker`, `fallback`, `template`",
        makes="`MessageReceived`, its kind the first one's type, all of them in `content`",
        merchant="the message",
        outcome=SHOWN,
        falls=received(*ATTACHED, words=False),
        sample=message(attachments=[{"type": "image", "payload": {"url": "https://x.invalid"}}]),
    ),
    Row(
        comes="any other message, a postback without a title",
        makes="`MessageReceived`, its kind the word as it came (`unknown` without one), all of it in `content`",
        merchant="that something came which Haat does not know",
        outcome=SHOWN,
        falls=received(words=False),
        sample=KIT.body(KIT.strange),
    ),
    Row(
        comes="`reaction`; `unreact` takes one back",
        makes="`MessageAltered`, `reacted`",
        merchant="the emoji at the message",
        outcome=RECORDED,
        falls=altered("reacted"),
        sample=KIT.body(KIT.reaction("A", "👍")),
    ),
    Row(
        comes="`message_edit`",
        makes="`MessageAltered`, `edited`, with the new text",
        merchant="the new text at the message",
        outcome=RECORDED,
        falls=altered("edited"),
        sample=KIT.body(KIT.edit("A", "new")),
    ),
    Row(
        comes="`message` with `is_deleted`",
        makes="`MessageAltered`, `revoked`",
        merchant="that the message was deleted; its text is gone",
        outcome=RECORDED,
        falls=altered("revoked"),
        sample=KIT.body(KIT.deletion("A")),
    ),
    Row(
        comes="an echo (`is_echo`, or the page is the sender) with our mark and id as `metadata`",
        makes="`DeliveryReported`, `sent`: our own message",
        merchant="the first tick",
        outcome=RECORDED,
        falls=reported("sent"),
        sample=KIT.body(KIT.sent(OURS)),
    ),
    Row(
        comes="any other echo (a person in the page's inbox, another program)",
        makes="`MessageEchoed`: the bot is silent for the shop's set time",
        customer="nothing more than was said",
        merchant="the own message",
        outcome=RECORDED,
        falls=lambda fact: not isinstance(fact, str) and fact.name == "message_echoed",
        sample=KIT.body(KIT.echo("yes")),
    ),
    Row(
        comes="`delivery`, `read`: all up to `watermark`, whichever ids stand beside it",
        makes="`SeenUpTo`",
        merchant="the ticks, upward only",
        outcome=RECORDED,
        falls=lambda fact: isinstance(fact, SeenUpTo),
        sample=KIT.body(event(read={"watermark": EARLIER})),
    ),
    Row(
        comes="what the page did otherwise: a reaction, an edit, a deletion",
        makes="`CustomerNoted`, `page_…`",
        merchant="a note at the customer",
        outcome=RECORDED,
        falls=noted("page_"),
        sample=KIT.body({**KIT.echo("yes"), "message": {"mid": "m", "is_echo": True, "is_deleted": True}}),
    ),
    Row(
        comes="one of the events above in another shape than it should have",
        makes="`CustomerNoted`, `unknown_…`, all of it in `content`",
        merchant="a note at the customer",
        outcome=RECORDED,
        falls=noted("unknown_"),
        sample=KIT.body(event(message="hours")),
    ),
    Row(
        comes="`referral`, `optin`, `account_linking`, `messaging_feedback`, `app_roles`, `…_thread_control`, and any other event",
        makes="`CustomerNoted` of that kind, all of it in `content`",
        merchant="a note at the customer",
        outcome=RECORDED,
        falls=noted(""),
        sample=KIT.body(event(referral={"ref": "x", "source": "SHORTLINK"})),
    ),
    Row(
        comes="what has no page, no customer, or another shape than it should",
        makes="`AccountNews`, `unknown_…`, all of it in `content`",
        merchant="that something came which Haat does not know",
        outcome=SHOWN,
        falls=news("unknown_"),
        sample=KIT.body(KIT.nobody),
    ),
    Row(
        comes="`policy_enforcement` and any other event without a customer; `changes` of the page",
        makes="`AccountNews` of that kind, or of the field's name",
        merchant="the news",
        outcome=SHOWN,
        falls=news(""),
        sample=KIT.body(event(sender=..., policy_enforcement={"action": "block", "reason": "x"})),
    ),
    Row(
        comes="the same thing twice in one body",
        makes="counted as `repeated`",
        customer="nothing more",
        merchant="nothing more",
        outcome=IGNORED,
        falls=counted("repeated"),
        sample=KIT.body(KIT.said("hours"), KIT.said("hours")),
    ),
    Row(
        comes="another `object` than `page`",
        makes="counted as `unknown_object`",
        merchant="nothing",
        outcome=IGNORED,
        falls=counted("unknown_object"),
        sample={"object": "instagram", "entry": []},
    ),
    Row(
        comes="a body with nothing in it",
        makes="counted as `empty`",
        merchant="nothing",
        outcome=IGNORED,
        falls=counted("empty"),
        sample={"object": "page", "entry": []},
    ),
]


def found(body: bytes, received_at: Instant) -> list[Found]:
    """All that comes out of a body, the ignored words too."""
    envelope = parse(body, Pepper(b"p"), received_at, CorrelationId(""))
    return [*envelope.facts, *envelope.statuses, *envelope.seen, *envelope.ignored]


def last_of(row: Row) -> Found:
    """What a row's sample ends in."""
    return found(json.dumps(row.sample).encode(), NOW)[-1]


def row_of(fact: Found) -> Row | None:
    """The first row that fits."""
    return next((row for row in ROWS if row.falls(fact)), None)


def test_tables_of_the_documentation_are_the_rows() -> None:
    """docs/messages.md has exactly these rows on Messenger, in this order."""
    assert documented(1) == [(row.comes, row.makes, row.customer, row.merchant, row.outcome) for row in ROWS]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.comes)
def test_sample_falls_into_its_row(row: Row) -> None:
    """Every row is alive: a body of our own ends there."""
    reached = row_of(last_of(row))
    assert reached is not None
    assert reached.comes == row.comes
    assert (row.outcome == IGNORED) == isinstance(last_of(row), str)


@pytest.mark.parametrize(
    "row", [row for row in ROWS if row.makes.startswith("`MessageReceived`")], ids=lambda row: row.comes
)
def test_answer_policy_says_what_the_table_says(row: Row) -> None:
    """A shop with all its texts says something to a new customer exactly where the row says "answered"."""
    assert is_answered(last_of(row)) == (row.outcome == ANSWERED)


@pytest.mark.skipif(
    not SHARED.is_dir(), reason=f"real bodies are not here: {SHARED.name} is no folder beside the checkout"
)
def test_every_known_body_falls_into_a_row() -> None:
    """Real bodies of other libraries' tests, as they are, end in a row each; none falls between them."""
    paths = sorted(SHARED.glob("*/messenger-webhooks/*.json"))
    tally: Counter[str] = Counter()
    for path in paths:
        rows = [row_of(fact) for fact in found(path.read_bytes(), Instant(1))]
        assert rows, path.name
        assert None not in rows, path.name
        tally.update({row.comes for row in rows if row is not None})
    assert len(paths) >= 112
    assert len(tally) >= 14, tally
