"""A shop with people of its own, in memory: they command its bot, and hear what happened."""

from dataclasses import dataclass, replace
from typing import override

from haat.conversation.memory import MemoryConversations, MemorySends, MemoryShops, MemoryTeachings
from haat.conversation.memory.counter import MemoryCounter, MemoryDesk
from haat.conversation.memory.inbox import MemoryCustomers, MemoryInbox
from haat.conversation.model import Conversation, Outgoing, Shop, Taught
from haat.conversation.ports import Kept
from haat.conversation.service.answering import Answering
from haat.conversation.service.commands import Commands
from haat.conversation.service.hearing import Hearing
from haat.conversation.service.inbox import InboxOfShop
from haat.facts.conversation import Contact, Inbound
from haat.kernel.ids import MerchantId
from haat.kernel.once import Answer, Once
from haat.kernel.time import Instant
from tests.invented import (
    ADDRESS,
    BOOK,
    CHANNEL,
    MERCHANT,
    NOW,
    OTHER_CHANNEL,
    OTHER_MERCHANT,
    PEPPER,
    SECOND_CHANNEL,
    message,
    shop,
)

BOSS = Contact(phone="919800000031", name="Boss (invented)")
STAFF = {"919800000031": "en"}


class Died(Exception):
    """The function was killed here."""


@dataclass(slots=True)
class Dying(MemoryConversations):
    """Conversations in which the function dies before it keeps a message."""

    deaths: int = 0

    @override
    def keep(self, kept: Kept) -> bool:
        if self.deaths:
            self.deaths -= 1
            raise Died
        return MemoryConversations.keep(self, kept)


class Taughts(MemoryTeachings):
    """What shops taught; somebody else may be faster than a command, so often."""

    crossed = 0

    @override
    def write_once(self, merchant: MerchantId, taught: Taught, once: Once, answer: Answer) -> Answer:
        if self.crossed:
            self.crossed -= 1
            there = self.read(merchant)
            self.write(merchant, replace(there, version=there.version + 1))
        return super().write_once(merchant, taught, once, answer)


class Staffed:
    """The shop, its people and its customers. Messages are one second apart."""

    def __init__(self) -> None:
        self.conversations = Dying()
        for channel in (CHANNEL, SECOND_CHANNEL, OTHER_CHANNEL):
            self.conversations.channels[channel.kind, channel.address] = channel
        self.shops = MemoryShops(countries=frozenset({"IN"}))
        self.teachings, self.desk, self.numbers = Taughts(), MemoryDesk(), 0
        self.inbox = MemoryInbox(kept=self.conversations, sends=MemorySends(), teachings=self.teachings)
        customers = MemoryCustomers(kept=self.conversations)
        self.commands = Commands(
            teachings=self.teachings,
            inbox=InboxOfShop(inbox=self.inbox, teachings=self.teachings),
            customers=customers,
            conversations=self.conversations,
            desk=self.desk,
            pepper=PEPPER,
        )
        self.answering = Answering(
            conversations=self.conversations,
            shops=self.shops,
            pepper=PEPPER,
            counter=MemoryCounter(),
            commands=lambda: self.commands,
        )
        self.hearing = Hearing(conversations=self.conversations, shops=self.shops, customers=customers, pepper=PEPPER)
        self.open(shop(staff=STAFF))
        self.open(shop(merchant=OTHER_MERCHANT, name="Sarees"))

    def open(self, opened: Shop) -> None:
        """Open a shop, or change it."""
        self.shops.shops[opened.merchant] = (opened, BOOK)

    def minute(self) -> None:
        """What was taught reaches the bot."""
        known, _ = self.shops.shops[MERCHANT]
        self.open(replace(known, manners=self.teachings.read(MERCHANT).manners))

    def hears(self, fact: Inbound, now: Instant = NOW) -> str:
        """What becomes of a fact."""
        return self.answering.receive(fact, now).word

    def says(self, text: str, contact: Contact = BOSS, address: str = ADDRESS, now: Instant = NOW) -> str:
        """Somebody writes: what becomes of it."""
        self.numbers += 1
        return self.hears(message(text, id=f"wamid.{self.numbers}", contact=contact, address=address, at=now), now)

    def answers(self) -> list[str]:
        """What was said, in order."""
        return [outgoing.text for outgoing in self.conversations.outbox]

    def last(self) -> Outgoing:
        """What was said last."""
        return self.conversations.outbox[-1]

    def of(self, contact: Contact, address: str = ADDRESS) -> Conversation:
        """Somebody's conversation."""
        (found,) = [
            it
            for it in self.conversations.conversations.values()
            if it.contact.phone == contact.phone and it.address == address
        ]
        return found
