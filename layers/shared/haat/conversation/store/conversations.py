"""Conversations in DynamoDB: one consistent read, one transaction."""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from cachetools import TTLCache

from haat.aws.table import Action, Delete, Item, Put, Refused, Table, Update, Value
from haat.conversation.model import Channel, Conversation, Outgoing
from haat.conversation.ports import Kept
from haat.conversation.rules.menus import question_id
from haat.conversation.rules.text import cut
from haat.conversation.store.blocking import blocked_at
from haat.conversation.store.items import (
    RESEMBLES,
    compact,
    conversation_item,
    customer_pk,
    message_item,
    message_pk,
    note_item,
    outgoing_item,
    read_conversation,
    unanswered_item,
    way_item,
)
from haat.conversation.store.names import Names
from haat.facts.conversation import Contact, CustomerRenamed, Inbound, MessageAltered
from haat.kernel.errors import Conflict
from haat.kernel.ids import CustomerId, Fingerprint, MerchantId, Pepper
from haat.kernel.time import Instant

CHANNEL_KEEP_S = 60


def channel_key(kind: str, address: str) -> str:
    """The partition of a channel."""
    return f"CHANNEL#{kind}#{address}"


class DynamoConversations:
    """Fills the port Conversations."""

    def __init__(self, table: Table, pepper: Pepper, timer: Callable[[], float]) -> None:
        self._table, self._pepper = table, pepper
        self._channels: TTLCache[str, Channel] = TTLCache(maxsize=2_000, ttl=CHANNEL_KEEP_S, timer=timer)
        self._names = Names(table, pepper, timer)

    def channel(self, kind: str, address: str) -> Channel | None:
        key = channel_key(kind, address)
        if (known := self._channels.get(key)) is None:
            item = self._table.get(key, "CHANNEL", consistent=False)
            if item is None:
                return None
            known = self._channels[key] = read_channel(kind, address, item)
        return known

    def find(self, channel: Channel, contact: Contact, new: Conversation) -> Conversation:
        erased = Instant(0)
        for pk in self._names.of(channel.merchant, contact):
            name = self._names.get(pk)
            if name.customer is not None:
                found = self.load(channel.merchant, name.customer, channel.address)
                if found is None:  # none here yet; or they were erased, or became another's, since the name was read
                    name = self._names.get(pk, fresh=True)
                    found = self._first(channel, name.customer, new) if name.customer is not None else None
                if found is not None:
                    later_of_both = max(found.erased_before, name.erased)
                    return self._linked(channel.merchant, replace(found, erased_before=later_of_both), contact)
            erased = max(erased, name.erased)
        return replace(new, erased_before=erased)

    def _first(self, channel: Channel, customer: CustomerId, new: Conversation) -> Conversation:
        found = self.load(channel.merchant, customer, channel.address)
        since = blocked_at(self._table, channel.merchant, customer) if found is None else Instant(0)
        return found or replace(new, customer=customer, blocked_at=since)

    def called(self, merchant: MerchantId, phone: str) -> CustomerId | None:
        found = (self._names.customer(pk, fresh=True) for pk in self._names.of(merchant, Contact(phone=phone)))
        return next(found, None)

    def load(self, merchant: MerchantId, customer: CustomerId, address: str) -> Conversation | None:
        item = self._table.get(customer_pk(merchant, customer), f"CONVERSATION#{address}")
        return read_conversation(item) if item else None

    def keep(self, kept: Kept) -> bool:
        source = message_pk(kept.fact.key)
        if kept.outgoing is not None:
            kept = replace(kept, outgoing=replace(kept.outgoing, source=source))
        actions: list[Action] = [
            Put(item=message_item(self._pepper, kept), absent=True),
            self._next(kept.before, kept.after),
        ]
        if kept.listed:
            at = kept.fact.occurred_at
            id = question_id(kept.fact.key, at)
            actions.append(Put(item=unanswered_item(kept.after, id, kept.listed, at)))
        if kept.answered:
            actions.append(Delete(pk=f"UNANSWERED#{kept.after.merchant}", sk=kept.answered))
        names = self._names.actions(kept.before, kept.after, kept.fact.occurred_at)
        actions += [*names.values(), *self._begins(kept.before, kept.after)]
        try:
            self._table.transact(actions)
        except Refused as refused:
            if 0 in refused.at:
                return False
            self._names.forget([*names])
            raise Conflict("the conversation moved") from None
        self._names.learn([*names], kept.after)
        return True

    def knows(self, key: Fingerprint) -> bool:
        return self._table.get(message_pk(key), "MESSAGE") is not None

    def tell(self, before: Conversation, after: Conversation, outgoing: Outgoing) -> bool:
        row = Put(item=outgoing_item(self._pepper, outgoing), absent=True)
        try:
            self._table.transact([row, self._next(before, after)])
        except Refused as refused:
            if 0 in refused.at:
                return False
            raise Conflict("the conversation moved") from None
        return True

    def keep_burst(
        self,
        before: Conversation,
        after: Conversation,
        outgoing: Outgoing | None,
        listed: tuple[Fingerprint, ...],
        resembles: str = "",
        answered: str = "",
    ) -> None:
        actions: list[Action] = [self._next(before, after)]
        if answered:
            actions.append(Delete(pk=f"UNANSWERED#{after.merchant}", sk=answered))
        if outgoing is not None:
            row = outgoing_item(self._pepper, outgoing)
            if resembles:
                row["resembles"] = cut(resembles, RESEMBLES)
            actions.append(Put(item=row, absent=True))
        if listed:
            at = before.last_customer_at
            id = question_id(before.burst[-1].key, at)
            actions.append(Put(item=unanswered_item(after, id, listed, at)))
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

    def rename(self, channel: Channel, fact: CustomerRenamed) -> bool:
        pks = [*self._names.of(channel.merchant, fact.contact), *self._names.of(channel.merchant, fact.now)]
        names = [self._names.get(pk, fresh=True) for pk in dict.fromkeys(pks)]
        if any(name.erased and fact.occurred_at <= name.erased for name in names):
            return False
        if known := {name.customer for name in names if name.customer is not None}:
            self._names.unite(channel.merchant, pks, known)
        return True  # nobody whom we know will be found by the new name when they write

    def note(self, fact: Inbound, about: Conversation | None = None) -> bool:
        item = Put(absent=True, item=note_item(fact, about))
        names = self._names.actions(about, about, fact.occurred_at) if about is not None else {}
        try:
            if names:
                self._table.transact([item, *names.values()])
            else:
                self._table.put(item)
        except Refused as refused:
            if 0 in refused.at:
                return False
            self._names.forget([*names])
            raise Conflict("somebody else was given that name") from None
        if about is not None:
            self._names.learn([*names], about)
        return True

    def _next(self, before: Conversation, after: Conversation) -> Put:
        item = conversation_item(replace(after, version=before.version + 1))
        return Put(item=item, absent=True) if before.version == 0 else Put(item=item, version=before.version)

    def _begins(self, before: Conversation, after: Conversation) -> list[Action]:
        """What a new conversation needs beside itself: the way to it; and it lies nowhere else."""
        if before.version:
            return []
        way: list[Action] = [Put(item=way_item(after))]
        if after.began_as is None:
            return way
        return [*way, Delete(pk=customer_pk(after.merchant, after.began_as), sk=f"CONVERSATION#{after.address}")]

    def _linked(self, merchant: MerchantId, found: Conversation, contact: Contact) -> Conversation:
        """The conversation with what this contact adds. Where its other name led to another customer, the older one keeps both."""
        gained = _gained(found.contact, contact)
        if (gained.phone, gained.user_id) == (found.contact.phone, found.contact.user_id) and found.version:
            return replace(found, contact=gained)
        pks = self._names.of(merchant, contact)
        names = [self._names.get(pk, fresh=True) for pk in pks]
        erased = max([found.erased_before, *(name.erased for name in names)])
        if known := {
            name.customer for name in names if name.customer is not None
        }:  # else they are being erased right now
            oldest = self._names.unite(merchant, pks, known)
            if oldest != found.customer:
                older = self.load(merchant, oldest, found.address)
                found = older or replace(found, customer=oldest, version=0, began_as=found.customer)
        return replace(found, contact=_gained(found.contact, contact), erased_before=erased)


def _gained(was: Contact, contact: Contact) -> Contact:
    return replace(
        was,
        phone=contact.phone or was.phone,
        user_id=contact.user_id or was.user_id,
        name=contact.name or was.name,
    )


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
