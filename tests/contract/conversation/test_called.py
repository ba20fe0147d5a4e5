"""What the port Conversations promises of a telephone number, and of what the shop's own people are told."""

from dataclasses import replace

from haat.facts.said import Template
from tests.contract.conversation.houses import House
from tests.contract.conversation.people import NEW_NUMBER, OLDER, YOUNGER, person
from tests.invented import (
    ANITA,
    ANITAS_ID,
    ANITAS_PHONE,
    BIMAL,
    CHANNEL,
    MERCHANT,
    NOW,
    OTHER_MERCHANT,
    PHONE,
    SECOND_PHONE,
    outgoing,
    renamed,
)


def test_number_leads_to_its_customer(house: House) -> None:
    """To whoever wrote with it, at this merchant; a number of nobody, and of somebody who never wrote with one, to none."""
    anita = house.meet(ANITA)
    house.meet(ANITAS_ID, seed=b"second one")
    assert house.conversations.called(MERCHANT, PHONE) == anita.customer
    assert house.conversations.called(OTHER_MERCHANT, PHONE) is None
    assert house.conversations.called(MERCHANT, SECOND_PHONE) is None
    assert house.conversations.called(MERCHANT, "") is None


def test_number_is_read_anew(house: House) -> None:
    """Whatever this process remembers: it moved to another customer, or its owner was erased."""
    met = [house.meet(ANITAS_PHONE, seed=OLDER), house.meet(NEW_NUMBER, seed=YOUNGER)]
    other = house.another()
    assert other.conversations.called(MERCHANT, str(NEW_NUMBER.phone)) == met[1].customer
    house.conversations.rename(CHANNEL, renamed(ANITAS_PHONE, NEW_NUMBER))
    assert other.conversations.called(MERCHANT, str(NEW_NUMBER.phone)) == met[0].customer
    house.erasures.begin(person(house, met[0].customer), "a token", NOW)
    for phone in (PHONE, str(NEW_NUMBER.phone)):
        assert other.conversations.called(MERCHANT, phone) is None


def test_template_and_whom_it_tells_wait_to_be_said(house: House) -> None:
    """They lie in the outbox as they were given."""
    before = house.meet(BIMAL)
    news = outgoing(7, conversation=before, template=Template(name="shop_news", language="bn"), staff="BOSS")
    assert house.conversations.tell(before, replace(before, pair=NOW), news)
    (waiting,) = house.outbox()
    assert (waiting.template, waiting.staff) == (news.template, "BOSS")
