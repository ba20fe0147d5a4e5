"""Checks what shops that ask to be verified have said, signs badges and status lists, and looks each minute at what is due."""

from functools import partial
from typing import Any

from aws_lambda_powertools import Logger, Metrics

from haat.edge.settings import read
from haat.edge.trouble import told, word_of
from haat.wiring.batches import batches
from haat.wiring.clock import now
from haat.wiring.verification_request import Settings, build, take

logger, metrics = Logger(), Metrics()
settings = read(Settings)
verification = build(settings)
batch = batches(logger, metrics)(settings.verification_queue_url, settings.verification_dlq_url, patient=True)


@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> dict[str, Any] | None:
    """A batch of the queue -> the records that must come again; or the schedule's event."""
    left_ms = context.get_remaining_time_in_millis
    if "Records" in event:
        return batch.work(event["Records"], partial(take, verification), left_ms)
    try:
        swept = verification.sweep(now(), left_ms)
    except Exception as error:  # noqa: BLE001  # the edge: the next time finds the rest
        raise told(word_of(error), error, logger, metrics) from None
    metrics.add_metric(name="due", unit="Count", value=swept.seen)
    for one in swept.failed:
        told(word_of(one), one, logger, metrics)
    return None
