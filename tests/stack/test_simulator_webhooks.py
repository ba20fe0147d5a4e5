"""How the simulator's webhooks misbehave: together, twice, in another body, out of order, late, unescaped; and for how long."""

import json
from typing import Any

import pytest

from infra.local.simulators.customer import Customer
from infra.local.simulators.graph import GraphSimulator
from infra.local.simulators.wire import signatures
from tests.stack.simulated import PHONE, SAREES, SWEETS, Clock, post, text


@pytest.fixture
def clock() -> Clock:
    """Return the time of the simulator."""
    return Clock()


@pytest.fixture
def sim(clock: Clock) -> GraphSimulator:
    """Return a simulator with two shops."""
    return GraphSimulator("app-secret", "verify-token", [SWEETS, SAREES], clock)


@pytest.fixture
def rina(sim: GraphSimulator) -> Customer:
    """Return a customer."""
    return sim.customer(phone=PHONE, name="রিনা")


def bodies(sim: GraphSimulator, status: int = 200) -> list[bytes]:
    """Answer all webhooks that are due; return their bytes, whose signatures were good."""
    webhooks = sim.due(sim.now())
    for webhook in webhooks:
        assert webhook.headers["X-Hub-Signature-256"] == signatures("app-secret", webhook.body)["X-Hub-Signature-256"]
        sim.answered(webhook, status, sim.now())
    return [webhook.body for webhook in webhooks]


def texts(body: bytes) -> list[str]:
    """All texts and statuses in a body, in order."""
    changes = [change for entry in json.loads(body)["entry"] for change in entry["changes"]]
    return [
        item["text"]["body"] if "text" in item else item["status"]
        for change in changes
        for item in (*change["value"].get("messages", []), *change["value"].get("statuses", []))
    ]


def shape(body: bytes) -> list[list[int]]:
    """How many items each change of each entry has."""
    document = json.loads(body)
    return [[len(change["value"].get("messages", [])) for change in entry["changes"]] for entry in document["entry"]]


@pytest.mark.parametrize(
    ("form", "expected"),
    [("messages", [[2], [1], [1]]), ("changes", [[1, 1], [1], [1]]), ("entries", [[1], [1], [1], [1]])],
)
def test_batch_puts_several_items_into_one_body(
    sim: GraphSimulator, rina: Customer, form: Any, expected: list[list[int]]
) -> None:
    """Items of one number stand in one value, in several changes, or in several entries; each person is told once."""
    sim.webhooks.batch(4, shape=form)
    for shop, word in ((SWEETS, "1"), (SWEETS, "2"), (SAREES, "3"), (SWEETS, "4"), (SWEETS, "5")):
        rina.writes(shop, word)
    first, second = bodies(sim)
    assert (texts(first), shape(first), texts(second)) == (["1", "2", "3", "4"], expected, ["5"])
    contacts = [len(c["value"]["contacts"]) for entry in json.loads(first)["entry"] for c in entry["changes"]]
    assert set(contacts) == {1}
    assert [line.tick for line in sim.transcript(SWEETS, rina)] == ["received"] * 4


def test_crowd_of_statuses_comes_in_one_body(sim: GraphSimulator, rina: Customer, clock: Clock) -> None:
    """Statuses wait for each other, but not for ever; messages don't wait for them."""
    rina.writes(SWEETS, "hours")
    bodies(sim)
    sim.webhooks.crowd(6, wait=5)
    for _ in range(3):
        post(sim, text())
    rina.writes(SWEETS, "price")
    crowd, message = sorted(bodies(sim), key=lambda body: "price" in texts(body))
    assert (texts(crowd), texts(message)) == (["sent", "delivered", "read"] * 2, ["price"])
    clock.now += 4.9
    assert bodies(sim) == []
    assert sim.next_due() == pytest.approx(clock.now + 0.1)
    clock.now = sim.next_due() or 0
    assert [texts(body) for body in bodies(sim)] == [["sent", "delivered", "read"]]


