"""The ports of a conversation in memory, under the same contract as in DynamoDB. One process, one thread."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from haat.conversation.model import WINDOW_MS, Channel, Conversation, Matcher, Outgoing, SendState, Shop
from haat.conversation.ports import Claimed, Entry, Kept, Line
from haat.conversation.rules.sending import RANKS, rises
from haat.facts.conversation import Contact, CustomerRenamed, DeliveryReported, Inbound, MessageAltered
from haat.kernel.errors import Conflict, NotFound
from haat.kernel.ids import CustomerId, Fingerprint, MerchantId, MessageId, ProviderId
from haat.kernel.time import Instant, later

Name = tuple[MerchantId, str, str]


@dataclass(slots=True)
class MemoryQueue:
    """Fills the port Queue."""

    entries: list[Entry] = field(default_factory=list)

    def put(self, entries: Sequence[Entry]) -> None:
        self.entries += entries


@dataclass(slots=True)
class MemoryShops:
    """Fills the port Shops."""

    shops: dict[MerchantId, tuple[Shop, Matcher]] = field(default_factory=dict)
    countries: frozenset[str] = frozenset()

    def shop(self, merchant: MerchantId) -> tuple[Shop, Matcher]:
        if merchant not in self.shops:
            raise NotFound("merchant")
        return self.shops[merchant]

    def open_for(self, country: str) -> bool:
        return country in self.countries


@dataclass(slots=True)
class MemoryLines:
    """Fills the port Lines."""

    lines: dict[tuple[str, str], Line] = field(default_factory=dict)

    def line(self, kind: str, address: str) -> Line | None:
        return self.lines.get((kind, address))

    def stop(self, kind: str, address: str, reason: str, now: Instant) -> None:
        if (line := self.lines.get((kind, address))) is not None:
            self.lines[(kind, address)] = replace(line, channel=replace(line.channel, stopped=reason))


@dataclass(slots=True)
class MemoryConversations:
    """Fills the port Conversations."""

    channels: dict[tuple[str, str], Channel] = field(default_factory=dict)
    aliases: dict[Name, CustomerId] = field(default_factory=dict)
    conversations: dict[tuple[MerchantId, CustomerId, str], Conversation] = field(default_factory=dict)
    messages: dict[Fingerprint, Kept | None] = field(default_factory=dict)
    altered: dict[Fingerprint, MessageAltered] = field(default_factory=dict)
    listed: list[tuple[Fingerprint, ...]] = field(default_factory=list)
    outbox: list[Outgoing] = field(default_factory=list)
    notes: dict[Fingerprint, Inbound] = field(default_factory=dict)

    def channel(self, kind: str, address: str) -> Channel | None:
        return self.channels.get((kind, address))

    def find(self, channel: Channel, contact: Contact, new: Conversation) -> Conversation:
        names = _names(channel.merchant, contact)
        known = [self.aliases[name] for name in names if name in self.aliases]
        if not known:
            return new
        oldest = min(known)
        self.aliases |= dict.fromkeys(names, oldest)
        found = self.load(channel.merchant, oldest, channel.address)
        if found is None:  # the younger's goes on as the older's
            younger = self.load(channel.merchant, known[0], channel.address)
            found = replace(younger or new, customer=oldest, version=0)
        was = found.contact
        gained = replace(
            was, phone=contact.phone or was.phone, user_id=contact.user_id or was.user_id, name=contact.name or was.name
        )
        return replace(found, contact=gained)

    def load(self, merchant: MerchantId, customer: CustomerId, address: str) -> Conversation | None:
        return self.conversations.get((merchant, customer, address))

    def keep(self, kept: Kept) -> bool:
        if kept.fact.key in self.messages:
            return False
        names = _names(kept.after.merchant, kept.after.contact)
        known = _names(kept.before.merchant, kept.before.contact) if kept.before.version else []
        if any(
            self.aliases.get(name, kept.after.customer) != kept.after.customer for name in names if name not in known
        ):
            raise Conflict("somebody else was given that name")
        self._move(kept.before, kept.after)
        self.aliases = dict.fromkeys(names, kept.after.customer) | self.aliases
        self.messages[kept.fact.key] = kept
        if kept.outgoing:
            self.outbox.append(replace(kept.outgoing, source=kept.fact.key))
        if kept.listed:
            self.listed.append(kept.listed)
        return True

    def keep_burst(
        self, before: Conversation, after: Conversation, outgoing: Outgoing | None, listed: tuple[Fingerprint, ...]
    ) -> None:
        self._move(before, after)
        if outgoing:
            self.outbox.append(replace(outgoing, source=outgoing.id))
        if listed:
            self.listed.append(listed)

    def alter(self, fact: MessageAltered) -> None:
        if fact.original_key is None or fact.action == "reacted":
            return
        before = self.altered.get(fact.original_key)
        if fact.action == "revoked":
            self.altered[fact.original_key] = fact
            self.messages[fact.original_key] = None
        elif fact.original_key in self.messages and (
            before is None or (before.action != "revoked" and before.occurred_at <= fact.occurred_at)
        ):
            self.altered[fact.original_key] = fact

    def rename(self, channel: Channel, fact: CustomerRenamed) -> None:
        names = [*_names(channel.merchant, fact.contact), *_names(channel.merchant, fact.now)]
        known = [self.aliases[name] for name in names if name in self.aliases]
        if known:
            self.aliases |= dict.fromkeys(names, min(known))

    def note(self, fact: Inbound) -> bool:
        if fact.key in self.notes:
            return False
        self.notes[fact.key] = fact
        return True

    def _move(self, before: Conversation, after: Conversation) -> None:
        key = (after.merchant, after.customer, after.address)
        there = self.conversations.get(key)
        if (there.version if there else 0) != before.version:
            raise Conflict("the conversation moved")
        self.conversations[key] = replace(after, version=before.version + 1)


def _names(merchant: MerchantId, contact: Contact) -> list[Name]:
    names = (("user_id", contact.user_id), ("phone", contact.phone))
    return [(merchant, kind, name) for kind, name in names if name]


@dataclass(slots=True)
class MemorySends:
    """Fills the ports Sends and Reports."""

    states: dict[MessageId, SendState] = field(default_factory=dict)
    claimed: dict[MessageId, Outgoing] = field(default_factory=dict)
    notices: list[tuple[MessageId, int]] = field(default_factory=list)
    outbox: list[Outgoing] = field(default_factory=list)
    conversations: MemoryConversations = field(default_factory=MemoryConversations)

    def state(self, id: MessageId) -> SendState:
        return self.states.get(id, SendState(id=id))

    def claim(self, outgoing: Outgoing, now: Instant) -> Claimed | SendState:
        seen = self.state(outgoing.id)
        if seen.state != "due":
            return seen
        self.claimed[outgoing.id] = outgoing
        self.states[outgoing.id] = replace(seen, state="sending", since=now, tries=seen.tries + 1)
        return Claimed(tries=seen.tries + 1)

    def take_over(self, outgoing: Outgoing, seen: SendState, now: Instant) -> Claimed | None:
        if self.state(outgoing.id) != seen:
            return None
        self.states[outgoing.id] = replace(seen, since=now, tries=seen.tries + 1, lost=seen.lost + 1)
        return Claimed(tries=seen.tries + 1, again=True)

    def sent(self, id: MessageId, provider_id: ProviderId) -> None:
        self._from_sending(id, "sent")

    def release(self, id: MessageId) -> None:
        self._from_sending(id, "due")

    def _from_sending(self, id: MessageId, state: str) -> None:
        if self.state(id).state == "sending":
            self.states[id] = replace(self.states[id], state=state)  # type: ignore[arg-type]  # the two words above

    def fail(self, outgoing: Outgoing, code: int, now: Instant) -> bool:
        if self.state(outgoing.id).state not in ("due", "sending"):
            return False
        self.states[outgoing.id] = replace(self.state(outgoing.id), state="failed", rank=0, error=code)
        self.notices.append((outgoing.id, code))
        return True

    def window_ends(self, outgoing: Outgoing) -> Instant:
        found = self.conversations.load(outgoing.merchant, outgoing.customer, outgoing.address)
        return later(found.last_customer_at, WINDOW_MS) if found else outgoing.window_ends

    def report(self, fact: DeliveryReported) -> bool:
        rank, known = RANKS.get(fact.status), self.claimed.get(fact.outgoing)
        if not rank or known is None or known.address != fact.address or not rises(self.state(fact.outgoing), rank):
            return False
        self.states[fact.outgoing] = replace(self.state(fact.outgoing), state="sent", rank=rank)
        return True

    def outgoing(self, fact: DeliveryReported) -> Outgoing | None:
        known = self.claimed.get(fact.outgoing)
        return known if known is not None and known.address == fact.address else None

    def fail_reported(
        self, fact: DeliveryReported, outgoing: Outgoing, code: int, now: Instant, again: Outgoing | None
    ) -> bool:
        if self.outgoing(fact) is None or not rises(self.state(fact.outgoing), 0):
            return False
        self.states[fact.outgoing] = replace(self.state(fact.outgoing), state="failed", rank=0, error=code)
        if again is None:
            self.notices.append((outgoing.id, code))
        else:
            self.outbox.append(again)
        return True
