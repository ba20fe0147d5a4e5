"""The webhook door: Meta posts here. It proves the sender, keeps what was said, and answers at once."""

from typing import Any

from aws_lambda_powertools import Logger, Metrics

from haat.edge.counts import printed
from haat.edge.settings import read
from haat.edge.webhook import Webhook
from haat.wiring.clock import now
from haat.wiring.door import Door, Settings

logger, metrics = Logger(), Metrics()
door = Door(read(Settings))
webhook = Webhook(
    ways={"/webhooks/whatsapp": door.whatsapp(), "/webhooks/messenger": door.messenger()},
    now=now,
    logger=logger,
    metrics=metrics,
)


@printed(metrics)
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """One event of the function URL -> one HTTP answer."""
    return webhook.serve(event)
