"""What a merchant can be: countries, currencies, time zones, names."""

from dataclasses import replace
from importlib.resources import files
from typing import Any
from zoneinfo import available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haat.business.rules.merchants import begin, change
from haat.business.rules.places import COUNTRIES, CURRENCIES
from haat.kernel.errors import Rejected
from tests.invented import MERCHANT

SAID: dict[str, Any] = {
    "name": "Natun Boighar",
    "legal_name": "Natun Boighar (invented)",
    "country": "BD",
    "currency": "BDT",
    "timezone": "Asia/Dhaka",
    "language": "bn",
}


def wrong(**other: Any) -> dict[str, str]:
    """The fields that are refused."""
    try:
        begin(MERCHANT, SAID | other)
    except Rejected as refused:
        return refused.fields
    return {}


def test_countries_are_those_of_the_time_zone_database() -> None:
    """Our list of ISO 3166 is the one that the IANA's database brings."""
    lines = files("tzdata.zoneinfo").joinpath("iso3166.tab").read_text("utf-8").splitlines()
    assert {line.split("\t")[0] for line in lines if not line.startswith("#")} == COUNTRIES


@pytest.mark.parametrize("currency", ["INR", "BDT", "NPR", "LKR", "PKR", "USD", "EUR", "JPY", "KWD"])
def test_currency_in_use_is_known(currency: str) -> None:
    """Those of the market's countries, and some with other than two decimals, are there."""
    assert wrong(currency=currency) == {}


@pytest.mark.parametrize("currency", ["XXX", "XTS", "XAU", "DEM", "HRK", "inr", "BTC"])
def test_currency_that_nobody_pays_with_is_refused(currency: str) -> None:
    """Test codes, metals, what is out of use and what was never in ISO 4217 are none."""
    assert set(wrong(currency=currency)) == {"currency"}
    assert len(CURRENCIES) > 150


@given(st.sampled_from(sorted(available_timezones() - {"Factory", "localtime"})))
def test_time_zone_of_the_database_is_taken(zone: str) -> None:
    """Every zone that Python knows is one, but for a machine's own and that of one that was never told any."""
    assert wrong(timezone=zone) == {}


@given(st.text(st.sampled_from("AZaz09_+-/."), max_size=30))
def test_time_zone_is_never_a_way_into_the_files(zone: str) -> None:
    """Whatever is written in its place is a zone or is refused; nothing else comes of it."""
    assert set(wrong(timezone=zone)) <= {"timezone"}


def test_letters_of_a_name_are_counted_as_people_see_them() -> None:
    """Seventy-five Bengali letters, each of several code points, are a name; one more is not."""
    assert wrong(name="ক্রি" * 75) == {}
    assert set(wrong(name="ক্রি" * 76)) == {"name"}


def test_shop_without_a_handle_leaves_the_directory() -> None:
    """An operator who takes the handle away takes the shop off the list with it."""
    listed = replace(begin(MERCHANT, SAID | {"handle": "natun-boighar"}), listed=True)
    kept = change(listed, SAID)  # what is not said stays
    assert (kept.handle, kept.listed, kept.version) == ("natun-boighar", True, 2)
    gone = change(kept, SAID | {"handle": ""})
    assert (gone.handle, gone.listed, gone.version) == ("", False, 3)
