"""Carry records from queues, streams and schedules to functions, as Lambda's event sources do.

A pump moves only when it is told to (`once`), takes the time from the stage's clock and never sleeps, so that tests
can run all of them in one thread and `make run` can give each one of its own.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC
from typing import Any, Protocol

from moto.core.utils import unix_time_millis
from moto.dynamodb.models import dynamodb_backends
from moto.sqs.models import Queue, sqs_backends

from infra.local import events, filters, moto_fast, moto_queues
from infra.local.deployment import EventSource, Timer
from infra.local.function import ACCOUNT, InvocationFailed, Json
from infra.local.schedule import next_time

type Invoke = Callable[[str, Json], Json]

LONGEST_BACK_OFF = 60.0
STREAM_MEMORY = 86_400.0  # seconds: a stream forgets what is older


class Pump(Protocol):
    """Something that feeds one function."""

    name: str

    def once(self) -> bool:
        """Carry one batch, if one is due; say whether there was one."""
        ...

    def next_due(self) -> float | None:
        """Say when the next batch is due; None if nothing waits."""
        ...

    def reset(self) -> None:
        """Forget where it was."""
        ...


class QueuePump:
    """An SQS event source mapping.

    What fails stays in its queue, in flight until the queue's visibility time-out or the time that the handler has
    set for it; `moto_queues` keeps its group shut meanwhile and moves it to the dead-letter queue in the end.
    """

    def __init__(self, mapping: EventSource, region: str, invoke: Invoke) -> None:
        """Read the mapping; nothing is taken from the queue yet."""
        queue_name = mapping.source_arn.rsplit(":", 1)[-1]
        self.name = f"{queue_name} -> {mapping.function}"
        self.holding: set[str] = set()
        self._queue: Queue = sqs_backends[ACCOUNT][region].queues[queue_name]
        self._function, self._arn, self._region, self._invoke = mapping.function, mapping.source_arn, region, invoke
        self._size = int(mapping.properties.get("BatchSize", 10))
        self._partial = "ReportBatchItemFailures" in mapping.properties.get("FunctionResponseTypes", ())
        self._filters = filters.patterns(mapping.properties.get("FilterCriteria"))

    def once(self) -> bool:
        """Carry one batch."""
        with moto_queues.LOCK:
            taken = moto_queues.receive(self._queue, self._size, self._queue.visibility_timeout)  # type: ignore[attr-defined]  # moto sets it by name
            self.holding = {message.id for message in taken}
        if not taken:
            return False
        try:
            records = [events.sqs_record(message, queue_arn=self._arn, region=self._region) for message in taken]
            wanted = [record for record in records if filters.wanted_message(self._filters, record)]
            failed = self._failures(wanted) if wanted else set()
            with moto_queues.LOCK:
                done = {record["messageId"] for record in records} - failed
                self._queue._messages = [m for m in self._queue._messages if m.id not in done]
        finally:
            self.holding = set()
        return True

    def next_due(self) -> float | None:
        """Say when the first waiting message is due."""
        with moto_queues.LOCK:
            return moto_queues.next_due(self._queue)

    def reset(self) -> None:
        """Nothing to forget: all of it is in the queue."""

    def _failures(self, records: list[Json]) -> set[str]:
        everything = {record["messageId"] for record in records}
        try:
            answer = self._invoke(self._function, events.sqs_event(records))
        except InvocationFailed:
            return everything
        return _failed_items(answer, everything) if self._partial else set()


class StreamPump:
    """A DynamoDB stream's event source mapping.

    Its position moves only when a batch succeeded. A batch that failed comes again after a back-off, halved if the
    mapping says so; nothing is skipped unless the mapping limits the attempts.
    """

    def __init__(self, mapping: EventSource, region: str, invoke: Invoke) -> None:
        """Read the mapping and start at the beginning of the stream."""
        properties = mapping.properties
        if "DestinationConfig" in properties or int(properties.get("TumblingWindowInSeconds", 0)):
            raise NotImplementedError(f"{mapping.function}: stream destinations and windows are not carried here")
        self.table = mapping.source_arn.split("/")[1]
        self.name = f"{self.table} stream -> {mapping.function}"
        self.position = 0
        self._function, self._arn, self._region, self._invoke = mapping.function, mapping.source_arn, region, invoke
        self._size = int(properties.get("BatchSize", 100))
        self._partial = "ReportBatchItemFailures" in properties.get("FunctionResponseTypes", ())
        self._bisect = properties.get("BisectBatchOnFunctionError") in (True, "true")
        self._attempts = int(properties.get("MaximumRetryAttempts", -1))
        self._filters = filters.patterns(properties.get("FilterCriteria"))
        self._failures = 0
        self._again_at: float | None = None
        self._part = self._size

    def once(self) -> bool:
        """Carry one batch."""
        if self._again_at is not None and _now() < self._again_at:
            return False
        with moto_fast.LOCK:
            self._skip_forgotten()
            batch = self._shard().items[self._index() : self._index() + self._part]
            records = [
                events.stream_record(item.to_json(), stream_arn=self._arn, region=self._region) for item in batch
            ]
        if not records:
            return False
        wanted = [record for record in records if filters.wanted(self._filters, record)]
        failed = self._first_failure(wanted) if wanted else None
        if failed is None or self._is_given_up():
            self.position = int(records[-1]["dynamodb"]["SequenceNumber"]) + 1
            self._failures, self._again_at, self._part = 0, None, self._size
        else:
            self.position = failed
            self._again_at = _now() + min(LONGEST_BACK_OFF, 2.0**self._failures)
            self._failures += 1
            if self._bisect:
                self._part = max(1, min(self._part, len(records)) // 2)
        return True

    def next_due(self) -> float | None:
        """Say when the first record that waits is due."""
        with moto_fast.LOCK:
            waiting = len(self._shard().items) > self._index()
        return None if not waiting else self._again_at if self._again_at is not None else _now()

    def lose(self) -> int:
        """Skip what waits, as a stream does with what is older than a day; return how many records were lost."""
        with moto_fast.LOCK:
            lost = len(self._shard().items) - self._index()
            self.position = int(self._shard().starting_sequence_number) + len(self._shard().items)
        self._failures, self._again_at, self._part = 0, None, self._size
        return lost

    def reset(self) -> None:
        """Start again at the beginning of the stream."""
        self.position, self._failures, self._again_at, self._part = 0, 0, None, self._size

    def _skip_forgotten(self) -> None:
        """Pass over records that AWS would have deleted by now, carried or not."""
        oldest = _now() - STREAM_MEMORY
        for record in self._shard().items[self._index() :]:
            inner = record.record["dynamodb"]
            if inner["ApproximateCreationDateTime"].replace(tzinfo=UTC).timestamp() >= oldest:
                break
            self.position = int(inner["SequenceNumber"]) + 1
            self._failures, self._again_at = 0, None

    def _shard(self) -> Any:
        return dynamodb_backends[ACCOUNT][self._region].tables[self.table].stream_shard

    def _index(self) -> int:
        return max(0, self.position - int(self._shard().starting_sequence_number))

    def _first_failure(self, records: list[Json]) -> int | None:
        """Invoke; return the sequence number to go on with if something failed."""
        first = int(records[0]["dynamodb"]["SequenceNumber"])
        try:
            answer = self._invoke(self._function, {"Records": records})
        except InvocationFailed:
            return first
        if not self._partial:
            return None
        known = {record["dynamodb"]["SequenceNumber"] for record in records}
        return min((int(number) for number in _failed_items(answer, known)), default=None)

    def _is_given_up(self) -> bool:
        return 0 <= self._attempts <= self._failures


class TimerPump:
    """A schedule. What was due more than once while the clock jumped is done once."""

    def __init__(self, timer: Timer, region: str, invoke: Invoke) -> None:
        """Read the schedule; it is first due one period from now."""
        self.name = f"{timer.name} -> {timer.function}"
        self._timer, self._region, self._invoke = timer, region, invoke
        self._number = 0
        self._due = self._after(_now())

    def once(self) -> bool:
        """Invoke, if it is time."""
        now = _now()
        if self._due is None or now < self._due:
            return False
        self._number += 1
        event = self._timer.event
        if event is None:
            event = events.rule_event(name=self._timer.name, number=self._number, now=self._due, region=self._region)
        self._due = self._after(now)
        # EventBridge would try again; the next period comes sooner, and the failure has been told.
        with suppress(InvocationFailed):
            self._invoke(self._timer.function, event)
        return True

    def next_due(self) -> float | None:
        """Say when it is time."""
        return self._due

    def reset(self) -> None:
        """Count from now."""
        self._due = self._after(_now())

    def _after(self, now: float) -> float | None:
        return next_time(self._timer.expression, now, self._timer.zone)


def pump_for(mapping: EventSource, region: str, invoke: Invoke) -> QueuePump | StreamPump:
    """Return the pump that a mapping's source needs."""
    if ":sqs:" in mapping.source_arn:
        return QueuePump(mapping, region, invoke)
    if ":dynamodb:" in mapping.source_arn:
        return StreamPump(mapping, region, invoke)
    raise NotImplementedError(f"{mapping.function}: the stage has no pump for {mapping.source_arn}")


def _failed_items(answer: Json, known: set[str]) -> set[str]:
    """Read a partial batch answer as Lambda does: nothing said is success, something odd is failure of all."""
    if not answer:
        return set()
    try:
        failed = {item["itemIdentifier"] for item in answer.get("batchItemFailures") or ()}
    except (AttributeError, KeyError, TypeError):
        return known
    return failed if failed.issubset(known) else known


def _now() -> float:
    return unix_time_millis() / 1000


def trim(pumps: Sequence[Pump], region: str) -> None:
    """Free the stream records that every pump has carried: moto keeps them for ever."""
    with moto_fast.LOCK:
        positions: dict[str, int] = {}
        for pump in pumps:
            if isinstance(pump, StreamPump):
                positions[pump.table] = min(pump.position, positions.get(pump.table, pump.position))
        for table, position in positions.items():
            shard: Any = dynamodb_backends[ACCOUNT][region].tables[table].stream_shard
            done = min(max(0, position - shard.starting_sequence_number), len(shard.items))
            del shard.items[:done]
            shard.starting_sequence_number += done
