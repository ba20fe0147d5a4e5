"""Records of a queue, worked off one by one."""

import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pytest
from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import EphemeralMetrics

from haat.edge.batch import PARK_ON_RECEIVE, SPARE_MS, Batch, Outcome
from haat.kernel.errors import Conflict, HaatError, Misconfigured, Rejected, Unavailable
from haat.kernel.time import Instant
from tests.invented import NOW

CANARY = "919800000001 wamid.CANARY sandesh"
PLENTY = SPARE_MS * 100
DONE = Outcome(word="done")
NUMBERS = count()  # a Logger of a name that is known keeps the stream that it had

Record = dict[str, Any]


@dataclass
class Queue:
    """The queue that the records came from, as a batch sees it."""

    parked: list[str] = field(default_factory=list)
    held: dict[str, int] = field(default_factory=dict)
    broken: str = ""

    def holds(self, record: Mapping[str, Any]) -> bool:
        """Whether a record is of this queue."""
        return bool(record["eventSourceARN"].endswith(":ours"))

    def park(self, record: Mapping[str, Any]) -> None:
        """Set a record aside."""
        if self.broken == "park":
            raise Unavailable("queue: Throttling")
        self.parked.append(record["body"])

    def hold(self, records: Sequence[tuple[Mapping[str, Any], int]]) -> None:
        """Hide records for a time."""
        if self.broken == "hold":
            raise Unavailable("queue: AccessDenied")
        if self.broken == "hold, in a way that nobody foresaw":
            raise ValueError("kingfisher4711")
        self.held |= {record["body"]: seconds for record, seconds in records}


class Desk:
    """A batch with everything that it needs, and what came of it."""

    def __init__(self, *, patient: bool = False) -> None:
        self.queue, self.out, self.seen = Queue(), io.StringIO(), list[str]()
        self.metrics = EphemeralMetrics(namespace="Tests", service="tests")
        logger = Logger(service=f"tests-{next(NUMBERS)}", stream=self.out, level="INFO")
        self.batch = Batch(
            source=self.queue,
            logger=logger,
            metrics=self.metrics,  # type: ignore[arg-type]  # the same methods, without a memory shared by all tests
            now=lambda: NOW,
            patient=patient,
        )

    def work(
        self, records: list[Record], says: Mapping[str, object], left: Callable[[], int] | None = None
    ) -> set[str]:
        """Work the records off; `says` maps a body to its outcome or error -> bodies that come again."""

        def handle(body: str, now: Instant) -> Outcome:
            assert now == NOW
            self.seen.append(body)
            saying = says.get(body, DONE)
            if isinstance(saying, Exception):
                raise saying
            assert isinstance(saying, Outcome)
            return saying

        answer = self.batch.work(records, handle, left or (lambda: PLENTY))
        names = {record["messageId"]: record["body"] for record in records}
        return {names[failure["itemIdentifier"]] for failure in answer["batchItemFailures"]}

    @property
    def log(self) -> list[dict[str, Any]]:
        """The lines that were logged."""
        return [json.loads(line) for line in self.out.getvalue().splitlines()]

    def counted(self, word: str) -> int:
        """How often a word was counted."""
        return len(self.metrics.metric_set.get(word, {}).get("Value", []))


@pytest.fixture
def desk() -> Desk:
    """Return a desk for records that must not wait for ever."""
    return Desk()


def record(body: str, group: str | None = None, receives: int = 1) -> Record:
    """A record of a queue; with a group it is of a FIFO queue."""
    attributes = {"ApproximateReceiveCount": str(receives)} | ({"MessageGroupId": group} if group else {})
    return {
        "messageId": f"id-{body}",
        "receiptHandle": f"handle-{body}",
        "body": body,
        "attributes": attributes,
        "eventSourceARN": "arn:aws:sqs:ap-south-1:123456789012:ours",
    }


