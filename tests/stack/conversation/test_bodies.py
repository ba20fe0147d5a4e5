"""Real bodies of other libraries' tests, posted to the webhook: each ends where docs/messages.md says, once."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from haat.conversation.channels.meta import Envelope
from haat.conversation.channels.whatsapp import parse
from haat.facts.conversation import DeliveryReported, Inbound, MessageReceived
from haat.kernel.ids import CorrelationId, Pepper
from haat.kernel.time import SECOND, Instant
from infra.local.clock import MovedByHand
from infra.local.simulators.world import Sent
from infra.local.stage import Stage
from tests.stack.conversation.conftest import HARDWARE_SHOP as SHOP
from tests.stack.conversation.conftest import Market
from tests.stack.conversation.posted import post
from tests.unit.conversation.test_message_table import ANSWERED, IGNORED, row_of

BODIES = Path(__file__).parents[3].parent / "shared" / "fixtures" / "meta"
PATHS = sorted(BODIES.glob("*/whatsapp-webhooks/*.json"))
NAMES = [f"{path.parents[1].name}/{path.stem}" for path in PATHS]
FORGOTTEN = 301.0  # after five minutes a queue takes a body again that it has seen
LONG_AGO = Instant(1)  # received before anything was sent: what has a time of its own shows none, all are now
FAR_AHEAD = Instant(4_000_000_000_000)  # received after everything was sent: only what has no time of its own is now

here = pytest.mark.skipif(
    not PATHS, reason="the real bodies are not beside this checkout (shared/fixtures/meta): nothing of this was tried"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """All that an operator could look at."""

    tables: dict[str, list[str]]
    queues: dict[str, list[dict[str, Any]]]
    sends: list[object]

    @classmethod
    def of(cls, stage: Stage) -> "Seen":
        """Look at a stage on which nothing is left to do."""
        return cls(
            tables={
                name: sorted(json.dumps(item, sort_keys=True, default=str) for item in stage.items(name))
                for name in stage.deployment.tables
            },
            queues={name: stage.messages(name) for name in stage.deployment.queues},
            sends=list(stage.graph.sent()),
        )


def for_shop(document: Any, shop: str) -> Any:
    """The same body, for a number of ours wherever a number is named."""
    match document:
        case dict():
            changed = {name: for_shop(value, shop) for name, value in document.items()}
            metadata = changed.get("metadata")
            if isinstance(metadata, dict) and "phone_number_id" in metadata:
                changed["metadata"] = metadata | {"phone_number_id": shop}
            return changed
        case list():
            return [for_shop(value, shop) for value in document]
        case _:
            return document


def read(stage: Stage, body: bytes, at: Instant | None = None) -> Envelope:
    """What the door makes of a body now."""
    now = Instant(int(stage.clock.now() * SECOND)) if at is None else at
    return parse(body, Pepper(stage.settings.pepper.encode()), now, CorrelationId(""))


def newest(stage: Stage, body: bytes) -> float:
    """When the newest thing in a body was sent, in seconds; the stage's own time where no time is in it."""
    facts = [*read(stage, body, FAR_AHEAD).facts, *read(stage, body, FAR_AHEAD).statuses]
    times = [fact.occurred_at for fact in facts if fact.occurred_at < FAR_AHEAD]
    return max(times) / SECOND if times else stage.clock.now()


def go_to(stage: Stage, at: float) -> None:
    """Move the clock, back where it must be: nothing has happened yet, but that shops were opened."""
    stage.drain()
    assert isinstance(stage.clock, MovedByHand)
    stage.clock.set(datetime.fromtimestamp(at, UTC))


def outcome(found: Inbound | DeliveryReported | str) -> str:
    """The last column of the table."""
    row = row_of(found)
    assert row is not None
    return row.outcome


def answered(envelope: Envelope) -> list[MessageReceived]:
    """The messages that the table calls answered."""
    return [fact for fact in envelope.facts if outcome(fact) == ANSWERED and isinstance(fact, MessageReceived)]


def open_chats(stage: Stage, messages: list[MessageReceived]) -> None:
    """Let Meta know whoever wrote, as it does: else it would refuse the reply."""
    shop = stage.graph.shop(SHOP)
    for message in messages:
        phone = message.contact.phone if (message.contact.phone or "").isdecimal() else None
        writer = stage.graph.customer(phone=phone, user_id=message.contact.user_id)
        stage.graph.world.met(writer.person, shop)
        stage.graph.world.chat(SHOP, writer.key).last_written_at = stage.clock.now()


