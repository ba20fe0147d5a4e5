"""Real bodies of other libraries' tests, posted to the page's webhook: each ends where docs/messages.md says, once."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from haat.conversation.channels.messenger import parse
from haat.conversation.channels.meta import Envelope
from haat.facts.conversation import MessageReceived
from haat.kernel.ids import CorrelationId, Pepper
from haat.kernel.time import SECOND, Instant
from infra.local.market import SWEETS
from infra.local.stage import Stage
from tests.stack.conversation.conftest import Market
from tests.stack.conversation.posted import PAGE_WEBHOOK, event, page_webhook, post
from tests.stack.conversation.test_bodies import FAR_AHEAD, FORGOTTEN, Seen, go_to, kept
from tests.unit.conversation.test_message_table import ANSWERED, IGNORED
from tests.unit.conversation.test_messenger_table import row_of

BODIES = Path(__file__).parents[3].parent / "shared" / "fixtures" / "meta"
PATHS = sorted(BODIES.glob("*/messenger-webhooks/*.json"))
NAMES = [f"{path.parents[1].name}/{path.stem}" for path in PATHS]
PAGE = SWEETS.page_id

here = pytest.mark.skipif(
    not PATHS, reason="the real bodies are not beside this checkout (shared/fixtures/meta): nothing of this was tried"
)


def for_page(document: Any, tag: str = "") -> Any:
    """The same body for our page: in its entries, and at that end of each event where the page is.

    With a tag customers and messages are told from those of other bodies, which often have the same ids.
    """
    document = copy.deepcopy(document)
    for entry in document["entry"]:
        before, entry["id"] = str(entry.get("id")), PAGE
        for one in (*entry.get("messaging", ()), *entry.get("standby", ())):
            end = _page_end(one, before)
            other = "sender" if end == "recipient" else "recipient"
            if end in one:
                one[end] = {"id": PAGE}
            if "id" in one.get(other, {}):
                person = str(one[other]["id"])
                one[other]["id"] = f"{'71' if person == PAGE else person}{tag}"
            for part in one.values():
                if isinstance(part, dict) and isinstance(part.get("mid"), str):
                    part["mid"] += tag
    return document


def _page_end(one: dict[str, Any], page: str) -> str:
    ends = {
        str(one.get(end, {}).get("id")): end for end in ("sender", "recipient")
    }  # the latter where they are the same
    return ends.get(page) or ("sender" if one.get("message", {}).get("is_echo") else "recipient")


def written(document: Any) -> bytes:
    """The bytes of a body."""
    return json.dumps(document).encode()


def read(stage: Stage, body: bytes, at: Instant | None = None) -> Envelope:
    """What the door makes of a body now."""
    now = Instant(int(stage.clock.now() * SECOND)) if at is None else at
    return parse(body, Pepper(stage.settings.pepper.encode()), now, CorrelationId(""))


def newest(stage: Stage, body: bytes) -> float:
    """When the newest thing in a body was sent, in seconds; the stage's own time where no time is in it."""
    facts = read(stage, body, FAR_AHEAD).facts
    times = [fact.occurred_at for fact in facts if fact.occurred_at < FAR_AHEAD]
    return max(times) / SECOND if times else stage.clock.now()


def outcome(found: Any) -> str:
    """The last column of the table."""
    row = row_of(found)
    assert row is not None
    return row.outcome


def answered(envelope: Envelope) -> list[MessageReceived]:
    """The messages that the table calls answered."""
    return [fact for fact in envelope.facts if outcome(fact) == ANSWERED and isinstance(fact, MessageReceived)]


def psid(fact: MessageReceived) -> str:
    """How the page knows who wrote."""
    return (fact.contact.user_id or "").partition(":")[2]


def open_chats(stage: Stage, messages: list[MessageReceived]) -> None:
    """Let Meta know whoever wrote, as it does: else it would refuse the reply."""
    for message in messages:
        stage.graph.messenger.customer(psid=psid(message)).is_known_to(PAGE)


def ended_as_the_table_says(stage: Stage, envelope: Envelope, before: int, name: str) -> None:
    """Assert that what came is where its rows say. Meta knows none of the quoted messages, so each is said again without."""
    replied = stage.graph.sent(PAGE)[before:]
    meant = answered(envelope)
    assert sorted(sent.recipient or "" for sent in replied if sent.accepted) == sorted(map(psid, meant)), name
    assert {sent.quoted for sent in replied if sent.quoted} == {fact.provider_id for fact in meant if fact.provider_id}
    assert {fact.key for fact in envelope.facts} <= kept(stage), name
    logged = [json.loads(text) for text in stage.logs.lines("inbound_message") if '"ignored"' in text]
    assert {line["kind"]: line["times"] for line in logged if "kind" in line} == dict(envelope.ignored), name
    assert all(outcome(word) == IGNORED for word in envelope.ignored), name
    depths = {queue: stage.queue_depth(queue) for queue in stage.deployment.queues}
    assert not {queue: depth for queue, depth in depths.items() if depth}, name


