"""What a merchant's table of products says, and how far taking it in has come."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from haat.business.model.product import Product
from haat.kernel.ids import MerchantId
from haat.kernel.time import Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What is wrong with one cell. `row` is counted as spreadsheets do: the heading is row 1."""

    row: int
    column: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A row that can be read. `said` holds fields of Product, only those that the table has a column for."""

    row: int
    said: Mapping[str, Any]
    id: str = ""
    sku: str = ""
    collections: tuple[str, ...] | None = None  # by name; None where the table has no such column
    exported: tuple[()] | tuple[int | None] = ()  # the stock when the table was exported, where it says so


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """A product before (None: it is new) and after."""

    before: Product | None
    after: Product


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far an import has come. `next` is the number of readable lines that are done, `checked` of those that were looked at before any was.

    `late` is what only the tables could tell; of a finished import it is every fault that is told, and `left_out` how many more there were.
    """

    id: str  # a ULID
    merchant: MerchantId
    asked: str
    at: Instant
    next: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    bad: int = 0
    rows: int = 0
    late: tuple[Fault, ...] = ()
    checked: int = 0
    left_out: int = 0
    finished: bool = False
    version: int = 0
