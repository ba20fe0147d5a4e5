"""A fact of a conversation comes in; what follows is written in one transaction."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, assert_never

from haat.conversation.model import WINDOW_MS, Channel, Conversation, Outgoing
from haat.conversation.ports import Conversations, Kept, Shops
from haat.conversation.ports.counter import Counter
from haat.conversation.rules import asking, reply
from haat.conversation.rules.decision import Decision, Reason
from haat.conversation.rules.menus import for_counter, question_id
from haat.conversation.rules.silence import silence
from haat.conversation.service.telling import Outcome, Telling
from haat.facts.conversation import (
    AccountNews,
    Contact,
    CustomerNoted,
    CustomerRenamed,
    Inbound,
    MessageAltered,
    MessageEchoed,
    MessageReceived,
)
from haat.facts.said import ShopSays
from haat.kernel.errors import Conflict, Rejected, Unavailable
from haat.kernel.ids import ConversationId, CustomerId, Fingerprint, MerchantId, MessageId, Pepper, ulid
from haat.kernel.time import Instant, as_datetime, later

if TYPE_CHECKING:
    from haat.conversation.service.commands import Commands

ATTEMPTS = 5  # of a transaction that somebody else was faster than
_HAS_EFFECT = frozenset({"cart", "choice"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Answering:
    """Answers what customers say. `commands` is made when one of a shop's own people writes: most processes see none for long."""

    conversations: Conversations
    shops: Shops
    pepper: Pepper
    counter: Counter
    commands: Callable[[], "Commands"]

    def receive(self, fact: Inbound, now: Instant) -> Outcome:
        """Take one fact. Raises Unavailable when a part that is needed does not answer; the fact must then come again."""
        for _ in range(ATTEMPTS):
            try:
                return self._receive(fact, now)
            except Conflict:  # another message of this customer was written in between: read again, decide again
                continue
        raise Unavailable("the conversation kept moving")

    def _receive(self, fact: Inbound, now: Instant) -> Outcome:
        if isinstance(fact, AccountNews):
            return Outcome(word="noted" if self.conversations.note(fact) else "duplicate")
        channel = self.conversations.channel(fact.channel, fact.address)
        if channel is None:
            return Outcome(word="unknown_address")
        match fact:
            case MessageReceived():
                return self._answer(channel, fact, now)
            case MessageEchoed():
                return self._echoed(channel, fact, now)
            case MessageAltered():
                return self._altered(channel, fact, now)
            case CustomerRenamed():
                return self._renamed(channel, fact)
            case CustomerNoted():
                about = self._find(channel, fact.contact, fact, now)
                if _was_erased(about, fact):
                    return _erased(channel)
                word = "noted" if self.conversations.note(fact, about) else "duplicate"
                return Outcome(word=word, merchant=channel.merchant)
            case _ as never:
                assert_never(never)

    def _echoed(self, channel: Channel, fact: MessageEchoed, now: Instant) -> Outcome:
        before = self._find(channel, fact.contact, fact, now)
        if _was_erased(before, fact):
            return _erased(channel)
        shop, _ = self.shops.shop(channel.merchant)
        after = silence(before, shop, at=fact.occurred_at, now=now)
        return self._keep(Kept(fact=fact, before=before, after=after), "echoed")

    def _altered(self, channel: Channel, fact: MessageAltered, now: Instant) -> Outcome:
        if fact.original_key not in (None, self.pepper.fingerprint(fact.channel, fact.address, fact.original or "")):
            raise Rejected("a change of a message that came for another address")
        before = self._find(channel, fact.contact, fact, now)
        # A change of what was erased brings nobody back, even one that was made afterwards.
        if _was_erased(before, fact) or (before.erased_before and not before.version):
            return _erased(channel)
        if fact.action == "edited" and fact.contact.phone in self.shops.shop(channel.merchant)[0].staff:
            fact = self.commands().without_customer(fact)
        self.conversations.alter(fact)
        return self._keep(Kept(fact=fact, before=before, after=reply.alter(before, fact)), fact.action)

    def _renamed(self, channel: Channel, fact: CustomerRenamed) -> Outcome:
        if not self.conversations.rename(channel, fact):
            return _erased(channel)
        return Outcome(word="renamed" if self.conversations.note(fact) else "duplicate", merchant=channel.merchant)

    def say(self, fact: ShopSays, now: Instant) -> Outcome:
        """Say what the shop has to say to a customer, once, while their window is open. Raises Unavailable as `receive` does."""
        for _ in range(ATTEMPTS):
            before = self.conversations.load(fact.merchant, fact.customer, fact.address)
            if before is None:
                return Outcome(word="unknown_conversation", merchant=fact.merchant)
            ends = later(before.last_customer_at, WINDOW_MS)
            if before.blocked_at or now >= ends:
                word = "blocked" if before.blocked_at else "too_late"
                return Outcome(word=word, merchant=fact.merchant, conversation=before.id)
            telling = Telling(conversations=self.conversations, pepper=self.pepper)
            try:
                return telling.tell(
                    before,
                    key=fact.key,
                    at=fact.occurred_at,
                    text=fact.text,
                    until=ends,
                    now=now,
                    choices=for_counter(fact.choices),
                    code=fact.code,
                    bill=fact.bill,
                )
            except Conflict:
                continue
        raise Unavailable("the conversation kept moving")

    def _find(self, channel: Channel, contact: Contact, fact: Inbound, now: Instant) -> Conversation:
        # Its name is the same when the message comes again: an order may have been made under it.
        def name(kind: str) -> str:
            return ulid(fact.received_at, self.pepper.digest(kind, channel.merchant, fact.key))

        new = Conversation(
            id=ConversationId(name("conversation")),
            merchant=channel.merchant,
            customer=CustomerId(name("customer")),
            channel=channel.kind,
            address=channel.address,
            contact=contact,
            inbox_day=as_datetime(now).date().isoformat(),
        )
        return self.conversations.find(channel, contact, new)

    def _answer(self, channel: Channel, fact: MessageReceived, now: Instant) -> Outcome:
        before = self._find(channel, fact.contact, fact, now)
        if _was_erased(before, fact):
            return _erased(channel)
        if fact.key in before.recent:
            return Outcome(word="duplicate", merchant=channel.merchant, conversation=before.id)
        shop, book = self.shops.shop(channel.merchant)
        open_country = self.shops.open_for(shop.country)
        served = None
        command = self.commands().heard(fact, shop) if fact.contact.phone in shop.staff else None
        if command is not None:
            fact = command.kept
            if reply.barred(before, fact, shop, open_country=open_country, now=now) is None:
                if self.conversations.knows(fact.key):  # as below
                    return Outcome(word="duplicate", merchant=channel.merchant, conversation=before.id)
                served = self.commands().obey(command, shop, now)
        elif (ask := asking.ask_of(before, fact, shop, book, open_country=open_country, now=now)) is not None:
            # What was kept without the counter must not reach it now, when nobody would hear of it.
            if ask.kind in _HAS_EFFECT and self.conversations.knows(fact.key):
                return Outcome(word="duplicate", merchant=channel.merchant, conversation=before.id)
            served = self.counter.serve(before, ask, fact.key, fact.received_at)
        decision = reply.decide(before, fact, shop, book, open_country=open_country, now=now, served=served)
        return self._keep(
            Kept(
                fact=fact,
                before=before,
                after=_asking(decision, question_id(fact.key, fact.occurred_at)),
                answered=before.asked if _says_which(before, decision) else "",
                outgoing=self._outgoing(decision, fact.key, fact.correlation, now),
                listed=(fact.key,) if decision.listed else (),
                look_again_in=decision.look_again_in,
                reason=decision.reason,
                resembles=decision.said.resembles if decision.said else "",
            ),
            decision.reason,
        )

    def look_again(
        self, merchant: MerchantId, customer: CustomerId, address: str, last: Fingerprint, now: Instant
    ) -> Outcome:
        """A burst may be over: answer it as a whole, once. Raises Unavailable as `receive` does."""
        for _ in range(ATTEMPTS):
            before = self.conversations.load(merchant, customer, address)
            if before is None:
                return Outcome(word="unknown_conversation", merchant=merchant)
            shop, book = self.shops.shop(merchant)
            decision = reply.decide_burst(before, last, shop, book, now=now)
            if decision is None:
                return Outcome(word="went_on", merchant=merchant, conversation=before.id)
            outgoing = self._outgoing(decision, last, "", now)
            listed = tuple(part.key for part in before.burst) if decision.listed else ()
            try:
                resembles = decision.said.resembles if decision.said else ""
                after = _asking(decision, question_id(last, before.last_customer_at))
                answered = before.asked if _says_which(before, decision) else ""
                self.conversations.keep_burst(before, after, outgoing, listed, resembles, answered)
            except Conflict:
                continue
            return Outcome(
                word=decision.reason,
                merchant=merchant,
                conversation=before.id,
                outgoing=outgoing.id if outgoing else None,
            )
        raise Unavailable("the conversation kept moving")

    def _keep(self, kept: Kept, word: str) -> Outcome:
        written = self.conversations.keep(kept)
        return Outcome(
            word=word if written else "duplicate",
            merchant=kept.after.merchant,
            conversation=kept.after.id,
            outgoing=kept.outgoing.id if written and kept.outgoing else None,
        )

    def _outgoing(self, decision: Decision, key: Fingerprint, correlation: str, now: Instant) -> Outgoing | None:
        if decision.said is None:
            return None
        spoken = decision.conversation
        return Outgoing(
            id=MessageId(ulid(now, self.pepper.digest("outgoing", key))),
            merchant=spoken.merchant,
            conversation=spoken.id,
            customer=spoken.customer,
            channel=spoken.channel,
            address=spoken.address,
            contact=spoken.contact,
            text=decision.said.text,
            quotes=decision.said.quotes,
            window_ends=later(spoken.last_customer_at, WINDOW_MS),
            not_before=decision.said.not_before if decision.said.not_before > now else Instant(0),
            decided_at=now,
            correlation=correlation,
            choices=decision.said.choices,
            opener=decision.said.opener,
        )


def _was_erased(there: Conversation, fact: Inbound) -> bool:
    return bool(there.erased_before) and fact.occurred_at <= there.erased_before


def _erased(channel: Channel) -> Outcome:
    """It was written before its writer was erased, and is not kept."""
    return Outcome(word="erased", merchant=channel.merchant)


def _asking(decision: Decision, question: str) -> Conversation:
    """The conversation after a decision; one that offered a menu knows for which question of the shop's list it was."""
    after = decision.conversation
    return replace(after, asked=question) if decision.reason is Reason.MENU else after


def _says_which(before: Conversation, decision: Decision) -> bool:
    """Whether this is what the menu asked for: the question that led to it is answered then, unless a person goes on with it."""
    said = decision.said
    return decision.reason is Reason.MATCHED and said is not None and said.entry in before.menu
