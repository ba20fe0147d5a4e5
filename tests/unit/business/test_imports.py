"""Taking in a table of products: what is left of it whatever happens on the way."""

from dataclasses import dataclass, field

import pytest

from haat.business.memory.merchants import MemoryMerchants
from haat.business.model.merchant import Merchant
from haat.business.rules.imports import MOST_FAULTS
from haat.business.service.imports import TakingIn
from haat.kernel.errors import Rejected
from haat.kernel.once import REMEMBERED_MS, Answer
from haat.kernel.time import later
from tests.contract.business.goods import Goods, in_memory, once
from tests.invented import MERCHANT, NOW, OTHER_MERCHANT

KEY = once("an import key that is long enough")
SHOP = Merchant(id=MERCHANT, name="S", country="IN", currency="INR", language="en", timezone="UTC")
# Ten kinds of bad rows; the heading has ten columns.
HEADING = "sku,name,price,unit,stock,tax_percent,hsn,active,collections,id"
BAD = (
    "B0,,1,,,,,,,",
    f"B1,{'x' * 121},1,,,,,,,",
    "B2,a,free,,,,,,,",
    "B3,a,1,cubit,,,,,,",
    "B4,a,1,,1.5,,,,,",
    "B5,a,1,,,101,,,,",
    "B6,a,1,,,,123,,,",
    "B7,a,1,,,,,perhaps,,",
    "B8,a,1,,,,,,Nowhere,",
    "B9,a,1,,,,,,,01KDVDNA008252GHK0JAF24VNQ",
)
COLUMNS = ["name", "name", "price", "unit", "stock", "tax_percent", "hsn", "active", "collections", "id"]


@dataclass
class Shop:
    """A shop, and what takes in its tables."""

    goods: Goods = field(default_factory=in_memory)
    left: list[int] = field(default_factory=list)  # what is left of the time, at each look; then plenty

    def __post_init__(self) -> None:
        merchants = MemoryMerchants()
        merchants.save(SHOP)
        self.service = TakingIn(
            merchants=merchants,
            products=self.goods.products,
            collections=self.goods.collections,
            imports=self.goods.imports,
            answers=self.goods.answers,
        )

    def take(
        self, rows: list[str], *, key: str = "first key, which is long", whole: bool = False, at: int = NOW
    ) -> Answer:
        """Send a table."""
        raw = "\n".join([HEADING, *rows]).encode()
        name = once(key, str(hash(raw)))
        name = type(name)(key=name.key, asked=name.asked, at=later(NOW, at - NOW))
        return self.service.take(MERCHANT, raw, name, lambda: self.left.pop(0) if self.left else 28_000, whole=whole)

    def names(self) -> list[str]:
        """What the shop sells, in order."""
        found, after = self.goods.products.list(MERCHANT, None, 100)
        names = [product.name for product in found]
        while after is not None:
            found, after = self.goods.products.list(MERCHANT, after, 100)
            names += [product.name for product in found]
        return names


def rows(count: int) -> list[str]:
    """Good rows."""
    return [f"S{number},sweet {number},{number}.50,kg,{number},5,2106,yes,," for number in range(count)]


def test_bad_rows_are_told_and_good_ones_are_in() -> None:
    """Each bad row is reported by row and column; all others are in, in their order; a second time nothing changes."""
    shop = Shop()
    table = rows(190)
    for number, bad in enumerate(BAD):
        table.insert(number * 20, bad)
    report = shop.take(table).body
    assert (report["rows"], report["added"], report["bad"]) == (200, 190, 10)
    assert [(one["row"], one["column"]) for one in report["errors"]] == [
        (2 + number * 20, column) for number, column in enumerate(COLUMNS)
    ]
    assert shop.names() == [f"sweet {number}" for number in range(190)]
    again = shop.take(table, key="another key that is long").body
    assert (again["added"], again["changed"], again["unchanged"], again["bad"]) == (0, 0, 190, 10)
    assert again["errors"] == report["errors"]


def test_same_request_gets_the_same_answer() -> None:
    """Sent again under its key, a finished import changes nothing, though a product was changed meanwhile."""
    shop = Shop()
    table = [*rows(3), "", ",no number,1,,,,,,,"]
    first = shop.take(table)
    assert shop.take(table) == first
    assert len(shop.names()) == 4
    with pytest.raises(Rejected) as refused:
        shop.take(rows(2))
    assert refused.value.word == "idempotency-key-reused"


def test_import_goes_on_where_time_was_up() -> None:
    """202 says how far it is; the same request goes on and ends as if it had never stopped."""
    shop = Shop()
    table = [*rows(150), *[f",no number {n},1,,,,,,," for n in range(100)], BAD[9]]
    shop.left = [28_000, 28_000, 100]
    part = shop.take(table)
    assert (part.status, part.headers) == (202, {"retry-after": "1"})
    assert 0 < part.body["done"] < 250
    assert len(shop.names()) == part.body["done"]
    assert shop.service.read(MERCHANT, part.body["import_id"]) == {**part.body, "errors": [], "errors_left_out": 0}
    shop.left = [28_000, 100]
    shop.take(table, at=later(NOW, 3 * REMEMBERED_MS))
    end = shop.take(table, at=later(NOW, 3 * REMEMBERED_MS))
    assert end.status == 200
    assert (end.body["added"], end.body["bad"], end.body["finished"]) == (250, 1, True)
    assert len(shop.names()) == len(set(shop.names())) == 250


def test_other_table_under_the_key_of_a_running_import_is_refused() -> None:
    """An import that has begun goes on with its own table only."""
    shop = Shop()
    shop.left = [28_000, 100]
    assert shop.take(rows(150)).status == 202
    with pytest.raises(Rejected) as refused:
        shop.take(rows(149))
    assert refused.value.word == "idempotency-key-reused"


