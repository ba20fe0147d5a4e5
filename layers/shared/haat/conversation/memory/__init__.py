"""The ports of a conversation in memory, under the same contract as in DynamoDB. One process, one thread."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from haat.conversation.memory.conversations import MemoryConversations as MemoryConversations
from haat.conversation.memory.conversations import Row, names_of
from haat.conversation.model import Connected, Matcher, Outgoing, SendState, Shop, Taught
from haat.conversation.model.people import Seen
from haat.conversation.ports import Claimed, Entry, Line
from haat.conversation.rules.channels import taken
from haat.conversation.rules.customs import window_ms
from haat.conversation.rules.lessons import lesson
from haat.conversation.rules.sending import RANKS, rises
from haat.facts.conversation import DeliveryReported, SeenUpTo
from haat.kernel.errors import Changed, NotFound
from haat.kernel.ids import CustomerId, MerchantId, MessageId, ProviderId
from haat.kernel.once import Answer, Once, Remembered
from haat.kernel.time import Instant, later


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
class MemoryChannels:
    """Fills the port Channels."""

    connected: dict[tuple[str, str], Connected] = field(default_factory=dict)
    answers: Remembered = field(default_factory=Remembered)

    def given(self, once: Once) -> Answer | None:
        return self.answers.given(once)

    def owner(self, kind: str, address: str) -> MerchantId | None:
        known = self.connected.get((kind, address))
        return known.channel.merchant if known else None

    def page(self, merchant: MerchantId, after: str | None, limit: int) -> tuple[list[Connected], str | None]:
        own = {f"{kind}#{at}": c for (kind, at), c in self.connected.items() if c.channel.merchant == merchant}
        rest = [key for key in sorted(own) if after is None or key > after]
        return [own[key] for key in rest[:limit]], rest[limit - 1] if len(rest) > limit else None

    def connect(self, connected: Connected, once: Once, answer: Answer) -> Answer:
        if (given := self.given(once)) is not None:
            return given
        channel = connected.channel
        if self.owner(channel.kind, channel.address) not in (None, channel.merchant):
            raise taken()
        self.connected[channel.kind, channel.address] = connected
        self.answers.give(once, answer)
        return answer

    def disconnect(self, merchant: MerchantId, kind: str, address: str, at: Instant) -> bool:
        if self.owner(kind, address) != merchant:
            return False
        del self.connected[kind, address]
        return True


@dataclass(slots=True)
class MemorySends:
    """Fills the ports Sends, Reports and Marks."""

    states: dict[MessageId, SendState] = field(default_factory=dict)
    claimed: dict[MessageId, Outgoing] = field(default_factory=dict)
    notices: list[tuple[MessageId, int]] = field(default_factory=list)
    outbox: list[Outgoing] = field(default_factory=list)
    conversations: MemoryConversations = field(default_factory=MemoryConversations)
    seen: dict[tuple[MerchantId, CustomerId, str], Seen] = field(default_factory=dict)

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

    def drop(self, id: MessageId, code: int, now: Instant) -> None:
        if self.state(id).state in ("due", "sending"):
            self.states[id] = replace(self.state(id), state="failed", rank=0, error=code)

    def window_ends(self, outgoing: Outgoing) -> Instant:
        found = self.conversations.load(outgoing.merchant, outgoing.customer, outgoing.address)
        lasts = window_ms(outgoing.channel, agent=outgoing.agent)
        return later(found.last_customer_at, lasts) if found else outgoing.window_ends

    def report(self, fact: DeliveryReported) -> bool:
        rank, known = RANKS.get(fact.status), self.claimed.get(fact.outgoing)
        if not rank or known is None or known.address != fact.address or not rises(self.state(fact.outgoing), rank):
            return False
        self.states[fact.outgoing] = replace(self.state(fact.outgoing), state="sent", rank=rank)
        return True

    def outgoing(self, fact: DeliveryReported) -> Outgoing | None:
        known = self.claimed.get(fact.outgoing)
        return known if known is not None and known.address == fact.address else None

    def customer(self, fact: SeenUpTo) -> tuple[MerchantId, CustomerId] | None:
        channel = self.conversations.channel(fact.channel, fact.address)
        names = names_of(channel.merchant, fact.contact) if channel is not None else []
        known = (self.conversations.aliases.get(name) for name in names)
        return next(((names[0][0], customer) for customer in known if customer is not None), None)

    def see(self, who: tuple[MerchantId, CustomerId], fact: SeenUpTo, now: Instant) -> bool:
        was = self.seen.get((*who, fact.address), Seen())
        known = {"delivered": was.delivered, "read": was.read}
        if fact.status not in known or known[fact.status] >= fact.up_to:
            return False
        self.seen[*who, fact.address] = Seen(**known | {fact.status: fact.up_to})
        return True

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
            row = Row(id=again.id, outgoing=again)
            self.conversations.threads.setdefault(again.conversation, []).append(row)
        return True


class MemoryTeachings:
    """Fills the port Teachings. `wishes` are versions from which something must be learnt later."""

    def __init__(self, *, at_once: bool = True) -> None:
        self._taught: dict[MerchantId, Taught] = {}
        self._learnt: dict[MerchantId, tuple[int, bytes]] = {}
        self.at_once, self._answers = at_once, Remembered()
        self.wishes: list[tuple[MerchantId, int]] = []

    def read(self, merchant: MerchantId) -> Taught:
        _, learnt = self._learnt.get(merchant, (0, b""))
        return replace(self._taught.get(merchant, Taught()), learnt=learnt)

    def write(self, merchant: MerchantId, taught: Taught) -> None:
        if taught.version != self.read(merchant).version + 1:
            raise Changed("what the shop taught was changed in between")
        self._taught[merchant] = taught
        learnt = lesson(taught, at_once=self.at_once)
        if learnt is None:
            self.wishes.append((merchant, taught.version))
        else:
            self._learnt[merchant] = taught.version, learnt

    def write_once(self, merchant: MerchantId, taught: Taught, once: Once, answer: Answer) -> Answer:
        if (given := self.given(once)) is not None:
            return given
        self.write(merchant, taught)
        self._answers.give(once, answer)
        return answer

    def given(self, once: Once) -> Answer | None:
        return self._answers.given(once)

    def keep_learnt(self, merchant: MerchantId, taught: Taught, learnt: bytes, wished: int) -> None:
        kept, _ = self._learnt.get(merchant, (0, b""))
        if kept > taught.version:
            raise Changed("something younger was learnt")
        self._learnt[merchant] = taught.version, learnt
        self.unwish(merchant, wished)

    def unwish(self, merchant: MerchantId, wished: int) -> None:
        self.wishes = [wish for wish in self.wishes if wish != (merchant, wished)]
