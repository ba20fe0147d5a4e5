"""The tables of docs/verification.md say what is so."""

import ast
import re
from pathlib import Path
from typing import get_args

from haat.verification.model.badge import FallReason
from haat.verification.model.evidence import DocumentKind
from haat.verification.rules import machine, timing, wants

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs/verification.md").read_text("utf-8")


def rows(name: str) -> list[list[str]]:
    """The cells of a table between its marks, without its head."""
    (table,) = re.findall(rf"<!-- {name} -->\n(.*?)\n<!-- /{name} -->", PAGE, re.DOTALL)
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]]


def test_every_check_stands_in_the_table() -> None:
    """In the order in which a request shows them."""
    assert [row[0] for row in rows("checks")] == [f"`{kind}`" for kind in wants.NEEDS]


def test_every_field_stands_in_the_table_and_what_is_needed() -> None:
    """Each field that a check looks at, and the trade name."""
    told = {row[0].strip("`"): row[2] for row in rows("fields")}
    assert set(told) == {field for fields in wants.NEEDS.values() for field in fields} | {"trade_name"}
    assert {field for field, need in told.items() if need == "yes"} == {"legal_name", "phone"}
    assert {field for field, need in told.items() if need.startswith("one of")} == set(wants.PAPERS)


def test_every_reason_stands_in_the_page() -> None:
    """Each word of a conflict of a merchant's, and each by which a badge is not drawn."""
    tree = ast.parse((ROOT / "layers/shared/haat/verification/rules/machine.py").read_text("utf-8"))
    words = {
        str(keyword.value.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Conflict"
        for keyword in node.keywords
        if keyword.arg == "word" and isinstance(keyword.value, ast.Constant)
    }
    assert "request-under-way" in words
    reasons = words | set(get_args(FallReason)) | {"none", "unsigned", "review", "shop_closed"}
    assert {word for word in reasons if f"`{word}`" not in PAGE} == set()


def test_figures_are_those_of_the_rules() -> None:
    """Days, numbers and kinds that the page names."""
    day = 24 * 3_600_000
    assert (90 * day, 30 * day) == (timing.FORGET_MS, timing.APPEAL_MS)
    assert (30 * day, 7 * day, day) == timing.REMINDERS_MS
    assert (wants.MOST_DOCUMENTS, machine.MOST_ROUNDS) == (10, 20)
    assert len(timing.RETRY_MS) == 5
    assert sum(timing.RETRY_MS) <= 1.5 * day
    assert {kind for kind in get_args(DocumentKind) if f"`{kind}`" not in PAGE} == set()
