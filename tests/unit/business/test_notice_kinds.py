"""Every notice that a shop can hear has a line in the docs."""

import re
from pathlib import Path

from haat.facts.notices import KINDS

ROOT = Path(__file__).parents[3]


def test_every_kind_is_documented_with_its_data() -> None:
    """A row may be about several."""
    text = (ROOT / "docs/api.md").read_text("utf-8")
    table = text.partition("\n| `type` | `data` beside `merchant` |\n")[2].partition("\n\n")[0]
    rows = re.findall(r"^\| (`[^|]+`) \|", table, re.MULTILINE)
    assert sorted(kind for row in rows for kind in re.findall(r"`([a-z_.]+)`", row)) == sorted(KINDS)
