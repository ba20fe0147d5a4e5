"""Joins public_api to the real tables."""

from dataclasses import dataclass

from aws_lambda_powertools import Logger, Metrics

from haat.edge.api.api import Api, routes_of
from haat.edge.api.health import HealthRoutes
from haat.wiring.api import api_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What public_api needs to know."""

    allowed_origins: str


def build(settings: Settings, logger: Logger, metrics: Metrics) -> Api:
    """The real thing."""
    return api_of("public_api", routes_of(HealthRoutes()), settings.allowed_origins, logger, metrics)
