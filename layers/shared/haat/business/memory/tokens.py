"""Tokens and their use in memory, under the same contract as in DynamoDB."""

from dataclasses import replace

from haat.business.model.token import Token
from haat.business.ports import Listed
from haat.kernel.ids import MerchantId, TokenId
from haat.kernel.once import Answer, Once, Remembered
from haat.kernel.time import Instant


class MemoryTokens:
    """Fills the port Tokens."""

    def __init__(self, answers: Remembered) -> None:
        self._kept: dict[str, Token] = {}
        self._answers = answers

    def find(self, digest: str, *, fresh: bool) -> Token | None:
        return self._kept.get(digest)

    def list(self, merchant: MerchantId | None) -> list[Token]:
        return sorted((t for t in self._kept.values() if t.merchant == merchant), key=lambda token: token.id)

    def page(self, merchant: MerchantId | None, after: str | None, limit: int) -> Listed[Token]:
        rest = [token for token in self.list(merchant) if after is None or token.id > after]
        return rest[:limit], rest[limit - 1].id if len(rest) > limit else None

    def issue(self, token: Token, once: Once, answer: Answer) -> Answer:
        if (given := self._answers.given(once)) is not None:
            return given
        self._kept[token.digest] = token
        self._answers.give(once, answer)
        return answer

    def revoke(self, merchant: MerchantId | None, id: TokenId, now: Instant) -> bool:
        for token in self.list(merchant):
            if token.id == id:
                self._kept[token.digest] = replace(token, revoked_at=token.revoked_at or now)
                return True
        return False


class MemoryRates:
    """Fills the port Rates."""

    def __init__(self) -> None:
        self._hits: dict[tuple[TokenId, int], int] = {}

    def hit(self, token: TokenId, minute: int) -> int:
        self._hits[token, minute] = self._hits.get((token, minute), 0) + 1
        return self._hits[token, minute]
