"""What the port Channels promises, in memory and in DynamoDB."""

from dataclasses import replace

import pytest

from haat.conversation.memory import MemoryChannels
from haat.conversation.model import Channel, Connected, Number
from haat.conversation.ports import Channels
from haat.conversation.store.channels import DynamoChannels
from haat.facts import verification
from haat.facts.verification import ShopChanged
from haat.kernel.errors import Conflict, Rejected
from haat.kernel.once import Answer, Once
from haat.kernel.time import Instant
from tests.contract.tables import Tables
from tests.invented import (
    ADDRESS,
    CHANNEL,
    MERCHANT,
    NOW,
    OTHER_CHANNEL,
    OTHER_MERCHANT,
    PAGE,
    PAGE_CHANNEL,
    SECOND_CHANNEL,
)

NUMBER = Number(display="+91 5550 000001", name="মিষ্টি ভাণ্ডার", verification="VERIFIED", quality="GREEN")


@pytest.fixture(params=["memory", "dynamodb"])
def channels(request: pytest.FixtureRequest) -> Channels:
    """Return a place without channels."""
    if request.param == "memory":
        return MemoryChannels()
    tables = request.getfixturevalue("tables")
    assert isinstance(tables, Tables)
    return DynamoChannels(tables.conversation)


def connected(channel: Channel, token: bytes = b"sealed") -> Connected:
    """A channel as it is saved."""
    return Connected(channel=replace(channel, token=token), number=NUMBER, connected_at=NOW)


def save(channels: Channels, one: Connected, key: str = "", asked: str = "this") -> Answer:
    """Save it under a key of its own; the answer names it."""
    key = key or one.channel.address
    answer = Answer(status=201, body={"of": one.channel.address})
    return channels.connect(one, Once(key=key, asked=asked, at=NOW), answer)


def test_channel_is_its_merchants(channels: Channels) -> None:
    """It is found by its address, and stands in its merchant's list alone, whole."""
    assert channels.owner("whatsapp", ADDRESS) is None
    save(channels, connected(CHANNEL))
    save(channels, connected(OTHER_CHANNEL))
    assert channels.owner("whatsapp", ADDRESS) == MERCHANT
    assert channels.page(MERCHANT, None, 10) == ([connected(CHANNEL)], None)
    assert channels.page(OTHER_MERCHANT, None, 10) == ([connected(OTHER_CHANNEL)], None)


def test_channel_of_another_is_refused(channels: Channels) -> None:
    """Who does not own an address can't save it, and its owner's token stays."""
    save(channels, connected(CHANNEL))
    with pytest.raises(Conflict) as refused:
        save(channels, connected(replace(CHANNEL, merchant=OTHER_MERCHANT), b"theirs"), "another key")
    assert refused.value.word == "number-taken"
    assert channels.page(MERCHANT, None, 10) == ([connected(CHANNEL)], None)
    assert channels.page(OTHER_MERCHANT, None, 10) == ([], None)


def test_same_request_saves_once(channels: Channels) -> None:
    """A request that comes again gets the first answer and changes nothing; another under its key is refused."""
    first = save(channels, connected(CHANNEL), "a")
    assert save(channels, connected(SECOND_CHANNEL), "a") == first
    with pytest.raises(Rejected):
        save(channels, connected(SECOND_CHANNEL), "a", "that")
    assert channels.page(MERCHANT, None, 10) == ([connected(CHANNEL)], None)


def test_channel_saved_anew_has_its_new_token(channels: Channels) -> None:
    """Its owner may save it again under another key."""
    save(channels, connected(CHANNEL))
    save(channels, connected(CHANNEL, b"new"), "another key")
    assert channels.page(MERCHANT, None, 10) == ([connected(CHANNEL, b"new")], None)


