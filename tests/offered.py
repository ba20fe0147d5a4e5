"""Tests of what is offered beside a bank's module (a row in the docs, a format of the simulated bank): a bank that has it not is left out aloud."""

from collections.abc import Collection, Sequence
from typing import Any

import pytest


def offered(names: Sequence[str], known: Collection[str], what: str) -> list[Any]:
    """A test for each of the banks that are known; those of all others are one test, which is skipped and says how many and which."""
    others = [name for name in names if name not in known]
    tests = [pytest.param(name, id=name) for name in names if name in known]
    if others:
        why = pytest.mark.skip(reason=f"{what}: {len(others)} left out: {', '.join(others)}")
        tests.append(pytest.param("", id=f"{len(others)}-left-out", marks=why))
    return tests
