"""Joins merchant_api to the real tables."""

import os
from dataclasses import dataclass

from aws_lambda_powertools import Logger, Metrics

from haat.aws import clients
from haat.aws.once import DynamoAnswers
from haat.aws.table import Table
from haat.business.service.tokens import MerchantTokens
from haat.business.store.tokens import DynamoTokens
from haat.edge.api.api import Api, routes_of
from haat.edge.api.tokens import TokenRoutes
from haat.wiring.api import api_of, gate_of
from haat.wiring.clock import seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What merchant_api needs to know."""

    business_table: str
    requests_per_minute: str
    allowed_origins: str


def build(settings: Settings, logger: Logger, metrics: Metrics) -> Api:
    """The real thing."""
    business = Table(clients.dynamodb(), settings.business_table)
    answers, tokens = DynamoAnswers(business), DynamoTokens(business, seconds)
    routes = routes_of(TokenRoutes(MerchantTokens(tokens=tokens, answers=answers), os.urandom))
    gate = gate_of(business, settings.requests_per_minute)
    return api_of("merchant_api", routes, settings.allowed_origins, logger, metrics, gate)
