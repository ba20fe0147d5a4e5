"""What promises about people speak of."""

from collections.abc import Callable

import pytest

from haat.conversation.model import Conversation, Outgoing
from haat.conversation.model.people import Person
from haat.conversation.ports.inbox import Listed
from haat.facts.conversation import Contact, CustomerNoted
from haat.kernel.ids import CustomerId, MessageId, ulid
from haat.kernel.once import Answer, Once
from haat.kernel.time import HOUR, later
from tests.contract.conversation.houses import House
from tests.invented import ANITA, MERCHANT, NOW, message, outgoing

DONE = Answer(status=200, body={"done": True})
OLDER, YOUNGER = b"a older   ", b"b younger "
NEW_NUMBER = Contact(phone="919800000003")


def once(key: str = "one") -> Once:
    """A request that may come again."""
    return Once(key=key, asked="this", at=NOW)


def person(house: House, customer: CustomerId) -> Person:
    """Somebody who is known."""
    found = house.customers.person(MERCHANT, customer)
    assert found is not None
    return found


def noted(contact: Contact = ANITA) -> CustomerNoted:
    """Somebody rang."""
    fact = message(id="noted")
    fields = {name: getattr(fact, name) for name in ("channel", "address", "occurred_at", "received_at", "key")}
    return CustomerNoted(**fields, id=MessageId(ulid(NOW, b"noted")), contact=contact, kind="call")


def whole[T](page: Callable[[str | None], Listed[T]]) -> list[T]:
    """All pages, one after the other."""
    found, after = page(None)
    for _ in range(50):
        if after is None:
            return found
        more, after = page(after)
        found = [*found, *more]
    pytest.fail("the pages do not end")


def said(house: House, there: Conversation) -> list[tuple[str, str]]:
    """Author and text of every line, the latest first."""
    return [(line.author, line.text) for line in house.inbox.messages(there.id, None, 50)[0]]


def spoken(there: Conversation, text: str, number: int = 7) -> Outgoing:
    """What a person of the shop says."""
    id = MessageId(ulid(later(NOW, HOUR), number.to_bytes(10)))
    return outgoing(number, conversation=there, id=id, text=text, quotes=None, by="token")
