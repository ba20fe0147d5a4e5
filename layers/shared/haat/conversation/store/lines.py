"""Channels with their tokens, and what a shop was taught."""

import hashlib
import json
from collections.abc import Callable

from cachetools import LRUCache, TTLCache

from haat.aws.once import DynamoAnswers, marker
from haat.aws.sealer import Sealer
from haat.aws.table import Item, Put, Refused, Table, Update
from haat.conversation.model import Channel, Entry, Manners, Taught, Texts
from haat.conversation.ports import Line
from haat.conversation.store import notices
from haat.conversation.store.conversations import channel_key, read_channel
from haat.conversation.store.items import compact
from haat.facts.codec import from_plain, to_plain
from haat.kernel.errors import Changed, Unavailable
from haat.kernel.ids import MerchantId, ulid
from haat.kernel.once import Answer, Once
from haat.kernel.secret import Secret
from haat.kernel.time import Instant, rfc3339

KEEP_S, MOST = 60, 2_000


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


def taught_put(merchant: MerchantId, taught: Taught) -> Put:
    """What a shop was taught, as the action that replaces the version before."""
    item: Item = {
        "pk": f"TAUGHT#{merchant}",
        "sk": "TAUGHT",
        "version": taught.version,
        "doc": compact(to_plain(taught)),
    }
    return Put(item=item, absent=True) if taught.version == 1 else Put(item=item, version=taught.version - 1)


class DynamoTaught:
    """What a shop was taught: entries and texts, in one item. Fills the port Teachings."""

    def __init__(self, table: Table) -> None:
        self._table, self._answers = table, DynamoAnswers(table)

    def read(self, merchant: MerchantId, *, consistent: bool = True) -> Taught:
        item = self._table.get(f"TAUGHT#{merchant}", "TAUGHT", consistent=consistent)
        if item is None:
            return Taught()
        doc = {**json.loads(item["doc"]), "version": item["version"]}
        return from_plain(Taught, doc, {"entries": Entry, "texts": Texts, "manners": Manners})

    def write(self, merchant: MerchantId, taught: Taught) -> None:
        try:
            self._table.put(taught_put(merchant, taught))
        except Refused:
            raise Changed("what the shop taught was changed in between") from None

    def write_once(self, merchant: MerchantId, taught: Taught, once: Once, answer: Answer) -> Answer:
        try:
            self._table.transact([marker(once, answer), taught_put(merchant, taught)])
        except Refused as refused:
            if 0 in refused.at and (given := self.given(once)) is not None:
                return given
            raise Changed("what the shop taught was changed in between") from None
        return answer

    def given(self, once: Once) -> Answer | None:
        return self._answers.given(once)
