"""Event sources: timeouts, visibility and concurrency agree."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from infra.lint.templates import FUNCTION, Finding, House, Resource
from infra.lint.values import parameter, pointed

QUEUE = "AWS::SQS::Queue"
AWS_TIMEOUT, AWS_VISIBILITY = 3, 30  # seconds, where nothing is said
TIMEOUTS = 6  # AWS's advice for a queue that a function consumes: a throttled batch is tried again meanwhile
LEAST_CONCURRENCY = 2
FIFO_BATCH = STANDARD_BATCH = 10  # more needs a window, which FIFO queues don't have


@dataclass(frozen=True, slots=True, kw_only=True)
class _Source:
    """One event of a function; `queue` is None where it points to none of ours."""

    function: Resource
    name: str
    properties: dict[str, Any]
    queue: Resource | None

    def breaks(self, problem: str) -> Finding:
        return self.function.breaks(f"event {self.name}: {problem}")

    @property
    def window(self) -> int:
        return int(self.properties.get("MaximumBatchingWindowInSeconds", 0))


def queues_are_consumed(house: House) -> Iterator[Finding]:
    """Every queue that sets aside what fails has a function that takes from it."""
    consumed = {source.queue.key for source in _sources(house, "SQS") if source.queue}
    for queue in house.of(QUEUE):
        if "RedrivePolicy" in queue.properties and queue.key not in consumed:
            yield queue.breaks("no function takes from it: give one an SQS event, or take the queue away")


def sources_are_ours(house: House) -> Iterator[Finding]:
    """A function takes from queues of these templates: what lies elsewhere no rule can judge."""
    for source in _sources(house, "SQS"):
        if source.queue is None or source.queue.type != QUEUE:
            yield source.breaks("takes from a queue that is not in these templates")


def messages_stay_hidden_long_enough(house: House) -> Iterator[Finding]:
    """A message stays hidden for six times the function's timeout and the batch's window; else it comes twice."""
    for source in _sources(house, "SQS"):
        if source.queue is None:
            continue
        least = TIMEOUTS * int(source.function.properties.get("Timeout", AWS_TIMEOUT)) + source.window
        hidden = int(source.queue.properties.get("VisibilityTimeout", AWS_VISIBILITY))
        if hidden < least:
            yield source.queue.breaks(
                f"VisibilityTimeout is {hidden}; {source.function.name} needs {least} ({TIMEOUTS} timeouts)"
            )


def concurrency_is_a_parameter(house: House) -> Iterator[Finding]:
    """How many consumers of a queue run at once is a parameter of the deployment, and at least two (AWS takes no less)."""
    for source in _sources(house, "SQS"):
        declared = parameter(house, "", (source.properties.get("ScalingConfig") or {}).get("MaximumConcurrency"))
        if declared is None:
            yield source.breaks("ScalingConfig: MaximumConcurrency must be a parameter")
        elif min(int(declared.get("MinValue", 0)), int(declared.get("Default", 0))) < LEAST_CONCURRENCY:
            yield source.breaks(
                f"its concurrency's parameter must have a Default and a MinValue of at least {LEAST_CONCURRENCY}"
            )


def batches_fail_in_part(house: House) -> Iterator[Finding]:
    """Of a batch only what failed comes again."""
    for source in _sources(house, "SQS"):
        if "ReportBatchItemFailures" not in source.properties.get("FunctionResponseTypes", []):
            yield source.breaks(
                "FunctionResponseTypes: [ReportBatchItemFailures]; else one failure repeats its whole batch"
            )


def batches_are_of_a_size_that_aws_takes(house: House) -> Iterator[Finding]:
    """A FIFO queue gives ten messages and knows no window; another gives more than ten only within a window."""
    for source in _sources(house, "SQS"):
        if source.queue is None:
            continue
        size = int(source.properties.get("BatchSize", STANDARD_BATCH))
        if source.queue.properties.get("FifoQueue"):
            if size > FIFO_BATCH or source.window:
                yield source.breaks(
                    f"a FIFO queue gives at most {FIFO_BATCH}, and has no MaximumBatchingWindowInSeconds"
                )
        elif size > STANDARD_BATCH and not source.window:
            yield source.breaks(f"BatchSize {size} needs a MaximumBatchingWindowInSeconds")


def streams_lose_no_row(house: House) -> Iterator[Finding]:
    """A stream's record is tried for ever, and says so, or what is given up goes to a queue."""
    for source in _sources(house, "DynamoDB"):
        aside = (source.properties.get("DestinationConfig") or {}).get("OnFailure")
        for_ever = (
            source.properties.get("MaximumRetryAttempts") == -1
            and source.properties.get("MaximumRecordAgeInSeconds", -1) == -1
        )
        if not aside and not for_ever:
            yield source.breaks(
                "gives rows up: MaximumRetryAttempts: -1 and no MaximumRecordAgeInSeconds, or a queue in OnFailure"
            )


def streams_start_at_their_beginning(house: House) -> Iterator[Finding]:
    """A stream is read from its oldest record: what was written before the function was connected counts too."""
    for source in _sources(house, "DynamoDB"):
        if source.properties.get("StartingPosition") != "TRIM_HORIZON":
            yield source.breaks("StartingPosition: TRIM_HORIZON; else rows written during a deployment are never seen")


def streams_bisect(house: House) -> Iterator[Finding]:
    """A batch that fails is halved until the record that fails stands alone."""
    for source in _sources(house, "DynamoDB"):
        if source.properties.get("BisectBatchOnFunctionError") is not True:
            yield source.breaks("BisectBatchOnFunctionError: true; else one row holds up all of its batch")


def _sources(house: House, kind: str) -> Iterator[_Source]:
    for function in house.of(FUNCTION):
        for name, event in (function.properties.get("Events") or {}).items():
            if event["Type"] == kind:
                properties = event["Properties"]
                queue = pointed(house, function.stack, properties.get("Queue"))
                yield _Source(function=function, name=name, properties=properties, queue=queue)
