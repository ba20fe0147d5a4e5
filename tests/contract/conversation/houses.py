"""Where conversations are kept, in memory and in DynamoDB, with the same windows to look in."""

import json
from abc import ABC, abstractmethod
from dataclasses import replace
from typing import override

from haat.conversation.memory import MemoryConversations, MemoryLines, MemorySends
from haat.conversation.memory.inbox import MemoryCustomers, MemoryErasures, MemoryInbox
from haat.conversation.model import Channel, Connected, Conversation, Outgoing
from haat.conversation.ports import Conversations, Kept, Line, Lines, Marks, Reports, Sends
from haat.conversation.ports.inbox import Customers, Erasures, Inbox
from haat.conversation.store.channels import connect_actions
from haat.conversation.store.conversations import DynamoConversations
from haat.conversation.store.customers import DynamoCustomers
from haat.conversation.store.erasures import DynamoErasures
from haat.conversation.store.inbox import DynamoInbox
from haat.conversation.store.items import OUTBOUND, load_outgoing, message_pk
from haat.conversation.store.lines import DynamoLines
from haat.conversation.store.seen import DynamoMarks
from haat.conversation.store.sends import DynamoReports, DynamoSends
from haat.facts.conversation import Contact, Inbound, MessageReceived
from haat.kernel.ids import Fingerprint, MessageId
from haat.kernel.secret import Secret
from tests.contract.tables import Tables
from tests.invented import ANITA, CHANNEL, OTHER_CHANNEL, PEPPER, SECOND_CHANNEL, message, new, outgoing

TOKENS = {channel.address: f"token of {channel.address}" for channel in (CHANNEL, SECOND_CHANNEL, OTHER_CHANNEL)}


class House(ABC):
    """All ports of a conversation over one store, as one process has them."""

    conversations: Conversations
    sends: Sends
    reports: Reports
    marks: Marks
    lines: Lines
    inbox: Inbox
    customers: Customers
    erasures: Erasures

    @abstractmethod
    def another(self) -> "House":
        """Another process over the same store."""

    @abstractmethod
    def wait(self, seconds: float) -> None:
        """Let time pass for what a process remembers."""

    @abstractmethod
    def connect(self, channel: Channel, token: str) -> None:
        """Connect a channel, as an operator does."""

    @abstractmethod
    def outbox(self) -> list[Outgoing]:
        """What waits to be said."""

    @abstractmethod
    def notices(self) -> list[tuple[MessageId, int]]:
        """What the merchants were told: which message was not said, and why."""

    @abstractmethod
    def questions(self) -> list[tuple[Fingerprint, ...]]:
        """What stands on the lists of questions without an answer."""

    @abstractmethod
    def reads(self, key: Fingerprint) -> str | None:
        """What the merchant reads of a message; None where it was never kept, empty where it was deleted."""

    # In the words of the promises

    def hear(
        self,
        fact: Inbound,
        *,
        contact: Contact = ANITA,
        channel: Channel = CHANNEL,
        seed: bytes = b"customer01",
        reply: Outgoing | None = None,
        listed: tuple[Fingerprint, ...] = (),
    ) -> bool:
        """Find and keep, as a service does that decides nothing."""
        before = self.conversations.find(channel, contact, new(contact, channel=channel, seed=seed))
        at = max(before.last_customer_at, fact.occurred_at)
        after = replace(before, recent=(*before.recent, fact.key), last_customer_at=at)
        return self.conversations.keep(Kept(fact=fact, before=before, after=after, outgoing=reply, listed=listed))

    def meet(
        self, contact: Contact = ANITA, *, channel: Channel = CHANNEL, seed: bytes = b"customer01"
    ) -> Conversation:
        """A customer has written once; the conversation as it is kept."""
        met = message(id=f"wamid.met.{seed.decode()}.{channel.address}", contact=contact, address=channel.address)
        assert self.hear(met, contact=contact, channel=channel, seed=seed)
        return self.conversations.find(channel, contact, new(contact, channel=channel, seed=b"nobody"))

    def answer(self, fact: MessageReceived | None = None, number: int = 1) -> Outgoing:
        """A customer was answered; the answer as it waits to be said."""
        there = self.conversations.find(CHANNEL, ANITA, new())
        assert self.hear(fact or message(), reply=outgoing(number, conversation=there))
        return next(waiting for waiting in self.outbox() if waiting.id == outgoing(number).id)


