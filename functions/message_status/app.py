"""Keeps what the channel reports when it reports much at once, and decides what follows from a failure."""

from functools import partial
from typing import Any

from aws_lambda_powertools import Logger, Metrics

from haat.edge.settings import read
from haat.wiring.batches import batches
from haat.wiring.sending import ReportingSettings, build_reporting, take_status

logger, metrics = Logger(), Metrics()
settings = read(ReportingSettings)
reporting = build_reporting(settings)
batch = batches(logger, metrics)(settings.status_queue_url, settings.status_dlq_url)


@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """A batch of statuses -> those that must come again."""
    return batch.work(event["Records"], partial(take_status, reporting), context.get_remaining_time_in_millis)
