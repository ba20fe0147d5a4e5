"""Connecting a shop's number or page: asked about at the channel, its token sealed, saved in one transaction."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from haat.conversation.model import Channel, Connected
from haat.conversation.ports import Channels, Numbers
from haat.conversation.rules.channels import KINDS, asked, shown, taken
from haat.kernel.errors import NotFound
from haat.kernel.ids import MerchantId
from haat.kernel.once import Answer, Once
from haat.kernel.secret import Secret
from haat.kernel.time import Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Connecting:
    """Gives addresses to shops and takes them back. `numbers` is by kind of channel, and has every kind.

    `seal` encrypts a merchant's secret, the merchant as context.
    """

    channels: Channels
    numbers: Mapping[str, Numbers]
    seal: Callable[[MerchantId, Secret[str]], bytes]

    def connect(self, merchant: MerchantId, said: Mapping[str, Any], once: Once) -> Answer:
        """Connect a number or a page, or give it a new token.

        Raises Rejected naming the field, Conflict (number-taken), Unavailable.
        """
        if (given := self.channels.given(once)) is not None:
            return given
        one, token = asked(said), Secret[str](said["access_token"])
        if self.channels.owner(one.kind, one.address) not in (None, merchant):
            raise taken()
        number = self.numbers[one.kind].ask(one.address, one.account, token)
        channel = Channel(
            kind=one.kind,
            address=one.address,
            merchant=merchant,
            account=one.account,
            token=self.seal(merchant, token),
        )
        connected = Connected(channel=channel, number=number, connected_at=once.at)
        return self.channels.connect(connected, once, Answer(status=201, body=shown(connected)))

    def disconnect(self, merchant: MerchantId, address: str, now: Instant) -> None:
        """Take away the channel that has this address, whatever its kind. Raises NotFound, Conflict, Unavailable."""
        if not any(self.channels.disconnect(merchant, kind, address, now) for kind in KINDS):
            raise NotFound("channel")