class MemoryHouse(House):
    """In memory."""

    def __init__(self) -> None:
        self.conversations = self._kept = MemoryConversations()
        self.sends = self.reports = self.marks = self._said = MemorySends(conversations=self._kept)
        self.lines = self._lines = MemoryLines()
        self.inbox = MemoryInbox(kept=self._kept, sends=self._said)
        self.customers = MemoryCustomers(kept=self._kept)
        self.erasures = MemoryErasures(kept=self._kept, sends=self._said)

    @override
    def another(self) -> House:
        return self

    @override
    def wait(self, seconds: float) -> None:
        return

    @override
    def connect(self, channel: Channel, token: str) -> None:
        self._kept.channels[(channel.kind, channel.address)] = channel
        self._lines.lines[(channel.kind, channel.address)] = Line(channel=channel, token=Secret(token))

    @override
    def outbox(self) -> list[Outgoing]:
        return [*self._kept.outbox, *self._said.outbox]

    @override
    def notices(self) -> list[tuple[MessageId, int]]:
        return self._said.notices

    @override
    def questions(self) -> list[tuple[Fingerprint, ...]]:
        return self._kept.listed

    @override
    def reads(self, key: Fingerprint) -> str | None:
        if key not in self._kept.messages:
            return None
        kept, change = self._kept.messages[key], self._kept.altered.get(key)
        if kept is None or change is not None:
            return change.text if change is not None else ""
        return kept.fact.text if isinstance(kept.fact, MessageReceived) else ""


class DynamoHouse(House):
    """In the tables of the template."""

    def __init__(self, tables: Tables, seconds: list[float] | None = None) -> None:
        self.tables = tables
        self._seconds = seconds if seconds is not None else [0.0]
        table = tables.conversation
        self.conversations = DynamoConversations(table, PEPPER, lambda: self._seconds[0])
        self.sends = DynamoSends(table)
        self.reports = DynamoReports(table, PEPPER)
        self.marks = DynamoMarks(table, PEPPER)
        self.lines = DynamoLines(table, tables.sealer, lambda: self._seconds[0])
        self.inbox = DynamoInbox(table, PEPPER)
        self.customers = DynamoCustomers(table)
        self.erasures = DynamoErasures(table, PEPPER)

    @override
    def another(self) -> House:
        return DynamoHouse(self.tables, self._seconds)

    @override
    def wait(self, seconds: float) -> None:
        self._seconds[0] += seconds

    @override
    def connect(self, channel: Channel, token: str) -> None:
        sealed = self.tables.sealer.seal(channel.merchant, Secret(token))
        self.tables.conversation.transact(connect_actions(Connected(channel=replace(channel, token=sealed))))

    @override
    def outbox(self) -> list[Outgoing]:
        return [load_outgoing(item["body"]) for item in self.tables.items() if item.get("queue") == OUTBOUND]

    @override
    def notices(self) -> list[tuple[MessageId, int]]:
        told = [json.loads(item["doc"]) for item in self.tables.items("NOTICE#")]
        return [(MessageId(doc["outgoing"]), doc["code"]) for doc in told]

    @override
    def questions(self) -> list[tuple[Fingerprint, ...]]:
        listed = [json.loads(item["doc"])["messages"] for item in self.tables.items("UNANSWERED#")]
        return [tuple(Fingerprint(key) for key in keys) for keys in listed]

    @override
    def reads(self, key: Fingerprint) -> str | None:
        items = self.tables.items(message_pk(key))
        if not items:
            return None
        text: str = items[0].get("edited", json.loads(items[0].get("doc", "{}")).get("text", ""))
        return text
