"""Tokens in DynamoDB: one item to be found by, one to be listed by, always written together.

| thing | pk | sk |
| --- | --- | --- |
| token | TOKEN#digest | TOKEN |
| the same, in its merchant's list | MERCHANT#merchant, or OPERATORS | TOKEN#id |
| requests of a token in a minute | RATE#token | minute |
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from cachetools import TTLCache

from haat.aws.once import DynamoAnswers, marker
from haat.aws.table import Action, Put, Refused, Table, Update
from haat.business.model.token import Role, Token
from haat.business.ports import Listed
from haat.facts.codec import from_plain, to_plain
from haat.kernel.errors import Conflict, Unavailable
from haat.kernel.ids import MerchantId, TokenId
from haat.kernel.once import Answer, Once
from haat.kernel.time import Instant

KEEP_S, MOST = 60, 5_000
RATE_LIFE_S = 300


def _home(merchant: MerchantId | None) -> str:
    return f"MERCHANT#{merchant}" if merchant else "OPERATORS"


def token_actions(token: Token) -> list[Action]:
    """Both items of a new token."""
    doc = json.dumps(to_plain(token), ensure_ascii=False, separators=(",", ":"))
    return [
        Put(item={"pk": f"TOKEN#{token.digest}", "sk": "TOKEN", "doc": doc}, absent=True),
        Put(item={"pk": _home(token.merchant), "sk": f"TOKEN#{token.id}", "doc": doc}, absent=True),
    ]


def _read(item: Mapping[str, Any]) -> Token:
    doc = json.loads(item["doc"])
    token = from_plain(Token, {**doc, "role": Role(doc["role"])})
    return replace(token, revoked_at=Instant(item["revoked_at"])) if "revoked_at" in item else token


class DynamoTokens:
    """Fills the port Tokens."""

    def __init__(self, table: Table, timer: Callable[[], float]) -> None:
        self._table, self._answers = table, DynamoAnswers(table)
        self._known: TTLCache[str, Token] = TTLCache(maxsize=MOST, ttl=KEEP_S, timer=timer)

    def find(self, digest: str, *, fresh: bool) -> Token | None:
        if fresh or (token := self._known.get(digest)) is None:
            item = self._table.get(f"TOKEN#{digest}", "TOKEN", consistent=fresh)
            if item is None:
                self._known.pop(digest, None)
                return None
            token = self._known[digest] = _read(item)
        return token

    def list(self, merchant: MerchantId | None) -> list[Token]:
        found, after = self.page(merchant, None, 100)
        while after is not None:
            more, after = self.page(merchant, after, 100)
            found += more
        return found

    def page(self, merchant: MerchantId | None, after: str | None, limit: int) -> Listed[Token]:
        start = None if after is None else f"TOKEN#{after}"
        page = self._table.page(_home(merchant), prefix="TOKEN#", after=start, limit=limit)
        return [_read(item) for item in page.items], page.next and page.next.removeprefix("TOKEN#")

    def issue(self, token: Token, once: Once, answer: Answer) -> Answer:
        try:
            self._table.transact([marker(once, answer), *token_actions(token)])
        except Refused as refused:
            if (given := self._answers.given(once)) is not None:
                return given
            if not refused.at:
                raise Unavailable("others are at work on the same things") from None
            raise Conflict("two requests with one Idempotency-Key at once") from None
        return answer

    def revoke(self, merchant: MerchantId | None, id: TokenId, now: Instant) -> bool:
        item = self._table.get(_home(merchant), f"TOKEN#{id}")
        if item is None:
            return False
        token = _read(item)
        if token.revoked_at is None:
            gone, still = {"revoked_at": now}, "attribute_exists(pk)"
            both = [(f"TOKEN#{token.digest}", "TOKEN"), (_home(merchant), f"TOKEN#{id}")]
            try:
                self._table.transact([Update(pk=pk, sk=sk, set=gone, when=still) for pk, sk in both])
            except Refused as refused:
                if not refused.at:
                    raise Unavailable("others are at work on the same things") from None
                return False  # it was taken away since it was read
        self._known.pop(token.digest, None)
        return True


class DynamoRates:
    """Fills the port Rates."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def hit(self, token: TokenId, minute: int) -> int:
        return self._table.count(f"RATE#{token}", str(minute), "requests", ttl=minute * 60 + RATE_LIFE_S)
