"""Prints what follows from what is heard into the docs, between two marks: `make states`."""

import sys
from pathlib import Path

from infra.states import payments, refunds, verification

DOCS = Path(__file__).parents[2] / "docs"
TABLES = {
    "payments.md": {"payments": payments.table, "refunds": refunds.table},
    "verification.md": {"verification": verification.table},
}


def written(name: str, page: str) -> str:
    """The page of this name with each of its tables as the rules make it."""
    for table, print_it in TABLES[name].items():
        begins, ends = f"<!-- {table}: printed by `make states` -->\n", f"<!-- {table}: end -->"
        before, _, rest = page.partition(begins)
        _, mark, after = rest.partition(ends)
        if not mark:
            sys.exit(f"{name} has no place for the table of {table}")
        page = before + begins + print_it() + mark + after
    return page


def main(words: list[str]) -> None:
    """`write` the tables, or `check` that they are what the rules do."""
    for name in TABLES:
        page = DOCS / name
        now = page.read_text("utf-8")
        if words == ["write"]:
            page.write_text(written(name, now), "utf-8")
        elif written(name, now) != now:
            sys.exit(f"docs/{name} does not say what the rules do: make states")


if __name__ == "__main__":
    main(sys.argv[1:])
