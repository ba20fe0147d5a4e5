"""What a merchant is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from haat.kernel.ids import MerchantId
from haat.kernel.time import Instant

State = Literal["open", "closed", "blocked"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffNumber:
    """A phone of one of the shop's people. What it writes to the shop's own number may be a command; it is told of what it wants to hear.

    `told` holds kinds of notices (facts/notices.py).
    """

    id: str
    phone: str  # digits without "+", as channels write it
    name: str
    language: str
    told: tuple[str, ...] = ()
    added_at: Instant = Instant(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffTemplate:
    """A message template that the channel has approved, with one {{1}} in its body: for staff whose window is closed."""

    name: str
    language: str  # as the channel writes it, e.g. en or en_US


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
    gstin: str = ""  # its number with India's tax office, compact; shown to its own people alone
    staff: tuple[StaffNumber, ...] = ()
    staff_template: StaffTemplate | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A shop as the directory lists it. Whose it is says the place of its row, not the row."""

    handle: str
    name: str
    category: str = ""
    place: str = ""
    about: str = ""
    merchant: MerchantId = MerchantId("")
