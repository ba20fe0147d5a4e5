"""Making and revoking a merchant's tokens."""

from dataclasses import dataclass, replace
from typing import Any

from haat.business.model.token import Role, Token
from haat.business.ports import Answers, Tokens
from haat.business.rules.tokens import digest, named, write
from haat.kernel.errors import NotFound
from haat.kernel.ids import MerchantId, TokenId
from haat.kernel.once import Answer, Once
from haat.kernel.time import DAY, Instant, later, rfc3339


@dataclass(frozen=True, slots=True, kw_only=True)
class MerchantTokens:
    """The tokens of merchants."""

    tokens: Tokens
    answers: Answers

    def make(self, merchant: MerchantId, asked: dict[str, Any], id: TokenId, chance: bytes, once: Once) -> Answer:
        """A new token, its text shown this one time. Raises Rejected, Conflict, Unavailable."""
        if (given := self.answers.given(once)) is not None:
            return given
        text = write(chance)
        days = asked.get("expires_in_days")
        token = Token(
            id=id,
            digest=digest(text),
            role=Role(asked["role"]),
            name=named(asked["name"]),
            merchant=merchant,
            created_at=once.at,
            expires_at=later(once.at, days * DAY) if days else None,
        )
        answer = Answer(status=201, body={"token": shown(token), "secret": None})
        first = self.tokens.issue(token, once, answer)
        # The text is in no table: who asks again is told which token it was, and must make another.
        return replace(answer, body={"token": shown(token), "secret": text.reveal()}) if first is answer else first

    def revoke(self, merchant: MerchantId, id: TokenId, now: Instant) -> None:
        """Raises NotFound, Unavailable."""
        if not self.tokens.revoke(merchant, id, now):
            raise NotFound("token")


def shown(token: Token) -> dict[str, Any]:
    """A token as its owner sees it."""
    return {
        "id": token.id,
        "role": token.role,
        "name": token.name,
        "created_at": rfc3339(token.created_at),
        "expires_at": rfc3339(token.expires_at) if token.expires_at is not None else None,
        "revoked_at": rfc3339(token.revoked_at) if token.revoked_at is not None else None,
    }
