"""Routes: the numbers and pages of shops."""

import re
from dataclasses import dataclass

from haat.business.service.merchants import Register
from haat.conversation.ports import Channels
from haat.conversation.rules.channels import shown
from haat.conversation.service.channels import Connecting
from haat.edge.api.call import Call, cursor, from_cursor, page
from haat.edge.api.operators import merchant_of
from haat.kernel.errors import NotFound
from haat.kernel.ids import MerchantId
from haat.kernel.once import Answer

_ADDRESS = re.compile(r"[0-9]{1,20}")


@dataclass(frozen=True, slots=True)
class ConnectingRoutes:
    """What operators do with the numbers and pages of a merchant."""

    _register: Register
    _connecting: Connecting

    def list_merchant_channels(self, call: Call) -> Answer:
        """One page of a merchant's."""
        return _page(self._connecting.channels, self._register.read(merchant_of(call)).id, call)

    def connect_channel(self, call: Call) -> Answer:
        """Connect one, or give it a new token."""
        return self._connecting.connect(self._register.read(merchant_of(call)).id, call.body, call.marker)

    def disconnect_channel(self, call: Call) -> Answer:
        """Take one away."""
        address = call.path["channel"]
        if not _ADDRESS.fullmatch(address):
            raise NotFound("channel")
        self._connecting.disconnect(merchant_of(call), address, call.now)
        return Answer(status=204)


@dataclass(frozen=True, slots=True)
class ChannelRoutes:
    """What a shop's people see of its numbers and pages."""

    _channels: Channels

    def list_channels(self, call: Call) -> Answer:
        """One page of the shop's."""
        return _page(self._channels, call.merchant, call)


def _page(channels: Channels, merchant: MerchantId, call: Call) -> Answer:
    found, after = channels.page(merchant, from_cursor(call.query.get("cursor")), call.query.get("limit", 25))
    return page([shown(connected) for connected in found], cursor(after))
