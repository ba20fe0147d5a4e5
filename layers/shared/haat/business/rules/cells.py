"""The cells of a table of products: each column's own way of writing."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from haat.business.rules import numbers
from haat.business.rules.products import (
    DESCRIPTION,
    HSN,
    MOST_COLLECTIONS,
    MOST_MINOR,
    MOST_STOCK,
    MOST_TAX,
    NAME,
    SKU,
    UNITS,
)
from haat.kernel.money import Currency, Minor, Money, places
from haat.kernel.text import name_fault, too_long

_ID = re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}")
_LINE_END = re.compile(r"\s*[\r\n]\s*")
_WORDS = {
    "pc": "piece", "pcs": "piece", "pieces": "piece", "nos": "piece", "kgs": "kg", "kilo": "kg", "gm": "g", "gms": "g",
    "gram": "g", "l": "litre", "ltr": "litre", "liter": "litre", "litres": "litre", "doz": "dozen", "pkt": "packet",
    "pack": "packet", "packets": "packet", "m": "metre", "mtr": "metre", "meter": "metre", "metres": "metre",
}  # fmt: skip
_TRUTH = {
    "": True,
    "yes": True,
    "y": True,
    "true": True,
    "1": True,
    "no": False,
    "n": False,
    "false": False,
    "0": False,
}


class BadCell(ValueError):
    """The cell is not what its column takes."""


def bare(cell: str) -> str:
    """A cell without the apostrophe by which spreadsheets keep text from being read as a number or a formula."""
    return cell.strip().removeprefix("'").strip()


def read_cell(column: str, cell: str, currency: str) -> Any:
    """What a cell of a column says. Raises BadCell."""
    text = bare(cell)
    return _CELLS[column](text, currency) if column in _CELLS else _name(text, needed=False)


def _name(cell: str, *, needed: bool = True) -> str:
    cell = _LINE_END.sub(" ", cell)  # spreadsheets break long cells
    if (needed or cell) and (fault := name_fault(cell, NAME)):
        raise BadCell(fault)
    return cell


def _description(cell: str, _: str) -> str:
    if too_long(cell, DESCRIPTION):
        raise BadCell(f"must have at most {DESCRIPTION} letters")
    return cell


def _id(cell: str, _: str) -> str:
    if cell and not _ID.fullmatch(cell):
        raise BadCell("is no product's id")
    return cell


def _sku(cell: str, _: str) -> str:
    if cell and not SKU.fullmatch(cell):
        raise BadCell("must be 1 to 64 visible ASCII characters")
    return cell


def _price(cell: str, currency: str) -> Money:
    found = numbers.minor(cell, places(currency))
    if found is None:
        raise BadCell("is no amount" if numbers.decimal(cell) is None else f"is finer than {currency} goes")
    if found > MOST_MINOR:
        raise BadCell("is too large")
    return Money(minor=Minor(found), currency=Currency(currency))


def _unit(cell: str, _: str) -> str:
    word = cell.lower().rstrip(".")
    unit = _WORDS.get(word, word) or "piece"
    if unit not in UNITS:
        raise BadCell("must be one of " + ", ".join(UNITS))
    return unit


def _stock(cell: str, _: str) -> int | None:
    if not cell:
        return None
    found = numbers.whole(cell)
    if found is None or found > MOST_STOCK:
        raise BadCell(f"must be a whole number from 0 to {MOST_STOCK}, or empty where nobody counts")
    return found


def _tax(cell: str, _: str) -> int:
    found = numbers.minor(cell.rstrip("% "), 2) if cell else 0
    if found is None or found > MOST_TAX:
        raise BadCell("must be from 0 to 100, with two decimal places at most")
    return found


def _hsn(cell: str, _: str) -> str:
    code = numbers.digits(cell)
    if code and not HSN.fullmatch(code):
        raise BadCell("must be 2, 4, 6 or 8 digits")
    return code


def _collections(cell: str, _: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(name.strip() for name in cell.split("|") if name.strip()))
    if len(names) > MOST_COLLECTIONS:
        raise BadCell(f"must have at most {MOST_COLLECTIONS}, parted by |")
    return names


def _active(cell: str, _: str) -> bool:
    word = numbers.digits(cell).lower()
    if word not in _TRUTH:
        raise BadCell("must be yes or no")
    return _TRUTH[word]


_CELLS: Mapping[str, Callable[[str, str], Any]] = {
    "id": _id, "sku": _sku, "name": lambda cell, _: _name(cell), "description": _description, "price": _price,
    "unit": _unit, "stock": _stock, "stock_exported": _stock, "tax_percent": _tax, "hsn": _hsn, "collections": _collections, "active": _active,
}  # fmt: skip
