"""From what was measured to what a million messages and a month cost."""

import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import median

from infra.bench.measure import Measure
from infra.bench.prices import (
    ANSWER_BYTES,
    FULL_CPU_MB,
    GB,
    ITEM_BYTES,
    LINE_BYTES,
    POLL_S,
    POLLERS,
    SECONDS_A_MONTH,
    TAKES_MS,
    cost,
)

MILLION = 1_000_000

# Which kind of queue feeds a function: each of its batches is received and deleted by a request of its own.
FED: Mapping[str, str] = {"auto_reply": "FIFO", "outbound_message": "FIFO", "message_status": "standard"}
DOOR = "inbound_message"
API = "_api"  # so the functions behind the REST API end


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a bill."""

    name: str
    units: float
    dollars: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """What something costs, line by line."""

    name: str
    lines: tuple[Line, ...]

    @property
    def total(self) -> float:
        """All lines together, in dollars."""
        return sum(line.dollars for line in self.lines)


def own_ms(measures: Iterable[Measure]) -> dict[str, float]:
    """Processor time of each function for one record, without AWS and without the network: the median of all measures."""
    seen: dict[str, list[float]] = {}
    for measure in measures:
        for function in measure.invocations:
            seconds = sum(taken for name, taken in measure.cpu if name == function)
            seen.setdefault(function, []).append(1000 * seconds / measure.records(function))
    return {function: median(times) for function, times in seen.items()}


def a_million(name: str, measures: Iterable[Measure], memory: Mapping[str, int], own: Mapping[str, float]) -> Bill:
    """The bill for a million messages, of which each makes these measures happen once."""
    units: Counter[str] = Counter()
    for measure in measures:
        for what, amount in _units(measure, memory, own).items():
            units[what] += MILLION * amount / measure.per  # type: ignore[assignment]  # a Counter of amounts
    order = (
        *(("API requests",) if units["API requests"] else ()),
        "Lambda requests",
        "Lambda duration",
        "DynamoDB writes",
        "DynamoDB reads",
        "SQS FIFO",
        "SQS standard",
        "Logs",
        "Data out",
    )
    return Bill(
        name=name, lines=tuple(Line(name=what, units=units[what], dollars=cost(what, units[what])) for what in order)
    )


def _units(measure: Measure, memory: Mapping[str, int], own: Mapping[str, float]) -> dict[str, float]:
    invocations = measure.invocations
    queues = Counter[str]()
    for call in measure.charged:
        if call.operation.startswith("sqs."):
            queues[call.key] += call.chunks
    for function, kind in FED.items():
        queues[kind] += 2 * invocations[function]
    answers = invocations[DOOR] * ANSWER_BYTES
    return {
        "API requests": float(sum(times for function, times in invocations.items() if function.endswith(API))),
        "Lambda requests": float(invocations.total()),
        "Lambda duration": sum(ms * memory[f] for f, ms in _billed_ms(measure, memory, own).items()) / 1000 / 1024,
        "DynamoDB writes": float(measure.writes),
        "DynamoDB reads": measure.reads,
        "SQS FIFO": float(queues["FIFO"]),
        "SQS standard": float(queues["standard"]),
        "Logs": (measure.log_bytes + LINE_BYTES * len(measure.lines)) / GB,
        "Data out": (sum(measure.posts) + answers) / GB,
    }


def _billed_ms(measure: Measure, memory: Mapping[str, int], own: Mapping[str, float]) -> dict[str, float]:
    """Milliseconds of each function: its own, stretched by its share of a processor, and those that it waits."""
    billed: dict[str, float] = {}
    for function, times in measure.invocations.items():
        busy = own[function] * measure.records(function) * FULL_CPU_MB / memory[function]
        waits = sum(_takes(call.operation) for call in measure.charged if call.function == function)
        waits += TAKES_MS["Graph"] * len(measure.posts) if function == "outbound_message" else 0
        billed[function] = times * math.ceil((busy + waits) / times + TAKES_MS["runtime"])
    return billed


def waits_s(measure: Measure) -> float:
    """Seconds that the functions of a measure wait for AWS, one call after the other."""
    return sum(_takes(call.operation) for call in measure.charged) / 1000


def _takes(operation: str) -> float:
    return TAKES_MS.get(operation, TAKES_MS.get(operation.partition(".")[0], 0))


def metric_names(measures: Iterable[Measure]) -> set[tuple[str, str]]:
    """Each (service, metric) that was printed: CloudWatch charges for each, in every hour in which it comes."""
    found = set()
    for measure in measures:
        for _, text in measure.lines:
            line = json.loads(text)
            for directive in line.get("_aws", {}).get("CloudWatchMetrics", ()):
                found |= {(line["service"], metric["Name"]) for metric in directive["Metrics"]}
    return found


def at_rest(*, fifo: int, standard: int, keys: int, alarms: int) -> Bill:
    """A month in which nothing happens: `fifo` and `standard` queues wait to feed functions."""
    polls = POLLERS * SECONDS_A_MONTH / POLL_S
    return Bill(
        name="a month at rest",
        lines=(
            Line(name="SQS FIFO", units=fifo * polls, dollars=cost("SQS FIFO", fifo * polls)),
            Line(name="SQS standard", units=standard * polls, dollars=cost("SQS standard", standard * polls)),
            Line(name="KMS key", units=keys, dollars=cost("KMS key", keys)),
            Line(name="Alarms", units=alarms, dollars=cost("Alarms", alarms)),
        ),
    )


def at_load(metrics: int, *, processes: int = 2, lives_a_day: int = 12) -> Bill:
    """What a month of even traffic adds, whatever its messages cost: names of metrics, and what processes read again.

    `processes` of each function are alive at once; AWS renews each of them `lives_a_day` times.
    """
    minutes, days = SECONDS_A_MONTH / 60, SECONDS_A_MONTH / 86_400
    lives = processes * lives_a_day * days
    polls = processes * minutes + lives
    # The door reads two secrets every five minutes; auto_reply and message_status one, and outbound_message a token, for each life.
    opened = 2 * processes * minutes / 5 + 3 * lives
    return Bill(
        name="a month of even traffic",
        lines=(
            Line(name="Metrics", units=metrics, dollars=cost("Metrics", metrics)),
            Line(name="KMS requests", units=opened, dollars=cost("KMS requests", opened)),
            Line(name="SSM", units=opened, dollars=cost("SSM", opened)),
            Line(name="AppConfig requests", units=polls, dollars=cost("AppConfig requests", polls)),
            Line(name="AppConfig received", units=lives, dollars=cost("AppConfig received", lives)),
        ),
    )


def kept(bytes_a_message: float, items: int) -> Bill:
    """What it costs to keep a million messages for one more month: tables, indexes, and their backup."""
    size = MILLION * (bytes_a_message + items * ITEM_BYTES) / GB
    return Bill(
        name="a million messages kept, each month",
        lines=(
            Line(name="DynamoDB storage", units=size, dollars=cost("DynamoDB storage", size)),
            Line(name="DynamoDB recovery", units=size, dollars=cost("DynamoDB recovery", size)),
        ),
    )
