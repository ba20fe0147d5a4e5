"""Says what shops say: one turn for each record, waiting where a limit or an unknown outcome says so."""

from functools import partial
from typing import Any

from aws_lambda_powertools import Logger, Metrics

from haat.edge.settings import read
from haat.wiring.batches import batches
from haat.wiring.sending import SendingSettings, build_sending, take_turn

logger, metrics = Logger(), Metrics()
settings = read(SendingSettings)
sending = build_sending(settings)
batch = batches(logger, metrics)(settings.outbound_queue_url, settings.outbound_dlq_url, patient=True)


@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """A batch of outgoing messages -> those that must come again."""
    return batch.work(event["Records"], partial(take_turn, sending), context.get_remaining_time_in_millis)
