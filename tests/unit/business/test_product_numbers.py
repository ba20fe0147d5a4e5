"""Numbers in a shopkeeper's table."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haat.business.rules.numbers import decimal, digits, minor, plain, whole


@pytest.mark.parametrize(
    ("written", "paise"),
    [
        ("525", 52_500),
        ("525.5", 52_550),
        ("1,20,000.50", 12_000_050),
        ("120,000.50", 12_000_050),
        ("12,34,567", 123_456_700),
        ("₹ 1,200/-", 120_000),
        ("Rs. 99.90", 9_990),
        ("১,২০,০০০.৫০", 12_000_050),
        ("५२५", 52_500),
        ("  7\u00a0", 700),
        ("0", 0),
        ("10.100", 1_010),
    ],
)
def test_amount_is_read_as_shopkeepers_write_it(written: str, paise: int) -> None:
    """Grouping of India or elsewhere, a currency's sign, and digits of another script are understood."""
    assert minor(written, 2) == paise


@pytest.mark.parametrize(
    "written",
    ["", "-5", "1,2", "12,50", "1.2.3", "1e3", "free", "1,20,00", "0x10", "٫5", "²", "1 200", "½", "nan", ",100"],
)
def test_what_is_no_amount_is_none(written: str) -> None:
    """What could be read in two ways, or not at all, is not guessed."""
    assert minor(written, 2) is None


def test_amount_finer_than_its_currency_is_none() -> None:
    """A third of a paisa is nothing that anyone can pay, and a yen has no parts."""
    assert minor("1.005", 2) is None
    assert minor("1.5", 0) is None
    assert minor("1.005", 3) == 1_005


@pytest.mark.parametrize(("written", "number"), [("12", 12), ("1,200", 1_200), ("12.0", 12), ("১২", 12), ("1.5", None)])
def test_whole_number_has_no_parts(written: str, number: int | None) -> None:
    """A stock is counted in whole units."""
    assert whole(written) == number


@given(st.integers(min_value=0, max_value=10**11), st.sampled_from([0, 2, 3]))
def test_what_is_written_is_read_back(amount: int, places: int) -> None:
    """An amount comes back to the last minor unit, also grouped and in Bengali digits."""
    written = plain(amount, places)
    assert minor(written, places) == amount
    head, dot, tail = written.partition(".")
    assert minor(f"{int(head):,}{dot}{tail}", places) == amount
    assert minor(written.translate({48 + n: 0x9E6 + n for n in range(10)}), places) == amount


@given(st.text(max_size=20))
def test_any_text_is_an_amount_or_none(text: str) -> None:
    """Nothing that stands in a cell breaks the reader, and no amount is below zero."""
    found = decimal(text)
    assert found is None or (found >= 0 and found.is_finite())
    assert len(digits(text)) == len(text)
