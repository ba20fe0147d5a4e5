"""What the shop says by itself: one message, once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from haat.conversation.model import Conversation, Outgoing
from haat.conversation.ports import Conversations
from haat.conversation.rules.sending import take_turn
from haat.facts.said import Bill, Choice, Template
from haat.kernel.ids import ConversationId, Fingerprint, MerchantId, MessageId, Pepper, ulid
from haat.kernel.time import Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One word for what became of a fact; ids for the log."""

    word: str
    merchant: MerchantId | None = None
    conversation: ConversationId | None = None
    outgoing: MessageId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """Says things in conversations that are there."""

    conversations: Conversations
    pepper: Pepper

    def tell(
        self,
        before: Conversation,
        *,
        key: Fingerprint,
        at: Instant,
        text: str,
        until: Instant,
        now: Instant,
        choices: Sequence[Choice] = (),
        template: Template | None = None,
        staff: str = "",
        code: str = "",
        bill: Bill | None = None,
    ) -> Outcome:
        """Say it: once for each `key`, that was raised `at`; not after `until`. Raises Conflict when the conversation moved."""
        pair, not_before = take_turn(before.pair, now)
        outgoing = Outgoing(
            id=MessageId(ulid(at, self.pepper.digest("outgoing", key))),
            merchant=before.merchant,
            conversation=before.id,
            customer=before.customer,
            channel=before.channel,
            address=before.address,
            contact=before.contact,
            text=text,
            quotes=None,
            window_ends=until,
            not_before=not_before if not_before > now else Instant(0),
            decided_at=now,
            choices=tuple(choices),
            template=template,
            staff=staff,
            code=code,
            bill=bill,
        )
        said = self.conversations.tell(before, replace(before, pair=pair), outgoing)
        word = "said" if said else "duplicate"
        return Outcome(word=word, merchant=before.merchant, conversation=before.id, outgoing=outgoing.id)
