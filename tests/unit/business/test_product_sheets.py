"""Tables of products."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haat.business.model.product import Product
from haat.business.rules import sheets
from haat.business.rules.products import UNITS
from haat.kernel.errors import Rejected
from haat.kernel.ids import CollectionId, ProductId, ulid
from haat.kernel.money import Currency, Minor, Money
from haat.kernel.text import clean
from tests.invented import MERCHANT

SWEET = Product(
    id=ProductId(ulid(0, b"0123456789")),
    merchant=MERCHANT,
    name="রসগোল্লা",
    price=Money(minor=Minor(52_500), currency=Currency("INR")),
    unit="kg",
)


def read(text: str | bytes) -> sheets.Sheet:
    """The table, in rupees."""
    return sheets.read(text.encode() if isinstance(text, str) else text, "INR")


def test_spreadsheets_own_ways_are_understood() -> None:
    """A byte order mark, CRLF, apostrophes, quoted line ends, grouped amounts, words for units."""
    sheet = read(
        '\ufeffSKU,Name,Price,Unit,Stock,Tax %,HSN\r\n\'007,"A, ""B""\nC","1,20,000.50",KGS,\'1200,18%,\'0401\r\n'
    )
    (line,) = sheet.lines
    assert (line.row, line.sku) == (2, "007")
    assert line.said == {
        "sku": "007",
        "name": 'A, "B" C',
        "price": Money(minor=Minor(12_000_050), currency=Currency("INR")),
        "unit": "kg",
        "stock": 1_200,
        "tax_percent": 1_800,
        "hsn": "0401",
    }


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends_are_found(delimiter: str, end: str) -> None:
    """A comma, a semicolon or a tab; any line end; empty rows are nobody's."""
    sheet = read(end.join(delimiter.join(row) for row in (("name", "price"), ("a", "1"), ("", ""), ("b", "2"))))
    assert [(line.row, line.said["name"]) for line in sheet.lines] == [(2, "a"), (4, "b")]
    assert (sheet.rows, sheet.faults) == (2, ())


def test_column_that_is_missing_says_nothing() -> None:
    """What the table has no column for is not said; an empty cell of one that is there says so."""
    (line,) = read("name,price,stock,description\na,1,,\n").lines
    assert line.said["stock"] is None
    assert line.said["description"] == ""
    assert "unit" not in line.said
    assert line.collections is None


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("name", ""),
        ("name", "x" * 121),
        ("price", "free"),
        ("price", "1.005"),
        ("price", "99999999999"),
        ("unit", "cubit"),
        ("stock", "1.5"),
        ("tax_percent", "101"),
        ("hsn", "123"),
        ("active", "perhaps"),
        ("id", "7"),
        ("sku", "ছোট"),
        ("description", "y" * 1_001),
        ("collections", "|".join("abcdefghijk")),
        ("name_bn", "z" * 121),
    ],
)
def test_bad_cell_is_told_by_row_and_column(column: str, cell: str) -> None:
    """A bad cell keeps its row out, and the others in."""
    row = {"name": "a", "price": "1"} | {column: cell}
    good = dict.fromkeys(row, "") | {"name": "b", "price": "2"}
    sheet = read("\n".join([",".join(row), ",".join(row.values()), ",".join(good.values())]))
    assert [(fault.row, fault.column) for fault in sheet.faults] == [(2, column)]
    assert [line.row for line in sheet.lines] == [3]


def test_row_of_another_length_is_told() -> None:
    """A row that was cut off, or has cells beyond the heading, is not guessed at."""
    sheet = read("name,price\na\nb,2,3\nc,3,\n")
    assert [(fault.row, fault.column) for fault in sheet.faults] == [(2, ""), (3, "")]
    assert [line.row for line in sheet.lines] == [4]


def test_number_that_stands_twice_is_told() -> None:
    """The second row of one sku is bad, and says where the first one is."""
    sheet = read("sku,name,price\nA,a,1\nB,b,2\nA,c,3\n")
    assert [(fault.row, fault.column, fault.message) for fault in sheet.faults] == [(4, "sku", "stands in row 2, too")]


@pytest.mark.parametrize(
    "file",
    [
        b"",
        b"name\na\n",
        b"name,price,colour\n",
        b"name,price,name\n",
        b'name,price\n"a,1\nb,2\n',
        b"name,price\n\xff\xfe,1\n",
        "name,price\na,1\n".encode("utf-16"),
        b"name,price\n" + b"a,1\n" * (sheets.MOST_ROWS + 1),
    ],
    ids=["empty", "no price", "unknown column", "column twice", "open quotation mark", "no UTF-8", "UTF-16", "long"],
)
def test_file_that_cannot_be_read_is_refused_whole(file: bytes) -> None:
    """Where it is not sure what the rows are, nothing is taken in."""
    with pytest.raises(Rejected):
        read(file)


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", "'quoted", "007"])
def test_no_cell_is_taken_for_a_formula(cell: str) -> None:
    """What a spreadsheet would run, or rob of its zeros, gets an apostrophe, and comes back without it."""
    text = sheets.write([replace(SWEET, name=cell)], {}, (), heading=True)
    assert f",'{cell}," in text
    assert read(text).lines[0].said["name"] == cell


words = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp", "Cn", "Co", "Cf"]), min_size=1, max_size=30
).map(clean)


@given(
    st.builds(
        Product,
        id=st.binary(min_size=10, max_size=10).map(lambda chance: ProductId(ulid(1, chance))),
        merchant=st.just(MERCHANT),
        name=words.filter(lambda text: not text.startswith("'")),
        description=st.one_of(st.just(""), words.filter(lambda text: not text.startswith("'"))),
        price=st.integers(0, 99_999_999_999).map(lambda paise: Money(minor=Minor(paise), currency=Currency("INR"))),
        unit=st.sampled_from(UNITS),
        stock=st.none() | st.integers(0, 999_999_999),
        tax=st.integers(0, 10_000),
        hsn=st.sampled_from(["", "09", "0401", "210690", "21069099"]),
        sku=st.from_regex(r"[!-&(-~]{1,20}", fullmatch=True),
        names=st.dictionaries(
            st.sampled_from(["bn", "hi", "pt-br"]), words.filter(lambda text: text[0] != "'"), max_size=3
        ),
        collections=st.sampled_from([(), (CollectionId("c1"),), (CollectionId("c1"), CollectionId("c2"))]),
        active=st.booleans(),
    )
)
def test_exported_product_is_read_back_whole(product: Product) -> None:
    """What was exported says the same when it comes back, in any script."""
    names = {"c1": "Sweets", "c2": "মিষ্টি"}
    text = sheets.write([product], names, sorted(product.names), heading=True)
    (line,) = read(text).lines
    said = dict(line.said)
    assert line.id == product.id
    assert line.collections == tuple(names[id] for id in product.collections)
    assert said.pop("tax_percent") == product.tax
    assert said.pop("names", {}) == dict(product.names)
    assert said == {
        name: getattr(product, name)
        for name in ("sku", "name", "description", "price", "unit", "stock", "hsn", "active")
    }


@given(
    st.binary(max_size=200) | st.text(max_size=200).map(lambda text: b"name,price\n" + text.encode("utf-8", "replace"))
)
def test_any_file_is_read_or_refused(file: bytes) -> None:
    """Each row that is not empty is a line or has a fault; nothing else comes out."""
    try:
        sheet = read(file)
    except Rejected:
        return
    assert len(sheet.lines) + len({fault.row for fault in sheet.faults}) == sheet.rows
