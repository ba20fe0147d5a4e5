"""Prints what follows from what is heard of a payment into docs/payments.md, between two marks: `make states`."""

import sys
from pathlib import Path

from infra.states import payments, refunds

PAGE = Path(__file__).parents[2] / "docs/payments.md"
TABLES = {"payments": payments.table, "refunds": refunds.table}


def written(page: str) -> str:
    """The page with each of its tables as the rules make it."""
    for name, table in TABLES.items():
        begins, ends = f"<!-- {name}: printed by `make states` -->\n", f"<!-- {name}: end -->"
        before, _, rest = page.partition(begins)
        _, mark, after = rest.partition(ends)
        if not mark:
            sys.exit(f"{PAGE.name} has no place for the table of {name}")
        page = before + begins + table() + mark + after
    return page


def main(words: list[str]) -> None:
    """`write` the tables, or `check` that they are what the rules do."""
    now = PAGE.read_text("utf-8")
    if words == ["write"]:
        PAGE.write_text(written(now), "utf-8")
    elif written(now) != now:
        sys.exit(f"docs/{PAGE.name} does not say what the rules do: make states")


if __name__ == "__main__":
    main(sys.argv[1:])
