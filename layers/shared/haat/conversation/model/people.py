"""What the shop's people see of a conversation, and what leads to a person. Nothing here does anything."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from haat.conversation.model import Conversation, SendState
from haat.kernel.ids import ConversationId, CustomerId, Fingerprint, MerchantId, MessageId
from haat.kernel.time import Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One line of a conversation, as its shop reads it. What was deleted has no text."""

    id: MessageId
    author: Literal["customer", "bot", "staff", "phone"]  # phone: the shop's own, beside us
    at: Instant
    kind: str = "text"  # the channel's word, or edited, revoked, reacted: what somebody did to another line
    text: str = ""
    key: Fingerprint | None = None  # what lines about this one name it by
    about: Fingerprint | None = None  # the line that this one answers or is about
    edited: bool = False
    deleted: bool = False
    choice: str = ""
    content: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""  # of a customer's: why it was answered so, or not
    resembles: str = ""  # of the bot's: the example that the question was like
    state: SendState | None = None  # of what we sent
    provider_id: str = ""  # the channel's own name of it, once it has one


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Up to when all that we sent in a conversation came to the customer's phone, and was read; 0 where that was never told."""

    delivered: Instant = Instant(0)
    read: Instant = Instant(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What the bot could not answer. `texts` are the customer's messages as they are now; deleted ones are gone."""

    id: str
    conversation: ConversationId
    customer: CustomerId
    at: Instant
    texts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocked:
    """A customer of whom the shop wants to hear no more."""

    customer: CustomerId
    at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """All that leads to one person at one merchant: their customer ids, the oldest first, and their conversations."""

    merchant: MerchantId
    customers: tuple[CustomerId, ...]
    conversations: tuple[Conversation, ...] = ()
    blocked_at: Instant = Instant(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """That a person was erased, and how far that has come. Holds ids of ours and times, nothing of the person."""

    merchant: MerchantId
    customer: CustomerId
    customers: tuple[CustomerId, ...]
    threads: tuple[ConversationId, ...]
    by: str  # the token that asked for it
    at: Instant
    step: int = 1  # which look the due queue has been asked for
    done_at: Instant = Instant(0)
