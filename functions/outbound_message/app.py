"""Says what shops say: one turn for each record, waiting where a limit or an unknown outcome says so. Shows their profiles, too."""

from functools import partial
from typing import Any

from aws_lambda_powertools import Logger, Metrics

from haat.edge.settings import read
from haat.wiring.batches import batches
from haat.wiring.sending import SendingSettings, build_sending, take_profile, take_turn

logger, metrics = Logger(), Metrics()
settings = read(SendingSettings)
sending = build_sending(settings)
batch = batches(logger, metrics)
outbound = batch(settings.outbound_queue_url, settings.outbound_dlq_url, patient=True)
profiles = batch(settings.profile_queue_url, settings.profile_dlq_url, patient=True)


@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """A batch of either queue -> the records that must come again."""
    records, left_ms = event["Records"], context.get_remaining_time_in_millis
    if profiles.holds(records):
        return profiles.work(records, partial(take_profile, settings, sending), left_ms)
    return outbound.work(records, partial(take_turn, sending), left_ms)
