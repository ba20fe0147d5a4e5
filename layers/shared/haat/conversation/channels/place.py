"""What an item of a webhook takes from where it stands, on any channel: names, keys and times of its fact."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from haat.conversation.channels.wire import bounded, canonical, instant
from haat.facts.conversation import AccountNews, Contact, CustomerNoted
from haat.kernel.ids import CorrelationId, Fingerprint, MessageId, Pepper, ProviderId, ulid
from haat.kernel.time import SECOND, Instant

TEXT_BYTES = 120_000  # of JSON: with content and ids a fact stays under 200 kB, and a queue takes 256 KiB
CONTENT_BYTES = 60_000  # of JSON, for what a fact holds beside its text

type Item = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """All that an item does not say about itself. A channel has a class of its own, with its name and its unit of time."""

    channel: ClassVar[str] = ""
    tick: ClassVar[int] = SECOND  # milliseconds in the unit in which the channel tells the time

    pepper: Pepper
    received_at: Instant
    correlation: CorrelationId
    account: str = ""
    sent_at: Any = None  # `time` of the entry
    address: str = ""

    def fact(self, occurred: Any, *identity: str) -> dict[str, Any]:
        """The fields of any fact; `identity` is the provider's id, or what stands for one."""
        return {
            "channel": self.channel,
            "address": self.address,
            "key": self.key(*identity),
            "occurred_at": instant(occurred, self.received_at, self.tick),
            "received_at": self.received_at,
            "correlation": self.correlation,
            "account": self.account,
        }

    def key(self, *identity: str) -> Fingerprint:
        """Under which what is named so is kept, once."""
        return self.pepper.fingerprint(self.channel, self.address, *identity)

    def message(self, occurred: Any, contact: Contact, provider_id: str, *identity: str) -> dict[str, Any]:
        """The fields of a fact that has an id of ours; `identity` stands for the provider's where it gives none."""
        fields = self.fact(occurred, *(identity or (provider_id,)))
        return {
            **fields,
            "id": self._id(fields, *(identity or (provider_id,))),
            "provider_id": ProviderId(provider_id),
            "contact": contact,
        }

    def noted(self, item: Item, contact: Contact, kind: str, content: Item) -> CustomerNoted:
        """Something about a customer that nobody answers."""
        identity = self.nameless(kind, item)
        fields = self.fact(item.get("timestamp"), *identity)
        return CustomerNoted(
            **fields,
            id=self._id(fields, *identity),
            contact=contact,
            kind=kind,
            content=bounded(content, CONTENT_BYTES),
        )

    def news(self, kind: str, content: Item) -> AccountNews:
        """Something about the account, or what nothing here understands. The entry's time tells two equal events apart."""
        identity = self.nameless(kind, {"time": self.sent_at, "content": content})
        return AccountNews(
            **self.fact(content.get("timestamp", self.sent_at), *identity),
            kind=kind,
            content=bounded(content, CONTENT_BYTES),
        )

    def nameless(self, kind: str, item: Item) -> tuple[str, ...]:
        """What stands for an id where the provider gives none."""
        return ("change", self.account, kind, canonical(item))

    def _id(self, fields: Item, *identity: str) -> MessageId:
        return MessageId(ulid(fields["occurred_at"], self.pepper.digest(self.channel, self.address, *identity, "id")))
