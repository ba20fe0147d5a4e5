"""Joins merchant_api to the real tables."""

# ruff: noqa: PLC0415  # what a request does not need is not loaded for it

import os
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aws_lambda_powertools import Logger, Metrics

from haat.aws import clients
from haat.aws.table import Table
from haat.edge.api.api import Api
from haat.edge.api.later import Later
from haat.kernel.ids import MerchantId
from haat.wiring.api import api_of, gate_of
from haat.wiring.clock import now, seconds

if TYPE_CHECKING:
    from haat.payment.rules.account_keys import Purpose


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What merchant_api needs to know."""

    business_table: str
    pictures_bucket: str
    conversation_table: str
    pepper_parameter: str
    stage: str
    notice_key: str
    payment_table: str
    payment_door_key: str
    payment_settlement_key: str
    payment_call_key: str
    bank_urls: str
    verification_table: str
    evidence_bucket: str
    evidence_key: str
    allowed_notice_hosts: str
    requests_per_minute: str
    allowed_origins: str


def build(settings: Settings, logger: Logger, metrics: Metrics) -> Api:
    """The real thing."""
    dynamodb = clients.dynamodb()
    business, conversation = Table(dynamodb, settings.business_table), Table(dynamodb, settings.conversation_table)
    payment = Table(dynamodb, settings.payment_table)
    verification = Table(dynamodb, settings.verification_table)
    parts = _Parts(settings, business, conversation, payment, verification)
    routes = Later(
        "merchant_api",
        {
            parts.profile: ("business-profile", "business-hours"),
            parts.tokens: ("tokens",),
            parts.channels: ("channels",),
            parts.replies: ("auto-replies", "bot", "reply-templates"),
            parts.inbox: ("conversations", "unanswered-messages", "customers", "blocked-customers", "erasures"),
            parts.notices: ("notice-endpoints",),
            parts.goods: ("products", "collections"),
            parts.orders: ("orders",),
            parts.staff: ("staff-numbers", "staff-template"),
            parts.payees: ("payee-accounts", "banks"),
            parts.payments: ("payment-requests", "payments", "unassigned-receipts"),
            parts.qr_codes: ("qr-codes",),
            parts.verification: ("verification-requests", "verification-history", "badge"),
        },
    )
    gate = gate_of(business, settings.requests_per_minute)
    return api_of("merchant_api", routes, settings.allowed_origins, logger, metrics, gate)


class _Parts:
    """Each loads what its own routes need, when the first of them is asked for: together they are a quarter of a cold start."""

    def __init__(
        self, settings: Settings, business: Table, conversation: Table, payment: Table, verification: Table
    ) -> None:
        self._settings = settings
        self._verification = verification
        self._business, self._conversation, self._payment = business, conversation, payment

    def profile(self) -> Iterable[object]:
        from haat.business.service.profiles import Profiles
        from haat.business.store.merchants import DynamoMerchants
        from haat.conversation.store.profile import DynamoSharedProfiles
        from haat.edge.api.profile import ProfileRoutes
        from haat.edge.api.tax_numbers import read_gstin
        from haat.wiring.badges import DrawnBadges

        shared = DynamoSharedProfiles(self._conversation)

        def refused(merchant: MerchantId) -> bool:
            told = shared.read(merchant)
            return told is not None and told.state == "refused"

        profiles = Profiles(
            merchants=DynamoMerchants(self._business, now),
            badges=DrawnBadges(self._verification),
            read_gstin=read_gstin,
            refused=refused,
        )
        return (ProfileRoutes(profiles, shared),)

    def tokens(self) -> Iterable[object]:
        from haat.aws.once import DynamoAnswers
        from haat.business.service.tokens import MerchantTokens
        from haat.business.store.tokens import DynamoTokens
        from haat.edge.api.tokens import TokenRoutes

        tokens = DynamoTokens(self._business, seconds)
        return (TokenRoutes(MerchantTokens(tokens=tokens, answers=DynamoAnswers(self._business)), os.urandom),)

    def channels(self) -> Iterable[object]:
        from haat.conversation.store.channels import DynamoChannels
        from haat.edge.api.channels import ChannelRoutes

        return (ChannelRoutes(DynamoChannels(self._conversation)),)

    def replies(self) -> Iterable[object]:
        from haat.wiring.teaching import reply_routes

        return (reply_routes(self._business, self._conversation),)

    def inbox(self) -> Iterable[object]:
        from haat.wiring.inbox import inbox_routes

        tables = self._conversation, self._business, self._payment
        return inbox_routes(*tables, self._settings.pepper_parameter, self._settings.stage)

    def notices(self) -> Iterable[object]:
        from haat.wiring.notice_routes import notice_routes

        return (notice_routes(self._business, self._settings.notice_key, self._settings.allowed_notice_hosts),)

    def goods(self) -> Iterable[object]:
        from haat.wiring.products import goods_routes

        return goods_routes(self._business, self._settings.pictures_bucket)

    def orders(self) -> Iterable[object]:
        from haat.wiring.orders import order_routes

        return (order_routes(self._business, self._conversation),)

    def staff(self) -> Iterable[object]:
        from haat.aws.once import DynamoAnswers
        from haat.business.service.staff import Staff
        from haat.business.store.merchants import DynamoMerchants
        from haat.edge.api.phones import read_phone
        from haat.edge.api.staff import StaffRoutes

        merchants, answers = DynamoMerchants(self._business, now), DynamoAnswers(self._business)
        return (StaffRoutes(Staff(merchants=merchants, answers=answers, read_phone=read_phone)),)

    def qr_codes(self) -> Iterable[object]:
        from haat.wiring.qr_codes import qr_code_routes

        return (qr_code_routes(self._payment, self._business),)

    def payees(self) -> Iterable[object]:
        from haat.wiring.payee_accounts import payee_routes

        keys: dict[Purpose, str] = {
            "door": self._settings.payment_door_key,
            "settlement": self._settings.payment_settlement_key,
            "call": self._settings.payment_call_key,
        }
        return payee_routes(self._payment, keys, self._settings.bank_urls, self._settings.stage)

    def payments(self) -> Iterable[object]:
        from haat.wiring.payment_routes import payment_routes

        return payment_routes(self._payment, self._business, self._conversation)

    def verification(self) -> Iterable[object]:
        from haat.wiring.verification_routes import verification_routes

        bucket, key = self._settings.evidence_bucket, self._settings.evidence_key
        tables = self._business, self._conversation, self._payment
        return (verification_routes(self._verification, tables, bucket, key),)
