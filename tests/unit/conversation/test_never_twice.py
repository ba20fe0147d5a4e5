"""Whatever dies, comes again or comes late: one message is said once, or once more where nobody could know, and never lost."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, override

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from haat.conversation.memory import MemoryConversations, MemoryLines, MemorySends, MemoryShops
from haat.conversation.memory.counter import MemoryCounter
from haat.conversation.model import RECENT_KEYS, Outgoing
from haat.conversation.ports import Accepted, Action, Line, NotConnected, Refused, SendOutcome, Unknown
from haat.conversation.rules.sending import CLAIM_MS, Pace
from haat.conversation.service.answering import Answering
from haat.conversation.service.reporting import Reporting
from haat.conversation.service.sending import Sending
from haat.facts.conversation import DeliveryReported, Inbound
from haat.kernel.ids import MessageId, ProviderId
from haat.kernel.secret import Secret
from haat.kernel.time import MINUTE, SECOND, Instant, later
from tests.invented import ANITA, BIMAL, BOOK, CHANNEL, MERCHANT, NOW, PEPPER, echo, message, no_staff, shop, status

VISIBLE_AGAIN = 6 * MINUTE  # a record whose function died; the queue's own time
GIVE_UP, RETRY = 131026, 131000  # codes of failures that are told, and that are said again


class Died(Exception):
    """The function was killed here."""


class Fragile:
    """A port of which one call, the n-th from now, is the last before the function dies: before it, or after it."""

    def __init__(self, port: object) -> None:
        self._port = port
        self.left = -1  # calls until death; -1 for never
        self.after = False

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._port, name)

        def call(*args: Any, **kwargs: Any) -> Any:
            dies, self.left = self.left == 0, self.left - 1
            if dies and not self.after:
                raise Died
            answer = method(*args, **kwargs)
            if dies:
                raise Died
            return answer

        return call


@dataclass
class World:
    """What really happened at the channel, whatever we know of it."""

    now: Instant = NOW
    answer: str = "accepts"
    said: dict[MessageId, list[Instant]] = field(default_factory=dict)  # calls that the channel accepted
    order: list[Outgoing] = field(default_factory=list)
    told: set[MessageId] = field(default_factory=set)  # messages of which a status was taken in
    last_call: dict[MessageId, Instant] = field(default_factory=dict)
    resent: set[MessageId] = field(default_factory=set)

    def say(self, line: Line, outgoing: Outgoing) -> SendOutcome:
        """Take one call, and hold it against the promise."""
        id, before = outgoing.id, self.said.get(outgoing.id, [])
        assert id not in self.told, "a status had said that it is out"
        if before:
            assert self.now - self.last_call[id] > CLAIM_MS or id in self.resent, "said again within two minutes"
            self.resent.add(id)
        self.last_call[id] = self.now
        if self.answer in ("accepts", "drops the answer", "we die on the answer"):
            assert len(before) < 2, "said a third time"
            self.said[id] = [*before, self.now]
            self.order += [] if before else [outgoing]
        match self.answer:
            case "accepts":
                return Accepted(provider_id=ProviderId(f"wamid.out.{id}"))
            case "refuses":
                return Refused(code=RETRY, action=Action.RETRY)
            case "is not there":
                return NotConnected()
            case "we die on the answer" | "we die on the way":
                raise Died
            case _:
                return Unknown()


ANSWERS = (
    "accepts", "drops the answer", "drops the call", "refuses", "is not there", "we die on the answer", "we die on the way",
)  # fmt: skip


@dataclass
class Record:
    """An outgoing message in its queue."""

    outgoing: Outgoing
    due: Instant


class Pipeline(RuleBasedStateMachine):
    """Random lives of some messages of two customers."""

    @initialize()
    def open(self) -> None:
        """Open a shop."""
        self.world, self.numbers = World(), 0
        self.facts = list[Inbound]()
        self.waiting = list[Inbound]()  # in the inbound queue, not done
        self.records = list[Record]()
        self.statuses = list[DeliveryReported]()
        self.published = self.published_again = 0
        self.kept = MemoryConversations(channels={(CHANNEL.kind, CHANNEL.address): CHANNEL})
        self.sent = MemorySends(conversations=self.kept)
        lines = MemoryLines(lines={(CHANNEL.kind, CHANNEL.address): Line(channel=CHANNEL, token=Secret("t"))})
        shops = MemoryShops(shops={MERCHANT: (shop(silence_ms=SECOND), BOOK)}, countries=frozenset({"IN"}))
        self.conversations, self.sends, self.reports = (Fragile(port) for port in (self.kept, self.sent, self.sent))
        ports: dict[str, Any] = {"conversations": self.conversations, "sends": self.sends, "reports": self.reports}
        self.answering = Answering(
            conversations=ports["conversations"], shops=shops, pepper=PEPPER, counter=MemoryCounter(), commands=no_staff
        )
        self.sending = Sending(sends=ports["sends"], lines=lines, speaker=self.world, pace=Pace())
        actions = {GIVE_UP: Action.UNDELIVERABLE, RETRY: Action.RETRY}
        self.reporting = Reporting(
            reports=ports["reports"], marks=self.sent, lines=lines, action=actions.__getitem__, pepper=PEPPER
        )

    # What people and queues do

    @rule(text=st.sampled_from(["hours", "price", "nobody taught this", ""]), who=st.sampled_from([ANITA, BIMAL]))
    def write(self, text: str, who: Any) -> None:
        """A customer writes."""
        self.numbers += 1
        fact = message(text, id=f"wamid.{self.numbers}", contact=who, at=self.world.now)
        self.facts.append(fact)
        self.waiting.append(fact)

    @rule(who=st.sampled_from([ANITA, BIMAL]), many=st.sampled_from([1, 1, 1, RECENT_KEYS + 2]))
    def ask(self, who: Any, many: int) -> None:
        """A customer asks what is taught, once or until the conversation has forgotten the first; it reaches the sender."""
        for _ in range(many):
            self.write(text="hours", who=who)
        while self.waiting:
            self.receive(dies=-1, after=False)
        self.relay(dies=False)

    @rule()
    def answer_by_hand(self) -> None:
        """The merchant answers from the phone."""
        self.numbers += 1
        fact = echo(id=f"wamid.{self.numbers}", at=self.world.now)
        self.facts.append(fact)
        self.waiting.append(fact)

    @precondition(lambda self: self.facts)
    @rule(which=st.integers(0))
    def deliver_again(self, which: int) -> None:
        """The provider or a queue brings a fact once more."""
        self.waiting.append(self.facts[which % len(self.facts)])

    @precondition(lambda self: self.waiting)
    @rule(dies=st.integers(-1, 4), after=st.booleans())
    def receive(self, dies: int, after: bool) -> None:  # noqa: FBT001  # hypothesis passes by name
        """auto_reply takes the next fact, and may die at any of its calls."""
        self.conversations.left, self.conversations.after = dies, after
        try:
            self.answering.receive(self.waiting[0], self.world.now)
        except Died:
            return  # it stays in front of its queue
        finally:
            self.conversations.left = -1
        self.waiting.pop(0)

    @rule(dies=st.booleans())
    def relay(self, dies: bool) -> None:  # noqa: FBT001  # hypothesis passes by name
        """The relay publishes what the outbox holds; one that dies publishes it again later."""
        fresh, again = self.kept.outbox[self.published :], self.sent.outbox[self.published_again :]
        self.records += [Record(outgoing, self.world.now) for outgoing in (*fresh, *again)]
        if not dies:
            self.published += len(fresh)
            self.published_again += len(again)

    def heads(self) -> list[Record]:
        """The first record of each customer."""
        first: dict[str, Record] = {}
        for record in self.records:
            first.setdefault(record.outgoing.customer, record)
        return list(first.values())

    @precondition(lambda self: self.records)
    @rule(
        which=st.integers(0),
        early=st.booleans(),
        answer=st.sampled_from(ANSWERS),
        dies=st.sampled_from([-1, -1, 0, 1, 2]),
        after=st.booleans(),
    )
    def turn(self, which: int, early: bool, answer: str, dies: int, after: bool) -> None:  # noqa: FBT001  # hypothesis passes by name
        """The sender takes a record's turn, at its time or before (somebody moved it), and may die at any of its calls."""
        heads = self.heads()
        record = heads[which % len(heads)]
        if not early:
            self.world.now = max(self.world.now, record.due)
        self.take_turn(record, answer, dies, after=after)

    def take_turn(self, record: Record, answer: str, dies: int = -1, *, after: bool = False) -> None:
        """One turn."""
        self.world.answer = answer
        self.sends.left, self.sends.after = dies, after
        try:
            result = self.sending.send(record.outgoing, self.world.now)
        except Died:
            record.due = later(self.world.now, VISIBLE_AGAIN)
            return
        finally:
            self.sends.left = -1
        if result.wait_ms:
            record.due = later(self.world.now, result.wait_ms)
        else:
            self.records.remove(record)

    @precondition(lambda self: self.world.said)
    @rule(
        which=st.integers(0),
        word=st.sampled_from(["sent", "delivered", "read", "failed"]),
        code=st.sampled_from([GIVE_UP, RETRY]),
    )
    def report(self, which: int, word: str, code: int) -> None:
        """The channel reports something of a message that it took."""
        outgoing = self.world.order[which % len(self.world.order)]
        about = status(outgoing, word, code=code if word == "failed" else None)
        self.statuses.append(about)

    @precondition(lambda self: self.statuses)
    @rule(which=st.integers(0), dies=st.integers(-1, 1), after=st.booleans(), again=st.booleans())
    def take_status(self, which: int, dies: int, after: bool, again: bool) -> None:  # noqa: FBT001  # hypothesis passes by name
        """The door or message_status takes a status, in any order, perhaps twice, and may die at any of its calls."""
        about = self.statuses[which % len(self.statuses)]
        self.reports.left, self.reports.after = dies, after
        try:
            self.reporting.take(about, self.world.now)
        except Died:
            return
        finally:
            self.reports.left = -1
        self.world.told.add(about.outgoing)
        if not again:
            self.statuses.remove(about)

    @rule(ms=st.sampled_from([SECOND, 30 * SECOND, CLAIM_MS, CLAIM_MS + 2 * SECOND, 7 * MINUTE]))
    def wait(self, ms: int) -> None:
        """Time passes."""
        self.world.now = later(self.world.now, ms)

    # What must hold

    @invariant()
    def one_message_has_one_answer(self) -> None:
        """No message is quoted by two answers, but for those that are said again after a failure."""
        quoted = [outgoing.quotes for outgoing in getattr(self, "kept", MemoryConversations()).outbox]
        assert len(quoted) == len(set(quoted))

    @invariant()
    def answers_keep_their_order(self) -> None:
        """Two answers to one customer are first said in the order in which they were decided."""
        if hasattr(self, "world"):
            for contact in (ANITA, BIMAL):
                first = [said.id for said in self.world.order if said.contact == contact and not said.again]
                decided = [outgoing.id for outgoing in self.kept.outbox if outgoing.contact == contact]
                assert first == [id for id in decided if id in first]

    @override
    def teardown(self) -> None:
        """In good weather everything that waits is done: said, or told to the merchant as not said."""
        if not hasattr(self, "world"):
            return
        while self.waiting:
            self.receive(-1, after=False)
        for _ in range(1_000):
            self.relay(dies=False)
            if not self.records:
                break
            record = min(self.heads(), key=lambda record: record.due)
            self.world.now = max(self.world.now, record.due)
            self.take_turn(record, "accepts")
        assert not self.records
        told = {id for id, _ in self.sent.notices}
        for outgoing in (*self.kept.outbox, *self.sent.outbox):
            said = len(self.world.said.get(outgoing.id, ()))
            assert said or outgoing.id in told, "lost"
            assert said <= 1 + (outgoing.id in self.world.resent)
            assert (outgoing.id in self.world.resent) <= (self.sent.state(outgoing.id).lost == 1), (
                "said again, uncounted"
            )


Pipeline.TestCase.settings = settings(max_examples=400, stateful_step_count=30, deadline=None)
TestPipeline = Pipeline.TestCase