def test_late_comer_joins_those_who_wait(sim: GraphSimulator, rina: Customer, clock: Clock) -> None:
    """An item that comes while others wait for company goes with them as soon as the body is full."""
    sim.webhooks.batch(2, wait=10)
    rina.writes(SWEETS, "1")
    assert bodies(sim) == []
    clock.now += 1
    rina.writes(SWEETS, "2")
    assert [texts(body) for body in bodies(sim)] == [["1", "2"]]
    rina.writes(SWEETS, "3")
    assert bodies(sim) == []
    for word in "4567":
        rina.writes(SWEETS, word)
    assert [texts(body) for body in bodies(sim)] == [["3", "4"], ["5", "6"]]


def test_duplicate_has_the_same_bytes(sim: GraphSimulator, rina: Customer, clock: Clock) -> None:
    """A webhook comes once more although it was answered with 200, at once or later, each or each second one."""
    now, later = sim.webhooks.duplicate(times=1), sim.webhooks.duplicate(after=60, every=2)
    assert now != later
    rina.writes(SWEETS, "1")
    first, again = bodies(sim)
    assert first == again
    for word in "23":
        rina.writes(SWEETS, word)
    assert [texts(body) for body in bodies(sim)] == [["2"], ["3"]]
    clock.now += 60
    assert [texts(body) for body in bodies(sim)] == [["3"]]
    assert bodies(sim) == []


def test_rewrapped_item_stands_in_another_body(sim: GraphSimulator, rina: Customer) -> None:
    """The same item comes again behind what was posted before it; a lone one behind an entry that is empty."""
    sim.webhooks.rewrap()
    rina.writes(SWEETS, "1")
    alone, rewrapped = bodies(sim)
    assert alone != rewrapped
    assert (shape(rewrapped), texts(rewrapped)) == ([[], [1]], ["1"])
    rina.writes(SWEETS, "2")
    second, together = bodies(sim)
    assert (texts(second), texts(together)) == (["2"], ["1", "2"])
    assert json.loads(second)["entry"][0]["changes"][0] in json.loads(together)["entry"][0]["changes"]


def test_reorder_lets_the_next_one_overtake(sim: GraphSimulator, rina: Customer, clock: Clock) -> None:
    """Neighbours change places; the last one waits for somebody to overtake it, two seconds at most."""
    sim.webhooks.reorder()
    for word in "123":
        rina.writes(SWEETS, word)
    assert [texts(body) for body in bodies(sim)] == [["2"], ["1"]]
    clock.now += 1
    sim.webhooks.clear()
    rina.writes(SWEETS, "4")
    assert [texts(body) for body in bodies(sim)] == [["4"]]
    clock.now += 1
    assert [texts(body) for body in bodies(sim)] == [["3"]]


def test_delay_holds_what_it_is_about(sim: GraphSimulator, rina: Customer, clock: Clock) -> None:
    """Only statuses, or only one shop's webhooks, come late where that was asked for, and only once each."""
    sim.webhooks.delay(30, what="status")
    sim.webhooks.delay(5, number=SAREES, times=1)
    for shop in (SWEETS, SAREES, SAREES):
        rina.writes(shop, shop[-1])
    assert [texts(body) for body in bodies(sim)] == [["1"], ["2"]]
    post(sim, text())
    assert bodies(sim) == []
    clock.now += 5
    assert [texts(body) for body in bodies(sim)] == [["2"]]
    clock.now += 25
    assert [texts(body) for body in bodies(sim)] == [["sent"], ["delivered"], ["read"]]


def test_raw_bodies_hold_letters_as_they_are(sim: GraphSimulator, rina: Customer) -> None:
    """Unescaped bodies are signed as they are; half a character, which UTF-8 can't write, stays escaped."""
    sim.webhooks.raw(times=2)
    for word in ("দাম / ₹", "half \ud800", "দাম"):
        rina.writes(SWEETS, word)
    plain, half, escaped = bodies(sim)
    assert "দাম / ₹".encode() in plain
    assert (half.isascii(), escaped.isascii()) == (True, True)
    assert [texts(body) for body in (plain, half)] == [["দাম / ₹"], ["half \ud800"]]


