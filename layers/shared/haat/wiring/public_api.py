"""Joins public_api to the real tables."""

from dataclasses import dataclass

from aws_lambda_powertools import Logger, Metrics

from haat.aws import clients
from haat.aws.table import Table
from haat.business.service.profiles import Directory
from haat.business.store.merchants import DynamoMerchants
from haat.edge.api.api import Api, routes_of
from haat.edge.api.directory import DirectoryRoutes
from haat.edge.api.health import HealthRoutes
from haat.wiring.api import api_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What public_api needs to know."""

    business_table: str
    allowed_origins: str


def build(settings: Settings, logger: Logger, metrics: Metrics) -> Api:
    """The real thing."""
    merchants = DynamoMerchants(Table(clients.dynamodb(), settings.business_table))
    routes = routes_of(HealthRoutes(), DirectoryRoutes(Directory(merchants=merchants)))
    return api_of("public_api", routes, settings.allowed_origins, logger, metrics)
