"""Publishes what a transaction left in the outbox. Any trouble is raised: the stream brings the batch again, in order."""

from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from haat.edge.counts import printed
from haat.edge.settings import read
from haat.edge.trouble import told
from haat.wiring.relay import Settings, build

logger, metrics = Logger(), Metrics()
outbox = build(read(Settings))


@printed(metrics)
def handler(event: dict[str, Any], context: Any) -> None:
    """A batch of stream records, all of them inserts that name a queue."""
    try:
        _, parked = outbox.publish(record["dynamodb"]["NewImage"] for record in event["Records"])
    except Exception as error:  # noqa: BLE001  # the runtime logs what is raised, and an error's words may be a row's
        raise told("not_published", error, logger, metrics) from None
    if parked:
        metrics.add_metric(name="parked", unit=MetricUnit.Count, value=parked)
        logger.error("parked", extra={"rows": parked})
