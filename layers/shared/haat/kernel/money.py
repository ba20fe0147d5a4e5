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


_NO_PLACES = frozenset("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split())
_THREE_PLACES = frozenset("BHD IQD JOD KWD LYD OMR TND".split())


def places(currency: str) -> int:
    """Decimal places between an amount as people write it and its minor units (ISO 4217, list one)."""
    return 0 if currency in _NO_PLACES else 3 if currency in _THREE_PLACES else 2
