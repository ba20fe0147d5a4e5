"""Joins public_api to the real tables."""

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from aws_lambda_powertools import Logger, Metrics

from haat.aws import clients
from haat.aws.table import Table
from haat.business.service.profiles import Directory
from haat.business.store.merchants import DynamoMerchants
from haat.edge.api.api import Api, routes_of
from haat.edge.api.badges import BadgeRoutes
from haat.edge.api.directory import DirectoryRoutes
from haat.edge.api.health import HealthRoutes
from haat.wiring.api import api_of
from haat.wiring.badges import DrawnBadges
from haat.wiring.clock import now

if TYPE_CHECKING:
    from collections.abc import Callable

    from haat.verification.service.showing import Showing


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What public_api needs to know."""

    business_table: str
    verification_table: str
    badge_keys: str
    allowed_origins: str


def build(settings: Settings, logger: Logger, metrics: Metrics) -> Api:
    """The real thing."""
    dynamodb = clients.dynamodb()
    verification = Table(dynamodb, settings.verification_table)
    merchants = DynamoMerchants(Table(dynamodb, settings.business_table), now)
    directory = Directory(merchants=merchants, badges=DrawnBadges(verification))
    showing = _showing(verification, settings.badge_keys.split(","))
    routes = routes_of(HealthRoutes(), DirectoryRoutes(directory), BadgeRoutes(directory, showing))
    return api_of("public_api", routes, settings.allowed_origins, logger, metrics)


def _showing(verification: Table, keys: list[str]) -> "Callable[[], Showing]":
    @cache
    def showing() -> "Showing":
        from haat.verification.service.showing import Showing  # noqa: PLC0415  # most requests ask for no badge
        from haat.verification.store.badges import DynamoBadges  # noqa: PLC0415  # as above
        from haat.verification.store.lists import DynamoLists  # noqa: PLC0415  # as above
        from haat.verification.store.signer import KmsKeys  # noqa: PLC0415  # as above

        # The client of keys is made for the first who asks for them.
        return Showing(
            badges=DynamoBadges(verification), lists=DynamoLists(verification), keys=KmsKeys(clients.kms, keys)
        )

    return showing
