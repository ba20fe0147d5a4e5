"""Channels with their tokens, and what a shop was taught."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from cachetools import LRUCache, TTLCache

from haat.aws.once import DynamoAnswers, marker
from haat.aws.sealer import Sealer
from haat.aws.table import Action, Delete, Item, Put, Refused, Table, Update
from haat.conversation.model import Channel, Entry, Manners, Taught, Texts
from haat.conversation.ports import Line
from haat.conversation.rules.lessons import lesson
from haat.conversation.store import notices
from haat.conversation.store.conversations import channel_key, read_channel
from haat.conversation.store.items import DUE, compact
from haat.facts.codec import from_plain, to_plain
from haat.kernel.errors import Changed, Unavailable
from haat.kernel.ids import MerchantId, ulid
from haat.kernel.once import Answer, Once
from haat.kernel.secret import Secret
from haat.kernel.time import Instant, rfc3339

KEEP_S, MOST = 60, 2_000
PART = 128_000  # bytes of what was learnt in one item: DynamoDB takes at most 400 KB, and moto counts an update with its item, in base64
MOST_ITEMS = 20  # of one shop, and more than there are


class DynamoLines:
    """Fills the port Lines. A line is read again after KEEP_S; its token is decrypted again only when it changed."""

    def __init__(self, table: Table, sealer: Sealer | None, timer: Callable[[], float]) -> None:
        self._table, self._sealer = table, sealer
        self._lines: TTLCache[str, Line] = TTLCache(maxsize=MOST, ttl=KEEP_S, timer=timer)
        self._tokens: LRUCache[str, tuple[bytes, Secret[str]]] = LRUCache(maxsize=MOST)

    def line(self, kind: str, address: str) -> Line | None:
        key = channel_key(kind, address)
        if (known := self._lines.get(key)) is None:
            item = self._table.get(key, "CHANNEL", consistent=False)
            channel = read_channel(kind, address, item) if item else None
            if channel is None or not channel.token:
                return None
            known = self._lines[key] = Line(channel=channel, token=self._open(key, channel))
        return known

    def _open(self, key: str, channel: Channel) -> Secret[str]:
        assert self._sealer is not None, "only who speaks opens tokens"
        sealed, token = self._tokens.get(key, (b"", Secret("")))
        if sealed != channel.token:
            token = self._sealer.open(channel.merchant, channel.token)
            self._tokens[key] = (channel.token, token)
        return token

    def stop(self, kind: str, address: str, reason: str, now: Instant) -> None:
        key = channel_key(kind, address)
        self._lines.pop(key, None)
        item = self._table.get(key, "CHANNEL")
        if item is None or item.get("stopped") == reason:
            return  # gone, or stopped for that before: its merchant has been told
        stop = Update(
            pk=key,
            sk="CHANNEL",
            set={"stopped": reason, "stopped_at": now},
            when="attribute_exists(pk) AND (attribute_not_exists(#stopped) OR #stopped <> :reason)",
            values={"reason": reason},
        )
        merchant = read_channel(kind, address, item).merchant
        try:
            self._table.transact([stop, Put(item=stopped_item(merchant, kind, address, reason, now))])
        except Refused as refused:
            if not refused.at:
                raise Unavailable("table: others were at work there") from None


def stopped_item(merchant: MerchantId, kind: str, address: str, reason: str, at: Instant) -> Item:
    """What the merchant is told of a channel on which nothing may be said any more."""
    id = ulid(at, hashlib.sha256(f"{channel_key(kind, address)}#{reason}".encode()).digest())
    doc = {"channel": kind, "address": address, "reason": reason, "at": rfc3339(at)}
    told = notices.stopped(id, merchant, kind, address, reason, at)
    return {"pk": f"STOPPED#{merchant}", "sk": id, "doc": compact(doc), **told}


def taught_actions(merchant: MerchantId, taught: Taught, *, at_once: bool = True) -> list[Action]:
    """What a shop was taught, as the actions that replace the version before; the first is refused where that is not there.

    With it goes what is learnt from it, or the row that has it learnt later. Whoever writes entries does it by these.
    """
    item: Item = {
        "pk": _pk(merchant),
        "sk": "TAUGHT",
        "version": taught.version,
        "doc": compact(to_plain(replace(taught, learnt=b""))),
    }
    put = Put(item=item, absent=True) if taught.version == 1 else Put(item=item, version=taught.version - 1)
    learnt = lesson(taught, at_once=at_once)
    if learnt is None:
        return [put, _wish(merchant, taught.version)]
    return [put, *_learnt_actions(merchant, taught, learnt)]


def _pk(merchant: MerchantId) -> str:
    return f"TAUGHT#{merchant}"


def _learnt_actions(merchant: MerchantId, taught: Taught, learnt: bytes, *, no_older: bool = False) -> list[Action]:
    """What was learnt from this version, in place of what was learnt before: in parts, as an item has at most 400 KB."""
    parts, before = _parts(learnt), len(_parts(taught.learnt))
    when = "attribute_not_exists(pk) OR #version <= :most" if no_older else ""
    written: list[Action] = [
        Update(
            pk=_pk(merchant),
            sk=f"LEARNT#{number}",
            set={"version": taught.version, "parts": len(parts), "part": part},
            when="" if number else when,  # they are always written together
            values={"most": taught.version} if no_older and not number else {},
        )
        for number, part in enumerate(parts)
    ]
    return written + [Delete(pk=_pk(merchant), sk=f"LEARNT#{number}") for number in range(len(parts), before)]


def _parts(learnt: bytes) -> list[bytes]:
    return [learnt[at : at + PART] for at in range(0, len(learnt), PART)]


def _wish(merchant: MerchantId, version: int) -> Put:
    """The row that has something learnt later; it is its own outbox row, and goes when that was done."""
    due = {"fact": "learn", "v": 1, "merchant": merchant, "version": version}
    return Put(item={"pk": f"LEARNING#{merchant}", "sk": str(version), "queue": DUE, "body": compact(due)})


def _unwish(merchant: MerchantId, version: int) -> Delete:
    return Delete(pk=f"LEARNING#{merchant}", sk=str(version))


class DynamoTaught:
    """What a shop was taught: entries and texts in one item, and what was learnt from it beside it. Fills the port Teachings.

    Not `at_once`: where nobody waits for it, everything is learnt later, by one who has the time.
    """

    def __init__(self, table: Table, *, at_once: bool = True) -> None:
        self._table, self._answers, self._at_once = table, DynamoAnswers(table), at_once

    def read(self, merchant: MerchantId, *, consistent: bool = True) -> Taught:
        items = {item["sk"]: item for item in self._items(_pk(merchant), consistent=consistent)}
        if "TAUGHT" not in items:
            return Taught()
        doc = {**json.loads(items["TAUGHT"]["doc"]), "version": items["TAUGHT"]["version"], "learnt": _learnt(items)}
        return from_plain(Taught, doc, {"entries": Entry, "texts": Texts, "manners": Manners})

    def _items(self, pk: str, *, consistent: bool) -> Iterator[dict[str, Any]]:
        page = self._table.page(pk, limit=MOST_ITEMS, consistent=consistent)
        yield from page.items
        while page.next is not None:  # one page has at most 1 MB
            page = self._table.page(pk, after=page.next, limit=MOST_ITEMS, consistent=consistent)
            yield from page.items

    def write(self, merchant: MerchantId, taught: Taught) -> None:
        try:
            self._table.transact(taught_actions(merchant, taught, at_once=self._at_once))
        except Refused:
            raise Changed("what the shop taught was changed in between") from None

    def write_once(self, merchant: MerchantId, taught: Taught, once: Once, answer: Answer) -> Answer:
        try:
            self._table.transact([marker(once, answer), *taught_actions(merchant, taught, at_once=self._at_once)])
        except Refused as refused:
            if 0 in refused.at and (given := self.given(once)) is not None:
                return given
            raise Changed("what the shop taught was changed in between") from None
        return answer

    def given(self, once: Once) -> Answer | None:
        return self._answers.given(once)

    def keep_learnt(self, merchant: MerchantId, taught: Taught, learnt: bytes, wished: int) -> None:
        actions = _learnt_actions(merchant, taught, learnt, no_older=True)
        try:
            self._table.transact([*actions, _unwish(merchant, wished)])
        except Refused:
            raise Changed("something younger was learnt") from None

    def wish(self, merchant: MerchantId, version: int) -> None:
        """Have this version learnt later, where nobody has asked for that yet: a new recipe makes all that was learnt too old."""
        with suppress(Refused):
            self._table.put(replace(_wish(merchant, version), absent=True))

    def unwish(self, merchant: MerchantId, wished: int) -> None:
        self._table.delete(_unwish(merchant, wished))


def _learnt(items: Mapping[str, Mapping[str, Any]]) -> bytes:
    """What was learnt, of its parts; nothing where they are of two versions, as a reading that is not consistent may find them."""
    first = items.get("LEARNT#0")
    if first is None:
        return b""
    parts = [items.get(f"LEARNT#{number}") for number in range(first["parts"])]
    whole = all(part is not None and part["version"] == first["version"] for part in parts)
    return b"".join(part["part"] for part in parts if part is not None) if whole else b""
