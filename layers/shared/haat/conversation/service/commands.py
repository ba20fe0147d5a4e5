"""The shop's own people tell its bot what to do, by writing to the shop's number.

What a command does is done once, in a transaction with a marker under the message's key; the message is kept afterwards, with the
answer to it. So a death between the two brings the message again: nothing more is done, and the same is said.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from haat.conversation.model import Conversation, Served, Shop
from haat.conversation.ports import Conversations, Teachings
from haat.conversation.ports.counter import Desk
from haat.conversation.ports.inbox import Customers
from haat.conversation.rules import commands as rules
from haat.conversation.rules.command_words import Word, say
from haat.conversation.rules.commands import Command
from haat.conversation.rules.hours import day_began
from haat.conversation.service.inbox import InboxOfShop
from haat.facts.conversation import MessageAltered, MessageReceived
from haat.kernel.errors import Changed, NotFound, Unavailable
from haat.kernel.ids import MerchantId, Pepper
from haat.kernel.once import Answer, Once
from haat.kernel.time import Instant

ATTEMPTS = 5  # of a change that somebody else was faster than


@dataclass(frozen=True, slots=True, kw_only=True)
class Commands:
    """Obeys the shop's own people."""

    teachings: Teachings
    inbox: InboxOfShop
    customers: Customers
    conversations: Conversations
    desk: Desk
    pepper: Pepper

    def heard(self, message: MessageReceived, shop: Shop) -> Command | None:
        """The command in a message, if it is one and its writer is one of the shop's people."""
        return rules.command_of(message, shop)

    def without_customer(self, change: MessageAltered) -> MessageAltered:
        """An edit as it may be kept: a message may become a command that names a customer, which is not obeyed any more."""
        text = rules.without_customer(change.text)
        return change if text == change.text else replace(change, text=text, content={})

    def obey(self, command: Command, shop: Shop, now: Instant) -> Served:
        """Do it, once for each message, and say what was done. Raises Unavailable, Conflict where others were at work there."""
        if command.kind == "orders":
            since = day_began(shop.hours, command.kept.occurred_at)
            text = self.desk.day(shop.merchant, since, command.language)
            return Served(word="commanded", text=text, language=command.language)
        word = self._customer(command, shop, now) if command.names_customer else self._all(command, shop, now)
        return Served(
            word="command_refused" if word == "unknown" else "commanded",
            text=say(word, command.language),
            language=command.language,
        )

    def _all(self, command: Command, shop: Shop, now: Instant) -> Word:
        """The shop's bot is off, or on. What was said to this message before is said again, whatever happened since."""
        once = self._once(command, shop.merchant, now)
        off = command.kind == "off"
        done: Word = "off" if off else "on"
        if self.teachings.given(once) is not None:
            return done
        for _ in range(ATTEMPTS):
            before = self.teachings.read(shop.merchant)
            if before.manners.off == off:
                return "off_already" if off else "on_already"
            after = replace(before, version=before.version + 1, manners=replace(before.manners, off=off))
            try:
                self.teachings.write_once(shop.merchant, after, once, Answer(status=200))
            except Changed:
                continue
            return done
        raise Unavailable("what the shop taught kept changing")

    def _customer(self, command: Command, shop: Shop, now: Instant) -> Word:
        """The bot leaves one customer to the shop's people, wherever they write, or answers them again."""
        there = self._conversations(command, shop.merchant)
        step = self._take_over if command.kind == "off" else self._release
        done = [step(it, self._once(command, it.id, now)) for it in there]
        if not any(done):
            return "unknown"
        if command.kind == "off":
            return "customer_off"
        return "customer_on_bot_off" if shop.manners.off else "customer_on"

    def _take_over(self, there: Conversation, once: Once) -> bool:
        try:
            self.inbox.take_over(there.merchant, there.id, None, once)
        except NotFound:  # they were erased this very moment
            return False
        return True

    def _release(self, there: Conversation, once: Once) -> bool:
        try:
            self.inbox.release(there.merchant, there.id, once)
        except NotFound:  # as above
            return False
        return True

    def _conversations(self, command: Command, merchant: MerchantId) -> Sequence[Conversation]:
        if command.order:
            found = [self.desk.ordered_by(merchant, command.order)]
        else:
            found = [self.conversations.called(merchant, phone) for phone in command.phones]
        people = (self.customers.person(merchant, customer) for customer in found if customer is not None)
        return next((person.conversations for person in people if person and person.conversations), ())

    def _once(self, command: Command, about: str, now: Instant) -> Once:
        """It is remembered for a day, and what is older than a day is not obeyed (rules/reply.py, barred)."""
        key = command.kept.key
        return Once(key=self.pepper.fingerprint("command", key, about), asked=key, at=now)
