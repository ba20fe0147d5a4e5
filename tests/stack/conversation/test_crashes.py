"""Each function of the way dies before and after each call that it makes: nothing is lost, nobody is answered twice.

The points are found by a run without a death; then each has a run of its own, which must reach it. Invariants 1 to 3 of the
house. Where the channel itself gives no way to know (it took a message, and neither its answer nor a status ever came), one
message may be said twice: that has a test of its own in test_sending.py.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from infra.local.faults import Point
from infra.local.seed import seed
from infra.local.stage import Stage
from tests.stack.conversation.conftest import Market
from tests.stack.conversation.ways import EVERYWHERE, MESSENGER, WHATSAPP, Way

HOUR = 3600.0
# Long enough for every visibility time-out and every claim to run out, several times.
LONG = 2 * HOUR
FUNCTIONS = ("inbound_message", "auto_reply", "outbox_relay", "outbound_message", "message_status")


def two_messages_in_order(market: Market) -> None:
    """Two messages of one customer, one of another, and the statuses of the replies."""
    rina, amit = market.customer(1), market.customer(2)
    rina.writes(market.way.sweets, "hours")
    amit.writes(market.way.sweets, "delivery koren")
    rina.writes(market.way.sweets, "price")
    market.stage.run_for(LONG)


def each_was_answered_once(market: Market) -> None:
    """Each message has one reply on the customer's phone, in the order in which Haat has acknowledged them."""
    replies = market.at_home(market.way.sweets, market.customer(1))
    if not any(failure.function == "inbound_message" for failure in market.stage.failures):
        assert "08:00–21:00" in replies[0]
    assert sorted("Sandesh" in reply for reply in replies) == [False, True]
    assert len(market.at_home(market.way.sweets, market.customer(2))) == 1


def a_refusal_and_a_late_failure(market: Market) -> None:
    """Meta refuses the first try, takes the second and reports later that it failed: it is said again."""
    market.stage.graph.faults.error(131000)
    market.stage.graph.faults.late(131000)
    market.customer(1).writes(market.way.sweets, "hours")
    market.stage.run_for(LONG)


def a_refusal_and_an_odd_answer(market: Market) -> None:
    """Meta refuses the first try, and takes the second without saying so: what it tells of the message later settles it."""
    market.stage.graph.faults.error(market.way.busy[0])
    market.stage.graph.faults.broken(502, accepted=True)
    market.customer(1).writes(market.way.sweets, "hours")
    market.stage.run_for(LONG)


def one_reply_arrived(market: Market) -> None:
    """The customer has the reply, once."""
    lines = market.stage.graph.transcript(market.way.sweets, market.customer(1))
    assert [line.tick for line in lines if line.author == "haat"].count("read") == 1
    assert len([line for line in lines if line.author == "haat" and line.tick != "failed"]) == 1


def an_echo_a_deletion_and_a_new_number(market: Market) -> None:
    """The merchant answers, the customer deletes, and gets a new number where people have numbers."""
    rina = market.customer(1)
    rina.writes(market.way.sweets, "hours")
    market.stage.run_for(LONG)
    wamid = rina.writes(market.way.sweets, "the secret is 4711")
    market.stage.graph.echo(market.way.sweets, rina, "I am here")
    rina.revokes(market.way.sweets, wamid)
    market.stage.run_for(LONG)
    if market.way.numbers:
        rina.changes_number("919800000077")
        market.stage.run_for(LONG)
    rina.writes(market.way.sweets, "price")
    market.stage.run_for(LONG)