def kept(stage: Stage) -> set[str]:
    """Fingerprints of everything that lies in the table as a fact of its own."""
    keys = (item["pk"]["S"].split("#") for item in stage.items("conversation"))
    return {key for kind, key, *_ in keys if kind in {"MESSAGE", "NOTE"}}


def ended_as_the_table_says(stage: Stage, envelope: Envelope) -> None:
    """Assert that what came is where its rows say, after it was posted once for a number of ours."""
    replied = stage.graph.sent(SHOP)
    assert sorted(str(sent.quoted) for sent in replied) == sorted(fact.provider_id for fact in answered(envelope))
    assert all(sent.accepted for sent in replied if _named(sent))
    assert {fact.key for fact in envelope.facts} <= kept(stage)
    logged = [
        line for text in stage.logs.lines("inbound_message") if '"ignored"' in text for line in [json.loads(text)]
    ]
    counted = {line["kind"]: line["times"] for line in logged if "kind" in line}
    assert counted == dict(envelope.ignored)
    assert all(outcome(word) == IGNORED for word in envelope.ignored)
    depths = {queue: stage.queue_depth(queue) for queue in stage.deployment.queues}
    assert not {queue: depth for queue, depth in depths.items() if depth}


def _named(sent: Sent) -> bool:
    """Whether a reply goes to somebody: where a source has a placeholder (`PHONE_NUMBER`), Meta refuses it."""
    if sent.to is not None:
        return sent.to.isdecimal() and len(sent.to) >= 5
    return (sent.recipient or "")[2:3] == "."


@here
@pytest.mark.parametrize("path", PATHS, ids=NAMES)
def test_body_ends_in_its_row_once(market: Market, path: Path) -> None:
    """A real body gets 200; for a shop of ours it has the effect that the table promises; a second time it has none."""
    stage, raw = market.stage, path.read_bytes()
    body = json.dumps(for_shop(json.loads(raw), SHOP)).encode()
    go_to(stage, newest(stage, body) + 1)

    assert post(stage, raw).status == 200
    stage.drain()
    said_for = {sent.phone_number_id for sent in stage.graph.sent()}
    assert said_for <= {fact.address for fact in read(stage, raw).facts}, "some bodies name a demo shop by themselves"

    stage.logs.clear()
    envelope = read(stage, body)
    open_chats(stage, answered(envelope))
    assert post(stage, body).status == 200
    stage.drain()
    ended_as_the_table_says(stage, envelope)

    after = Seen.of(stage)
    assert post(stage, body).status == 200
    stage.drain()
    assert Seen.of(stage) == after
    stage.run_for(FORGOTTEN)
    assert post(stage, body).status == 200
    stage.drain()
    assert Seen.of(stage) == after


@here
def test_old_bodies_are_kept_and_none_is_answered(market: Market) -> None:
    """All bodies years after they were sent: 200 each, everything is kept, and what is older than a day stays unanswered."""
    stage = market.stage
    fresh, old = set[str](), set[str]()
    for path in PATHS:
        body = json.dumps(for_shop(json.loads(path.read_bytes()), SHOP)).encode()
        assert post(stage, body).status == 200, path
        envelope = read(stage, body)
        said = {fact.provider_id for fact in envelope.facts if isinstance(fact, MessageReceived)}
        fresh |= {fact.provider_id for fact in answered(envelope)}
        old |= said - fresh
    stage.drain()
    assert {sent.quoted for sent in stage.graph.sent()} <= fresh
    assert old
    rows = [item for item in market.items("MESSAGE#") if "queue" in item]
    assert {json.loads(row["doc"]["S"])["provider_id"] for row in rows} <= fresh - old, (
        "what is too old is not even meant to be answered"
    )


def _bodies() -> Iterator[tuple[str, str]]:
    """Yield each body's name and the outcomes of what is in it, as sent."""
    for path, name in zip(PATHS, NAMES, strict=True):
        envelope = parse(path.read_bytes(), Pepper(b"p"), LONG_AGO, CorrelationId(""))
        for found in (*envelope.facts, *envelope.statuses, *envelope.ignored):
            yield name, outcome(found)


@here
def test_bodies_reach_all_four_outcomes() -> None:
    """There are 220 bodies, and each of the four words of the table has some."""
    assert len(PATHS) >= 220
    assert {word for _, word in _bodies()} == {ANSWERED, "shown", "recorded", IGNORED}
