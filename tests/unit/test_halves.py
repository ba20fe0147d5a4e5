"""Tests that run in two processes run once, all of them, and one that fails is seen."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from infra.conform.__main__ import HALVES
from infra.halves import EVERYDAY, SLOW, status
from infra.local.settings import ROOT

SECOND_JUDGE = ("tests/conform", "tests/security", "tests/stack")


@pytest.mark.parametrize(
    ("ended", "expected"),
    [((0, 0), 0), ((0, 5), 0), ((5, 0), 0), ((5, 5), 5), ((0, 1), 1), ((1, 0), 1), ((5, 2), 2), ((0, -9), -9)],
)
def test_half_that_fails_fails_the_whole(ended: tuple[int, int], expected: int) -> None:
    """A half in which no test was asked for is none that failed; where there was none at all, nothing was shown."""
    assert status(ended) == expected


@pytest.mark.parametrize(
    ("halves", "folders"),
    [(EVERYDAY.halves, ("tests",)), (SLOW.halves, ("tests",)), (HALVES, SECOND_JUDGE)],
    ids=["everyday", "slow", "conform"],
)
def test_each_file_is_in_one_half(halves: Mapping[str, Sequence[str]], folders: Sequence[str]) -> None:
    """However tests are cut in two, each runs once."""
    files = [path for folder in folders for path in (ROOT / folder).rglob("test_*.py")]
    assert len(files) > 100
    assert not [path for path in files if sum(_runs(half, path) for half in halves.values()) != 1]


@pytest.mark.parametrize("halves", [EVERYDAY.halves, SLOW.halves, HALVES], ids=["everyday", "slow", "conform"])
def test_each_place_that_a_half_names_is_there(halves: Mapping[str, Sequence[str]]) -> None:
    """A folder or file that was moved is not left out in silence, and the halves are cut anew."""
    named = [word.removeprefix("--ignore=") for half in halves.values() for word in half]
    assert [word for word in named if not (ROOT / word).exists()] == []


def _runs(half: Sequence[str], path: Path) -> bool:
    left_out = [one.removeprefix("--ignore=") for one in half if one.startswith("--ignore=")]
    taken = [one for one in half if not one.startswith("--")]
    return _below(taken, path) and not _below(left_out, path)


def _below(folders: Sequence[str], path: Path) -> bool:
    return any(path.is_relative_to(ROOT / folder) for folder in folders)
