"""Routes: what a shop says of itself."""

from dataclasses import dataclass
from typing import Any

from haat.business.model.merchant import Merchant
from haat.business.rules.profile import hours_shown, shared, shown
from haat.business.service.profiles import Profiles
from haat.conversation.ports.profile import Shared, SharedProfiles
from haat.edge.api.call import Call, etag
from haat.kernel.once import Answer
from haat.kernel.time import Instant


@dataclass(frozen=True, slots=True)
class ProfileRoutes:
    """Profile and hours, by the shop's people."""

    _profiles: Profiles
    _shared: SharedProfiles

    def get_profile(self, call: Call) -> Answer:
        """As it is now."""
        return self._whole(self._profiles.read(call.merchant), call.now)

    def put_profile(self, call: Call) -> Answer:
        """As it is from now on."""
        return self._whole(self._profiles.change(call.merchant, call.version, call.body), call.now)

    def get_hours(self, call: Call) -> Answer:
        """As they are now."""
        merchant = self._profiles.read(call.merchant)
        return _tagged(merchant, hours_shown(merchant))

    def put_hours(self, call: Call) -> Answer:
        """As they are from now on."""
        merchant = self._profiles.change_hours(call.merchant, call.version, call.body)
        return _tagged(merchant, hours_shown(merchant))

    def _whole(self, merchant: Merchant, now: Instant) -> Answer:
        level, told = self._profiles.level(merchant, now), self._shared.read(merchant.id)
        return _tagged(merchant, shown(merchant) | {"level": level, "whatsapp": _whatsapp(merchant, told)})


def _whatsapp(merchant: Merchant, told: Shared | None) -> dict[str, Any]:
    """How far WhatsApp's own profile of the shop is behind. Another profile than the one that it was told is on its way."""
    now = shared(merchant)
    if told is None:
        return {"state": "nothing" if not any(now) else "waiting", "refused": None}
    last = told.profile
    if now != (last.about, last.description, last.address, last.email, last.websites, last.category):
        return {"state": "waiting", "refused": None}
    return {"state": told.state, "refused": {"code": told.code, "message": told.message} if told.code else None}


def _tagged(merchant: Merchant, body: dict[str, Any]) -> Answer:
    return Answer(status=200, body=body, headers={"etag": etag(merchant.version)})
