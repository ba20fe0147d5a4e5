"""What a picture that is a message of its own needs of the stores: it may be dropped in silence, and goes with its words."""

from haat.conversation.rules.parts import picture_of
from haat.kernel.ids import ProviderId
from haat.kernel.time import MINUTE, later
from tests.contract.conversation.houses import DynamoHouse, House
from tests.contract.conversation.test_customers_erased import erase
from tests.invented import MINA, NOW, PAGE_CHANNEL, outgoing, status

TAKEN = ProviderId("m_OUT")
LATER = later(NOW, 3 * MINUTE)


def test_dropped_message_is_final_and_nobody_hears_of_it(house: House) -> None:
    """Due or on its way, known or not; what was sent stays so."""
    said, other = house.answer(), outgoing(2)
    house.sends.claim(said, NOW)
    for it in (said, other):
        house.sends.drop(it.id, 100, LATER)
        assert (house.sends.state(it.id).state, house.sends.state(it.id).error) == ("failed", 100)
        assert house.sends.claim(it, LATER) == house.sends.state(it.id)
    assert house.notices() == []
    third = outgoing(3)
    house.sends.claim(third, NOW)
    house.sends.sent(third.id, TAKEN)
    house.sends.drop(third.id, 100, LATER)
    assert house.sends.state(third.id).state == "sent"


def test_picture_of_an_erased_message_is_never_sent(house: House) -> None:
    """On a channel where it is a message of its own; what the channel called it is gone with the rest."""
    mina = house.meet(MINA, channel=PAGE_CHANNEL, seed=b"customer02")
    asks = outgoing(7, conversation=mina, text="private sum", code="private code", quotes=None)
    assert house.conversations.tell(mina, mina, asks)
    picture = picture_of(asks)
    assert picture is not None
    house.sends.claim(picture, NOW)
    house.sends.sent(picture.id, TAKEN)
    erase(house, mina.customer)
    assert [house.sends.state(it.id).state for it in (picture, asks)] == ["failed", "failed"]
    assert not house.reports.report(status(picture, "read"))
    if isinstance(house, DynamoHouse):
        assert "m_OUT" not in str(house.tables.items())