def test_whole_table_is_refused_for_one_bad_row() -> None:
    """Where all or nothing is asked for, one bad row keeps everything out, also one that only the tables can tell."""
    for bad, column in ((BAD[2], "price"), (BAD[8], "collections"), (BAD[9], "id")):
        shop = Shop()
        with pytest.raises(Rejected) as refused:
            shop.take([*rows(120), bad], whole=True)
        assert list(refused.value.fields) == [f"122.{column}"]
        assert shop.names() == []
    shop = Shop()
    assert shop.take(rows(120), whole=True).body["added"] == 120


def test_whole_table_is_looked_at_as_long_as_it_takes() -> None:
    """Where the looks alone take more than one request, 202 says so, the next request looks on, and nothing is in before all is seen."""
    shop = Shop()
    for left, checked in (([28_000, 28_000, 100], 200), ([28_000, 28_000, 100], 400), ([28_000, 100], 450)):
        shop.left = left
        part = shop.take(rows(450), whole=True)
        assert (part.status, part.body["done"], shop.names()) == (202, 0, [])
        kept = shop.goods.imports.get(MERCHANT, part.body["import_id"])
        assert kept is not None
        assert kept.checked == checked
    assert shop.take(rows(450), whole=True).body["added"] == 450
    shop = Shop()
    shop.left = [28_000, 28_000, 100]
    assert shop.take([*rows(450), BAD[9]], whole=True).status == 202
    with pytest.raises(Rejected) as refused:
        shop.take([*rows(450), BAD[9]], whole=True)
    assert list(refused.value.fields) == ["452.id"]
    assert shop.names() == []


def test_key_that_was_forgotten_begins_a_new_import() -> None:
    """A day after the end the same key is another import: all of its own table is looked at, and taken in."""
    shop = Shop()
    shop.take(rows(3))
    tomorrow = later(NOW, REMEMBERED_MS + 1)
    with pytest.raises(Rejected):
        shop.take([*rows(4), BAD[2]], whole=True, at=tomorrow)
    assert len(shop.names()) == 3
    report = shop.take(rows(4), whole=True, at=tomorrow).body
    assert (report["added"], report["unchanged"], report["rows"]) == (1, 3, 4)


def test_row_changes_the_product_of_its_number() -> None:
    """A row with a known sku or id changes that product: what the table says of it, and nothing else."""
    shop = Shop()
    shelf = shop.goods.with_collection(1, "Sweets")
    shop.goods.with_product(1, sku="S1", stock=3, description="old", names={"bn": "ক", "hi": "क"})
    by_id = shop.goods.with_product(2, description="kept")
    raw = f"id,sku,name,price,collections,name_bn\n,S1,new,2,sweets,\n{by_id.id},S2,other,3,,খ\n".encode()
    report = shop.service.take(MERCHANT, raw, KEY, lambda: 28_000, whole=False).body
    assert (report["added"], report["changed"], report["bad"]) == (0, 2, 0)
    (first, second), _ = shop.goods.products.list(MERCHANT, None, 10)
    assert (first.name, first.price.minor, first.stock, first.description) == ("new", 200, 3, "old")
    assert (first.names, first.collections, first.version) == ({"hi": "क"}, (shelf.id,), 2)
    assert (second.sku, second.name, second.description, second.names) == ("S2", "other", "kept", {"bn": "খ"})


def test_two_rows_of_one_product_build_upon_each_other() -> None:
    """One row names it by id, another by sku: the second one finds what the first one has left."""
    shop = Shop()
    made = shop.goods.with_product(1, sku="S1")
    raw = f"id,sku,name,price\n{made.id},,by id,2\n,S1,by sku,3\n".encode()
    report = shop.service.take(MERCHANT, raw, KEY, lambda: 28_000, whole=False).body
    # The first row takes the number away, so the second one is a new product.
    assert (report["changed"], report["added"]) == (1, 1)
    assert sorted(shop.names()) == ["by id", "by sku"]


def test_number_of_another_product_is_told() -> None:
    """A row can't take a sku from another product."""
    shop = Shop()
    shop.goods.with_product(1, sku="S1")
    second = shop.goods.with_product(2, sku="S2")
    raw = f"id,sku,name,price\n{second.id},S1,x,2\n".encode()
    report = shop.service.take(MERCHANT, raw, KEY, lambda: 28_000, whole=False).body
    assert report["errors"] == [{"row": 2, "column": "sku", "message": "is another product's"}]
    assert report["changed"] == 0


def test_report_has_an_end() -> None:
    """Of very many bad rows the first thousand are told, and how many more there are."""
    shop = Shop()
    report = shop.take([BAD[2].replace("B2", "")] * (MOST_FAULTS + 5)).body
    assert (report["bad"], len(report["errors"]), report["errors_left_out"]) == (MOST_FAULTS + 5, MOST_FAULTS, 5)
    assert report["finished"]


def test_id_of_another_shops_product_is_unknown() -> None:
    """A table can't reach into another shop."""
    shop = Shop()
    theirs = shop.goods.with_product(1, merchant=OTHER_MERCHANT, sku="T1")
    raw = f"id,name,price\n{theirs.id},x,2\n".encode()
    report = shop.service.take(MERCHANT, raw, KEY, lambda: 28_000, whole=False).body
    assert report["errors"] == [{"row": 2, "column": "id", "message": "is no product of this shop"}]
    assert shop.goods.products.get(OTHER_MERCHANT, theirs.id) == theirs
