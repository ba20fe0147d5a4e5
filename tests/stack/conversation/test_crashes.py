"""Each function of the way dies before and after each call that it makes: nothing is lost, nobody is answered twice.

The points are found by a run without a death; then each has a run of its own, which must reach it. Invariants 1 to 3 of the
house. Where the channel itself gives no way to know (it took a message, and neither its answer nor a status ever came), one
message may be said twice: that has a test of its own in test_sending.py.
"""

from collections.abc import Callable, Iterator

import pytest

from infra.local.faults import Point
from infra.local.seed import seed
from infra.local.stage import Stage
from tests.stack.conversation.conftest import SWEET_SHOP, Market

HOUR = 3600.0
# Long enough for every visibility time-out and every claim to run out, several times.
LONG = 2 * HOUR
FUNCTIONS = ("inbound_message", "auto_reply", "outbox_relay", "outbound_message", "message_status")


def two_messages_in_order(market: Market) -> None:
    """Two messages of one customer, one of another, and the statuses of the replies."""
    rina, amit = market.customer(1), market.customer(2)
    rina.writes(SWEET_SHOP, "hours")
    amit.writes(SWEET_SHOP, "delivery koren")
    rina.writes(SWEET_SHOP, "price")
    market.stage.run_for(LONG)


def each_was_answered_once(market: Market) -> None:
    """Each message has one reply on the customer's phone, in the order in which Haat has acknowledged them."""
    replies = market.at_home(SWEET_SHOP, market.customer(1))
    if not any(failure.function == "inbound_message" for failure in market.stage.failures):
        assert "08:00–21:00" in replies[0]
    assert sorted("Sandesh" in reply for reply in replies) == [False, True]
    assert len(market.at_home(SWEET_SHOP, market.customer(2))) == 1


def a_refusal_and_a_late_failure(market: Market) -> None:
    """Meta refuses the first try, takes the second and reports later that it failed: it is said again."""
    market.stage.graph.faults.error(131000)
    market.stage.graph.faults.late(131000)
    market.customer(1).writes(SWEET_SHOP, "hours")
    market.stage.run_for(LONG)


def one_reply_arrived(market: Market) -> None:
    """The customer has the reply, once."""
    lines = market.stage.graph.transcript(SWEET_SHOP, market.customer(1))
    assert [line.tick for line in lines if line.author == "haat"].count("read") == 1
    assert len([line for line in lines if line.author == "haat" and line.tick != "failed"]) == 1


def an_echo_an_edit_and_a_new_number(market: Market) -> None:
    """The merchant answers, the customer corrects and deletes, and gets a new number."""
    rina = market.customer(1)
    rina.writes(SWEET_SHOP, "hours")
    market.stage.run_for(LONG)
    wamid = rina.writes(SWEET_SHOP, "the secret is 4711")
    market.stage.graph.echo(SWEET_SHOP, rina, "I am here")
    rina.revokes(SWEET_SHOP, wamid)
    market.stage.run_for(LONG)
    rina.changes_number("919800000077")
    market.stage.run_for(LONG)
    rina.writes(SWEET_SHOP, "price")
    market.stage.run_for(LONG)


def nothing_was_forgotten(market: Market) -> None:
    """One customer, two answers to taught questions, and no trace of what was deleted."""
    assert len(market.items("CUSTOMER#")) == 1
    assert "4711" not in str(market.stage.items("conversation"))
    answers = [sent.text for sent in market.stage.graph.sent() if sent.accepted and "understand" not in sent.text]
    assert len(answers) == 2


SCENES: dict[str, tuple[Callable[[Market], None], Callable[[Market], None]]] = {
    "two messages": (two_messages_in_order, each_was_answered_once),
    "refused, then failed late": (a_refusal_and_a_late_failure, one_reply_arrived),
    "echo, deletion, new number": (an_echo_an_edit_and_a_new_number, nothing_was_forgotten),
}


def _nothing_set_aside(stage: Stage) -> None:
    for queue in stage.deployment.queues:
        assert stage.queue_depth(queue) == 0, queue


