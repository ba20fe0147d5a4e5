"""What happened in a conversation, in words of ours. Channels make these facts from their own formats; queues carry them.

`occurred_at` is the provider's time, `received_at` ours, both UTC milliseconds. `key` is the fingerprint of (channel, address,
provider's id): it is the once-only marker, and stands in keys, logs and deduplication ids in place of the provider's id.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from haat.facts.codec import check_version, from_plain, to_json
from haat.kernel.errors import Rejected
from haat.kernel.ids import CorrelationId, Fingerprint, MessageId, ProviderId
from haat.kernel.time import Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Who wrote, as the channel names them. Either id may be missing, not both."""

    phone: str | None = None  # digits without "+"
    user_id: str | None = None  # business-scoped (WhatsApp); page id, colon, page-scoped id (Messenger)
    name: str | None = None  # as the customer wrote it; for display only

    def __repr__(self) -> str:  # a contact in a traceback would be personal data in a log
        return "Contact(***)"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Fact:
    """What every fact carries."""

    name: ClassVar[str] = ""
    version: ClassVar[int] = 1

    channel: str  # "whatsapp", "messenger"
    address: str  # the shop's side: a phone number id, a page id, or "" where the event is about a whole account
    key: Fingerprint
    occurred_at: Instant
    received_at: Instant
    correlation: CorrelationId = CorrelationId("")
    account: str = ""  # the WhatsApp Business Account that the event came for

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.key})"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class MessageReceived(Fact):
    """A customer said something."""

    name: ClassVar[str] = "message_received"

    id: MessageId
    provider_id: ProviderId
    contact: Contact
    kind: str  # the provider's word: text, image, order, ... ; an unknown word is kept as it is
    text: str = ""  # what was said in words: a text, a caption, the title of a chosen button
    choice: str = ""  # the id of a chosen button or row
    quotes: ProviderId | None = None
    group: bool = False  # said in a group: shown, never answered
    standby: bool = False  # another program has the conversation now: shown, never answered
    content: Mapping[str, Any] = field(default_factory=dict)  # what else it held, as it came


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class MessageEchoed(Fact):
    """The merchant answered from the phone app."""

    name: ClassVar[str] = "message_echoed"

    id: MessageId
    provider_id: ProviderId
    contact: Contact  # the customer who was answered
    kind: str
    text: str = ""
    content: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class MessageAltered(Fact):
    """The customer edited or deleted a message of theirs, or reacted to one: nothing to answer."""

    name: ClassVar[str] = "message_altered"

    id: MessageId
    provider_id: ProviderId
    contact: Contact
    action: str  # "edited", "revoked", "reacted"
    original: ProviderId | None = None
    original_key: Fingerprint | None = None
    text: str = ""  # the new text, or the emoji; empty takes a reaction back
    content: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CustomerRenamed(Fact):
    """The channel names the same person differently from now on: a new number, or a new user id."""

    name: ClassVar[str] = "customer_renamed"

    contact: Contact  # as they were known
    now: Contact  # as they are known from here on


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CustomerNoted(Fact):
    """Something about a customer that is kept and never answered: marketing preference, identity change, payment status."""

    name: ClassVar[str] = "customer_noted"

    id: MessageId
    contact: Contact
    kind: str
    content: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class AccountNews(Fact):
    """Something about the shop's number or account, or of a kind that nobody has told us about: kept and shown."""

    name: ClassVar[str] = "account_news"

    kind: str  # the provider's field name
    content: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class DeliveryReported(Fact):
    """The channel says what became of a message of ours."""

    name: ClassVar[str] = "delivery_reported"

    outgoing: MessageId  # ours, from the opaque data
    provider_id: ProviderId
    status: str  # sent, delivered, read, played, failed, or a word that we don't know
    error_code: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SeenUpTo(Fact):
    """The channel says that all of ours up to a time came to the customer's phone, or was read; it names no message."""

    name: ClassVar[str] = "seen_up_to"

    contact: Contact
    status: str  # delivered, read
    up_to: Instant


Inbound = MessageReceived | MessageEchoed | MessageAltered | CustomerRenamed | CustomerNoted | AccountNews
AnyFact = Inbound | DeliveryReported | SeenUpTo
_CLASSES: Mapping[str, type[AnyFact]] = {
    cls.name: cls
    for cls in (
        MessageReceived,
        MessageEchoed,
        MessageAltered,
        CustomerRenamed,
        CustomerNoted,
        AccountNews,
        DeliveryReported,
        SeenUpTo,
    )
}
_NESTED = {"contact": Contact, "now": Contact}


def dump(fact: AnyFact) -> str:
    """The fact as one JSON text."""
    return to_json(fact, fact.name, fact.version)


def load(text: str) -> AnyFact:
    """Read a fact of this version or the one before or after. Raises Rejected when it is none of ours."""
    try:
        data = json.loads(text)
    except ValueError:
        raise Rejected("not a fact: no JSON") from None
    name = data.get("fact") if isinstance(data, dict) else None
    cls = _CLASSES.get(name) if isinstance(name, str) else None
    if cls is None:
        raise Rejected("not a fact that this version knows")
    check_version(data, cls.version)
    return from_plain(cls, data, _NESTED)
