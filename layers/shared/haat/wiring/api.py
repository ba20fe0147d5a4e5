"""What the three API functions have in common: the gate, and new ids."""

import os
from collections.abc import Mapping

from aws_lambda_powertools import Logger, Metrics

from haat.aws.table import Table
from haat.business.service.callers import Callers
from haat.business.store.merchants import DynamoMerchants
from haat.business.store.tokens import DynamoRates, DynamoTokens
from haat.edge.api.api import Api, Route
from haat.edge.api.gate import Gate
from haat.kernel.ids import ulid
from haat.wiring.clock import now, seconds


def draw() -> str:
    """A new ULID."""
    return ulid(now(), os.urandom(10))


def gate_of(business: Table, per_minute: str) -> Gate:
    """The gate in front of everything that is not for everyone."""
    return Gate(
        callers=Callers(tokens=DynamoTokens(business, seconds), merchants=DynamoMerchants(business, now)),
        rates=DynamoRates(business),
        per_minute=int(per_minute),
    )


def api_of(
    function: str, routes: Mapping[str, Route], origins: str, logger: Logger, metrics: Metrics, gate: Gate | None = None
) -> Api:
    """A function's part of the API. `origins`: comma separated, or none."""
    allowed = frozenset(origin.strip() for origin in origins.split(",") if "://" in origin)
    return Api(
        function=function, gate=gate, routes=routes, origins=allowed, now=now, draw=draw, logger=logger, metrics=metrics
    )
