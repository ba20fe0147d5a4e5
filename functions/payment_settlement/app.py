"""Decides what evidence about money means, and begins what orders want paid. Nobody is called from here."""

from functools import partial
from typing import Any

from aws_lambda_powertools import Logger, Metrics

from haat.edge.settings import read
from haat.wiring.batches import batches
from haat.wiring.payment_settlement import Settings, build, take

logger, metrics = Logger(), Metrics()
settings = read(Settings)
settlement = build(settings)
batch = batches(logger, metrics)(settings.payment_evidence_queue_url, settings.payment_evidence_dlq_url, patient=True)


@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """A batch of the queue -> the records that must come again."""
    return batch.work(event["Records"], partial(take, settlement), context.get_remaining_time_in_millis)
