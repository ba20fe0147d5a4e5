"""Joins merchant_api to the real tables."""

import os
from dataclasses import dataclass

from aws_lambda_powertools import Logger, Metrics

from haat.aws import clients
from haat.aws.once import DynamoAnswers
from haat.aws.table import Table
from haat.business.service.profiles import Profiles
from haat.business.service.tokens import MerchantTokens
from haat.business.store.merchants import DynamoMerchants
from haat.business.store.tokens import DynamoTokens
from haat.conversation.store.channels import DynamoChannels
from haat.conversation.store.profile import DynamoSharedProfiles
from haat.edge.api.api import Api, routes_of
from haat.edge.api.channels import ChannelRoutes
from haat.edge.api.profile import ProfileRoutes
from haat.edge.api.tokens import TokenRoutes
from haat.wiring.api import api_of, gate_of
from haat.wiring.clock import seconds
from haat.wiring.inbox import inbox_routes
from haat.wiring.notices import notice_routes
from haat.wiring.orders import order_routes
from haat.wiring.products import goods_routes
from haat.wiring.teaching import reply_routes


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What merchant_api needs to know."""

    business_table: str
    pictures_bucket: str
    conversation_table: str
    pepper_parameter: str
    stage: str
    notice_key: str
    allowed_notice_hosts: str
    requests_per_minute: str
    allowed_origins: str


def build(settings: Settings, logger: Logger, metrics: Metrics) -> Api:
    """The real thing."""
    dynamodb = clients.dynamodb()
    business, conversation = Table(dynamodb, settings.business_table), Table(dynamodb, settings.conversation_table)
    answers, tokens = DynamoAnswers(business), DynamoTokens(business, seconds)
    routes = routes_of(
        TokenRoutes(MerchantTokens(tokens=tokens, answers=answers), os.urandom),
        ProfileRoutes(Profiles(merchants=DynamoMerchants(business)), DynamoSharedProfiles(conversation)),
        reply_routes(business, conversation),
        ChannelRoutes(DynamoChannels(conversation)),
        *inbox_routes(conversation, business, settings.pepper_parameter, settings.stage),
        notice_routes(business, settings.notice_key, settings.allowed_notice_hosts),
        *goods_routes(business, settings.pictures_bucket),
        order_routes(business, conversation),
    )
    gate = gate_of(business, settings.requests_per_minute)
    return api_of("merchant_api", routes, settings.allowed_origins, logger, metrics, gate)
