"""Routes: badges, for anyone to check. Pages of every origin may read them: they say nothing that is not for everyone."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from haat.business.service.profiles import Directory
from haat.edge.api.call import Call
from haat.kernel.once import Answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from haat.verification.service.showing import Showing

ANYONE = {"access-control-allow-origin": "*"}
# A key stays the same; a list says itself how long it may be kept, and one that was read is not signed anew for a minute's sake.
KEYS = {"cache-control": "public, max-age=600", **ANYONE}
LIST = {"cache-control": "public, max-age=60", **ANYONE}


@dataclass(frozen=True, slots=True)
class BadgeRoutes:
    """A shop's badge, and what it is checked with."""

    _directory: Directory
    _showing: "Callable[[], Showing]"  # made for the first who asks

    def get_shop_badge(self, call: Call) -> Answer:
        """As it may be drawn at this moment: nobody keeps it, since it may fall in the next."""
        shop = self._directory.public(call.path["handle"])
        shown = self._showing().badge(shop.id, shop.name, shop.legal_name, call.now)
        return Answer(status=200, body={"merchant_id": shop.id, "handle": shop.handle, **shown}, headers=ANYONE)

    def get_badge_keys(self, call: Call) -> Answer:  # noqa: ARG002  # a route takes a call
        """The keys whose signatures count."""
        return Answer(status=200, body=self._showing().key_set(), headers=KEYS)

    def get_badge_status_list(self, call: Call) -> Answer:
        """A signed list of what is not good any more."""
        from haat.verification.rules.status import MEDIA  # noqa: PLC0415  # a cold start for anything else does without

        body = self._showing().status_list(call.path["list"])
        return Answer(status=200, body=body, headers={**LIST, "content-type": MEDIA})
