"""Amounts as people read them."""

from haat.business.rules.numbers import plain
from haat.kernel.money import places

_SIGNS = {"INR": "₹", "BDT": "৳", "USD": "$", "EUR": "€", "GBP": "£"}
_LAKHS = frozenset({"INR", "BDT", "NPR", "PKR", "LKR"})  # grouped by two after the first three: 1,20,000


def amount(minor: int, currency: str) -> str:
    """Minor units with their sign, grouped as the country groups them, without a fraction that is zero: ₹1,20,000.50, ₹525."""
    whole, _, fraction = plain(minor, places(currency)).partition(".")
    shown = _grouped(whole, 2 if currency in _LAKHS else 3) + (f".{fraction}" if fraction.strip("0") else "")
    sign = _SIGNS.get(currency)
    return f"{sign}{shown}" if sign else f"{currency} {shown}"


def percent(basis_points: int) -> str:
    """A rate: 1800 is 18 %, 250 is 2.5 %."""
    return f"{plain(basis_points, 2).rstrip('0').rstrip('.')}%"


def _grouped(digits: str, step: int) -> str:
    head, tail = digits[:-3], digits[-3:]
    groups = []
    while head:
        head, group = head[:-step], head[-step:]
        groups.append(group)
    return ",".join([*reversed(groups), tail])