def nothing_was_forgotten(market: Market) -> None:
    """One customer, two answers to taught questions, and no trace of what was deleted."""
    assert len({item["pk"]["S"] for item in market.items("CUSTOMER#")}) == 1
    assert "4711" not in str(market.stage.items("conversation"))
    answers = [text for text in market.said() if "08:00–21:00" in text or "Sandesh" in text]
    assert len(answers) == 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What happens on a channel, and what must have come of it whoever has died."""

    way: Way
    play: Callable[[Market], None]
    check: Callable[[Market], None]


# Of a message that Messenger took and lost it never speaks, so that nothing fails late there; and nobody there has a number.
SCENES = {
    "two messages": Scene(way=WHATSAPP, play=two_messages_in_order, check=each_was_answered_once),
    "refused, then failed late": Scene(way=WHATSAPP, play=a_refusal_and_a_late_failure, check=one_reply_arrived),
    "echo, deletion, new number": Scene(
        way=WHATSAPP, play=an_echo_a_deletion_and_a_new_number, check=nothing_was_forgotten
    ),
    "two messages on Messenger": Scene(way=MESSENGER, play=two_messages_in_order, check=each_was_answered_once),
    "refused, then an odd answer, on Messenger": Scene(
        way=MESSENGER, play=a_refusal_and_an_odd_answer, check=one_reply_arrived
    ),
    "echo and deletion on Messenger": Scene(
        way=MESSENGER, play=an_echo_a_deletion_and_a_new_number, check=nothing_was_forgotten
    ),
}
# Each how-many-th point is tried every day, and all of them with the slow tests.
EVERY = {name: 5 if scene.way is WHATSAPP else 23 for name, scene in SCENES.items()} | {"echo, deletion, new number": 9}


def _nothing_set_aside(stage: Stage) -> None:
    for queue in stage.deployment.queues:
        assert stage.queue_depth(queue) == 0, queue


def _begin(stage: Stage) -> None:
    stage.reset()
    seed(stage)  # no scene goes to a page that the demo has not
    stage.faults.clear()


def _points(stage: Stage, scene: Scene, play: Callable[[Market], None] | None = None) -> list[Point]:
    _begin(stage)
    (play or scene.play)(Market(stage, scene.way))
    return stage.faults.points()


@pytest.mark.parametrize(
    ("name", "every"),
    [
        *EVERY.items(),
        *(pytest.param(name, 1, marks=pytest.mark.slow) for name in SCENES),
    ],
)
def test_death_at_every_point_loses_nothing_and_doubles_nothing(stage: Stage, name: str, every: int) -> None:
    """Whichever function dies before or after whichever of its calls, each message is answered, once, in order."""
    scene = SCENES[name]
    points = _points(stage, scene)
    scene.check(Market(stage, scene.way))
    _nothing_set_aside(stage)
    assert {point.function for point in points} >= set(FUNCTIONS[:4])
    points = points[::every]
    wrong = dict(_deaths(stage, points, scene))
    assert not wrong, f"{len(wrong)} of {len(points)} points: {wrong}"


def _deaths(stage: Stage, points: list[Point], scene: Scene) -> Iterator[tuple[str, str]]:
    for point in points:
        _begin(stage)
        market = Market(stage, scene.way)
        try:
            with stage.faults.kill(function=point.function, call=point.call, when=point.when):
                scene.play(market)
            scene.check(market)
            _nothing_set_aside(stage)
        except (AssertionError, ValueError) as error:
            yield point.name, str(error).split("\n")[0]


@pytest.mark.parametrize("name", ["refused, then failed late", "two messages on Messenger"])
def test_report_is_kept_by_its_own_function(stage: Stage, name: str) -> None:
    """A late failure, and how far a customer has read, pass through message_status, so that its points are among those tried."""
    assert "message_status" in {point.function for point in _points(stage, SCENES[name])}


@pytest.mark.parametrize("way", [WHATSAPP, MESSENGER], ids=lambda way: way.name)
@pytest.mark.parametrize("function", FUNCTIONS)
def test_batch_that_comes_twice_has_one_effect(stage: Stage, function: str, way: Way) -> None:
    """Whatever is brought to a function twice, queues remembering nothing, is answered once."""
    twice = ("two messages", "refused, then failed late") if way is WHATSAPP else ("two messages on Messenger",)
    for scene in (SCENES[name] for name in twice):
        _begin(stage)
        if function != "message_status" or way is MESSENGER or scene.play is a_refusal_and_a_late_failure:
            with stage.without_deduplication(), stage.faults.twice(function):
                scene.play(Market(stage, way))
            scene.check(Market(stage, way))
            _nothing_set_aside(stage)


@EVERYWHERE
def test_reply_that_is_held_back_comes_later(market: Market) -> None:
    """What waits before the sender is said when the sender is there again, in order."""
    rina = market.customer()
    with market.stage.faults.hold("outbound_message"):
        rina.writes(market.way.sweets, "hours")
        rina.writes(market.way.sweets, "price")
        market.stage.run_for(HOUR)
        assert market.said() == []
    market.stage.run_for(60)
    assert ["Sandesh" in text for text in market.said()] == [False, True]


@pytest.mark.slow  # every day the worst of them, on both channels: test_sending.py
@pytest.mark.parametrize("name", ["two messages", "two messages on Messenger"])
def test_without_statuses_only_a_death_at_the_post_doubles(stage: Stage, name: str) -> None:
    """While statuses are held back for hours, only a death between the POST and its mark says a message twice, and it is counted."""
    scene = SCENES[name]
    points = _points(stage, scene, lambda market: _held(market, scene))
    doubled = {}
    for point in points:
        _begin(stage)
        market = Market(stage, scene.way)
        with stage.faults.kill(function=point.function, call=point.call, when=point.when):
            _held(market, scene)
        said = market.said()
        assert len(set(said)) == 3, point.name
        if len(said) > 3:
            doubled[point.name] = (len(said), market.counted("sent_again"))
    posts = [name for name in doubled if "after" in name and "http.POST" in name]
    marks = [name for name in doubled if "before" in name and "dynamodb.UpdateItem" in name]
    assert len(doubled) == len(posts) + len(marks) == 6
    assert set(doubled.values()) == {(4, 1)}


def _held(market: Market, scene: Scene) -> None:
    market.stage.graph.statuses = "held"
    scene.play(market)
