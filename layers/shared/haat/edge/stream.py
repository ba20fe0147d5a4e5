"""Records of a table's stream, all or nothing: whatever goes wrong is raised, and the stream brings the batch again, in order."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from haat.edge.trouble import told

type Publish = Callable[[Iterable[Mapping[str, Any]]], tuple[int, int]]


def relay(records: Sequence[Mapping[str, Any]], publish: Publish, logger: Logger, metrics: Metrics) -> None:
    """Publish new rows. Raises Unavailable, in words of ours: the runtime logs what is raised, and an error's words may be a row's."""
    try:
        _, parked = publish(record["dynamodb"]["NewImage"] for record in records)
    except Exception as error:  # noqa: BLE001  # the edge, as above
        raise told("not_published", error, logger, metrics) from None
    if parked:
        metrics.add_metric(name="parked", unit=MetricUnit.Count, value=parked)
        logger.error("parked", extra={"rows": parked})
