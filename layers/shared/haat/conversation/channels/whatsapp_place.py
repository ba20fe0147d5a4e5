"""Where in a WhatsApp webhook an item stands, and who wrote it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from haat.conversation.channels import place
from haat.conversation.channels.place import Item
from haat.conversation.channels.wire import as_object, digits, word
from haat.facts.conversation import Contact

CHANNEL = "whatsapp"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place(place.Place):
    """All that an item does not say about itself."""

    channel: ClassVar[str] = CHANNEL

    business: str | None = None  # the shop's own number
    contacts: Mapping[str, Item] = field(default_factory=dict)  # by number and by user id
    only: Item = field(default_factory=dict)  # the contact, where there is just one

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


def by_name(contacts: Sequence[Item]) -> Mapping[str, Item]:
    """The contacts of a value by each of their ids; the first of that name wins."""
    found: dict[str, Item] = {}
    for contact in contacts:
        for name in (digits(contact.get("wa_id")), word(contact.get("user_id"))):
            if name:
                found.setdefault(name, contact)
    return found
