"""Badges as the other contexts see them: fills business's port Badges from what verification keeps."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from haat.aws.table import Table
from haat.business.ports.badges import Level, Named
from haat.kernel.ids import MerchantId
from haat.kernel.time import Instant

if TYPE_CHECKING:
    from haat.verification.service.showing import Levels


class DrawnBadges:
    """Fills business's port Badges."""

    def __init__(self, verification: Table) -> None:
        self._verification = verification

    @cached_property
    def _levels(self) -> "Levels":
        # The first who sees a shop loads it: twenty modules, which a cold start for anything else does without.
        from haat.verification.service.showing import Levels  # noqa: PLC0415
        from haat.verification.store.badges import DynamoBadges  # noqa: PLC0415

        return Levels(badges=DynamoBadges(self._verification))

    def levels(self, shops: Sequence[Named], now: Instant, *, fresh: bool) -> Mapping[MerchantId, Level]:
        """One request for all of them; none for none."""
        named = [(shop.merchant, shop.name, shop.legal_name) for shop in shops]
        return self._levels.of(named, now, fresh=fresh)
