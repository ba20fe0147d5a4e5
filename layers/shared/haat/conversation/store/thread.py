"""A conversation's lines, as they lie in the table: what was said to the shop with the bot's answer in one item, and rows of our own."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from haat.aws.table import Table
from haat.conversation.model import Outgoing
from haat.conversation.model.people import Message
from haat.conversation.store.items import OUTBOUND, load_outgoing
from haat.conversation.store.sends import read_state, send_pk
from haat.kernel.ids import Fingerprint, MessageId, ulid_time
from haat.kernel.time import Instant

Item = Mapping[str, Any]


def lines(table: Table, keys: Sequence[Item]) -> list[Message]:
    """The lines of some items of a thread, in the items' order; an answer stands before its question. Two requests."""
    items = {item["pk"]: item for item in table.get_many([(key["pk"], key["sk"]) for key in keys])}
    # The index is a moment behind: what was erased since is bare, and no longer of this thread.
    there = [item for key in keys if "view_sk" in (item := items.get(key["pk"], {}))]
    said = [(item, outgoing_of(item)) for item in there]
    states = table.get_many([(send_pk(out.id), "SEND") for _, out in said if out is not None])
    by_id = {item["pk"]: item for item in states}
    return [line for item, out in said for line in _both(item, out, by_id)]


def outgoing_of(item: Item) -> Outgoing | None:
    """What an item has to say."""
    return load_outgoing(item["body"]) if item.get("queue") == OUTBOUND else None


def _both(item: Item, out: Outgoing | None, states: Mapping[str, Item]) -> Iterator[Message]:
    if out is not None:
        yield _sent(item, out, states.get(send_pk(out.id)))
    if item["pk"].startswith("MESSAGE#"):
        yield _heard(item)


def _sent(item: Item, out: Outgoing, state: Item | None) -> Message:
    held = dict(state) if state is not None else None
    return Message(
        id=out.id,
        author="staff" if out.by else "bot",
        at=out.decided_at,
        text=out.text,
        about=_key(item) if item["pk"].startswith("MESSAGE#") else None,
        resembles=item.get("resembles", ""),
        state=read_state(out.id, held),
        provider_id=held.get("wamid", "") if held else "",
    )


def _heard(item: Item) -> Message:
    """A fact that came in. Its words are those of now: edited ones stand beside it, deleted ones nowhere."""
    doc = json.loads(item["doc"])
    id = MessageId(item["view_sk"])
    altered = item.get("altered")
    return Message(
        id=id,
        author="phone" if doc["fact"] == "message_echoed" else "customer",
        at=Instant(doc.get("occurred_at", ulid_time(id))),
        kind=doc.get("action") or doc.get("kind") or "text",
        text=item.get("edited", doc.get("text", "")),
        key=_key(item),
        about=doc.get("original_key"),
        edited=altered == "edited",
        deleted=altered == "revoked",
        choice=doc.get("choice", ""),
        content=doc.get("content", {}),
        reason=item.get("reason", ""),
        provider_id=doc.get("provider_id", ""),
    )


def _key(item: Item) -> Fingerprint:
    return Fingerprint(item["pk"].partition("#")[2])


def text_of(item: Item) -> str:
    """What a customer's message says now; empty where it was deleted."""
    text: str = item.get("edited", json.loads(item.get("doc", "{}")).get("text", ""))
    return text