def _points(stage: Stage, play: Callable[[Market], None]) -> list[Point]:
    stage.reset()
    seed(stage)
    stage.faults.clear()
    play(Market(stage))
    return stage.faults.points()


LONGEST = "echo, deletion, new number"


@pytest.mark.parametrize(
    ("scene", "every"),
    [*((scene, 3 if scene == LONGEST else 1) for scene in SCENES), pytest.param(LONGEST, 1, marks=pytest.mark.slow)],
)
def test_death_at_every_point_loses_nothing_and_doubles_nothing(stage: Stage, scene: str, every: int) -> None:
    """Whichever function dies before or after whichever of its calls, each message is answered, once, in order.

    Of the longest scene every third point is tried every day, and all of them with the slow tests.
    """
    play, check = SCENES[scene]
    points = _points(stage, play)
    check(Market(stage))
    _nothing_set_aside(stage)
    assert {point.function for point in points} >= set(FUNCTIONS[:4])
    points = points[::every]
    wrong = dict(_deaths(stage, points, play, check))
    assert not wrong, f"{len(wrong)} of {len(points)} points: {wrong}"


def _deaths(
    stage: Stage, points: list[Point], play: Callable[[Market], None], check: Callable[[Market], None]
) -> Iterator[tuple[str, str]]:
    for point in points:
        stage.reset()
        seed(stage)
        stage.faults.clear()
        try:
            with stage.faults.kill(function=point.function, call=point.call, when=point.when):
                play(Market(stage))
            check(Market(stage))
            _nothing_set_aside(stage)
        except (AssertionError, ValueError) as error:
            yield point.name, str(error).split("\n")[0]


def test_failed_status_is_kept_by_its_own_function(stage: Stage) -> None:
    """The scene with a late failure passes through message_status, so that its points are among those tried."""
    play, _ = SCENES["refused, then failed late"]
    assert "message_status" in {point.function for point in _points(stage, play)}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_batch_that_comes_twice_has_one_effect(stage: Stage, function: str) -> None:
    """Whatever is brought to a function twice, queues remembering nothing, is answered once."""
    for name in ("two messages", "refused, then failed late"):
        play, check = SCENES[name]
        stage.reset()
        seed(stage)
        if function != "message_status" or "late" in name:
            with stage.without_deduplication(), stage.faults.twice(function):
                play(Market(stage))
            check(Market(stage))
            _nothing_set_aside(stage)


def test_reply_that_is_held_back_comes_later(market: Market) -> None:
    """What waits before the sender is said when the sender is there again, in order."""
    rina = market.customer()
    with market.stage.faults.hold("outbound_message"):
        rina.writes(SWEET_SHOP, "hours")
        rina.writes(SWEET_SHOP, "price")
        market.stage.run_for(HOUR)
        assert market.said() == []
    market.stage.run_for(60)
    assert ["Sandesh" in text for text in market.said()] == [False, True]


def test_without_statuses_only_a_death_at_the_post_doubles(stage: Stage) -> None:
    """While statuses are held back for hours, only a death between the POST and its mark says a message twice, and it is counted."""
    play, _ = SCENES["two messages"]
    points = _points(stage, lambda market: _held(market, play))
    doubled = {}
    for point in points:
        stage.reset()
        seed(stage)
        stage.faults.clear()
        with stage.faults.kill(function=point.function, call=point.call, when=point.when):
            _held(Market(stage), play)
        said = Market(stage).said()
        assert len(set(said)) == 3, point.name
        if len(said) > 3:
            doubled[point.name] = (len(said), Market(stage).counted("sent_again"))
    posts = [name for name in doubled if "after" in name and "http.POST" in name]
    marks = [name for name in doubled if "before" in name and "dynamodb.UpdateItem" in name]
    assert len(doubled) == len(posts) + len(marks) == 6
    assert set(doubled.values()) == {(4, 1)}


def _held(market: Market, play: Callable[[Market], None]) -> None:
    market.stage.graph.statuses = "held"
    play(market)
