"""Half a minute of a busy market on `make run`'s own program: webhooks come at their time, whether or not it keeps up.

The figures that it prints are of this machine, as busy as it was.
"""

import itertools
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import quantiles
from time import perf_counter
from typing import Any

import boto3
import pytest

from infra.local.clock import RealClock
from infra.local.function import REGION
from infra.local.servers import HttpServer
from infra.local.settings import Settings
from infra.local.simulators.graph import GraphSimulator
from infra.local.simulators.people import App
from infra.local.simulators.world import Sent
from tests.load.meta import BusyGraph, Posted, Poster, wait_until
from tests.load.traffic import BURST_AT, CUSTOMERS, MESSAGES, STRANGERS, Traffic, pages, shops, traffic
from tests.stack.test_run import Running

pytestmark = pytest.mark.slow

LIMIT = 100.0  # seconds from the last webhook until all is done


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What was posted, and what came of it; times are in seconds."""

    traffic: Traffic
    posted: Posted
    replies: list[Sent]
    refused: int
    ticks: Counter[str]
    left: dict[str, int]
    processes: int
    app: App
    began: float
    reported: float
    status: int
    complaints: str


@pytest.fixture(scope="module", params=["whatsapp", "messenger"])
def day(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    """Play it once by each app; the tests look at it from several sides."""
    app: App = request.param
    settings = Settings()
    simulator = GraphSimulator(
        settings.app_secret, settings.verify_token, shops(), RealClock().now, delays=(0.2, 0.4, 0.8)
    )
    for page in pages():
        simulator.add_page(page)
    simulator.rate = "sent"
    graph = BusyGraph(simulator, app)
    server = HttpServer(graph.handle).start()
    try:
        with Running(tmp_path_factory.mktemp("load"), HAAT_GRAPH_URL=server.url) as running:
            running.wait_ready()
            yield _played(running, simulator, graph, app)
    finally:
        server.close()


def _played(running: Running, simulator: GraphSimulator, graph: BusyGraph, app: App) -> Day:
    plan = traffic(simulator, app)
    with Poster(running.port, simulator, app) as poster:
        began, last = simulator.now(), poster.play(plan.posts)
        wait_until(lambda: len(_replies(simulator)) >= MESSAGES and simulator.next_due() is None, LIMIT + 5)
        reported = perf_counter() - last
        # What must not come has had its time to come.
        wait_until(lambda: len(_replies(simulator)) > MESSAGES, 3.0)
        processes, left = len(running.children()), _left(running.port + 1)
    return Day(
        traffic=plan,
        posted=poster.seen,
        replies=_replies(simulator),
        refused=graph.refused,
        ticks=_ticks(simulator),
        left=left,
        processes=processes,
        app=app,
        began=began,
        reported=reported,
        status=running.end(),
        complaints=running.errors(),
    )


def _replies(simulator: GraphSimulator) -> list[Sent]:
    return [sent for sent in simulator.sent() if sent.accepted]


def _ticks(simulator: GraphSimulator) -> Counter[str]:
    chats = itertools.product([*simulator.numbers, *simulator.messenger.pages], simulator.customers())
    lines = (line for shop, customer in chats for line in simulator.transcript(shop, customer))
    return Counter(line.tick for line in lines if line.author == "haat")


def _left(port: int) -> dict[str, int]:
    """Return what is left in each queue, hidden or not."""
    sqs: Any = boto3.client(
        "sqs",
        endpoint_url=f"http://127.0.0.1:{port}",
        region_name=REGION,
        aws_access_key_id="x",
        aws_secret_access_key="x",
    )
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    left = {}
    for url in sqs.list_queues()["QueueUrls"]:
        attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
        left[url.rsplit("/", 1)[-1]] = sum(int(attributes[name]) for name in names)
    sqs.close()
    return left


def _ms(seconds: list[float]) -> str:
    cut = quantiles(seconds, n=100)
    return (
        f"{len(seconds)}, p50 {cut[49] * 1000:.0f} ms, p99 {cut[98] * 1000:.0f} ms, most {max(seconds) * 1000:.0f} ms"
    )


def test_each_message_is_answered_exactly_once(day: Day) -> None:
    """However often and in however many bodies it came, and whatever Graph refused, a message has one reply."""
    quoted = Counter(sent.quoted for sent in day.replies)
    wanted = {message.wamid for message in day.traffic.messages}
    assert not wanted - quoted.keys(), "lost"
    assert not quoted.keys() - wanted, "answered, and never asked"
    assert set(quoted.values()) == {1}, "doubled"
    assert day.ticks == {"read": MESSAGES}
    assert day.refused >= MESSAGES // 10


def test_customers_without_a_number_are_answered_by_their_id(day: Day) -> None:
    """Each fifth customer hides the number; the reply goes to the user id, and to it alone. On Messenger nobody has a number."""
    by_id = {sent.customer for sent in day.replies if sent.to is None and sent.recipient is not None}
    assert len(by_id) == (CUSTOMERS // 5 if day.app == "whatsapp" else CUSTOMERS)
    assert len({sent.customer for sent in day.replies}) == CUSTOMERS


def test_no_reply_overtakes_another(day: Day) -> None:
    """A message that was acknowledged before the next one was posted is answered before it."""
    place = {sent.quoted: number for number, sent in enumerate(day.replies)}
    chats = defaultdict(list)
    for message in day.traffic.messages:
        chats[message.chat].append(message.wamid)
    taken, posted = day.posted.first_taken, day.posted.first_posted
    pairs = [
        pair for chat in chats.values() for pair in itertools.permutations(chat, 2) if taken[pair[0]] < posted[pair[1]]
    ]
    assert len(pairs) > MESSAGES
    assert not [pair for pair in pairs if place[pair[0]] > place[pair[1]]]


def test_forged_webhook_is_refused_and_has_no_effect(day: Day) -> None:
    """Another secret's signature, another body's and none at all get 401 in the middle of the crowd."""
    assert day.posted.refused == [401] * STRANGERS


def test_nothing_is_set_aside_and_nothing_breaks(day: Day) -> None:
    """All queues are empty, the stage has complained of no function, and it ends well."""
    assert not any(day.left.values()), day.left
    assert (day.complaints, day.status) == ("", 0)
    assert day.posted.lost == 0


def test_all_is_done_in_time(day: Day, capsys: pytest.CaptureFixture[str]) -> None:
    """Within 100 seconds of the last webhook every reply is out and every status is in."""
    posted = day.posted
    due = {message.wamid: message.at for message in day.traffic.messages}
    took = [(due[sent.quoted], sent.at - day.began) for sent in day.replies if sent.quoted in due]
    burst = max(at for written, at in took if written == BURST_AT) - BURST_AT
    figures = {
        "by": day.app,
        "webhooks of messages": _ms(posted.took),
        "webhooks of statuses": _ms(posted.statuses),
        "posted late by at most": f"{max(posted.late) * 1000:.0f} ms",
        "not taken at once": str(posted.again),
        "written to accepted": _ms([at - written for written, at in took]),
        "burst of 100 answered": f"{burst:.1f} s after it",
        "last reply": f"{max(at for _, at in took) - max(due.values()):.1f} s after the last message",
        "all statuses taken": f"{day.reported:.1f} s after the last webhook, which was a repetition",
        "refused by Graph": str(day.refused),
        "processes": str(day.processes),
    }
    with capsys.disabled():
        sys.stdout.write("".join(f"\n{name:<24}{value}" for name, value in figures.items()) + "\n")
    assert max(at for _, at in took) - max(due.values()) < LIMIT
    assert day.reported < LIMIT
