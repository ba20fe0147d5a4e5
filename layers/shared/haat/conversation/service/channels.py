"""Connecting a shop's number: asked about at the channel, its token sealed, saved in one transaction."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from haat.conversation.model import Channel, Connected
from haat.conversation.ports import Channels, Numbers
from haat.conversation.rules.channels import shown, taken
from haat.kernel.errors import NotFound
from haat.kernel.ids import MerchantId
from haat.kernel.once import Answer, Once
from haat.kernel.secret import Secret

KIND = "whatsapp"


@dataclass(frozen=True, slots=True, kw_only=True)
class Connecting:
    """Gives numbers to shops and takes them back. `seal` encrypts a merchant's secret, the merchant as context."""

    channels: Channels
    numbers: Numbers
    seal: Callable[[MerchantId, Secret[str]], bytes]

    def connect(self, merchant: MerchantId, said: Mapping[str, Any], once: Once) -> Answer:
        """Connect a number, or give it a new token. Raises Rejected naming the field, Conflict (number-taken), Unavailable."""
        if (given := self.channels.given(once)) is not None:
            return given
        address, account, token = said["phone_number_id"], said["account_id"], Secret[str](said["access_token"])
        if self.channels.owner(KIND, address) not in (None, merchant):
            raise taken()
        number = self.numbers.ask(address, account, token)
        channel = Channel(
            kind=KIND, address=address, merchant=merchant, account=account, token=self.seal(merchant, token)
        )
        connected = Connected(channel=channel, number=number, connected_at=once.at)
        return self.channels.connect(connected, once, Answer(status=201, body=shown(connected)))

    def disconnect(self, merchant: MerchantId, address: str) -> None:
        """Raises NotFound, Unavailable."""
        if not self.channels.disconnect(merchant, KIND, address):
            raise NotFound("channel")