def test_records_are_worked_off_in_order_and_none_comes_again(desk: Desk) -> None:
    """A good day: everything is done once, counted and logged with our ids."""
    again = desk.work(
        [record("a1", "a"), record("b1", "b"), record("a2", "a")], {"a1": Outcome(word="matched", ids={"fact": "f1"})}
    )
    assert (again, desk.seen, desk.queue.held) == (set(), ["a1", "b1", "a2"], {})
    assert (desk.counted("matched"), desk.counted("done")) == (1, 2)
    assert (desk.log[0]["message"], desk.log[0]["fact"]) == ("matched", "f1")


def test_group_stops_at_its_first_failure_and_others_go_on(desk: Desk) -> None:
    """One customer's trouble keeps that customer's later messages in order, and delays nobody else."""
    records = [record("a1", "a"), record("b1", "b"), record("a2", "a"), record("b2", "b"), record("a3", "a")]
    again = desk.work(records, {"a1": Unavailable("table: Throttling")})
    assert again == {"a1", "a2", "a3"}
    assert desk.seen == ["a1", "b1", "b2"]
    assert desk.queue.held == {}, "a failure comes again at the queue's own time"


def test_record_without_a_group_stops_nobody(desk: Desk) -> None:
    """On a standard queue each record stands for itself."""
    assert desk.work([record("1"), record("2"), record("3")], {"1": ValueError("x")}) == {"1"}
    assert desk.seen == ["1", "2", "3"]


def test_wait_becomes_a_visibility_change_of_the_record_and_its_followers(desk: Desk) -> None:
    """A record that waits takes its followers along, so that none of them uses up receives for nothing."""
    records = [record("a1", "a"), record("b1", "b"), record("a2", "a"), record("a3", "a")]
    assert desk.work(records, {"a1": Outcome(word="held", wait_ms=1_001)}) == {"a1", "a2", "a3"}
    assert desk.queue.held == {"a1": 2, "a2": 2, "a3": 2}, "whole seconds, never too early"
    assert desk.seen == ["a1", "b1"]


@pytest.mark.parametrize("broken", ["hold", "hold, in a way that nobody foresaw"])
def test_wait_that_can_not_be_set_is_no_failure(desk: Desk, broken: str) -> None:
    """Without the permission to hide records they come at the queue's own time; the others stay done. No error's words are logged."""
    desk.queue.broken = broken
    assert desk.work([record("a1", "a"), record("b1", "b")], {"a1": Outcome(word="held", wait_ms=5_000)}) == {"a1"}
    assert "not_held" in [line["message"] for line in desk.log]
    assert desk.counted("not_held") == 1
    assert "kingfisher4711" not in str(desk.log)


def test_poison_is_set_aside_before_its_followers_pay(desk: Desk) -> None:
    """One receive before the queue would take the whole group away, the poisoned record goes alone and the rest is answered."""
    last = [record(body, "a", PARK_ON_RECEIVE) for body in ("a0", "poison", "a2", "a3")]
    assert desk.work(last, {"poison": KeyError("x")}) == set()
    assert (desk.queue.parked, desk.seen) == (["poison"], ["a0", "poison", "a2", "a3"])
    assert desk.counted("parked") == 1
    assert PARK_ON_RECEIVE < 5, "the queue's own maxReceiveCount"


def test_failure_is_tried_again_until_its_last_receive(desk: Desk) -> None:
    """Nothing is set aside while the queue would still bring it."""
    for receives in range(1, PARK_ON_RECEIVE):
        assert desk.work([record("a1", "a", receives)], {"a1": KeyError("x")}) == {"a1"}
    assert desk.queue.parked == []
    assert desk.counted("broken") == PARK_ON_RECEIVE - 1


@pytest.mark.parametrize(
    ("error", "word"),
    [
        (KeyError("x"), "broken"),
        (Unavailable("table: Throttling"), "unavailable"),
        (Misconfigured("no pepper"), "misconfigured"),
    ],
)
def test_failure_is_counted_by_what_it_asks_for(desk: Desk, error: Exception, word: str) -> None:
    """What a part's silence caused, what an operator must mend and what nobody foresaw are three metrics, one line each."""
    desk.work([record("a1", "a")], {"a1": error})
    assert (desk.counted(word), [line["message"] for line in desk.log]) == (1, [word])


