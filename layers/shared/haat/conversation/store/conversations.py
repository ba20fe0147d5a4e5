"""Conversations in DynamoDB: one consistent read, one transaction."""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from cachetools import TTLCache

from haat.aws.table import Item, Put, Refused, Table, Update, Value
from haat.conversation.model import Channel, Conversation, Outgoing
from haat.conversation.ports import Kept
from haat.conversation.store.items import (
    NEWS_LIFE_MS,
    alias_pk,
    compact,
    conversation_item,
    customer_pk,
    message_item,
    message_pk,
    outbox,
    read_conversation,
    ttl,
    unanswered_item,
)
from haat.facts.codec import to_plain
from haat.facts.conversation import Contact, CustomerRenamed, Inbound, MessageAltered
from haat.kernel.errors import Conflict
from haat.kernel.ids import CustomerId, Fingerprint, MerchantId, Pepper, ulid
from haat.kernel.time import Instant, later

CHANNEL_KEEP_S = CUSTOMER_KEEP_S = 60


def channel_key(kind: str, address: str) -> str:
    """The partition of a channel."""
    return f"CHANNEL#{kind}#{address}"


class DynamoConversations:
    """Fills the port Conversations."""

    def __init__(self, table: Table, pepper: Pepper, timer: Callable[[], float]) -> None:
        self._table, self._pepper = table, pepper
        self._channels: TTLCache[str, Channel] = TTLCache(maxsize=2_000, ttl=CHANNEL_KEEP_S, timer=timer)
        # Names move: another process may have learned that two of them are one customer's.
        self._customers: TTLCache[str, CustomerId] = TTLCache(maxsize=20_000, ttl=CUSTOMER_KEEP_S, timer=timer)

    def channel(self, kind: str, address: str) -> Channel | None:
        key = channel_key(kind, address)
        if (known := self._channels.get(key)) is None:
            item = self._table.get(key, "CHANNEL", consistent=False)
            if item is None:
                return None
            known = self._channels[key] = read_channel(kind, address, item)
        return known

    def find(self, channel: Channel, contact: Contact, new: Conversation) -> Conversation:
        named = self._aliases(channel.merchant, contact)
        for pk in named:
            customer = self._customer(pk)
            if customer is None:
                continue
            found = self.load(channel.merchant, customer, channel.address) or replace(new, customer=customer)
            return self._linked(channel.merchant, found, contact)
        return new

    def load(self, merchant: MerchantId, customer: CustomerId, address: str) -> Conversation | None:
        item = self._table.get(customer_pk(merchant, customer), f"CONVERSATION#{address}")
        return read_conversation(item) if item else None

    def keep(self, kept: Kept) -> bool:
        source = message_pk(kept.fact.key)
        if kept.outgoing is not None:
            kept = replace(kept, outgoing=replace(kept.outgoing, source=source))
        actions: list[Put | Update] = [
            Put(item=message_item(self._pepper, kept), absent=True),
            self._next(kept.before, kept.after),
        ]
        if kept.listed:
            at = kept.fact.occurred_at
            actions.append(Put(item=unanswered_item(kept.after, _list_id(kept.fact.key, at), kept.listed, at)))
        aliases = self._new_aliases(kept.before, kept.after)
        actions += [Put(item={"pk": pk, "sk": "ALIAS", "customer": kept.after.customer}, absent=True) for pk in aliases]
        try:
            self._table.transact(actions)
        except Refused as refused:
            if 0 in refused.at:
                return False
            self._forget(aliases)
            raise Conflict("the conversation moved") from None
        for pk in aliases:
            self._customers[pk] = kept.after.customer
        return True

    def keep_burst(
        self, before: Conversation, after: Conversation, outgoing: Outgoing | None, listed: tuple[Fingerprint, ...]
    ) -> None:
        actions: list[Put | Update] = [self._next(before, after)]
        if outgoing is not None:
            pk = f"OUTGOING#{outgoing.id}"
            row = {"pk": pk, "sk": "OUTGOING", "view_pk": f"THREAD#{after.id}", "view_sk": outgoing.id}
            actions.append(Put(item=row | outbox(self._pepper, replace(outgoing, source=pk)), absent=True))
        if listed:
            actions.append(
                Put(
                    item=unanswered_item(
                        after, _list_id(before.burst[-1].key, before.last_customer_at), listed, before.last_customer_at
                    )
                )
            )
        try:
            self._table.transact(actions)
        except Refused:
            raise Conflict("the conversation moved") from None

    def alter(self, fact: MessageAltered) -> None:
        if fact.original_key is None or fact.action == "reacted":
            return
        pk = message_pk(fact.original_key)
        change: dict[str, Value] = {"altered": fact.action, "altered_at": fact.occurred_at}
        if fact.action == "edited":
            # An edit that comes again must not undo a later one, and never a deletion.
            when = (
                "attribute_exists(pk) AND (attribute_not_exists(#altered) OR (#altered <> :no AND #altered_at <= :at))"
            )
            values: Item = {"no": "revoked", "at": fact.occurred_at}
            edit = Update(pk=pk, sk="MESSAGE", set=change | {"edited": fact.text}, when=when, values=values)
            with suppress(Refused):
                self._table.update(edit)
            return
        change["doc"] = compact({"fact": "message_revoked", "v": 1, "at": fact.occurred_at})
        try:
            self._table.update(Update(pk=pk, sk="MESSAGE", set=change, remove=("edited",), when="attribute_exists(pk)"))
        except Refused:  # it was faster than the message itself, which must then never be shown or answered
            try:
                self._table.put(Put(item={"pk": pk, "sk": "MESSAGE", **change}, absent=True))
            except Refused:
                raise Conflict("the message came in between") from None

    def rename(self, channel: Channel, fact: CustomerRenamed) -> None:
        old, now = self._aliases(channel.merchant, fact.contact), self._aliases(channel.merchant, fact.now)
        known = sorted({c for pk in (*old, *now) if (c := self._customer(pk, fresh=True)) is not None})
        if not known:
            return  # nobody whom we know: they will be found by the new name when they write
        for pk in (*old, *now):
            self._point(pk, known[0])

    def note(self, fact: Inbound) -> bool:
        id = getattr(fact, "id", None) or _list_id(fact.key, fact.received_at)
        about = fact.account or fact.address
        try:
            self._table.put(
                Put(
                    absent=True,
                    item={
                        "pk": f"NOTE#{fact.key}",
                        "sk": "NOTE",
                        "view_pk": f"NEWS#{fact.channel}#{about}",
                        "view_sk": id,
                        "doc": compact({"fact": fact.name, "v": fact.version, **to_plain(fact)}),
                        "ttl": ttl(later(fact.received_at, NEWS_LIFE_MS)),
                    },
                )
            )
        except Refused:
            return False
        return True

    def _next(self, before: Conversation, after: Conversation) -> Put:
        item = conversation_item(replace(after, version=before.version + 1))
        return Put(item=item, absent=True) if before.version == 0 else Put(item=item, version=before.version)

    def _aliases(self, merchant: MerchantId, contact: Contact) -> list[str]:
        names = (("user_id", contact.user_id), ("phone", contact.phone))
        return [alias_pk(self._pepper, merchant, kind, name) for kind, name in names if name]

    def _new_aliases(self, before: Conversation, after: Conversation) -> list[str]:
        """Names that are kept with this change: all of a new customer's, and what a known one's contact has gained.

        The table is not asked again: who was given this name since `find` must make the write fail.
        """
        known = self._aliases(before.merchant, before.contact) if before.version else []
        named = self._aliases(after.merchant, after.contact)
        return [pk for pk in named if pk not in known and self._customers.get(pk) != after.customer]

    def _customer(self, pk: str, *, fresh: bool = False) -> CustomerId | None:
        if fresh or (customer := self._customers.get(pk)) is None:
            item = self._table.get(pk, "ALIAS")
            if item is None:
                return None
            customer = self._customers[pk] = CustomerId(item["customer"])
        return customer

    def _linked(self, merchant: MerchantId, found: Conversation, contact: Contact) -> Conversation:
        """The conversation with what this contact adds. Where its other name led to another customer, the older one keeps both."""
        gained = _gained(found.contact, contact)
        if (gained.phone, gained.user_id) == (found.contact.phone, found.contact.user_id) and found.version:
            return replace(found, contact=gained)
        named = self._aliases(merchant, contact)
        known = {c for pk in named if (c := self._customer(pk, fresh=True)) is not None}
        oldest = min(known, default=found.customer)
        for pk in named:
            if self._customer(pk) not in (None, oldest):
                self._point(pk, oldest)
        if oldest != found.customer:
            found = self.load(merchant, oldest, found.address) or replace(found, customer=oldest, version=0)
        for pk in named:
            if self._customer(pk) is None:
                self._point(pk, oldest)
        return replace(found, contact=_gained(found.contact, contact))

    def _point(self, pk: str, customer: CustomerId) -> None:
        self._table.update(Update(pk=pk, sk="ALIAS", set={"customer": customer}))
        self._customers[pk] = customer

    def _forget(self, pks: list[str]) -> None:
        for pk in pks:
            self._customers.pop(pk, None)


def _gained(was: Contact, contact: Contact) -> Contact:
    return replace(
        was,
        phone=contact.phone or was.phone,
        user_id=contact.user_id or was.user_id,
        name=contact.name or was.name,
    )


def _list_id(key: Fingerprint, at: Instant) -> str:
    return ulid(at, bytes.fromhex(key))


def read_channel(kind: str, address: str, item: Mapping[str, Any]) -> Channel:
    """The channel in an item."""
    doc = json.loads(item["doc"])
    return Channel(
        kind=kind,
        address=address,
        merchant=MerchantId(doc["merchant"]),
        account=doc.get("account", ""),
        token=item.get("token", b""),
        stopped=item.get("stopped", ""),
    )
