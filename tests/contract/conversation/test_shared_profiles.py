"""What the port SharedProfiles promises, in memory and in DynamoDB."""

from dataclasses import replace

import pytest

from haat.conversation.memory.profile import MemorySharedProfiles
from haat.conversation.model import Connected
from haat.conversation.ports.profile import Shared, SharedProfiles
from haat.conversation.store.channels import connect_actions
from haat.conversation.store.profile import DynamoSharedProfiles
from haat.facts.profiles import ProfileChanged
from tests.contract.tables import Tables
from tests.invented import CHANNEL, MERCHANT, NOW, OTHER_CHANNEL, OTHER_MERCHANT, SECOND_CHANNEL

PROFILE = ProfileChanged(
    merchant=MERCHANT, revision=3, about="মিষ্টি", websites=("https://shop.example",), category="sweets"
)
TOLD = Shared(profile=PROFILE, state="refused", since=NOW, code=100, message="Param email is not valid.")


@pytest.fixture(params=["memory", "dynamodb"])
def profiles(request: pytest.FixtureRequest) -> SharedProfiles:
    """Return a place where one merchant has two channels, another one, and nothing was told."""
    channels = (CHANNEL, SECOND_CHANNEL, OTHER_CHANNEL)
    if request.param == "memory":
        made = MemorySharedProfiles()
        for channel in channels:
            made.channels.setdefault(channel.merchant, []).append((channel.kind, channel.address))
        return made
    tables = request.getfixturevalue("tables")
    assert isinstance(tables, Tables)
    for channel in channels:
        tables.conversation.transact(connect_actions(Connected(channel=channel, connected_at=NOW)))
    return DynamoSharedProfiles(tables.conversation)


def test_what_was_told_is_read_back_whole(profiles: SharedProfiles) -> None:
    """By its own merchant only."""
    assert profiles.read(MERCHANT) is None
    profiles.write(TOLD)
    assert profiles.read(MERCHANT) == TOLD
    assert profiles.read(OTHER_MERCHANT) is None


def test_later_revision_stands(profiles: SharedProfiles) -> None:
    """The same may be written again, an earlier one changes nothing."""
    profiles.write(TOLD)
    again = replace(TOLD, state="shown", code=0, message="")
    profiles.write(again)
    profiles.write(replace(TOLD, profile=replace(PROFILE, revision=2)))
    assert profiles.read(MERCHANT) == again


def test_channels_are_those_of_the_merchant(profiles: SharedProfiles) -> None:
    """All of its own and no other's."""
    own = [("whatsapp", channel.address) for channel in (CHANNEL, SECOND_CHANNEL)]
    assert sorted(profiles.addresses(MERCHANT)) == sorted(own)
    assert profiles.addresses(OTHER_MERCHANT) == [("whatsapp", OTHER_CHANNEL.address)]
