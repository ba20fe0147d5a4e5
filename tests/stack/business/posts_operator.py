"""A request for each POST of the API that an operator makes; those of a shop's people are in posts.py."""

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.stack.business.conftest import Api
from tests.stack.business.operating import NEW_SHOP, Operator, asked
from tests.stack.payment.filing import Desk, payment, report

THERE = "/v1/operator"


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One request, and how to look for its effect: `seen` reads through the API and at the customers' phones.

    After `over_s` seconds all that follows from it by itself has happened.
    """

    path: str
    body: Any = None
    seen: Callable[[], Any]
    headers: Mapping[str, str] = field(default_factory=dict)
    over_s: float = 60.0


class OperatorPosts:
    """An operator asks."""

    def __init__(self, api: Api) -> None:
        self._api, self._operator = api, Operator(api)
        self._numbers = itertools.count(1)
        self._at: Desk | None = None
        self._filed = 0

    def create_merchant(self) -> Post:
        """One more shop."""
        body = NEW_SHOP | {"handle": self._name("boighar")}
        counted = self._operator.json("GET", "health")["merchants"]["open"]

        def seen() -> Any:
            shops = self._operator.json("GET", "merchants?limit=100")["items"]
            more = self._operator.json("GET", "health")["merchants"]["open"] - counted
            return [shop for shop in shops if shop["handle"] == body["handle"]], more

        return Post(path=f"{THERE}/merchants", body=body, seen=seen)

    def close_merchant(self) -> Post:
        """A shop that is open."""
        return self._step("close")

    def open_merchant(self) -> Post:
        """A shop that is closed."""
        return self._step("open", after="close")

    def block_merchant(self) -> Post:
        """A shop that is open."""
        return self._step("block")

    def unblock_merchant(self) -> Post:
        """A shop that is blocked."""
        return self._step("unblock", after="block")

    def connect_channel(self) -> Post:
        """A shop without a number, and a number that is nobody's."""
        shop, number = self._operator.opens(), self._operator.number(str(100_000_000_000_100 + next(self._numbers)))
        path = f"merchants/{shop}/channels"
        self._api.stage.graph.world.unsubscribed.add(number.waba_id)

        def seen() -> Any:
            listed = self._operator.json("GET", path)["items"]
            return listed, number.waba_id in self._api.stage.graph.world.unsubscribed

        return Post(path=f"{THERE}/{path}", body=asked(number), seen=seen)

    def create_owner_token(self) -> Post:
        """A new shop's first token."""
        shop, body = self._operator.opens(), {"name": self._name("owner")}
        return Post(
            path=f"{THERE}/merchants/{shop}/tokens",
            body=body,
            seen=lambda: self._listed("tokens", "name", body["name"], as_=shop),
        )

    def create_operator_token(self) -> Post:
        """One more operator."""
        body = {"name": self._name("operator")}

        def seen() -> Any:
            return [one for one in self._operator.json("GET", "tokens")["items"] if one["name"] == body["name"]]

        return Post(path=f"{THERE}/tokens", body=body, seen=seen)

    def create_settlement_file(self) -> Post:
        """One more file of a shop's account, to be posted."""
        desk = self._desk()
        body = {"payee_account_id": desk.account.id, "first_day": f"2025-12-{next(self._numbers) % 31 + 1:02}"}
        return Post(
            path=f"{THERE}/settlement-files",
            body=body,
            seen=lambda: len(self._operator.json("GET", "settlement-files?limit=100")["items"]) - self._filed,
        )

    def read_settlement_file(self) -> Post:
        """One that was posted, with money that nobody has told of."""
        desk = self._desk()
        begun = desk.begins("2026-01-04")
        desk.posts(begun, report(payment(self._name("pay_"), 12_500)))
        path = f"settlement-files/{begun['id']}"
        return Post(
            path=f"{THERE}/{path}/read",
            seen=lambda: [self._operator.json("GET", path), self._operator.json("GET", f"{path}/lines")],
        )

    # Inside

    def _desk(self) -> Desk:
        if self._at is None:
            self._at = Desk(self._api)
        self._filed = len(self._operator.json("GET", "settlement-files?limit=100")["items"])
        return self._at

    def _name(self, kind: str) -> str:
        return f"{kind}-{next(self._numbers)}"

    def _read(self, path: str, **more: Any) -> Any:
        return self._api.json("GET", path, **more)

    def _listed(self, path: str, field: str, value: object, **more: Any) -> list[Any]:
        """Those of a list that have a value."""
        return [one for one in self._read(path, **more)["items"] if one[field] == value]

    def _step(self, what: str, *, after: str = "") -> Post:
        shop = self._operator.opens()
        if after:
            self._operator.json("POST", f"merchants/{shop}/{after}")
        return Post(
            path=f"{THERE}/merchants/{shop}/{what}", seen=lambda: self._operator.json("GET", f"merchants/{shop}")
        )
