"""Where in a WhatsApp webhook an item stands, and what it takes from there: names, keys and times of its fact."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from haat.conversation.channels.wire import as_object, bounded, canonical, digits, instant, word
from haat.facts.conversation import AccountNews, Contact, CustomerNoted
from haat.kernel.ids import CorrelationId, MessageId, Pepper, ProviderId, ulid
from haat.kernel.time import Instant

CHANNEL = "whatsapp"
CONTENT_BYTES = 60_000  # of JSON, for what a fact holds beside its text

type Item = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """All that an item does not say about itself."""

    pepper: Pepper
    received_at: Instant
    correlation: CorrelationId
    account: str = ""
    sent_at: Any = None  # `time` of the entry
    address: str = ""
    business: str | None = None  # the shop's own number
    contacts: Mapping[str, Item] = field(default_factory=dict)  # by number and by user id
    only: Item = field(default_factory=dict)  # the contact, where there is just one

    def fact(self, occurred: Any, *identity: str) -> dict[str, Any]:
        """The fields of any fact; `identity` is the provider's id, or what stands for one."""
        return {
            "channel": CHANNEL,
            "address": self.address,
            "key": self.pepper.fingerprint(CHANNEL, self.address, *identity),
            "occurred_at": instant(occurred, self.received_at),
            "received_at": self.received_at,
            "correlation": self.correlation,
            "account": self.account,
        }

    def message(self, item: Item, provider_id: str, contact: Contact) -> dict[str, Any]:
        """The fields of a fact that the provider has an id for, and we one of our own."""
        fields = self.fact(item.get("timestamp"), provider_id)
        return {
            **fields,
            "id": self._id(fields, provider_id),
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

    def contact(self, phone: Any, user_id: Any) -> Contact | None:
        """Who that is, completed from the contacts beside it. None where neither id is known: a name alone finds nobody."""
        number, user = digits(phone), word(user_id)
        listed = self._listed(number, user)
        number, user = number or digits(listed.get("wa_id")), user or word(listed.get("user_id"))
        profile = as_object(listed.get("profile"))
        name = word(profile.get("name"), 200) or word(profile.get("username"), 200)
        return Contact(phone=number, user_id=user, name=name) if number or user else None

    def _listed(self, number: str | None, user: str | None) -> Item:
        for name in (number, user):
            if name and name in self.contacts:
                return self.contacts[name]
        another = (number and digits(self.only.get("wa_id"))) or (user and word(self.only.get("user_id")))
        return {} if another else self.only

    def _id(self, fields: Item, *identity: str) -> MessageId:
        return MessageId(ulid(fields["occurred_at"], self.pepper.digest(CHANNEL, self.address, *identity, "id")))


def by_name(contacts: Sequence[Item]) -> Mapping[str, Item]:
    """The contacts of a value by each of their ids; the first of that name wins."""
    found: dict[str, Item] = {}
    for contact in contacts:
        for name in (digits(contact.get("wa_id")), word(contact.get("user_id"))):
            if name:
                found.setdefault(name, contact)
    return found
