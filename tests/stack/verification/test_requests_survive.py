"""A request from its first word to the day on which its papers are forgotten: whatever dies, comes twice or late, it has one effect."""

from collections.abc import Iterator, Sequence

import pytest

from infra.local.faults import Point
from infra.local.stage import Stage
from tests.stack.verification.checked import ALL, WORKER, Life

pytestmark = pytest.mark.on_moto("points of calls are those of this stage")

CHECKS = ("gstin", "pan", "pan_in_gstin", "names", "payee_name", "number", "website", "imitation")


def check(life: Life) -> None:
    """All has come to what it must, and nothing has happened twice."""
    dossier = life.dossier
    request, badge = dossier.request, dossier.badge
    assert request is not None
    assert badge is not None
    assert {one.kind: (one.state, one.word) for one in request.checks if one.state != "not_given"} == dict.fromkeys(
        CHECKS, ("passed", "")
    )
    assert (request.state, badge.level, badge.state) == ("approved", "verified", "standing")
    assert badge.jws
    steps = ("begun", "given", "document_announced", "document_given", "document_kept", "sent", "approved", "erased")
    assert life.history() == {
        **{(what, ""): 1 for what in steps},
        **{("checked", kind): 1 for kind in CHECKS},
        ("asked", "payee_name"): 1,
        ("asked", "number"): 1,
        # The grey badge, and the green one in its place.
        ("issued", ""): 2,
        ("signed", ""): 2,
    }
    assert life.told() == {"issued": 2, "checked": 1, "approved": 1}
    assert life.sealed() == []
    assert life.files() == []
    life.nothing_set_aside()


def points(stage: Stage) -> list[Point]:
    """Where somebody who works at a request could die."""
    life = Life(stage)
    stage.faults.clear()
    life.plays()
    check(life)
    assert not stage.failures
    found = [point for point in stage.faults.points() if point.function in ALL]
    # Nobody listens for https on the stage: that call has no "after".
    visits = [point for point in found if "http.GET" in point.name]
    return [point for point in found if point is not visits[1]]


def deaths(stage: Stage, chosen: Sequence[Point]) -> Iterator[tuple[str, str]]:
    """Play a life once for each point, in which it is the last of a process; what went wrong."""
    for point in chosen:
        life = Life(stage)
        stage.faults.clear()
        try:
            with stage.faults.kill(function=point.function, call=point.call, when=point.when):
                life.plays()
            check(life)
        except (AssertionError, ValueError) as error:
            yield point.name, str(error)[:300]


@pytest.mark.parametrize(("first", "every"), [(17, 90), pytest.param(0, 3, marks=pytest.mark.slow)])
def test_death_at_a_point_loses_nothing_and_doubles_nothing(stage: Stage, first: int, every: int) -> None:
    """Each check comes to what is so, there is one badge of each level, one notice of each thing, and in the end no paper.

    A few points are tried every day, and every third with the slow tests.
    """
    tried = points(stage)[first::every]
    wrong = dict(deaths(stage, tried))
    assert len(tried) >= 2
    assert not wrong, wrong


def test_records_that_come_twice_have_one_effect(stage: Stage) -> None:
    """Every batch of the queue is brought twice."""
    life = Life(stage)
    with stage.faults.twice(WORKER):
        life.plays()
    check(life)
