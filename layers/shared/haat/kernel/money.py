"""Money as Haat keeps it: whole minor units and their currency. Never a float."""

from dataclasses import dataclass
from typing import NewType

Minor = NewType("Minor", int)  # e.g. paise
Currency = NewType("Currency", str)  # ISO 4217


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """An amount in one currency."""

    minor: Minor
    currency: Currency