def test_bytes_of_a_test_are_left_alone(sim: GraphSimulator, rina: Customer) -> None:
    """What a test posts itself is neither joined nor rewritten, but it may come twice."""
    sim.webhooks.batch(5)
    sim.webhooks.raw()
    sim.webhooks.rewrap()
    sim.webhooks.duplicate(what="raw")
    sim.raw(b"\xff not JSON")
    sim.raw({"a": "দ"})
    assert bodies(sim) == [b"\xff not JSON"] * 2 + [rb'{"a":"\u09a6"}'] * 2


def test_body_stays_the_same_until_it_is_taken(sim: GraphSimulator, rina: Customer, clock: Clock) -> None:
    """Once handed out a body is repeated byte by byte, whatever joins the queue or is switched on meanwhile."""
    sim.webhooks.batch(3)
    rina.writes(SWEETS, "1")
    rina.writes(SWEETS, "2")
    (first,) = bodies(sim, 503)
    sim.webhooks.raw()
    rina.writes(SWEETS, "3")
    clock.now += 1
    assert set(bodies(sim)) >= {first}
    assert [line.tick for line in sim.transcript(SWEETS, rina)] == ["received"] * 3


def test_redelivery_ends_when_told(sim: GraphSimulator, rina: Customer, clock: Clock) -> None:
    """Anything but 200 is tried again with gaps as they were set, until the time is over."""
    sim.webhooks.redeliver_for, sim.webhooks.first_gap, sim.webhooks.longest_gap = 100, 10, 20
    rina.writes(SWEETS, "1")
    begin, tries = clock.now, []
    while sim.next_due() is not None:
        clock.now = sim.next_due() or 0
        tries.append(clock.now - begin)
        bodies(sim, 500)
    assert tries == [0, 10, 30, 50, 70, 90]
    assert len(sim.world.outbox.given_up) == 1


def test_habits_end_with_a_reset(sim: GraphSimulator, rina: Customer) -> None:
    """A simulator that was reset behaves well."""
    sim.webhooks.batch(9)
    sim.webhooks.redeliver_for = 1
    sim.reset()
    assert (list(sim.webhooks), sim.webhooks.redeliver_for) == ([], 7 * 86_400)


def test_waiting_webhooks_survive_a_dump(sim: GraphSimulator, rina: Customer, clock: Clock) -> None:
    """A batch that was handed out and one that still gathers come from a dump as they were."""
    sim.webhooks.batch(2, wait=10)
    for word in "123":
        rina.writes(SWEETS, word)
    handed = bodies(sim, 500)
    other = GraphSimulator("app-secret", "verify-token", [SWEETS, SAREES], clock)
    other.load(json.loads(json.dumps(sim.dump())))
    clock.now += 10
    first, rest = bodies(other)
    assert {first, rest} > set(handed)
    assert texts(rest) == ["3"]
    assert [line.tick for line in other.transcript(SWEETS, rina.key)] == ["received"] * 3


def test_dump_of_the_first_version_is_read(sim: GraphSimulator, rina: Customer, clock: Clock) -> None:
    """What was kept before webhooks had habits, files and templates is taken up."""
    rina.writes(SWEETS, "1")
    sim.statuses = "held"
    post(sim, text())
    kept = json.loads(json.dumps(sim.dump()))
    kept["version"] = 1
    for name in ("media", "templates", "unsubscribed", "references", "windows"):
        del kept[name]
    for number in kept["numbers"]:
        for name in ("throughput", "quality", "verification"):
            del number[name]
    for held in kept["held"]:
        del held["number"]
    old = ("id", "body", "made_at", "due_at", "attempts")
    kept["outbox"] = [{name: one[name] for name in old} | {"mark": one["marks"][0]} for one in kept["outbox"]]
    other = GraphSimulator("app-secret", "verify-token", [SAREES], clock)
    other.load(kept)
    assert [texts(body) for body in bodies(other)] == [["1"]]
    assert other.transcript(SWEETS, rina.key)[0].tick == "received"
    assert other.release() == 3
    assert other.shop(SWEETS).throughput == 80
