"""Who may speak for a merchant, and who for the market."""

from dataclasses import dataclass
from enum import StrEnum

from haat.kernel.ids import MerchantId, OperatorId, TokenId
from haat.kernel.time import Instant


class Role(StrEnum):
    """What a token may do. An operator's and a reviewer's are for the market, the others are for one merchant."""

    OWNER = "owner"
    STAFF = "staff"
    READ_ONLY = "read-only"
    OPERATOR = "operator"
    REVIEWER = "reviewer"  # looks at what shops send to be verified; runs nothing


MARKET = frozenset({Role.OPERATOR, Role.REVIEWER})  # people with an id of their own, who may hold tokens of both roles


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """The right to call the API. The text itself is shown once and never kept: `digest` is its SHA-256."""

    id: TokenId
    digest: str
    role: Role
    name: str  # what its owner calls it
    merchant: MerchantId | None = None
    operator: OperatorId | None = None
    shops: tuple[MerchantId, ...] = ()  # of a reviewer: where this person is owner, staff or family
    created_at: Instant
    expires_at: Instant | None = None
    revoked_at: Instant | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who calls, as proved by a token."""

    token: TokenId
    role: Role
    merchant: MerchantId | None = None
    operator: OperatorId | None = None
