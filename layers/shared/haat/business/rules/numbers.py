"""Numbers as shopkeepers write them: in the digits of their script, grouped as in India or elsewhere, with a currency's sign."""

import re
import unicodedata
from decimal import Decimal

_SIGNS = re.compile(r"^(?:₹|rs\.?|inr|৳|tk\.?|[$€£])\s*|\s*(?:/-|₹|inr)$", re.IGNORECASE)
_PLAIN = re.compile(r"\d{1,15}(?:\.\d{1,6})?", re.ASCII)
# 1,20,000 and 12,34,567 (India), 120,000 and 1,234,567 (elsewhere). "12,5" could be either a grouping or a fraction: refused.
_GROUPED = re.compile(r"(?:\d{1,2}(?:,\d{2}){0,5},\d{3}|\d{1,3}(?:,\d{3}){1,4})(?:\.\d{1,6})?", re.ASCII)


def digits(text: str) -> str:
    """The text with every script's decimal digits as ASCII."""
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(letter, letter)) for letter in text)


def decimal(text: str) -> Decimal | None:
    """An amount that is zero or more; None where the text is none."""
    bare = _SIGNS.sub("", digits(text).replace("\u00a0", " ").strip()).strip()
    if _PLAIN.fullmatch(bare):
        return Decimal(bare)
    return Decimal(bare.replace(",", "")) if _GROUPED.fullmatch(bare) else None


def minor(text: str, places: int) -> int | None:
    """An amount in minor units of a currency with so many decimal places; None where it is none, or finer than the currency."""
    amount = decimal(text)
    if amount is None:
        return None
    scaled = amount.scaleb(places)
    return int(scaled) if scaled == scaled.to_integral_value() else None


def whole(text: str) -> int | None:
    """A whole number that is zero or more ("12", "1,200", "12.0"); None where it is none."""
    return minor(text, 0)


def plain(amount: int, places: int) -> str:
    """Minor units as a decimal number without groups, e.g. 525.00."""
    return f"{Decimal(amount).scaleb(-places):.{places}f}"
