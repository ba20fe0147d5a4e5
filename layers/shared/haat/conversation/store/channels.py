"""Channels in DynamoDB: the channel itself, and its place in its merchant's list, always written together.

| thing | pk | sk |
| --- | --- | --- |
| channel | CHANNEL#kind#address | CHANNEL |
| the same, in its merchant's list | CHANNELS#merchant | kind#address |
| that it wants its merchant's profile | CHANNELWANTS#merchant | kind#address#when it was saved |
| that it is a shop's, or no more | CHANNELTELLS#merchant | kind#address#when#what |

`merchant` is an attribute of its own, so that only its owner's channel can be saved anew or forgotten.
"""

import json
from typing import Any

from haat.aws.once import DynamoAnswers, marker
from haat.aws.table import Action, Delete, Item, Put, Refused, Table, Update
from haat.conversation.model import Connected, Number
from haat.conversation.rules.channels import SHOW_PROFILES, taken
from haat.conversation.store.conversations import channel_key, read_channel
from haat.conversation.store.items import compact, ttl
from haat.facts import profiles, verification
from haat.facts.codec import from_plain, to_plain
from haat.kernel.errors import Conflict
from haat.kernel.ids import MerchantId
from haat.kernel.once import Answer, Once
from haat.kernel.time import DAY, Instant, later

ATTEMPTS = 3  # where others write the same rows at the same moment


def connect_actions(connected: Connected, *, new_shop: bool = False) -> list[Action]:
    """What saving a channel writes, new or anew; a stop that lay on it is lifted. Refused at 0: it is another merchant's.

    `new_shop`: it begins with this address, so that no badge can rest on it, and nobody need hear.
    """
    channel = connected.channel
    doc = {"merchant": channel.merchant, "account": channel.account, "number": to_plain(connected.number)}
    saved: list[Action] = [
        Update(
            pk=channel_key(channel.kind, channel.address),
            sk="CHANNEL",
            set={
                "doc": compact(doc),
                "token": channel.token,
                "merchant": channel.merchant,
                "connected_at": connected.connected_at,
            },
            remove=["stopped", "stopped_at"],
            when="attribute_not_exists(pk) OR #merchant = :mine",
            values={"mine": channel.merchant},
        ),
        Put(item={"pk": f"CHANNELS#{channel.merchant}", "sk": f"{channel.kind}#{channel.address}"}),
    ]
    if not new_shop:
        saved.append(_tells(channel.merchant, channel.kind, channel.address, "saved", connected.connected_at))
    if channel.kind in SHOW_PROFILES:
        saved.append(_wants(connected))
    return saved


def _wants(connected: Connected) -> Put:
    """Saved anew, it wants the shop's profile again: with the token before it may have been refused."""
    channel, at = connected.channel, connected.connected_at
    row: Item = {"pk": f"CHANNELWANTS#{channel.merchant}", "sk": f"{channel.kind}#{channel.address}#{at}"}
    want = profiles.ProfileWanted(merchant=channel.merchant, occurred_at=at)
    wanted = profiles.outbox_row(want, f"{channel.kind}-{channel.address}-{at}")
    return Put(item={**row, "ttl": ttl(later(at, 30 * DAY)), **wanted})


def _tells(merchant: MerchantId, kind: str, address: str, what: str, at: Instant) -> Put:
    """The row by which `verification` hears of it: a badge may rest on this number. Saved anew, people may dial it otherwise."""
    row: Item = {
        "pk": f"CHANNELTELLS#{merchant}",
        "sk": f"{kind}#{address}#{at}#{what}",
        "ttl": ttl(later(at, 14 * DAY)),
    }
    changed = verification.ShopChanged(merchant=merchant, what="number", occurred_at=at)
    return Put(item={**row, **verification.outbox_row(changed)})


def read_number(item: dict[str, Any]) -> Number:
    """What the channel said of its address when it was connected over HTTP."""
    return from_plain(Number, json.loads(item["doc"]).get("number", {}))


def _read(item: dict[str, Any]) -> Connected:
    _, kind, address = item["pk"].split("#", 2)
    return Connected(
        channel=read_channel(kind, address, item),
        number=read_number(item),
        connected_at=Instant(item.get("connected_at", 0)),
        stopped_at=Instant(item["stopped_at"]) if "stopped_at" in item else None,
    )


class DynamoChannels:
    """Fills the port Channels."""

    def __init__(self, table: Table) -> None:
        self._table, self._answers = table, DynamoAnswers(table)

    def given(self, once: Once) -> Answer | None:
        return self._answers.given(once)

    def owner(self, kind: str, address: str) -> MerchantId | None:
        item = self._table.get(channel_key(kind, address), "CHANNEL")
        return read_channel(kind, address, item).merchant if item else None

    def page(self, merchant: MerchantId, after: str | None, limit: int) -> tuple[list[Connected], str | None]:
        page = self._table.page(f"CHANNELS#{merchant}", after=after, limit=limit)
        keys = [(f"CHANNEL#{item['sk']}", "CHANNEL") for item in page.items]
        # A channel that moved between the two requests is another merchant's.
        found = [_read(item) for item in self._table.get_many(keys) if item.get("merchant") == merchant]
        return found, page.next

    def connect(self, connected: Connected, once: Once, answer: Answer) -> Answer:
        for _ in range(ATTEMPTS):
            try:
                self._table.transact([marker(once, answer), *connect_actions(connected)])
            except Refused as refused:
                if (given := self._answers.given(once)) is not None:
                    return given
                if refused.at:
                    raise taken() from None
            else:
                return answer
        raise Conflict("somebody else connects this at the same moment; try again")

    def disconnect(self, merchant: MerchantId, kind: str, address: str, at: Instant) -> bool:
        try:
            self._table.transact(
                [
                    Delete(
                        pk=channel_key(kind, address), sk="CHANNEL", when="#merchant = :mine", values={"mine": merchant}
                    ),
                    Delete(pk=f"CHANNELS#{merchant}", sk=f"{kind}#{address}"),
                    _tells(merchant, kind, address, "gone", at),
                ]
            )
        except Refused as refused:
            if not refused.at:
                raise Conflict("somebody else changes this at the same moment; try again") from None
            return False
        return True
