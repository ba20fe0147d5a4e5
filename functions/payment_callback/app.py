"""The banks' door: it verifies what a bank or gateway sends, keeps it as it came, and answers at once."""

from typing import Any

from aws_lambda_powertools import Logger, Metrics

from haat.edge.callback import Callbacks
from haat.edge.counts import printed
from haat.edge.settings import read
from haat.wiring.clock import now
from haat.wiring.payment_callback import Settings, build

logger, metrics = Logger(), Metrics()
callbacks = Callbacks(take=build(read(Settings)).take, now=now, logger=logger, metrics=metrics)


@printed(metrics)
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """One event of the function URL -> one HTTP answer."""
    return callbacks.serve(event)
