"""The tokens of operators and reviewers: people of the market, known by an id of their own."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from haat.business.model.token import Role, Token
from haat.business.ports import Answers, Tokens
from haat.business.rules.tokens import digest, named, write
from haat.business.service import tokens as merchants
from haat.kernel.errors import NotFound, Rejected
from haat.kernel.ids import MerchantId, OperatorId, TokenId
from haat.kernel.once import Answer, Once
from haat.kernel.secret import Secret
from haat.kernel.time import DAY, Instant, later


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorTokens:
    """Who may run the market, and who may review. One person can hold tokens of both roles."""

    tokens: Tokens
    answers: Answers

    def make(self, said: Mapping[str, Any], id: TokenId, new: OperatorId, chance: bytes, once: Once) -> Answer:
        """A token for somebody who has one already, or for somebody new. Raises Rejected, Conflict, Unavailable."""
        if (given := self.answers.given(once)) is not None:
            return given
        operator = OperatorId(said.get("operator_id", new))
        if operator != new and operator not in {token.operator for token in self.tokens.list(None)}:
            raise _wrong(operator_id="is no operator's; leave it out for a new one")
        role = Role(said.get("role", Role.OPERATOR))
        if said.get("shops") and role is not Role.REVIEWER:
            raise _wrong(shops="is only for a reviewer")
        days = said.get("expires_in_days")
        ends = later(once.at, days * DAY) if days else None
        shops = tuple(MerchantId(shop) for shop in said.get("shops", ()))
        text, token = drawn(id, operator, named(said["name"]), once.at, chance, ends=ends, role=role, shops=shops)
        answer = Answer(status=201, body={"token": shown(token), "secret": None})
        first = self.tokens.issue(token, once, answer)
        # As for merchants: the text is in no table.
        return replace(answer, body={"token": shown(token), "secret": text.reveal()}) if first is answer else first

    def revoke(self, id: TokenId, now: Instant) -> None:
        """Raises NotFound, Unavailable."""
        if not self.tokens.revoke(None, id, now):
            raise NotFound("token")


def drawn(
    id: TokenId,
    operator: OperatorId,
    name: str,
    now: Instant,
    chance: bytes,
    *,
    ends: Instant | None = None,
    role: Role = Role.OPERATOR,
    shops: tuple[MerchantId, ...] = (),
) -> tuple[Secret[str], Token]:
    """The text of a new operator's or reviewer's token, and the token to be kept."""
    text = write(chance)
    token = Token(
        id=id,
        digest=digest(text),
        role=role,
        name=name,
        operator=operator,
        shops=shops,
        created_at=now,
        expires_at=ends,
    )
    return text, token


def shown(token: Token) -> dict[str, Any]:
    """An operator's or reviewer's token as operators see it."""
    return {**merchants.shown(token), "operator_id": token.operator, "shops": list(token.shops)}


def _wrong(**fields: str) -> Rejected:
    return Rejected("some fields are not as they should be", word="invalid", fields=fields)
