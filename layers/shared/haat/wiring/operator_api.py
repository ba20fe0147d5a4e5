"""Joins operator_api to the real tables, queues, keys and Graph."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import urllib3
from aws_lambda_powertools import Logger, Metrics

from haat.aws import clients
from haat.aws.once import DynamoAnswers
from haat.aws.sealer import Sealer
from haat.aws.table import Table
from haat.business.model.token import Caller
from haat.business.service.health import Market
from haat.business.service.merchants import Register
from haat.business.service.operators import OperatorTokens
from haat.business.service.tokens import MerchantTokens
from haat.business.store.merchants import DynamoMerchants
from haat.business.store.queues import SqsDepths
from haat.business.store.tokens import DynamoTokens
from haat.conversation.channels.graph_asking import GraphAsking
from haat.conversation.channels.graph_numbers import GraphNumbers
from haat.conversation.channels.graph_pages import GraphPages
from haat.conversation.rules.channels import MESSENGER, WHATSAPP
from haat.conversation.service.channels import Connecting
from haat.conversation.store.channels import DynamoChannels
from haat.edge.api.api import Api, routes_of
from haat.edge.api.banks import ChecklistRoutes
from haat.edge.api.channels import ConnectingRoutes
from haat.edge.api.operators import MarketRoutes, OperatorRoutes, OperatorTokenRoutes
from haat.edge.api.reviewing import ReviewRoutes
from haat.edge.api.settlement_files import SettlementRoutes
from haat.edge.api.watch import WatchRoutes
from haat.kernel.ids import MerchantId
from haat.kernel.secret import Secret
from haat.payment.service.books import Books
from haat.payment.service.files import SettlementFiles
from haat.payment.service.open_banks import BankBook
from haat.wiring.api import api_of, gate_of
from haat.wiring.clock import now, seconds
from haat.wiring.tax_numbers import ProfiledTaxNumbers

if TYPE_CHECKING:
    from haat.conversation.ports import Numbers
    from haat.verification.service.reviewing import Reviewing

# Three calls to Graph at the most (a page's) and some to the tables within the function's 28 s.
TIMEOUT = urllib3.Timeout(connect=2, read=6)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What operator_api needs to know."""

    stage: str
    business_table: str
    conversation_table: str
    payment_table: str
    payment_files_bucket: str
    bank_urls: str
    verification_table: str
    evidence_bucket: str
    evidence_key: str
    queue_urls: str
    token_key: str
    graph_url: str
    graph_version: str
    requests_per_minute: str
    allowed_origins: str


def build(settings: Settings, logger: Logger, metrics: Metrics) -> Api:
    """The real thing."""
    dynamodb = clients.dynamodb()
    business, conversation = Table(dynamodb, settings.business_table), Table(dynamodb, settings.conversation_table)
    payment, merchants = Table(dynamodb, settings.payment_table), DynamoMerchants(business, now)
    answers, tokens = DynamoAnswers(business), DynamoTokens(business, seconds)
    register = Register(merchants=merchants, answers=answers)
    queues = SqsDepths(clients.sqs, settings.queue_urls.split(","), f"haat-{settings.stage}-")
    routes = routes_of(
        OperatorRoutes(register),
        OperatorTokenRoutes(
            register,
            MerchantTokens(tokens=tokens, answers=answers),
            OperatorTokens(tokens=tokens, answers=answers),
            os.urandom,
        ),
        MarketRoutes(Market(merchants=merchants, queues=queues)),
        ConnectingRoutes(register, _connecting(settings, conversation)),
        WatchRoutes(register, _books(payment, merchants)),
        ChecklistRoutes(_banks(settings, payment)),
        SettlementRoutes(register, _files(settings, payment)),
        ReviewRoutes(_desk(settings, business, conversation, payment, tokens)),
    )
    gate = gate_of(business, settings.requests_per_minute)
    return api_of("operator_api", routes, settings.allowed_origins, logger, metrics, gate)


def _books(payment: Table, merchants: DynamoMerchants) -> Callable[[], Books]:
    @cache
    def books() -> Books:
        from haat.payment.store.lists import DynamoLists  # noqa: PLC0415  # most lives of this function look at no money

        return Books(lists=DynamoLists(payment), tax_numbers=ProfiledTaxNumbers(merchants))

    return books


def _banks(settings: Settings, payment: Table) -> Callable[[], BankBook]:
    @cache
    def banks() -> BankBook:
        from haat.wiring.bank_book import bank_book  # noqa: PLC0415  # as above

        return bank_book(payment, settings.bank_urls, settings.stage)

    return banks


def _files(settings: Settings, payment: Table) -> Callable[[], SettlementFiles]:
    @cache
    def files() -> SettlementFiles:
        from haat.wiring.settlement_files import settlement_files  # noqa: PLC0415  # as above

        return settlement_files(payment, settings.payment_files_bucket)

    return files


def _desk(
    settings: Settings, business: Table, conversation: Table, payment: Table, tokens: DynamoTokens
) -> "Callable[[Caller], Reviewing]":
    def at(caller: Caller) -> "Reviewing":
        from haat.wiring.reviewing import Kept, desk  # noqa: PLC0415  # as above

        kept = Kept(
            verification=Table(clients.dynamodb(), settings.verification_table),
            business=business,
            conversation=conversation,
            payment=payment,
            bucket=settings.evidence_bucket,
            key=settings.evidence_key,
        )
        return desk(kept, tokens, caller)

    return at


def _connecting(settings: Settings, conversation: Table) -> Connecting:
    @cache
    def sealer() -> Sealer:  # most lives of this function connect nobody, and a client costs 10 ms
        return Sealer(clients.kms(), settings.token_key)

    def seal(merchant: MerchantId, secret: Secret[str]) -> bytes:
        return sealer().seal(merchant, secret)

    graph = GraphAsking(
        pool=urllib3.PoolManager(), base_url=settings.graph_url, version=settings.graph_version, timeout=TIMEOUT
    )
    numbers: dict[str, Numbers] = {WHATSAPP: GraphNumbers(graph=graph), MESSENGER: GraphPages(graph=graph)}
    return Connecting(channels=DynamoChannels(conversation), numbers=numbers, seal=seal)
