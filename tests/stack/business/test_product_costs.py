"""What a page of products, a change and an import ask of the tables, counted on the stage."""

import json
from collections import Counter
from collections.abc import Iterator

import pytest
from moto.dynamodb.models import dynamodb_backends

from haat.aws.table import pack
from haat.business.store.products import home, item, shelf
from haat.kernel.ids import CollectionId
from infra.bench.meter import Meter, metered
from infra.local.function import ACCOUNT
from infra.local.seed import seed
from tests.contract.business.goods import product
from tests.stack.business.conftest import SWEET_SHOP, Api

# moto keeps regions apart, so this stage and the others can stand together.
REGION = "ap-northeast-2"
SHELF = CollectionId("01KDVDNA008252GHK0JAF24VNQ")


@pytest.fixture(scope="module")
def counted() -> Iterator[tuple[Api, Meter]]:
    """Return the API on a stage of its own with a meter on its wire."""
    with metered(REGION) as (stage, meter):
        seed(stage)
        yield Api(stage), meter


def stock_up(start: int, end: int) -> None:
    """Put products straight into the table, all of them in one collection."""
    table = next(table for name, table in dynamodb_backends[ACCOUNT][REGION].tables.items() if "business" in name)
    if start == 0:
        doc = json.dumps({"id": SHELF, "merchant": SWEET_SHOP, "name": "all"})
        table.put_item(pack({"pk": home(SWEET_SHOP), "sk": f"COLLECTION#{SHELF}", "version": 1, "doc": doc}))
    for number in range(start, end):
        made = product(number, merchant=SWEET_SHOP, collections=(SHELF,), sku=f"S{number:05d}")
        table.put_item(pack(item(made)))
        table.put_item(pack({"pk": shelf(SWEET_SHOP, SHELF), "sk": made.id}))


def asked(counted: tuple[Api, Meter], path: str) -> tuple[Counter[str], float, int]:
    """What one request asks of the tables: calls by kind, units read, and how many products it shows."""
    api, meter = counted
    api.token(SWEET_SHOP)
    api.json("GET", "products?limit=1")  # the token is known from now on
    meter.clear()
    shown = len(api.json("GET", path)["items"])
    return Counter(call.operation for call in meter.calls), sum(call.reads for call in meter.calls), shown


def test_page_costs_the_same_however_many_there_are(counted: tuple[Api, Meter]) -> None:
    """A page of 10 asks as much of a shop with 10 products as of one with 10,000; so does one of a collection."""
    paths = ("products?limit=10", f"products?limit=10&collection={SHELF}")
    stock_up(0, 11)
    few = [asked(counted, path) for path in paths]
    stock_up(11, 10_000)
    many = [asked(counted, path) for path in paths]
    assert few == many
    (all_calls, _, shown), (shelf_calls, _, shown_of_shelf) = many
    assert (shown, shown_of_shelf) == (10, 10)
    assert all_calls["Query"] == 1
    assert (shelf_calls["Query"], shelf_calls["BatchGetItem"]) == (1, 1)


def test_import_asks_little_for_many_rows(counted: tuple[Api, Meter]) -> None:
    """A thousand new rows cost a look and two or three steps for each hundred."""
    api, meter = counted
    rows = "\n".join(f"N{number},new {number},{number}" for number in range(1_000))
    meter.clear()
    report = api.json(
        "POST", "products/import", f"sku,name,price\n{rows}\n".encode(), headers={"content-type": "text/csv"}
    )
    assert report["added"] == 1_000
    calls = Counter(call.operation for call in meter.calls)
    assert calls["TransactWriteItems"] <= 30
    assert calls["BatchGetItem"] <= 30
    assert sum(calls.values()) <= 70
