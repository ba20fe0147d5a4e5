"""What the port Customers promises, in memory and in DynamoDB."""

import pytest

from haat.conversation.model.people import Blocked
from haat.kernel.errors import Conflict
from haat.kernel.ids import CustomerId, ulid
from haat.kernel.time import HOUR, MINUTE, later
from tests.contract.conversation.houses import House
from tests.contract.conversation.people import DONE, NEW_NUMBER, OLDER, YOUNGER, noted, once, person
from tests.invented import (
    ANITA,
    ANITAS_PHONE,
    CHANNEL,
    MERCHANT,
    NOW,
    OTHER_MERCHANT,
    SECOND_CHANNEL,
    message,
    new,
    renamed,
)

ERASED_AT = later(NOW, HOUR)
AFTERWARDS = later(ERASED_AT, MINUTE)


# People


def test_person_is_all_of_their_conversations(house: House) -> None:
    """Whoever writes to two numbers of a shop is one person with two conversations."""
    first, second = house.meet(ANITA), house.meet(ANITA, channel=SECOND_CHANNEL, seed=b"second one")
    found = person(house, first.customer)
    assert (found.customers, set(found.conversations)) == ((first.customer,), {first, second})


def test_person_of_another_merchant_is_not_found(house: House) -> None:
    """An id of the shop next door leads nowhere, nor does one of nobody."""
    met = house.meet(ANITA)
    assert house.customers.person(OTHER_MERCHANT, met.customer) is None
    assert house.customers.person(MERCHANT, CustomerId(ulid(NOW, b"nobody"))) is None


@pytest.mark.parametrize("asked", [0, 1])
def test_two_customers_who_are_one_are_one_person(house: House, asked: int) -> None:
    """By the id of either, all that either wrote belongs to the person."""
    met = [house.meet(ANITAS_PHONE, seed=OLDER), house.meet(NEW_NUMBER, seed=YOUNGER)]
    house.conversations.rename(CHANNEL, renamed(ANITAS_PHONE, NEW_NUMBER))
    found = person(house, met[asked].customer)
    assert found.customers == tuple(sorted(it.customer for it in met))
    assert {it.id for it in found.conversations} == {it.id for it in met}


def test_somebody_of_whom_the_channel_told_is_a_person(house: House) -> None:
    """Who rang and never wrote is known, with the note, and is the same customer when they write."""
    stranger = new(ANITA)
    assert house.conversations.note(noted(), stranger)
    found = person(house, stranger.customer)
    assert (found.customers, found.conversations) == ((stranger.customer,), ())
    assert [note["kind"] for note in house.customers.notes(stranger.customer, None, 10)[0]] == ["call"]
    assert house.meet(ANITA, seed=b"not needed").customer == stranger.customer


def test_note_is_kept_once(house: House) -> None:
    """However often it comes, and whoever it is about has one note of it."""
    met = house.meet(ANITA)
    assert [house.conversations.note(noted(), met), house.another().conversations.note(noted(), met)] == [True, False]
    assert len(house.customers.notes(met.customer, None, 10)[0]) == 1


# Blocking


def test_blocked_customer_is_blocked_wherever_they_write(house: House) -> None:
    """Every conversation of theirs is marked, and one that begins later is as well."""
    met = house.meet(ANITA)
    house.customers.block(person(house, met.customer), once(), DONE)
    assert house.customers.blocked(MERCHANT, None, 10) == ([Blocked(customer=met.customer, at=NOW)], None)
    for channel in (CHANNEL, SECOND_CHANNEL):
        found = house.another().conversations.find(channel, ANITA, new(channel=channel))
        assert (found.customer, found.blocked_at) == (met.customer, NOW)
    assert house.customers.blocked(OTHER_MERCHANT, None, 10) == ([], None)
    assert person(house, met.customer).blocked_at == NOW


def test_blocking_happens_once(house: House) -> None:
    """The same request again changes nothing more."""
    met = house.meet(ANITA)
    first = person(house, met.customer)
    for _ in range(2):
        assert house.customers.block(first, once(), DONE) == DONE
    (there,) = person(house, met.customer).conversations
    assert there.version == met.version + 1


def test_unblocked_customer_is_as_before(house: House) -> None:
    """The marks are taken away; doing it again changes nothing."""
    met = house.meet(ANITA)
    house.customers.block(person(house, met.customer), once(), DONE)
    for _ in range(2):
        house.customers.unblock(person(house, met.customer))
    assert house.customers.blocked(MERCHANT, None, 10) == ([], None)
    assert house.conversations.find(CHANNEL, ANITA, new()).blocked_at == 0


def test_block_over_a_change_is_a_conflict(house: House) -> None:
    """A conversation that moved since is not overwritten."""
    met = house.meet(ANITA)
    known = person(house, met.customer)
    house.hear(message(id="wamid.2"))
    with pytest.raises(Conflict):
        house.customers.block(known, once(), DONE)
    assert house.customers.given(once()) is None


@pytest.mark.parametrize("blocked", [0, 1])
def test_person_of_whom_one_name_was_blocked_is_blocked(house: House, blocked: int) -> None:
    """Who turns out to be somebody whom the shop had blocked stays blocked."""
    met = [house.meet(ANITAS_PHONE, seed=OLDER), house.meet(NEW_NUMBER, seed=YOUNGER)]
    house.customers.block(person(house, met[blocked].customer), once(), DONE)
    house.conversations.rename(CHANNEL, renamed(ANITAS_PHONE, NEW_NUMBER))
    assert house.conversations.find(CHANNEL, NEW_NUMBER, new(NEW_NUMBER)).blocked_at == NOW
