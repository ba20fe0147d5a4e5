"""Calls banks: one call for each record, and what they answer is kept as it came."""

from functools import partial
from typing import Any

from aws_lambda_powertools import Logger, Metrics

from haat.edge.settings import read
from haat.wiring.batches import batches
from haat.wiring.payment_bank_call import Settings, build, take

logger, metrics = Logger(), Metrics()
settings = read(Settings)
asking = build(settings)
batch = batches(logger, metrics)(settings.payment_bank_queue_url, settings.payment_bank_dlq_url, patient=True)


@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """A batch of the queue -> the records that must come again."""
    return batch.work(event["Records"], partial(take, asking), context.get_remaining_time_in_millis)
