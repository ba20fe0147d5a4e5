"""The API on the stage, and the words in which its tests speak."""

import itertools
import json
from collections.abc import Iterator
from typing import Any

import pytest

from haat.aws.table import Delete, Table, Update
from haat.business.model.token import MARKET, Role, Token
from haat.business.rules.tokens import digest, write
from haat.business.store.tokens import token_actions
from haat.kernel.ids import MerchantId, OperatorId, TokenId, ulid
from haat.kernel.secret import Secret
from haat.kernel.time import DAY, MINUTE, Instant
from infra.local.http import Response
from infra.local.market import HARDWARE, SAREES, SWEETS
from infra.local.seed import seed
from infra.local.stage import Stage

SWEET_SHOP, SAREE_SHOP, HARDWARE_SHOP = (shop.merchant.id for shop in (SWEETS, SAREES, HARDWARE))
# Each how-many-th point of a crash matrix is tried every day, and all of them with the slow tests.
EVERY = (3, pytest.param(1, marks=pytest.mark.slow))


class Api:
    """The stage's API, as its callers see it."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self._numbers = itertools.count(1)
        self._tokens: dict[tuple[str, Role], str] = {}

    @property
    def now(self) -> Instant:
        """The stage's time."""
        return Instant(int(self.stage.clock.now() * 1000))

    def business(self) -> Table:
        """The business table, as stores read it."""
        return Table(self.stage.client("dynamodb"), self.stage.deployment.outputs["BusinessTable"])

    def conversation(self) -> Table:
        """The conversation table, as stores read it."""
        return Table(self.stage.client("dynamodb"), self.stage.deployment.outputs["ConversationTable"])

    def token(self, who: str, role: Role = Role.OWNER, *, ends: Instant | None = None) -> str:
        """A token that counts, made by the product's own store; the same again for the same person."""
        if ends is None and (known := self._tokens.get((who, role))):
            return known
        number = next(self._numbers)
        text = write(number.to_bytes(32))
        operator = role in MARKET
        self.business().transact(
            token_actions(
                Token(
                    id=TokenId(ulid(self.now, number.to_bytes(10))),
                    digest=digest(text),
                    role=role,
                    name=f"test {number}",
                    merchant=None if operator else MerchantId(who),
                    operator=OperatorId(who) if operator else None,
                    created_at=self.now,
                    expires_at=ends,
                )
            )
        )
        if ends is None:
            self._tokens[who, role] = text.reveal()
        return text.reveal()

    def revoked(self, who: str, role: Role = Role.OWNER) -> str:
        """A token that was revoked."""
        text = self.token(who, role, ends=Instant(self.now + DAY))
        row = Update(pk=f"TOKEN#{digest(Secret(text))}", sk="TOKEN", set={"revoked_at": self.now})
        self.business().update(row)
        return text

    def used(self, token: str, times: int) -> None:
        """Let a token have made so many requests more in this minute."""
        row = Update(pk=f"RATE#{token}", sk=str(self.now // MINUTE), add={"requests": times})
        self.business().update(row)

    def forget_use(self) -> None:
        """Let no token have made a request in this minute."""
        for item in self.stage.items("business"):
            if item["pk"]["S"].startswith("RATE#"):
                self.business().delete(Delete(pk=item["pk"]["S"], sk=item["sk"]["S"]))

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        as_: str | None = SWEET_SHOP,
        role: Role = Role.OWNER,
        key: str | None = None,
        match: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> Response:
        """One request. `as_` is the merchant (or operator, or reviewer) whose token goes with it, None for nobody.

        A path that does not begin with / is below the merchant's own. Each POST gets a new Idempotency-Key, unless one is given.
        """
        sent = {"content-type": "application/json"} if body is not None and not isinstance(body, bytes) else {}
        if as_ is not None:
            sent["authorization"] = f"Bearer {self.token(as_, role)}"
        if method == "POST":
            sent["idempotency-key"] = key or f"key-{next(self._numbers)}"
        if match is not None:
            sent["if-match"] = match
        target = path if path.startswith("/") else f"/v1/merchants/{as_}/{path}"
        raw = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.stage.http(method, target, sent | (headers or {}), raw)

    def json(self, method: str, path: str, body: Any = None, *, expect: int = 200, **more: Any) -> Any:
        """The document in the answer to a request that must succeed so."""
        answer = self.call(method, path, body, **more)
        assert answer.status == expect, (answer.status, answer.body.decode())
        return json.loads(answer.body) if answer.body else None

    def refused(self, method: str, path: str, body: Any = None, **more: Any) -> tuple[int, str]:
        """Status and stable type of the problem that a request meets."""
        answer = self.call(method, path, body, **more)
        said = json.loads(answer.body)
        assert answer.headers["content-type"] == "application/problem+json"
        assert said["status"] == answer.status
        return answer.status, said["type"].removeprefix("urn:haat:problem:")


@pytest.fixture
def api(stage: Stage) -> Iterator[Api]:
    """Return the API of the market of three shops."""
    seed(stage)
    yield Api(stage)
    assert not [failure for failure in stage.failures if not failure.died], "a function broke"
