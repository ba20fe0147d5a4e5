"""Functions in processes of their own die of SIGKILL at the points of test_crashes.py, and its promises hold.

There every point is tried with an exception; here the process is gone, with whatever it held. Time is moved as it is
there, for the processes too.
"""

from collections.abc import Iterator, Sequence

import pytest

from infra.local.faults import NotStruck, Point
from infra.local.killing import in_processes
from infra.local.seed import seed
from infra.local.stage import Stage
from tests.stack.conversation.conftest import SWEET_SHOP, Market
from tests.stack.conversation.test_codes import LINK, Till
from tests.stack.conversation.test_crashes import SCENES
from tests.stack.conversation.ways import MESSENGER
from tests.stack.scratched import clock

# A process takes long to start, so that Messenger's scenes are played with the slow tests, at every point, and each day
# only around the calls to Graph.
EVERY_DAY = [name for name, scene in SCENES.items() if scene.way is not MESSENGER]
EVERY = 60
# Beside the stage in one process, which other tests have in the default region.
REGION = "ap-south-2"


@pytest.fixture(scope="module")
def killable() -> Iterator[Stage]:
    """Return the stack with a process for each function."""
    with in_processes(region=REGION) as stage:
        clock(stage).stop()
        yield stage


@pytest.fixture
def stage(killable: Stage) -> Iterator[Stage]:
    """Return the stack, empty, its clock at its first moment."""
    clock(killable).start()
    _begin(killable)
    yield killable
    clock(killable).stop()


def _begin(stage: Stage) -> None:
    stage.reset()
    seed(stage)
    stage.faults.clear()  # of a point the scene's own calls are counted


def _points(stage: Stage, name: str) -> list[Point]:
    """Play a scene in which nobody dies; return where somebody could have."""
    scene = SCENES[name]
    market = Market(stage, scene.way)
    scene.play(market)
    scene.check(market)
    _nothing_set_aside(stage)
    assert not stage.failures
    return stage.faults.points()


def _deaths(stage: Stage, name: str, points: Sequence[Point]) -> Iterator[tuple[str, str]]:
    """Play a scene once for each point, in which it is the last of a process; yield what went wrong."""
    scene = SCENES[name]
    for point in points:
        _begin(stage)
        market = Market(stage, scene.way)
        try:
            with stage.faults.kill(function=point.function, call=point.call, when=point.when):
                scene.play(market)
            assert [(each.function, each.message) for each in stage.failures] == [(point.function, "exit -9")]
            scene.check(market)
            _nothing_set_aside(stage)
        except (AssertionError, ValueError) as error:
            yield point.name, str(error).split("\n")[0]


def _nothing_set_aside(stage: Stage) -> None:
    for queue in stage.deployment.queues:
        assert stage.queue_depth(queue) == 0, queue


@pytest.mark.parametrize("scene", EVERY_DAY)
def test_sigkill_at_points_far_apart_loses_nothing_and_doubles_nothing(stage: Stage, scene: str) -> None:
    """Wherever a process is killed, each message is answered, once, in order, and nothing is set aside."""
    points = _points(stage, scene)
    chosen = points[5::EVERY]
    assert len(chosen) >= len(points) // EVERY
    wrong = dict(_deaths(stage, scene, chosen))
    assert not wrong, f"{len(wrong)} of {len(chosen)} points: {wrong}"


@pytest.mark.parametrize(("scene", "calls"), [("two messages", 3), ("two messages on Messenger", 1)])
def test_sigkill_around_each_call_to_graph_doubles_nothing(stage: Stage, scene: str, calls: int) -> None:
    """Killed just before or just after Meta has a reply, the sender learns from the status, or from the echo, which it was."""
    points = [point for point in _points(stage, scene) if point.name.endswith("/messages")]
    assert len(points) == 6
    wrong = dict(_deaths(stage, scene, points[: 2 * calls]))
    assert not wrong, wrong


def test_sigkill_around_a_pictures_calls_shows_it_once(stage: Stage) -> None:
    """Killed before or after a code's picture goes up, and before or after it is sent, the customer has it once."""

    def asked() -> Till:
        till = Till(stage)
        stage.faults.clear()
        till.says(till.fact())
        return till

    asked()
    points = [point for point in stage.faults.points() if point.name.endswith(("/media", "/messages"))]
    assert len(points) == 4
    for point in points:
        _begin(stage)
        till = Till(stage)
        stage.faults.clear()
        with stage.faults.kill(function=point.function, call=point.call, when=point.when):
            till.says(till.fact())
        assert [failure.message for failure in stage.failures] == ["exit -9"], point.name
        assert [till.read(line) for line in till.heard()] == [[LINK]], point.name
        _nothing_set_aside(stage)


@pytest.mark.slow
@pytest.mark.parametrize("scene", SCENES)
def test_sigkill_at_every_point_loses_nothing_and_doubles_nothing(stage: Stage, scene: str) -> None:
    """Wherever a process is killed, each message is answered, once, in order, and nothing is set aside."""
    points = _points(stage, scene)
    wrong = dict(_deaths(stage, scene, points))
    assert not wrong, f"{len(wrong)} of {len(points)} points: {wrong}"


def test_point_that_is_not_reached_fails_the_test(stage: Stage) -> None:
    """A fault that waits in vain proves nothing."""
    with pytest.raises(NotStruck), stage.faults.kill(function="auto_reply", call=99, when="after"):
        Market(stage).says(Market(stage).customer(), "hours")


def test_fault_other_than_death_is_refused(stage: Stage) -> None:
    """Throttling is for the stage in one process: here it would pass unnoticed, and says so."""
    with pytest.raises(NotImplementedError, match="can die and nothing else"), stage.faults.throttle("sqs"):
        Market(stage).says(Market(stage).customer(), "hours")


def test_lost_reply_of_a_killed_process_is_said_when_its_record_comes_back(stage: Stage) -> None:
    """Killed before its call to Graph, a process leaves its record hidden for six minutes: of the stage's time."""
    market = Market(stage)
    with stage.faults.kill(function="outbound_message", call=4, when="before"):
        assert market.says(market.customer(), "hours") == []
    stage.run_for(359)
    assert market.said(SWEET_SHOP) == []
    stage.run_for(2)
    assert len(market.said(SWEET_SHOP)) == 1
