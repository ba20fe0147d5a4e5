"""A table of products as CSV (RFC 4180), as spreadsheets write it: read row by row, each of which is whole or absent.

Columns: name and price; and any of id, sku, description, unit, stock, tax_percent, hsn, collections (names, parted by |),
active (yes or no) and name_xx for the name in a language. A column that is not there leaves what is known as it is.

An exported table says in stock_exported what the stock was then, so that taking it in puts back nothing that was sold since.
"""

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from haat.business.model.product import Product
from haat.business.model.sheet import Fault, Line
from haat.business.rules import numbers
from haat.business.rules.cells import BadCell, read_cell
from haat.kernel.cells import guarded
from haat.kernel.errors import Rejected
from haat.kernel.money import places
from haat.kernel.text import clean

COLUMNS = (
    "id", "sku", "name", "description", "price", "unit", "stock", "stock_exported", "tax_percent", "hsn", "collections",
    "active",
)  # fmt: skip
MOST_ROWS = 20_000
_NAME_IN = re.compile(r"name_([a-z]{2,3}(?:-[a-z0-9]{2,8})*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What could be read, what could not, and how many rows there were."""

    lines: tuple[Line, ...]
    faults: tuple[Fault, ...]
    rows: int


def read(raw: bytes, currency: str) -> Sheet:
    """All rows of a file. Raises Rejected where the file as a whole can't be read."""
    rows = _rows(_text(raw))
    heading = _heading(rows[0] if rows else [])
    lines: list[Line] = []
    faults: list[Fault] = []
    seen: dict[tuple[str, str], int] = {}
    count = 0
    for number, cells in enumerate(rows[1:], start=2):
        if not any(cell.strip() for cell in cells):
            continue
        count += 1
        found = _line(number, heading, cells, currency)
        if isinstance(found, Line):
            found = _twice(found, seen) or found
        if isinstance(found, Line):
            lines.append(found)
        else:
            faults += found
    return Sheet(lines=tuple(lines), faults=tuple(faults), rows=count)


def _text(raw: bytes) -> str:
    if b"\0" in raw[:200] or raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _file("must be UTF-8; a spreadsheet calls it CSV UTF-8")
    try:
        return clean(raw.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise _file("must be UTF-8; a spreadsheet calls it CSV UTF-8") from None


def _rows(text: str) -> list[list[str]]:
    first = text.lstrip("\r\n").partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    rows: list[list[str]] = []
    try:
        # Line ends are the reader's to see: a quoted cell may hold some.
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            rows.append(row)
            if len(rows) > MOST_ROWS + 1:
                raise _file(f"must have at most {MOST_ROWS} rows")
    except csv.Error:
        raise _file(
            f"can't be read after row {len(rows)}: look for a quotation mark that is open or in the wrong place"
        ) from None
    return rows


def _heading(cells: list[str]) -> list[str]:
    names = ["_".join(cell.strip().lower().replace("%", " percent").split()) for cell in cells]
    while names and not names[-1]:
        names.pop()
    unknown = [number for number, name in enumerate(names, 1) if name not in COLUMNS and not _NAME_IN.fullmatch(name)]
    if unknown:
        raise _file("has columns that are not known here: number " + ", ".join(map(str, unknown)))
    if missing := [name for name in ("name", "price") if name not in names]:
        raise _file("lacks the column " + " and ".join(missing))
    if len(set(names)) != len(names):
        raise _file("has a column twice")
    return names


def _line(number: int, heading: list[str], cells: list[str], currency: str) -> Line | list[Fault]:
    if len(cells) < len(heading) or any(cell.strip() for cell in cells[len(heading) :]):
        message = f"has {len(cells)} cells where the heading has {len(heading)}"
        return [Fault(row=number, column="", message=message)]
    said: dict[str, Any] = {}
    wrong: list[Fault] = []
    for column, cell in zip(heading, cells, strict=False):
        try:
            said[column] = read_cell(column, cell, currency)
        except BadCell as bad:
            wrong.append(Fault(row=number, column=column, message=str(bad)))
    if wrong:
        return wrong
    names = {column[5:]: said.pop(column) for column in heading if _NAME_IN.fullmatch(column)}
    if any(_NAME_IN.fullmatch(column) for column in heading):
        said["names"] = names  # an empty one takes the name away
    id, sku, collections = said.pop("id", ""), said.get("sku", ""), said.pop("collections", None)
    exported = (said.pop("stock_exported"),) if "stock_exported" in said else ()
    return Line(row=number, said=said, id=id, sku=sku, collections=collections, exported=exported)


def _twice(line: Line, seen: dict[tuple[str, str], int]) -> list[Fault]:
    for column, value in (("id", line.id), ("sku", line.sku)):
        if value and (first := seen.setdefault((column, value), line.row)) != line.row:
            return [Fault(row=line.row, column=column, message=f"stands in row {first}, too")]
    return []


def size(product: Product) -> int:
    """Bytes that a product's row has at most, or a little more."""
    texts = (product.name, product.description, *product.names.values())
    return 220 + sum(max(len(text.encode()), 2 * len(text)) for text in texts)


def write(
    products: Iterable[Product], collections: Mapping[str, str], languages: Iterable[str], *, heading: bool
) -> str:
    """Products as the same kind of table. `collections` are names by id."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    columns = [*COLUMNS, *(f"name_{language}" for language in languages)]
    if heading:
        writer.writerow(columns)
    for product in products:
        said = _said(product, collections)
        writer.writerow([guarded(said.get(column, "")) for column in columns])
    return out.getvalue()


def _said(product: Product, collections: Mapping[str, str]) -> dict[str, str]:
    stock = "" if product.stock is None else str(product.stock)
    return {
        "id": product.id,
        "sku": product.sku,
        "name": product.name,
        "description": product.description,
        "price": numbers.plain(product.price.minor, places(product.price.currency)),
        "unit": product.unit,
        "stock": stock,
        "stock_exported": stock,
        "tax_percent": numbers.plain(product.tax, 2),
        "hsn": product.hsn,
        "collections": "|".join(collections[id] for id in product.collections if id in collections),
        "active": "yes" if product.active else "no",
        **{f"name_{language.lower()}": name for language, name in product.names.items()},
    }


def _file(said: str) -> Rejected:
    return Rejected(f"the file {said}", word="invalid", fields={"body": said})
