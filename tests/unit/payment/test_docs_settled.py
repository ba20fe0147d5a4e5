"""What docs/payments.md says of settled money is what the table, the API and the rules have."""

import re
from pathlib import Path

import pytest

from haat.payment.rules import machine
from haat.payment.rules.ledger import COLUMNS

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs/payments.md").read_text("utf-8")
MONEY = ("received", "refunded", "settled", "fee", "gst_on_fee", "net", "settlement", "charged_back", "gstin")


def section(heading: str) -> str:
    """One section of the page."""
    return PAGE.partition(f"\n### {heading}\n")[2].partition("\n### ")[0].partition("\n## ")[0]


def named(text: str) -> list[str]:
    """The names in the first column of its tables."""
    return re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE)


def test_every_column_of_money_is_explained() -> None:
    """In the order in which they stand."""
    assert named(section("For the accountant")) == list(MONEY)
    assert [column for column in COLUMNS if column in MONEY] == list(MONEY)


def test_every_flag_that_a_file_sets_is_explained() -> None:
    """What it means, and what to do."""
    flags = named(section("What the bank's file says later"))
    assert sorted(flags) == sorted([machine.MISSING, machine.RECOVERED, "chargeback", "settlement_mismatch"])
    rules = Path(machine.__file__).read_text("utf-8")
    assert all(f'"{flag}"' in rules for flag in flags)


@pytest.mark.parametrize("words", ["input tax credit", "GST on the goods themselves is not known here"])
def test_what_an_accountant_must_not_mistake_is_said(words: str) -> None:
    """What can be claimed, and what is not in the table."""
    assert words in section("For the accountant")
