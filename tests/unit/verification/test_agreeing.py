"""Whether two papers name the same business or person: pairs in Bengali, Devanagari and Latin letters."""

import json
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from haat.verification.rules.agreeing import agrees

PAIRS: Final[dict[str, Any]] = json.loads(
    Path(__file__).parents[2].joinpath("fixtures/verification/imitations.json").read_text(encoding="utf-8")
)
# Short forms of given names (Khagen for Khagendra) are left to a reviewer.
LEFT: Final = [["Khagen Saha", "KHAGENDRA NATH SAHA"]]


@pytest.mark.parametrize(
    "pair",
    [
        *(pair for pair in PAIRS["agree"] if pair not in LEFT),
        ["Sk. Abdul Rahim", "Sheikh Abdul Rahim"],
        # English words of trade in Bengali letters.
        ["মিষ্টি ভান্ডার কনফেকশনার্স", "Mishti Bhandar Confectioners"],
        ["রায় টেক্সটাইলস", "Roy Textiles"],
        ["নিউ বেঙ্গল বেকারি", "New Bengal Bakery"],
    ],
)
def test_two_papers_of_one_agree(pair: tuple[str, str]) -> None:
    """Script, spelling, order, initials, legal form, and a bank's cut make no other business or person."""
    assert agrees(*pair)
    assert agrees(*reversed(pair))


@pytest.mark.parametrize(
    "pair", [*PAIRS["differ"], ["Ghosh Traders", "Ghosh Transport"], ["Das Stores", "Das Jewellers"]]
)
def test_papers_of_two_do_not_agree(pair: tuple[str, str]) -> None:
    """Another surname, given name or distinctive word is another business or person."""
    assert not agrees(*pair)
    assert not agrees(*reversed(pair))


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=40), st.text(max_size=40))
def test_any_two_names_can_be_compared(one: str, other: str) -> None:
    """Whatever is written: the order of the two makes no difference, and nothing agrees with no name."""
    assert agrees(one, other) == agrees(other, one)
    assert not agrees(one, "")
    assert not agrees("", " ,.- ")


@pytest.mark.parametrize("name", ["Subir Das", "D", "দে", "Md. Ali", "24 Seven", "Pvt Ltd", "श्री"])
def test_a_name_agrees_with_itself(name: str) -> None:
    """Even one in which nothing tells."""
    assert agrees(name, name.upper())
