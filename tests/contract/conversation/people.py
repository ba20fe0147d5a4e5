"""What promises about people speak of."""

from haat.conversation.model.people import Person
from haat.facts.conversation import Contact, CustomerNoted
from haat.kernel.ids import CustomerId, MessageId, ulid
from haat.kernel.once import Answer, Once
from tests.contract.conversation.houses import House
from tests.invented import ANITA, MERCHANT, NOW, message

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