def test_channel_is_forgotten_by_its_owner_alone(channels: Channels) -> None:
    """Disconnected, it is nobody's, and anyone may have it; by somebody else it is not."""
    save(channels, connected(CHANNEL))
    assert not channels.disconnect(OTHER_MERCHANT, "whatsapp", ADDRESS, NOW)
    assert not channels.disconnect(MERCHANT, "whatsapp", "100000000000000", NOW)
    assert channels.disconnect(MERCHANT, "whatsapp", ADDRESS, NOW)
    assert not channels.disconnect(MERCHANT, "whatsapp", ADDRESS, NOW)
    assert channels.page(MERCHANT, None, 10) == ([], None)
    save(channels, connected(replace(CHANNEL, merchant=OTHER_MERCHANT)), "another key")
    assert channels.owner("whatsapp", ADDRESS) == OTHER_MERCHANT


def test_page_stands_beside_the_number(channels: Channels) -> None:
    """A shop may have both, each under its own kind; taking one away leaves the other."""
    number, page = connected(CHANNEL), Connected(channel=PAGE_CHANNEL, number=Number(name="Mishti"), connected_at=NOW)
    save(channels, number)
    save(channels, page)
    assert channels.page(MERCHANT, None, 10)[0] == [page, number]
    assert channels.owner("messenger", PAGE) == MERCHANT
    assert channels.owner("whatsapp", PAGE) is None
    assert not channels.disconnect(MERCHANT, "whatsapp", PAGE, NOW)
    assert channels.disconnect(MERCHANT, "messenger", PAGE, NOW)
    assert channels.page(MERCHANT, None, 10) == ([number], None)


def test_only_what_shows_a_profile_asks_for_it(tables: Tables) -> None:
    """A number wants what the shop says of itself when it is saved; a page is its owner's to write."""
    channels = DynamoChannels(tables.conversation)
    save(channels, connected(PAGE_CHANNEL))
    assert tables.items("CHANNELWANTS#") == []
    save(channels, connected(CHANNEL))
    assert len(tables.items("CHANNELWANTS#")) == 1


def test_pages_hold_each_channel_once(channels: Channels) -> None:
    """One by one they come in the order of their addresses."""
    for channel in (SECOND_CHANNEL, CHANNEL):
        save(channels, connected(channel))
    first, after = channels.page(MERCHANT, None, 1)
    rest, end = channels.page(MERCHANT, after, 10)
    assert (first, rest, end) == ([connected(CHANNEL)], [connected(SECOND_CHANNEL)], None)


def test_verification_hears_of_each_address_that_comes_or_goes(tables: Tables) -> None:
    """Both shops hear of one that moves; a number saved anew may be dialled otherwise. What was refused tells nobody."""
    channels = DynamoChannels(tables.conversation)

    def told() -> list[tuple[str, int]]:
        facts = [verification.load(item["body"]) for item in tables.items("CHANNELTELLS#")]
        assert all(isinstance(fact, ShopChanged) and fact.what == "number" for fact in facts)
        return sorted((fact.merchant, fact.occurred_at) for fact in facts if isinstance(fact, ShopChanged))

    save(channels, connected(CHANNEL))
    with pytest.raises(Conflict):
        save(channels, connected(replace(CHANNEL, merchant=OTHER_MERCHANT)), "refused")
    assert not channels.disconnect(OTHER_MERCHANT, "whatsapp", ADDRESS, NOW)
    assert told() == [(MERCHANT, NOW)]
    anew = replace(connected(CHANNEL, b"new"), connected_at=Instant(NOW + 1))
    save(channels, anew, "anew")
    assert channels.disconnect(MERCHANT, "whatsapp", ADDRESS, Instant(NOW + 2))
    theirs = replace(connected(replace(CHANNEL, merchant=OTHER_MERCHANT)), connected_at=Instant(NOW + 2))
    save(channels, theirs, "moved")
    both = [(MERCHANT, NOW), (MERCHANT, NOW + 1), (MERCHANT, NOW + 2), (OTHER_MERCHANT, NOW + 2)]
    assert told() == sorted(both)
