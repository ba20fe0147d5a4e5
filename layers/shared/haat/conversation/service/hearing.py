"""The shop's own people hear what happened, in the chat with their own shop."""

from dataclasses import dataclass

from haat.conversation.model import WINDOW_MS, Conversation, Shop
from haat.conversation.ports import Conversations, Shops
from haat.conversation.ports.inbox import Customers
from haat.conversation.service.telling import Outcome, Telling
from haat.facts.said import StaffHears
from haat.kernel.errors import Conflict, Unavailable
from haat.kernel.ids import Pepper
from haat.kernel.time import Instant, later

ATTEMPTS = 5  # of a transaction that somebody else was faster than
NEWS_MS = WINDOW_MS  # what is older is no news: it waited where it was set aside, or a template could not leave


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearing:
    """Tells the shop's own people. Who never wrote to the shop is told nothing: no shop can have a stranger written to."""

    conversations: Conversations
    shops: Shops
    customers: Customers
    pepper: Pepper

    def hear(self, fact: StaffHears, now: Instant) -> Outcome:
        """Tell one of them, once: freely while their window is open, else by the template if there is one. Raises Unavailable, NotFound."""
        for _ in range(ATTEMPTS):
            try:
                return self._hear(fact, now)
            except Conflict:  # they wrote in between
                continue
        raise Unavailable("the conversation kept moving")

    def _hear(self, fact: StaffHears, now: Instant) -> Outcome:
        shop, _ = self.shops.shop(fact.merchant)
        if (word := _bars(fact, shop, now)) is not None:
            return Outcome(word=word, merchant=fact.merchant)
        there = self._latest(fact)
        if there is None:
            return Outcome(word="never_wrote", merchant=fact.merchant)
        ends = later(there.last_customer_at, WINDOW_MS)
        template = fact.template if now >= ends else None
        if there.blocked_at or (now >= ends and template is None):
            word = "blocked" if there.blocked_at else "too_late"
            return Outcome(word=word, merchant=fact.merchant, conversation=there.id)
        return Telling(conversations=self.conversations, pepper=self.pepper).tell(
            there,
            key=fact.key,
            at=fact.occurred_at,
            text=fact.text,
            until=later(fact.occurred_at, NEWS_MS) if template else ends,
            now=now,
            template=template,
            staff=fact.staff,
        )

    def _latest(self, fact: StaffHears) -> Conversation | None:
        """Where they last wrote to the shop, among the numbers that are still its own."""
        customer = self.conversations.called(fact.merchant, fact.phone)
        person = self.customers.person(fact.merchant, customer) if customer is not None else None
        there = [it for it in person.conversations if self._is_theirs(it, fact)] if person is not None else []
        return max(there, key=lambda it: it.last_customer_at, default=None)

    def _is_theirs(self, there: Conversation, fact: StaffHears) -> bool:
        # Who had this number before, and has another now, is not one of the shop's people.
        if there.contact.phone != fact.phone or not there.last_customer_at:
            return False
        channel = self.conversations.channel(there.channel, there.address)
        return channel is not None and channel.merchant == fact.merchant


def _bars(fact: StaffHears, shop: Shop, now: Instant) -> str | None:
    """Why this is told to nobody, in one word."""
    if fact.phone not in shop.staff:
        return "no_longer_staff"
    if not shop.serves:
        return "shut"
    return "too_late" if now - fact.occurred_at >= NEWS_MS else None
