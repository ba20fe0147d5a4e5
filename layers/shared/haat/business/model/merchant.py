"""What a merchant is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from haat.kernel.ids import MerchantId

State = Literal["open", "closed", "blocked"]


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
    legal_name: str = ""
    languages: tuple[str, ...] = ()  # those in which it serves its customers
    state: State = "open"  # closed: by itself or for good; blocked: by an operator
    blocked_from: State = "open"  # what it was before it was blocked, and will be after
    handle: str = ""  # its name in the directory's addresses; unique in the market
    listed: bool = False  # stands in the directory
    category: str = ""
    place: str = ""  # the town, as customers call it
    about: str = ""  # one line, as WhatsApp shows it
    description: str = ""
    address: str = ""
    email: str = ""
    websites: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A shop as the directory lists it."""

    handle: str
    name: str
    category: str = ""
    place: str = ""
    about: str = ""