def test_bodies_are_a_hundred_and_more() -> None:
    """Where they are, all of them are; where they are not, that is said."""
    if not PATHS:
        pytest.skip("the real bodies are not beside this checkout (shared/fixtures/meta)")
    assert len(PATHS) >= 112


@here
def test_bodies_as_they_are_are_taken_and_nobody_is_written_to(market: Market) -> None:
    """For pages that are nobody's here: 200 each, and again, and no second effect."""
    stage = market.stage
    for path in PATHS:
        assert post(stage, path.read_bytes(), path=PAGE_WEBHOOK).status == 200, path
    stage.drain()
    after = Seen.of(stage)
    assert after.sends == []
    for path in PATHS:
        assert post(stage, path.read_bytes(), path=PAGE_WEBHOOK).status == 200, path
    stage.drain()
    assert Seen.of(stage) == after


@here
def test_bodies_for_our_page_end_in_their_rows_once(market: Market) -> None:
    """Each at its own time, from people of its own: the effect that the table promises, and all of them again have none."""
    stage = market.stage
    bodies = [written(for_page(json.loads(path.read_bytes()), f"{n:03}")) for n, path in enumerate(PATHS)]
    in_time = sorted(zip(NAMES, bodies, strict=True), key=lambda named: newest(stage, named[1]))
    go_to(stage, newest(stage, in_time[0][1]) + 1)
    for name, body in in_time:
        at = newest(stage, body) + 1
        if at > stage.clock.now():
            go_to(stage, at)
        stage.logs.clear()
        envelope, before = read(stage, body), len(stage.graph.sent(PAGE))
        open_chats(stage, answered(envelope))
        assert post(stage, body, path=PAGE_WEBHOOK).status == 200
        stage.drain()
        ended_as_the_table_says(stage, envelope, before, name)
    after = Seen.of(stage)
    stage.run_for(FORGOTTEN)
    for _, body in in_time:
        assert post(stage, body, path=PAGE_WEBHOOK).status == 200
    stage.drain()
    assert Seen.of(stage) == after


@pytest.mark.slow
@here
@pytest.mark.parametrize("path", PATHS, ids=NAMES)
def test_body_for_our_page_ends_in_its_row_once(market: Market, path: Path) -> None:
    """The same with each body's own ids, on a stage of its own."""
    stage, body = market.stage, written(for_page(json.loads(path.read_bytes())))
    go_to(stage, newest(stage, body) + 1)
    stage.logs.clear()
    envelope = read(stage, body)
    open_chats(stage, answered(envelope))
    assert post(stage, body, path=PAGE_WEBHOOK).status == 200
    stage.drain()
    ended_as_the_table_says(stage, envelope, 0, path.name)
    after = Seen.of(stage)
    for pause in (0.0, FORGOTTEN):
        stage.run_for(pause)
        assert post(stage, body, path=PAGE_WEBHOOK).status == 200
        stage.drain()
        assert Seen.of(stage) == after


def test_what_is_no_message_is_never_answered(market: Market) -> None:
    """Echo, standby, delivery, read, reaction, edit, deletion, hand-over: nobody is written to; the next message is answered."""
    stage, at, rina = market.stage, market.stage.clock.now(), "7100000000000001"

    def said(**content: Any) -> dict[str, Any]:
        return event(by=rina, page=PAGE, at=at, **content)

    bodies = [
        page_webhook(said(delivery={"watermark": int(at * 1000)}), said(read={"watermark": int(at * 1000)}), page=PAGE),
        page_webhook(said(reaction={"mid": "m_1", "action": "react", "emoji": "👍"}), page=PAGE),
        page_webhook(said(message_edit={"mid": "m_1", "text": "price"}), page=PAGE),
        page_webhook(said(message={"mid": "m_1", "is_deleted": True}), page=PAGE),
        page_webhook(said(pass_thread_control={"new_owner_app_id": "1"}), said(referral={"ref": "price"}), page=PAGE),
        page_webhook(said(message={"mid": "m_2", "text": "price"}), page=PAGE, part="standby"),
        page_webhook(said(postback={"mid": "m_3", "title": "price", "payload": "price"}), page=PAGE, part="standby"),
    ]
    somebody = event(by="7100000000000002", page=PAGE, at=at, echo=True, message={"mid": "m_4", "text": "price"})
    stage.graph.messenger.customer(psid=rina).is_known_to(PAGE)
    for body in (*bodies, page_webhook(somebody, page=PAGE)):
        assert post(stage, body, path=PAGE_WEBHOOK).status == 200
    stage.drain()
    assert stage.graph.sent() == []
    question = page_webhook(said(message={"mid": "m_5", "text": "price"}), page=PAGE)
    assert post(stage, question, path=PAGE_WEBHOOK).status == 200
    stage.drain()
    assert [(sent.recipient, sent.accepted) for sent in stage.graph.sent() if sent.accepted] == [(rina, True)]
