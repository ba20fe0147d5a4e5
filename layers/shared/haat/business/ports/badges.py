"""What the directory asks of whoever gives badges."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from haat.kernel.ids import MerchantId
from haat.kernel.time import Instant

Level = Literal["unconfirmed", "confirmed", "verified"]  # none, grey, green


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A shop as it is shown: a badge is drawn only beside the name that it is of. `legal_name` is None where it is not known here."""

    merchant: MerchantId
    name: str
    legal_name: str | None = None


class Badges(Protocol):
    """Which badges may be drawn."""

    def levels(self, shops: Sequence[Named], now: Instant, *, fresh: bool) -> Mapping[MerchantId, Level]:
        """The level of each of up to a hundred shops; every one has one. May be a second old unless `fresh`. Raises Unavailable."""
