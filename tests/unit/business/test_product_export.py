"""Products as a table, part by part."""

import csv
import io

import pytest

from haat.business.memory.imports import MemoryFiles
from haat.business.memory.merchants import MemoryMerchants
from haat.business.rules import sheets
from haat.business.service.products import EXPORT_BYTES, EXPORT_ROWS, Goods
from haat.edge.api.gate import TABLE_LIMIT
from tests.contract.business import goods
from tests.contract.business.goods import product
from tests.invented import MERCHANT


def shop_of(count: int, description: str = "") -> Goods:
    """A shop with so many products."""
    kept = goods.in_memory()
    for number in range(count):
        kept.with_product(number, description=description)
    return Goods(
        merchants=MemoryMerchants(),
        products=kept.products,
        collections=kept.collections,
        files=MemoryFiles(),
        answers=kept.answers,
    )


def rows(table: str) -> list[str]:
    """The names in a table, without its heading."""
    return [row[2] for row in csv.reader(io.StringIO(table, newline=""))][1:]


def test_export_ends_where_time_is_up_and_goes_on_there() -> None:
    """What time allows is in the first part, the rest in the next ones, each product once."""
    shop = shop_of(450)
    left = iter([28_000, 28_000, 100, 28_000, 28_000])
    first, after = shop.export(MERCHANT, None, lambda: next(left))
    second, end = shop.export(MERCHANT, after, lambda: next(left))
    assert (len(rows(first)), len(rows(second)), end) == (300, 150, None)
    assert rows(first) + rows(second) == [f"product {number}" for number in range(450)]


def test_export_fits_into_an_answer() -> None:
    """Of large products fewer come at once, so that the answer stays within what Lambda hands out."""
    shop = shop_of(2_000, '"' * 4_000)
    table, after = shop.export(MERCHANT, None, lambda: 28_000)
    assert after is not None
    assert len(rows(table)) < EXPORT_ROWS
    assert len(table.encode()) <= EXPORT_BYTES < TABLE_LIMIT


@pytest.mark.parametrize("count", [2_000, pytest.param(10_000, marks=pytest.mark.slow)])
def test_products_come_back_part_by_part(count: int) -> None:
    """Each part of an export is taken in, and every row of it is a product as it is."""
    shop = shop_of(count, "নরম সন্দেশ, রোজ সকালে তৈরি " * 20)
    read: list[str] = []
    after: str | None = None
    for _ in range(20):
        table, after = shop.export(MERCHANT, after, lambda: 28_000)
        assert len(table.encode()) <= EXPORT_BYTES
        sheet = sheets.read(table.encode(), "INR")
        assert sheet.faults == ()
        read += [line.id for line in sheet.lines]
        if after is None:
            break
    assert after is None
    assert len(read) == len(set(read)) == count


def test_product_that_fills_an_answer_alone_is_exported() -> None:
    """However large the products, each part has one."""
    kept = shop_of(3, '"' * 1_300_000)
    parts = [kept.export(MERCHANT, None, lambda: 28_000)]
    while (after := parts[-1][1]) is not None:
        parts.append(kept.export(MERCHANT, after, lambda: 28_000))
    assert [table.count("product ") for table, _ in parts] == [1, 1, 1]


def test_row_is_no_larger_than_was_reckoned() -> None:
    """The reckoning holds for quotation marks, which are doubled, and for letters of three bytes."""
    for text in ('"' * 1_000, "ক" * 1_000, "a,\n" * 300):
        made = product(1, name=text, description=text, names={"bn": text}, stock=999_999_999, sku="S" * 64)
        assert len(sheets.write([made], {}, ("bn",), heading=False).encode()) <= sheets.size(made)
