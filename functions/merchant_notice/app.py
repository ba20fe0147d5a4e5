"""Tells merchants' own systems what happened, one try for each record and again later where it was not taken; and orders of their money."""

from functools import partial
from typing import Any

from aws_lambda_powertools import Logger, Metrics

from haat.edge.settings import read
from haat.wiring.batches import batches
from haat.wiring.notices import Settings, build, take

logger, metrics = Logger(), Metrics()
settings = read(Settings)
telling = build(settings)
batch = batches(logger, metrics)(settings.notice_queue_url, settings.notice_dlq_url, patient=True)


@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """A batch of notices -> those that must come again."""
    return batch.work(event["Records"], partial(take, telling), context.get_remaining_time_in_millis)
