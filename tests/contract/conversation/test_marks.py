"""What the port Marks promises, and what the inbox then knows: how far a customer has come, where the channel tells it by times."""

import itertools

import pytest

from haat.conversation.model.people import Person, Seen
from haat.facts.conversation import Contact
from haat.kernel.time import MINUTE, Instant, later
from tests.contract.conversation.houses import House
from tests.invented import MERCHANT, MINA, NOW, OTHER_ADDRESS, PAGE, PAGE_CHANNEL, seen_up_to

TIMES = [later(NOW, minutes * MINUTE) for minutes in (1, 2, 3)]


@pytest.fixture
def page(house: House) -> House:
    """Return the house with a page, to which Mina has written."""
    house.connect(PAGE_CHANNEL, "token of a page")
    house.meet(MINA, channel=PAGE_CHANNEL)
    return house


def sees(house: House, word: str, up_to: Instant) -> bool:
    """The channel says so of Mina -> whether it was news."""
    fact = seen_up_to(word, up_to)
    who = house.marks.customer(fact)
    assert who is not None
    return house.marks.see(who, fact, NOW)


def there(house: House) -> Seen:
    """How far whoever has the one conversation has come."""
    (talk,) = house.inbox.conversations(MERCHANT, None, 10)[0]
    return house.inbox.seen(talk)


def test_customer_is_found_by_their_name_at_that_page(page: House) -> None:
    """Nobody else is: a stranger, the same person at another address, an address that is nobody's."""
    (talk,) = page.inbox.conversations(MERCHANT, None, 10)[0]
    assert page.marks.customer(seen_up_to("read", NOW)) == (MERCHANT, talk.customer)
    assert page.marks.customer(seen_up_to("read", NOW, contact=Contact(user_id=f"{PAGE}:8"))) is None
    assert page.marks.customer(seen_up_to("read", NOW, address="299999999999999")) is None
    assert page.marks.customer(seen_up_to("read", NOW, address=OTHER_ADDRESS)) is None, "a number is no page"


def test_nothing_was_seen_before_it_is_told(page: House) -> None:
    """What nobody told is not made up."""
    assert there(page) == Seen()


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_times_move_up_only(page: House, order: tuple[int, ...]) -> None:
    """The same twice, late and out of order: the latest stands, and only what moved it was news."""
    highest = -1
    for number in order:
        assert sees(page, "read", TIMES[number]) == (number > highest)
        assert not sees(page, "read", TIMES[number]), "twice"
        highest = max(highest, number)
    assert there(page) == Seen(read=TIMES[2])


def test_delivered_and_read_are_two_times(page: House) -> None:
    """Neither stands in the other's way."""
    assert sees(page, "read", TIMES[0])
    assert sees(page, "delivered", TIMES[1])
    assert there(page) == Seen(delivered=TIMES[1], read=TIMES[0])


def test_word_that_nobody_knows_changes_nothing(page: House) -> None:
    """What the channel invents tomorrow is no news today."""
    assert not sees(page, "savoured", TIMES[0])
    assert there(page) == Seen()


def test_erased_customer_is_seen_no_more(page: House) -> None:
    """Their name leads to nobody; what was written while they were erased is swept away."""
    sees(page, "read", TIMES[0])
    (talk,) = page.inbox.conversations(MERCHANT, None, 10)[0]
    person = page.customers.person(MERCHANT, talk.customer)
    assert isinstance(person, Person)
    erasure = page.erasures.begin(person, "a token", NOW)
    assert page.marks.customer(seen_up_to("read", TIMES[1])) is None
    page.marks.see((MERCHANT, talk.customer), seen_up_to("read", TIMES[2]), NOW)
    erasure, clean = page.erasures.sweep(erasure, 10, NOW)
    assert not clean
    assert page.inbox.seen(talk) == Seen()
    _, clean = page.erasures.sweep(erasure, 10, NOW)
    assert clean
