"""Decides what follows from each thing that a customer said; also looks again at what is due later."""

from functools import partial
from typing import Any

from aws_lambda_powertools import Logger, Metrics

from haat.edge.settings import read
from haat.wiring.answering import Settings, build, take, take_due
from haat.wiring.batches import batches

logger, metrics = Logger(), Metrics()
settings = read(Settings)
auto_reply = build(settings)
batch = batches(logger, metrics)
inbound = batch(settings.inbound_queue_url, settings.inbound_dlq_url)
due = batch(settings.due_queue_url, settings.due_dlq_url)


@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """A batch of either queue -> the records that must come again."""
    records, left_ms = event["Records"], context.get_remaining_time_in_millis
    if due.holds(records):
        return due.work(records, partial(take_due, auto_reply), left_ms)
    return inbound.work(records, partial(take, auto_reply), left_ms)
