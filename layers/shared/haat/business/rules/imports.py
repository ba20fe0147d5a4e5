"""Imports: from a line of a table to the product that it makes or changes, and how much fits into one step."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from haat.business.model.product import Product
from haat.business.model.sheet import Line, Progress, Write
from haat.kernel.ids import CollectionId, ProductId, ulid
from haat.kernel.money import Currency, Minor, Money
from haat.kernel.time import Instant

WINDOW = 100  # lines that are looked at together: what one request to a table takes
MOST_WEIGHT = 98  # DynamoDB takes a hundred things at once; two are the import's own
MOST_FAULTS = 1_000  # that are told


def import_id(key: str) -> str:
    """The id of an import, from what makes its request happen once: a ULID without a time."""
    return ulid(0, bytes.fromhex(key)[:10])


def product_id(progress: Progress, row: int) -> ProductId:
    """The id of the product that a row makes: the same however often the import is carried on, and in the order of the rows."""
    chance = hashlib.sha256(f"{progress.merchant} {progress.id} {row}".encode()).digest()
    return ProductId(ulid(progress.at, row.to_bytes(4) + chance[:6]))


def product_of(
    line: Line,
    before: Product | None,
    collections: Mapping[str, CollectionId],
    progress: Progress,
    currency: str,
    now: Instant,
) -> Product:
    """The product as the line says it; `before` itself where it says nothing new."""
    money = Money(minor=Minor(0), currency=Currency(currency))
    id, merchant = product_id(progress, line.row), progress.merchant
    base = before or Product(
        id=id, merchant=merchant, name="", price=money, unit="piece", created_at=now, changed_at=now, version=0
    )
    said: dict[str, Any] = {_FIELDS.get(name, name): value for name, value in line.said.items()}
    if before is not None and line.exported and said.get("stock", line.exported[0]) == line.exported[0]:
        said["stock"] = before.stock  # nobody changed it in the table: what was sold since stays sold
    if "names" in said:
        said["names"] = {language: name for language, name in {**base.names, **said["names"]}.items() if name}
    if line.collections is not None:
        said["collections"] = tuple(dict.fromkeys(collections[name] for name in line.collections))
    after = replace(base, **said)
    return base if after == before else replace(after, version=base.version + 1, changed_at=now)


def sold_since(line: Line, before: Product) -> bool:
    """Whether a table sets a stock that is no longer what it was when the table was exported."""
    if not line.exported or "stock" not in line.said:
        return False
    was, said = line.exported[0], line.said["stock"]
    return said != was and before.stock not in (was, said)


_FIELDS = {"tax_percent": "tax"}


def weight(write: Write) -> int:
    """How many things a write touches: the product, the shop's own number for it, and its places in collections."""
    before, after = write.before, write.after
    old, new = (set(before.collections), before.sku) if before else (set(), ""), (set(after.collections), after.sku)
    numbers = (bool(old[1]) + bool(new[1])) if old[1] != new[1] else 0
    return 1 + numbers + len(old[0] - new[0]) + 2 * len(new[0] - old[0])


def steps(writes: Iterable[tuple[int, Write | None]]) -> Iterable[tuple[int, list[Write]]]:
    """Parts that fit into one step each, and behind which of the lines each ends."""
    part: list[Write] = []
    heavy = end = 0
    for number, write in writes:
        if write is not None:
            if part and heavy + weight(write) > MOST_WEIGHT:
                yield end, part
                part, heavy = [], 0
            part.append(write)
            heavy += weight(write)
        end = number + 1
    if part or end:
        yield end, part
