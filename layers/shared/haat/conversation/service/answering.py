"""A fact of a conversation comes in; what follows is written in one transaction."""

from dataclasses import dataclass
from typing import assert_never

from haat.conversation.model import WINDOW_MS, Channel, Conversation, Outgoing
from haat.conversation.ports import Conversations, Kept, Shops
from haat.conversation.rules import reply
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
from haat.kernel.errors import Conflict, Rejected, Unavailable
from haat.kernel.ids import ConversationId, CustomerId, Fingerprint, MerchantId, MessageId, Pepper, ulid
from haat.kernel.time import Instant, as_datetime, later

ATTEMPTS = 5  # of a transaction that somebody else was faster than


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One word for what became of a fact; ids for the log."""

    word: str
    merchant: MerchantId | None = None
    conversation: ConversationId | None = None
    outgoing: MessageId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answering:
    """Answers what customers say."""

    conversations: Conversations
    shops: Shops
    pepper: Pepper

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
                before = self._find(channel, fact.contact, fact, now)
                shop, _ = self.shops.shop(channel.merchant)
                after = reply.silence(before, shop, at=fact.occurred_at, now=now)
                return self._keep(Kept(fact=fact, before=before, after=after), "echoed")
            case MessageAltered():
                if fact.original_key not in (
                    None,
                    self.pepper.fingerprint(fact.channel, fact.address, fact.original or ""),
                ):
                    raise Rejected("a change of a message that came for another address")
                self.conversations.alter(fact)
                before = self._find(channel, fact.contact, fact, now)
                return self._keep(Kept(fact=fact, before=before, after=reply.alter(before, fact)), fact.action)
            case CustomerRenamed():
                self.conversations.rename(channel, fact)
                return Outcome(
                    word="renamed" if self.conversations.note(fact) else "duplicate", merchant=channel.merchant
                )
            case CustomerNoted():
                return Outcome(
                    word="noted" if self.conversations.note(fact) else "duplicate", merchant=channel.merchant
                )
            case _ as never:
                assert_never(never)

    def _find(self, channel: Channel, contact: Contact, fact: Inbound, now: Instant) -> Conversation:
        def name(kind: str) -> str:
            return ulid(now, self.pepper.digest(kind, channel.merchant, fact.key))

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
        if fact.key in before.recent:
            return Outcome(word="duplicate", merchant=channel.merchant, conversation=before.id)
        shop, book = self.shops.shop(channel.merchant)
        decision = reply.decide(before, fact, shop, book, open_country=self.shops.open_for(shop.country), now=now)
        return self._keep(
            Kept(
                fact=fact,
                before=before,
                after=decision.conversation,
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
                self.conversations.keep_burst(before, decision.conversation, outgoing, listed)
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

    def _outgoing(self, decision: reply.Decision, key: Fingerprint, correlation: str, now: Instant) -> Outgoing | None:
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
        )
