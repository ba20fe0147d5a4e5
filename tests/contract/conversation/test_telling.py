"""What the port Conversations promises of what the shop says by itself."""

from dataclasses import replace

import pytest

from haat.conversation.ports import Kept
from haat.facts.said import Choice
from haat.kernel.errors import Conflict
from tests.contract.conversation.houses import House
from tests.invented import MERCHANT, key_of, message, new, outgoing


def test_kept_message_is_known(house: House) -> None:
    """Each process knows what any of them has kept."""
    assert not house.conversations.knows(key_of("wamid.1"))
    house.conversations.keep(Kept(fact=message(), before=new(), after=new()))
    assert house.another().conversations.knows(key_of("wamid.1"))
    assert not house.conversations.knows(key_of("wamid.2"))


def test_thing_to_say_is_said_once_with_its_choices(house: House) -> None:
    """It waits to be said with all that can be tapped; the same again changes nothing."""
    house.conversations.keep(Kept(fact=message(), before=new(), after=new()))
    before = house.conversations.load(MERCHANT, new().customer, new().address)
    assert before is not None
    choices = (Choice(id="counter:a", title="A", description="more"), Choice(id="counter:b", title="B"))
    news = replace(outgoing(7, conversation=before), choices=choices, opener="Choose", quotes=None)
    assert house.conversations.tell(before, before, news)
    assert not house.another().conversations.tell(replace(before, version=before.version + 1), before, news)
    (waiting,) = house.outbox()
    assert (waiting.choices, waiting.opener, waiting.quotes) == (choices, "Choose", None)


def test_conversation_that_moved_is_looked_at_again(house: House) -> None:
    """Who looked at it before another message came says nothing on that look."""
    house.conversations.keep(Kept(fact=message(), before=new(), after=new()))
    before = house.conversations.load(MERCHANT, new().customer, new().address)
    assert before is not None
    house.conversations.keep(Kept(fact=message(id="wamid.2"), before=before, after=before))
    with pytest.raises(Conflict):
        house.conversations.tell(before, before, outgoing(7, conversation=before))
    assert house.outbox() == []
