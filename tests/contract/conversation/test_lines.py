"""What the port Lines promises."""

from haat.conversation.ports import STOPS, Action
from tests.contract.conversation.houses import TOKENS, House
from tests.invented import ADDRESS, CHANNEL, NOW, OTHER_ADDRESS


def stopped(house: House, address: str = ADDRESS) -> str:
    """Why nothing may be sent there."""
    line = house.lines.line("whatsapp", address)
    assert line is not None
    return line.channel.stopped


def test_line_holds_the_shops_own_token(house: House) -> None:
    """Each number speaks with its own shop's token."""
    for address in (ADDRESS, OTHER_ADDRESS):
        line = house.lines.line("whatsapp", address)
        assert line is not None
        assert (line.channel.address, line.token.reveal()) == (address, TOKENS[address])


def test_unknown_address_has_no_line(house: House) -> None:
    """A number that nobody connected can't speak, nor can ours on another channel."""
    assert house.lines.line("whatsapp", "100000000000000") is None
    assert house.lines.line("another", ADDRESS) is None


def test_stop_is_seen_at_once_where_it_was_said_and_everywhere_in_a_minute(house: House) -> None:
    """After a refused token nothing more is sent for that shop, and other shops go on."""
    other = house.another()
    assert (stopped(house), stopped(other)) == ("", "")
    house.lines.stop("whatsapp", ADDRESS, Action.STOP_TOKEN, NOW)
    assert stopped(house) == "stop_token"
    other.wait(61)
    assert stopped(other) == "stop_token"
    assert stopped(house, OTHER_ADDRESS) == ""


def test_stop_of_an_unknown_address_is_no_trouble(house: House) -> None:
    """A channel that is gone can be stopped; it does not come back by that."""
    house.lines.stop("whatsapp", "100000000000000", "stop_token", NOW)
    assert house.lines.line("whatsapp", "100000000000000") is None


def test_channel_connected_again_speaks_again_with_its_new_token(house: House) -> None:
    """The operator gives a new token: within a minute it is used, and the stop is lifted."""
    assert house.lines.line("whatsapp", ADDRESS)
    house.lines.stop("whatsapp", ADDRESS, "stop_token", NOW)
    house.connect(CHANNEL, "a new token")
    house.wait(61)
    line = house.lines.line("whatsapp", ADDRESS)
    assert line is not None
    assert (line.channel.stopped, line.token.reveal()) == ("", "a new token")


def test_every_stop_has_a_word(house: House) -> None:
    """Whatever stops a number is said as it is."""
    for action in sorted(STOPS):
        house.lines.stop("whatsapp", ADDRESS, action, NOW)
        assert stopped(house) == action.value
