"""`python -m infra.lint`: holds the templates to the house rules; prints what breaks one, and returns 1 if anything does."""

import sys
from collections.abc import Sequence
from pathlib import Path

from infra.lint.rules import RULES, findings
from infra.lint.templates import UnreadableError, load

CHECKOUT = Path(__file__).parents[2]


def main(arguments: Sequence[str]) -> int:
    """Look at the templates of this checkout, or of the folder that is given -> the exit status."""
    folder = Path(arguments[0]) if arguments else CHECKOUT
    try:
        house = load(folder)
    except UnreadableError as error:
        print(f"house rules: {error}", file=sys.stderr)
        return 1
    found = findings(house)
    for finding in found:
        print(finding, file=sys.stderr)
    print(
        f"house rules: {len(RULES)} rules, {len(house.resources)} resources in {len(house.files)} templates, {len(found)} findings"
    )
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
