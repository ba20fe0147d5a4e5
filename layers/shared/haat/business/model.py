"""What a merchant is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from haat.kernel.ids import MerchantId


@dataclass(frozen=True, slots=True, kw_only=True)
class Merchant:
    """A shop under this roof. `version` counts its changes.

    `week` maps a weekday (Monday 0 ... Sunday 6) to ranges of minutes since local midnight, as `conversation` reads them.
    """

    id: MerchantId
    name: str  # trade name, as customers know it
    country: str  # ISO 3166-1 alpha-2
    currency: str  # ISO 4217
    language: str  # the one in which it speaks where a customer's is not known
    timezone: str  # IANA
    week: Mapping[int, tuple[tuple[int, int], ...]] = field(default_factory=dict)
    closures: tuple[date, ...] = ()
    version: int = 1
