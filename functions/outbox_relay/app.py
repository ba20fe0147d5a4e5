"""Publishes what a transaction left in the outbox. Any trouble is raised: the stream brings the batch again, in order."""

from typing import Any

from aws_lambda_powertools import Logger, Metrics

from haat.edge.counts import printed
from haat.edge.settings import read
from haat.edge.stream import relay
from haat.wiring.relay import Settings, build

logger, metrics = Logger(), Metrics()
outbox = build(read(Settings))


@printed(metrics)
def handler(event: dict[str, Any], context: Any) -> None:
    """A batch of stream records, all of them inserts that name a queue."""
    relay(event["Records"], outbox.publish, logger, metrics)
