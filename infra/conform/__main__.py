"""`make conform`: the tests on the second judge, in two processes side by side, each with an engine of its own.

    python -m infra.conform -k scene

What is given goes to both. The first one's output is shown as it comes, the other's as it was when the first has ended. The
status is 0 where no test failed.
"""

import sys
from collections.abc import Mapping, Sequence

from infra.halves import guarded, own_cache, run

# So that both take as long on two cores.
HALVES: Mapping[str, tuple[str, ...]] = {
    "stack": ("tests/stack", "--ignore=tests/stack/payment"),
    "conform": ("tests/stack/payment", "tests/security", "tests/conform"),
}


def main(arguments: Sequence[str]) -> int:
    """Run both halves, show what they say, and return the worst of their statuses; no test at all is no success either."""
    pytest = (sys.executable, "-m", "pytest", "--on=ministack", "-m", "")
    return run(HALVES, lambda half, paths: (*pytest, *own_cache(half), *paths, *arguments))


if __name__ == "__main__":
    sys.exit(guarded(main))
