"""Tables of products through the API."""

import json
from collections import Counter

import pytest

from haat.business.model.token import Role
from infra.bench.sheets import BAD, table
from tests.stack.business.conftest import HARDWARE_SHOP, Api
from tests.stack.business.ordering import Stall

CSV = {"content-type": "text/csv"}


def taken_in(api: Api, content: bytes, key: str, *, expect: int = 200, mode: str = "each") -> dict[str, object]:
    """The report of an import."""
    report: dict[str, object] = api.json(
        "POST", f"products/import?mode={mode}", content, key=key, headers=CSV, expect=expect
    )
    return report


def hold(api: Api, content: bytes, count: int, bad: int) -> None:
    """Take in a table twice, and find what must be there."""
    report = taken_in(api, content, "first")
    assert (report["rows"], report["added"], report["bad"]) == (count, count - bad, bad)
    errors = report["errors"]
    assert isinstance(errors, list)
    assert [error["row"] for error in errors] == [number * (count // bad) + 2 for number in range(bad)]
    assert Counter(error["column"] for error in errors) == {
        column: bad // 10 * len(rows) for column, rows in BAD.items()
    }
    before = api.stage.items("business")
    assert taken_in(api, content, "first") == report
    again = taken_in(api, content, "second")
    assert (again["added"], again["changed"], again["unchanged"], again["bad"]) == (0, 0, count - bad, bad)
    kept = [item for item in api.stage.items("business") if item["sk"]["S"].startswith("PRODUCT#")]
    assert kept == [item for item in before if item["sk"]["S"].startswith("PRODUCT#")]
    assert len(kept) == count - bad


def test_bad_rows_are_told_and_good_ones_are_in(api: Api) -> None:
    """Of 500 rows 20 are bad, of ten kinds: 480 are in, 20 are told by row and column; again, nothing changes."""
    hold(api, table(500, 20), 500, 20)


@pytest.mark.slow
@pytest.mark.on_moto("thousands of rows")
def test_ten_thousand_rows_are_taken_in(api: Api) -> None:
    """Of 10,000 rows 100 are bad, of ten kinds: 9,900 are in, 100 are told by row and column; again, nothing changes."""
    hold(api, table(10_000, 100), 10_000, 100)


def test_import_that_was_cut_off_goes_on(api: Api) -> None:
    """Whichever call the function dies at, the same request again ends with each row once, and the same report."""

    def content(mark: str) -> bytes:
        return "\n".join(["name,price", *(f"{mark} {number},{number}" for number in range(105))]).encode()

    api.stage.faults.clear()
    whole = taken_in(api, content("whole"), "whole")
    for point in api.stage.faults.points("merchant_api"):
        mark = f"{point.call}-{point.when}"
        with api.stage.faults.kill(function="merchant_api", call=point.call, when=point.when):
            assert api.call("POST", "products/import", content(mark), key=mark, headers=CSV).status == 503
        report = taken_in(api, content(mark), mark)
        assert report | {"import_id": whole["import_id"]} == whole
        assert str(api.stage.items("business")).count(f'"name":"{mark} ') == 105
        assert api.json("GET", f"products/imports/{report['import_id']}")["finished"]


def test_whole_table_is_refused_for_one_bad_row(api: Api) -> None:
    """In the mode `all` one bad row of 200 keeps all of them out, and is named."""
    answer = api.call("POST", "products/import?mode=all", table(200, 1), headers=CSV)
    assert answer.status == 422
    assert [error["field"] for error in json.loads(answer.body)["errors"]] == ["2.price"]
    assert api.json("GET", "products")["items"] == []


def test_exported_table_is_taken_in_again(api: Api) -> None:
    """What was exported changes nothing when it comes back, in any script; what was changed in it is changed."""
    shelf = api.json("POST", "collections", {"name": "মিষ্টি"}, expect=201)
    said = {
        "name": "=SUM(1)",
        "description": 'two\nlines, "quoted"',
        "price": {"minor": 12_000_050, "currency": "INR"},
        "unit": "dozen",
        "stock": 3,
        "tax_basis_points": 1_250,
        "hsn": "0401",
        "sku": "'007",
        "names": {"bn": "রসগোল্লা", "hi": "रसगुल्ला"},
        "collections": [shelf["id"]],
        "active": False,
    }
    made = api.json("POST", "products", said, expect=201)
    for number in range(120):
        plain = {"name": f"p {number}", "price": {"minor": number, "currency": "INR"}, "unit": "piece"}
        api.json("POST", "products", plain, expect=201)
    exported = api.call("GET", "products/export", role=Role.READ_ONLY)
    assert exported.headers["content-type"] == "text/csv; charset=utf-8"
    assert "haat-next" not in exported.headers
    assert exported.body.count(b"\r\n") == 122
    report = taken_in(api, exported.body, "same")
    assert (report["unchanged"], report["changed"], report["added"], report["bad"]) == (121, 0, 0, 0)
    assert api.json("GET", f"products/{made['id']}") == made
    report = taken_in(api, exported.body.replace(b"dozen", b"kg"), "other")
    assert (report["unchanged"], report["changed"]) == (120, 1)
    assert api.json("GET", f"products/{made['id']}")["unit"] == "kg"


def test_report_is_read_again_by_the_imports_id(api: Api) -> None:
    """Who lost the answer finds which rows are not in, and why."""
    report = taken_in(api, b"name,price\na,1\nb,free\n", "one")
    assert report["errors"] == [{"row": 3, "column": "price", "message": "is no amount"}]
    assert api.json("GET", f"products/imports/{report['import_id']}") == report


def test_old_table_puts_no_sold_stock_back(api: Api) -> None:
    """What was sold since the export stays sold; a stock that was changed in the table is set, unless some was sold since."""
    stall = Stall(api)
    sold, still, counted = (stall.product(name, stock=5) for name in ("sold", "still", "counted"))
    table = api.call("GET", "products/export").body.decode()
    stall.cart(stall.customer(), (sold, 2), (counted, 1))
    report = taken_in(api, table.replace("still", "Still here").replace("20.00", "21.00").encode(), "new-prices")
    assert (report["changed"], report["bad"]) == (3, 0)
    assert [stall.stock(one) for one in (sold, still, counted)] == [3, 5, 4]
    delivered = table.replace(",5,5,", ",15,5,").encode()
    report = taken_in(api, delivered, "a-delivery")
    errors = report["errors"]
    assert isinstance(errors, list)
    assert sorted((error["column"], error["message"]) for error in errors) == [
        ("stock", f"was 5 when this was exported, and is {now} now: export again") for now in (3, 4)
    ]
    assert [stall.stock(one) for one in (sold, still, counted)] == [3, 15, 4]
    assert taken_in(api, delivered, "again")["unchanged"] == 1
    own = "id,name,price,stock\r\n" + f"{sold['id']},sold,20,9\r\n"
    taken_in(api, own.encode(), "own")  # the shop's own table says what there is
    assert stall.stock(sold) == 9


@pytest.mark.parametrize("content", [b"name\na\n", b'name,price\n"a,1\n', b"name,price\n\xff,1\n", b"\x00"])
def test_file_that_cannot_be_read_is_refused(api: Api, content: bytes) -> None:
    """422 says what is wrong with the file, and nothing is taken in."""
    assert api.refused("POST", "products/import", content, headers=CSV) == (422, "invalid")


def test_import_asks_for_what_it_needs(api: Api) -> None:
    """CSV only, up to three megabytes, with a key, by people who may change products; another shop can't see it."""
    good = b"name,price\na,1\n"
    assert api.refused("POST", "products/import", {"name": "a"}) == (415, "media-type")
    assert api.refused("POST", "products/import", b"name,price\n" + bytes(3_000_000), headers=CSV) == (
        413,
        "too-large",
    )
    assert api.refused("POST", "products/import", good, headers=CSV | {"idempotency-key": ""}) == (
        400,
        "idempotency-key",
    )
    assert api.refused("POST", "products/import", good, headers=CSV, role=Role.READ_ONLY) == (403, "forbidden")
    assert api.refused("POST", "products/import?mode=some", good, headers=CSV) == (422, "invalid")
    report = taken_in(api, good, "one")
    assert api.refused("POST", "products/import?mode=all", good, key="one", headers=CSV) == (
        422,
        "idempotency-key-reused",
    )
    path = f"products/imports/{report['import_id']}"
    assert api.json("GET", path) == report
    assert api.refused("GET", path, as_=HARDWARE_SHOP) == (404, "not-found")