def test_what_no_repeat_can_cure_is_set_aside_at_once(desk: Desk) -> None:
    """A record that is none of ours costs its group one turn, not four."""
    assert desk.work([record("a1", "a"), record("a2", "a")], {"a1": Rejected("not a fact")}) == set()
    assert (desk.queue.parked, desk.seen, desk.counted("rejected")) == (["a1"], ["a1", "a2"], 1)


@pytest.mark.parametrize(("error", "receives"), [(Rejected("not a fact"), 1), (KeyError("x"), PARK_ON_RECEIVE)])
def test_record_that_can_not_be_set_aside_comes_again(desk: Desk, error: Exception, receives: int) -> None:
    """While the dead-letter queue takes nothing the record stays where it is, and its group waits."""
    desk.queue.broken = "park"
    assert desk.work([record("a1", "a", receives), record("a2", "a")], {"a1": error}) == {"a1", "a2"}
    assert desk.seen == ["a1"]
    assert desk.counted("not_parked") == 1


def test_patient_batch_never_sets_aside_what_waits_for_a_part() -> None:
    """A message for a customer waits as long as its own rules allow, however often it was received."""
    desk = Desk(patient=True)
    assert desk.work([record("a1", "a", 900), record("a2", "a", 900)], {"a1": Unavailable("table: x")}) == {"a1", "a2"}
    assert (desk.queue.parked, desk.queue.held) == ([], {"a1": 30, "a2": 30})


def test_patient_batch_sets_poison_aside() -> None:
    """Patience is for parts that do not answer, not for faults of ours."""
    desk = Desk(patient=True)
    assert desk.work([record("a1", "a", PARK_ON_RECEIVE)], {"a1": KeyError("x")}) == set()
    assert desk.queue.parked == ["a1"]


def test_no_record_is_begun_near_the_end_of_the_functions_life(desk: Desk) -> None:
    """What could be cut off in the middle comes again at once, unbegun, in order."""
    left: Iterator[int] = iter([PLENTY, SPARE_MS, SPARE_MS - 1])
    records = [record("a1", "a"), record("b1", "b"), record("c1", "c"), record("c2", "c")]
    assert desk.work(records, {}, lambda: next(left)) == {"c1", "c2"}
    assert (desk.seen, desk.queue.held) == (["a1", "b1"], {"c1": 0, "c2": 0})


@pytest.mark.parametrize("receives", [1, PARK_ON_RECEIVE])
@pytest.mark.parametrize("kind", [ValueError, KeyError, RuntimeError, UnicodeError])
def test_words_of_a_foreign_exception_are_in_no_log(desk: Desk, kind: type[Exception], receives: int) -> None:
    """An error that quotes a customer's message is logged by its class and place alone."""
    desk.work([record(CANARY, "a", receives) | {"messageId": "id-1"}], {CANARY: kind(CANARY)})
    assert not any(word in desk.out.getvalue() for word in CANARY.split())
    assert desk.log[-1]["error"] == kind.__name__
    assert "handle" in desk.log[-1]["at"]


@pytest.mark.parametrize("kind", [Unavailable, Conflict, Rejected])
def test_words_of_our_own_errors_are_logged(desk: Desk, kind: type[HaatError]) -> None:
    """What we say of our own accord helps an operator, and names the record by the queue's id."""
    desk.work([record("a1", "a")], {"a1": kind("table: Throttling")})
    assert (desk.log[-1]["what"], desk.log[-1]["record"]) == ("table: Throttling", "id-a1")


def test_batch_knows_its_own_queue(desk: Desk) -> None:
    """A function that reads from two queues tells them apart."""
    other = record("x") | {"eventSourceARN": "arn:aws:sqs:ap-south-1:123456789012:theirs"}
    assert desk.batch.holds([record("a")])
    assert not desk.batch.holds([other])
    assert not desk.batch.holds([])
