"""The inbox, customers and erasures in memory, over the same conversations as the bot's."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from haat.conversation.memory import MemorySends, MemoryTeachings
from haat.conversation.memory.conversations import MemoryConversations, Row, names_of
from haat.conversation.model import Conversation, Outgoing, SendState, Taught
from haat.conversation.model.people import Blocked, Erasure, Message, Person, Question, Seen
from haat.conversation.ports.inbox import Listed
from haat.conversation.rules.parts import picture_of
from haat.facts.codec import to_plain
from haat.facts.conversation import CustomerNoted, MessageAltered, MessageEchoed, MessageReceived
from haat.kernel.errors import Conflict, NotFound
from haat.kernel.ids import ConversationId, CustomerId, MerchantId
from haat.kernel.once import Answer, Once, Remembered
from haat.kernel.time import Instant


def _page[T](things: list[T], name: Callable[[T], str], after: str | None, limit: int) -> Listed[T]:
    """Things that are in order, after the one that was named."""
    names = [name(thing) for thing in things]
    begin = names.index(after) + 1 if after in names else 0
    end = begin + limit
    return things[begin:end], names[end - 1] if end < len(things) else None


@dataclass(slots=True)
class MemoryInbox:
    """Fills the port Inbox."""

    kept: MemoryConversations
    sends: MemorySends
    teachings: MemoryTeachings = field(default_factory=MemoryTeachings)
    answers: Remembered = field(default_factory=Remembered)

    def given(self, once: Once) -> Answer | None:
        return self.answers.given(once)

    def conversation(self, merchant: MerchantId, id: ConversationId) -> Conversation | None:
        return next((it for it in self._of(merchant) if it.id == id), None)

    def _of(self, merchant: MerchantId) -> list[Conversation]:
        return [it for it in self.kept.conversations.values() if it.merchant == merchant]

    def conversations(self, merchant: MerchantId, after: str | None, limit: int) -> Listed[Conversation]:
        found = sorted(self._of(merchant), key=lambda it: (it.inbox_day, it.id), reverse=True)
        page, next = _page(found, lambda it: it.id, after, limit)
        return sorted(page, key=lambda it: (it.inbox_day, it.last_customer_at), reverse=True), next

    def messages(self, id: ConversationId, after: str | None, limit: int) -> Listed[Message]:
        rows = sorted(self.kept.threads.get(id, []), key=lambda row: row.id, reverse=True)
        page, next = _page(rows, lambda row: row.id, after, limit)
        return [line for row in page for line in self._lines(row)], next

    def _lines(self, row: Row) -> Iterator[Message]:
        if (out := row.outgoing) is not None:
            yield Message(
                id=out.id,
                author="staff" if out.by else "bot",
                at=out.decided_at,
                text=out.text,
                about=row.kept.fact.key if row.kept else None,
                resembles=row.resembles,
                state=self.sends.state(out.id),
            )
        if row.kept is not None and isinstance(row.kept.fact, MessageReceived | MessageEchoed | MessageAltered):
            yield self._heard(row, row.kept.fact, row.kept.reason)

    def _heard(self, row: Row, fact: MessageReceived | MessageEchoed | MessageAltered, reason: str) -> Message:
        change = self.kept.altered.get(fact.key)
        action = change.action if change else ""
        line = Message(
            id=row.id,
            author="phone" if isinstance(fact, MessageEchoed) else "customer",
            at=fact.occurred_at,
            kind=fact.action if isinstance(fact, MessageAltered) else fact.kind,
            text=change.text if change else fact.text,
            key=fact.key,
            about=fact.original_key if isinstance(fact, MessageAltered) else None,
            edited=action == "edited",
            content=fact.content,
            reason=reason,
            provider_id=fact.provider_id,
        )
        if action == "revoked":
            return replace(line, kind="text", text="", content={}, provider_id="", deleted=True)
        if line.kind == "edited" and line.about is not None:  # the new words stand at the message itself
            return replace(line, text="", content={})
        return line

    def seen(self, there: Conversation) -> Seen:
        return self.sends.seen.get((there.merchant, there.customer, there.address), Seen())

    def _question(self, id: str) -> Question:
        there, at, keys = self.kept.asked[id]
        texts = tuple(text for key in keys if (text := self.kept.text(key)))
        return Question(id=id, conversation=there.id, customer=there.customer, at=at, texts=texts)

    def questions(self, merchant: MerchantId, after: str | None, limit: int) -> Listed[Question]:
        ids = [id for id, (there, _, _) in self.kept.asked.items() if there.merchant == merchant]
        return _page([self._question(id) for id in sorted(ids, reverse=True)], lambda it: it.id, after, limit)

    def asked(self, id: ConversationId, after: str | None, limit: int) -> Listed[Question]:
        ids = [question for question, (there, _, _) in self.kept.asked.items() if there.id == id]
        return _page([self._question(one) for one in sorted(ids, reverse=True)], lambda it: it.id, after, limit)

    def question(self, merchant: MerchantId, id: str) -> Question | None:
        there = self.kept.asked.get(id)
        return self._question(id) if there is not None and there[0].merchant == merchant else None

    def dismiss(self, merchant: MerchantId, id: str) -> bool:
        if self.question(merchant, id) is None:
            return False
        del self.kept.asked[id]
        return True

    def say(self, before: Conversation, after: Conversation, outgoing: Outgoing, once: Once, answer: Answer) -> Answer:
        if (given := self.given(once)) is None:
            self.change(before, after, once, answer)
            self.kept.say(replace(outgoing, source=outgoing.id))
        return given or answer

    def change(self, before: Conversation, after: Conversation, once: Once, answer: Answer) -> Answer:
        if (given := self.given(once)) is None:
            self.kept.move(before, after)
            self.answers.give(once, answer)
        return given or answer

    def teach(self, merchant: MerchantId, id: str, taught: Taught, once: Once, answer: Answer) -> Answer:
        if (given := self.given(once)) is not None:
            return given
        if self.question(merchant, id) is None:
            raise NotFound("question")
        self.teachings.write(merchant, taught)
        self.dismiss(merchant, id)
        self.answers.give(once, answer)
        return answer


@dataclass(slots=True)
class MemoryCustomers:
    """Fills the port Customers."""

    kept: MemoryConversations
    answers: Remembered = field(default_factory=Remembered)

    def given(self, once: Once) -> Answer | None:
        return self.answers.given(once)

    def person(self, merchant: MerchantId, customer: CustomerId) -> Person | None:
        while (older := self.kept.older.get((merchant, customer))) is not None:
            customer = older
        younger = [who for (owner, who), oldest in self.kept.older.items() if owner == merchant and oldest == customer]
        customers = tuple(sorted([customer, *younger]))
        there = [it for it in self.kept.conversations.values() if it.merchant == merchant and it.customer in customers]
        named = any(name[0] == merchant and who == customer for name, who in self.kept.aliases.items())
        if not there and not named:
            return None
        return Person(
            merchant=merchant,
            customers=customers,
            conversations=tuple(sorted(there, key=lambda it: it.id)),
            blocked_at=self.kept.blocked.get((merchant, customer), Instant(0)),
        )

    def notes(self, customer: CustomerId, after: str | None, limit: int) -> Listed[Mapping[str, Any]]:
        facts = [self.kept.notes[key] for key, who in self.kept.about.items() if who == customer]
        noted = [fact for fact in facts if isinstance(fact, CustomerNoted)]
        page, next = _page(sorted(noted, key=lambda fact: fact.id), lambda fact: fact.id, after, limit)
        return [{"fact": fact.name, "v": fact.version, **to_plain(fact)} for fact in page], next

    def blocked(self, merchant: MerchantId, after: str | None, limit: int) -> Listed[Blocked]:
        found = [Blocked(customer=who, at=at) for (owner, who), at in self.kept.blocked.items() if owner == merchant]
        return _page(sorted(found, key=lambda it: it.customer), lambda it: it.customer, after, limit)

    def block(self, person: Person, once: Once, answer: Answer) -> Answer:
        if (given := self.given(once)) is None:
            self._mark(person, once.at)
            self.answers.give(once, answer)
        return given or answer

    def unblock(self, person: Person) -> None:
        self._mark(person, Instant(0))

    def _mark(self, person: Person, at: Instant) -> None:
        if any(self.kept.load(it.merchant, it.customer, it.address) != it for it in person.conversations):
            raise Conflict("a conversation moved")
        for customer in person.customers:
            self.kept.block((person.merchant, customer), at)


@dataclass(slots=True)
class MemoryErasures:
    """Fills the port Erasures."""

    kept: MemoryConversations
    sends: MemorySends = field(default_factory=MemorySends)
    records: dict[tuple[MerchantId, CustomerId], Erasure] = field(default_factory=dict)
    looks: list[int] = field(default_factory=list)  # steps that wait in the due queue

    def find(self, merchant: MerchantId, customer: CustomerId) -> Erasure | None:
        return next((it for it in self.records.values() if it.merchant == merchant and customer in it.customers), None)

    def erasures(self, merchant: MerchantId, after: str | None, limit: int) -> Listed[Erasure]:
        found = [it for it in self.records.values() if it.merchant == merchant]
        return _page(sorted(found, key=lambda it: it.customer, reverse=True), lambda it: it.customer, after, limit)

    def begin(self, person: Person, by: str, now: Instant) -> Erasure:
        if any(self.kept.load(it.merchant, it.customer, it.address) is None for it in person.conversations):
            raise Conflict("somebody was at work there")
        erasure = Erasure(
            merchant=person.merchant,
            customer=person.customers[0],
            customers=person.customers,
            threads=tuple(it.id for it in person.conversations),
            by=by,
            at=now,
        )
        self.records[person.merchant, erasure.customer] = erasure
        self.looks.append(erasure.step)
        for name in [name for name, who in self.kept.aliases.items() if who in person.customers]:
            del self.kept.aliases[name]
            self.kept.erased[name] = now
        for there in person.conversations:
            del self.kept.conversations[there.merchant, there.customer, there.address]
            self.kept.erased |= dict.fromkeys(names_of(there.merchant, there.contact), now)
        return erasure

    def sweep(self, erasure: Erasure, pages: int, now: Instant) -> tuple[Erasure, bool]:
        kept, found = self.kept, 0
        for thread in erasure.threads:
            rows = kept.threads.pop(thread, [])
            for row in rows:
                if row.kept is not None:
                    kept.messages[row.kept.fact.key] = None
                    kept.altered.pop(row.kept.fact.key, None)
            said = {row.outgoing.id for row in rows if row.outgoing is not None}
            kept.outbox = [it for it in kept.outbox if it.id not in said]
            self.sends.notices = [notice for notice in self.sends.notices if notice[0] not in said]
            pictures = {it.id for row in rows if row.outgoing and (it := picture_of(row.outgoing))}
            for id in said | pictures:
                self.sends.claimed.pop(id, None)
                self.sends.states[id] = SendState(id=id, state="failed")
            asked = [id for id, (there, _, _) in kept.asked.items() if there.id == thread]
            for question in asked:
                del kept.asked[question]
            found += len(rows) + len(asked)
        for key in [key for key, who in kept.about.items() if who in erasure.customers]:
            del kept.about[key]
            kept.notes[key] = None
            found += 1
        for customer in erasure.customers:
            kept.blocked.pop((erasure.merchant, customer), None)
        gone = [at for at in self.sends.seen if at[0] == erasure.merchant and at[1] in erasure.customers]
        for at in gone:
            del self.sends.seen[at]
        found += len(gone)
        return erasure, not found

    def go_on(self, erasure: Erasure) -> None:
        if self.records[erasure.merchant, erasure.customer].step != erasure.step:
            raise Conflict("somebody else was at work there")
        self.records[erasure.merchant, erasure.customer] = replace(erasure, step=erasure.step + 1)
        self.looks.append(erasure.step + 1)

    def finish(self, erasure: Erasure, now: Instant) -> Erasure:
        done = replace(erasure, done_at=now, threads=())
        self.records[erasure.merchant, erasure.customer] = done
        return done
