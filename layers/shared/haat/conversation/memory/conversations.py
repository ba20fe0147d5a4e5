"""Conversations in memory: what their customers said, and by which names they are known."""

from dataclasses import dataclass, field, replace

from haat.conversation.model import Channel, Conversation, Outgoing
from haat.conversation.ports import Kept
from haat.conversation.rules.menus import question_id
from haat.facts.conversation import Contact, CustomerRenamed, Inbound, MessageAltered, MessageReceived
from haat.kernel.errors import Conflict
from haat.kernel.ids import ConversationId, CustomerId, Fingerprint, MerchantId, MessageId
from haat.kernel.time import Instant

Name = tuple[MerchantId, str, str]
Who = tuple[MerchantId, CustomerId]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One item of a thread: a fact that came, a message of ours, or both."""

    id: MessageId
    kept: Kept | None = None
    outgoing: Outgoing | None = None
    resembles: str = ""


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
    notes: dict[Fingerprint, Inbound | None] = field(default_factory=dict)  # None was erased
    about: dict[Fingerprint, CustomerId] = field(default_factory=dict)
    threads: dict[ConversationId, list[Row]] = field(default_factory=dict)
    asked: dict[str, tuple[Conversation, Instant, tuple[Fingerprint, ...]]] = field(default_factory=dict)
    blocked: dict[Who, Instant] = field(default_factory=dict)
    older: dict[Who, CustomerId] = field(default_factory=dict)
    erased: dict[Name, Instant] = field(default_factory=dict)

    def channel(self, kind: str, address: str) -> Channel | None:
        return self.channels.get((kind, address))

    def find(self, channel: Channel, contact: Contact, new: Conversation) -> Conversation:
        names = names_of(channel.merchant, contact)
        known = [self.aliases[name] for name in names if name in self.aliases]
        erased = max((self.erased.get(name, Instant(0)) for name in names), default=Instant(0))
        if not known:
            return replace(new, erased_before=erased)
        oldest = self._unite(channel.merchant, names, known)
        found = self.load(channel.merchant, oldest, channel.address)
        if found is None:  # the younger's goes on as the older's
            younger = self.load(channel.merchant, known[0], channel.address)
            began = known[0] if younger and known[0] != oldest else None
            found = replace(younger or new, customer=oldest, version=0, began_as=began)
            found = replace(found, blocked_at=self.blocked.get((channel.merchant, oldest), found.blocked_at))
        was = found.contact
        gained = replace(
            was, phone=contact.phone or was.phone, user_id=contact.user_id or was.user_id, name=contact.name or was.name
        )
        return replace(found, contact=gained, erased_before=max(found.erased_before, erased))

    def _unite(self, merchant: MerchantId, names: list[Name], known: list[CustomerId]) -> CustomerId:
        oldest = min(known)
        for younger in {*known} - {oldest}:
            self.older[merchant, younger] = oldest
            since = [at for who in (oldest, younger) if (at := self.blocked.get((merchant, who)))]
            for who in (oldest, younger):
                if since:
                    self.block((merchant, who), max(since))
        self.aliases |= dict.fromkeys(names, oldest)
        return oldest

    def block(self, who: Who, at: Instant) -> None:
        """Mark a customer and all their conversations; 0 takes the marks away."""
        self.blocked = {other: since for other, since in self.blocked.items() if other != who} | (
            {who: at} if at else {}
        )
        for key, there in self.conversations.items():
            if key[:2] == who:
                self.conversations[key] = replace(there, blocked_at=at, version=there.version + 1)

    def called(self, merchant: MerchantId, phone: str) -> CustomerId | None:
        return self.aliases.get((merchant, "phone", phone))

    def load(self, merchant: MerchantId, customer: CustomerId, address: str) -> Conversation | None:
        return self.conversations.get((merchant, customer, address))

    def keep(self, kept: Kept) -> bool:
        if kept.fact.key in self.messages:
            return False
        names = names_of(kept.after.merchant, kept.after.contact)
        known = names_of(kept.before.merchant, kept.before.contact) if kept.before.version else []
        if any(
            self.aliases.get(name, kept.after.customer) != kept.after.customer for name in names if name not in known
        ):
            raise Conflict("somebody else was given that name")
        if any(self.erased.get(name, Instant(0)) > kept.before.erased_before for name in names):
            raise Conflict("they were erased since")
        self.move(kept.before, kept.after)
        self.aliases = dict.fromkeys(names, kept.after.customer) | self.aliases
        self.messages[kept.fact.key] = kept
        if kept.after.began_as is not None and not kept.before.version:
            self.conversations.pop((kept.after.merchant, kept.after.began_as, kept.after.address), None)
        if kept.outgoing:
            self.outbox.append(replace(kept.outgoing, source=kept.fact.key))
        id = MessageId(getattr(kept.fact, "id", kept.fact.key))
        self._add(kept.after, Row(id=id, kept=kept, outgoing=kept.outgoing, resembles=kept.resembles))
        self._list(kept.after, question_id(kept.fact.key, kept.fact.occurred_at), kept.fact.occurred_at, kept.listed)
        self.asked.pop(kept.answered, None)
        return True

    def knows(self, key: Fingerprint) -> bool:
        return key in self.messages

    def tell(self, before: Conversation, after: Conversation, outgoing: Outgoing) -> bool:
        if any(row.id == outgoing.id for row in self.threads.get(after.id, ())):
            return False
        self.move(before, after)
        self.say(replace(outgoing, source=outgoing.id))
        return True

    def _add(self, there: Conversation, row: Row) -> None:
        self.threads.setdefault(there.id, []).append(row)

    def _list(self, there: Conversation, id: str, at: Instant, listed: tuple[Fingerprint, ...]) -> None:
        if listed:
            self.listed.append(listed)
            self.asked[id] = (there, at, listed)

    def keep_burst(
        self,
        before: Conversation,
        after: Conversation,
        outgoing: Outgoing | None,
        listed: tuple[Fingerprint, ...],
        resembles: str = "",
        answered: str = "",
    ) -> None:
        self.move(before, after)
        self.asked.pop(answered, None)
        if outgoing:
            self.say(replace(outgoing, source=outgoing.id), resembles)
        id = question_id(before.burst[-1].key, before.last_customer_at) if before.burst else ""
        self._list(after, id, before.last_customer_at, listed)

    def say(self, outgoing: Outgoing, resembles: str = "") -> None:
        """A message of ours that stands by itself."""
        self.outbox.append(outgoing)
        row = Row(id=outgoing.id, outgoing=outgoing, resembles=resembles)
        self.threads.setdefault(outgoing.conversation, []).append(row)

    def text(self, key: Fingerprint) -> str:
        """What a customer's message says now."""
        kept, change = self.messages.get(key), self.altered.get(key)
        if kept is None or not isinstance(kept.fact, MessageReceived):
            return ""
        return change.text if change is not None else kept.fact.text

    def alter(self, fact: MessageAltered) -> None:
        if fact.original_key is None or fact.action == "reacted":
            return
        before = self.altered.get(fact.original_key)
        if fact.action == "revoked":
            self.altered[fact.original_key] = fact
            self.messages[fact.original_key] = None
        elif self.messages.get(fact.original_key) is not None and (
            before is None or (before.action != "revoked" and before.occurred_at <= fact.occurred_at)
        ):
            self.altered[fact.original_key] = fact

    def rename(self, channel: Channel, fact: CustomerRenamed) -> bool:
        names = [*names_of(channel.merchant, fact.contact), *names_of(channel.merchant, fact.now)]
        if any(fact.occurred_at <= self.erased.get(name, Instant(0)) and name in self.erased for name in names):
            return False
        if known := [self.aliases[name] for name in names if name in self.aliases]:
            self._unite(channel.merchant, names, known)
        return True

    def note(self, fact: Inbound, about: Conversation | None = None) -> bool:
        if fact.key in self.notes:
            return False
        self.notes[fact.key] = fact
        if about is not None:
            self.about[fact.key] = about.customer
            names = names_of(about.merchant, about.contact)
            self.aliases = dict.fromkeys(names, about.customer) | self.aliases
        return True

    def move(self, before: Conversation, after: Conversation) -> None:
        """Write a conversation. Raises Conflict where it moved."""
        key = (after.merchant, after.customer, after.address)
        there = self.conversations.get(key)
        if (there.version if there else 0) != before.version:
            raise Conflict("the conversation moved")
        self.conversations[key] = replace(after, version=before.version + 1)


def names_of(merchant: MerchantId, contact: Contact) -> list[Name]:
    """What leads to a contact."""
    names = (("user_id", contact.user_id), ("phone", contact.phone))
    return [(merchant, kind, name) for kind, name in names if name]
