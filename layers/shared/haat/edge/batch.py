"""Records of a queue, one by one, with an answer for each.

Powertools' FIFO processor stops a batch at its first failure; here only the failed record's group stops, a record may ask to come
again later without that being a failure, and a record that keeps failing is set aside by us, so that its followers go on.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from haat.edge.trouble import about, word_of
from haat.kernel.errors import Rejected, Unavailable
from haat.kernel.time import SECOND, Instant

PARK_ON_RECEIVE = 4  # one before the queue's own maxReceiveCount of 5, which would take the followers along
SPARE_MS = 15_000  # no record is begun with less of the function's life left than this


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a record: one word, our ids, and after how long it must come again (0: never)."""

    word: str
    wait_ms: int = 0
    ids: Mapping[str, object] = field(default_factory=dict)


class Source(Protocol):
    """The queue that the records came from."""

    def holds(self, record: Mapping[str, Any]) -> bool:
        """Whether a record is of this queue."""

    def park(self, record: Mapping[str, Any]) -> None:
        """Set a record aside in the dead-letter queue. Raises Unavailable."""

    def hold(self, records: Sequence[tuple[Mapping[str, Any], int]]) -> None:
        """Let each record come back after so many seconds. Raises Unavailable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Works off the records of one queue."""

    source: Source
    logger: Logger
    metrics: Metrics
    now: Callable[[], Instant]
    patient: bool = False  # waiting for a part that does not answer never sets a record aside: its own rules give it up

    def holds(self, records: Sequence[Mapping[str, Any]]) -> bool:
        """Whether these records are of this queue: one function may read from several."""
        return bool(records) and self.source.holds(records[0])

    def work(
        self,
        records: Sequence[Mapping[str, Any]],
        handle: Callable[[str, Instant], Outcome],
        left_ms: Callable[[], int],
    ) -> dict[str, Any]:
        """Handle each body in order -> the partial batch response. A group stops at its first record that must come again."""
        again: list[tuple[Mapping[str, Any], int]] = []
        shut: dict[str, int] = {}
        for record in records:
            group = record["attributes"].get("MessageGroupId", record["messageId"])
            if group in shut:
                again.append((record, shut[group]))
            elif left_ms() < SPARE_MS:
                shut[group] = 0
                again.append((record, 0))
            elif (wait := self._one(record, handle)) is not None:
                shut[group] = wait
                again.append((record, wait))
        self._hold(again)
        return {"batchItemFailures": [{"itemIdentifier": record["messageId"]} for record, _ in again]}

    def _one(self, record: Mapping[str, Any], handle: Callable[[str, Instant], Outcome]) -> int | None:
        """None when the record is done; else after how many milliseconds it comes again, -1 for the queue's own time."""
        receives = int(record["attributes"].get("ApproximateReceiveCount", 1))
        try:
            outcome = handle(record["body"], self.now())
        except Rejected as error:
            return self._park(record, "rejected", error)
        except Exception as error:  # noqa: BLE001  # the edge: one record's fault must not be its batch's
            return self._failed(record, receives, error)
        self._count(outcome.word)
        self.logger.info(outcome.word, extra=dict(outcome.ids))
        return outcome.wait_ms or None

    def _failed(self, record: Mapping[str, Any], receives: int, error: Exception) -> int | None:
        waiting = self.patient and isinstance(error, Unavailable)
        if receives >= PARK_ON_RECEIVE and not waiting:
            return self._park(record, "parked", error)
        word = word_of(error)
        self._count(word)
        self.logger.warning(word, extra={"record": record["messageId"], "receives": receives, **about(error)})
        return 30_000 if waiting else -1

    def _park(self, record: Mapping[str, Any], word: str, error: Exception) -> int | None:
        """Set it aside where an alarm rings. If even that fails it comes again."""
        try:
            self.source.park(record)
        except Unavailable as unsent:
            self._count("not_parked")
            self.logger.warning("not_parked", extra={"record": record["messageId"], **about(unsent)})
            return -1
        self._count(word)
        self.logger.error(word, extra={"record": record["messageId"], **about(error)})
        return None

    def _hold(self, again: Sequence[tuple[Mapping[str, Any], int]]) -> None:
        """Let each record come back when it said. Not being able to is no failure: it then comes at the queue's own time."""
        timed = [(record, -(-wait // SECOND)) for record, wait in again if wait >= 0]
        if timed:
            try:
                self.source.hold(timed)
            except Exception as error:  # noqa: BLE001  # as above: whatever it is, its words must not reach the log
                self._count("not_held")
                self.logger.warning("not_held", extra=about(error))

    def _count(self, word: str) -> None:
        self.metrics.add_metric(name=word, unit=MetricUnit.Count, value=1)
