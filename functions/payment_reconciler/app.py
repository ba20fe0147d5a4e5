"""Looks at payments at which something is due, finds each minute what no record told of, and reads banks' settlement files."""

from functools import partial
from typing import Any

from aws_lambda_powertools import Logger, Metrics

from haat.edge.settings import read
from haat.edge.trouble import told, word_of
from haat.wiring.batches import batches
from haat.wiring.clock import now
from haat.wiring.payment_reconciler import Settings, build, take

logger, metrics = Logger(), Metrics()
settings = read(Settings)
reconciler = build(settings)
batch = batches(logger, metrics)(settings.payment_due_queue_url, settings.payment_due_dlq_url)


@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> dict[str, Any] | None:
    """A batch of the queue -> the records that must come again; or a schedule's event."""
    left_ms = context.get_remaining_time_in_millis
    if "Records" in event:
        return batch.work(event["Records"], partial(take, reconciler), left_ms)
    try:
        if event.get("wanted") == "reports":  # each morning, as that schedule's own input says
            reconciler.reading.morning(now())
            metrics.add_metric(name="morning", unit="Count", value=1)
            return None
        swept = reconciler.reconciling.sweep(now(), left_ms)
    except Exception as error:  # noqa: BLE001  # the edge: the next time finds the rest
        raise told(word_of(error), error, logger, metrics) from None
    metrics.add_metric(name="found_late", unit="Count", value=swept.seen)
    for one in swept.failed:
        told(word_of(one), one, logger, metrics)
    return None
