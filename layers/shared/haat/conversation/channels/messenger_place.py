"""Where in a Messenger webhook an event stands, and how its parts are taken out of it."""

from dataclasses import dataclass, field
from typing import Any, ClassVar, Final

from haat.conversation.channels import place
from haat.conversation.channels.place import TEXT_BYTES, Item
from haat.conversation.channels.wire import ID_LIMIT, as_object, shortened, word
from haat.facts.conversation import Contact

CHANNEL = "messenger"
FRAME: Final = frozenset({"sender", "recipient", "timestamp"})  # of an event: read, and no news by itself


@dataclass(frozen=True, slots=True, kw_only=True)
class Place(place.Place):
    """All that an event does not say about itself."""

    channel: ClassVar[str] = CHANNEL
    tick: ClassVar[int] = 1  # its times are milliseconds

    standby: bool = False  # another program has the conversation
    contact: Contact = field(default_factory=Contact)  # the customer, whichever of the two has spoken
    by_page: bool = False  # the page has

    def named(self, event: Item, kind: str, id: str | None) -> dict[str, Any]:
        """The fields of a fact with an id of ours, by Meta's where it gives one."""
        when = event.get("timestamp")
        if id:
            return self.message(when, self.contact, id)
        return self.message(when, self.contact, "", *self.nameless(kind, self.dated(event)))

    def dated(self, event: Item) -> Item:
        """An event that does not say when it was is told from another like it by its entry's time."""
        return event if "timestamp" in event else {**event, "time": self.sent_at}


def beside(event: Item, name: str) -> dict[str, Any]:
    """What an event holds beside the part of that name."""
    return {key: value for key, value in event.items() if key not in FRAME and key != name}


def take_text(rest: dict[str, Any], name: str = "text") -> str:
    """Take words out of a part; as much of them as is kept. `truncated` stands in the part where that is not all."""
    if not isinstance(rest.get(name), str):
        return ""
    given = rest.pop(name)
    kept = shortened(given, TEXT_BYTES)
    if kept != given:
        rest["truncated"] = True
    return kept


def take_id(rest: dict[str, Any], part: str, name: str, limit: int = ID_LIMIT) -> str | None:
    """Take an id out of a part of a part, which stays where it says more."""
    held = as_object(rest.get(part))
    found = word(held.get(name), limit)
    if found:
        del rest[part]
        if more := {key: value for key, value in held.items() if key != name}:
            rest[part] = more
    return found
