"""What operators do over HTTP: merchants, their numbers and first tokens, and how the market is."""

from typing import Any

from aws_lambda_powertools import Logger, Metrics

from haat.edge.counts import printed
from haat.edge.settings import read
from haat.wiring.operator_api import Settings, build

logger, metrics = Logger(), Metrics()
app = build(read(Settings), logger, metrics).chalice()


@printed(metrics)
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """One event of the REST API -> one HTTP answer."""
    answer: dict[str, Any] = app(event, context)
    return answer
