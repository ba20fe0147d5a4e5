"""Who calls the API in a way, and begins again where it could not do what it was asked for."""

import itertools
import json
from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import TYPE_CHECKING, Any, cast

from haat.business.model.token import Role
from infra.conform.deployed import Deployed
from infra.local.market import SWEETS
from tests.conform.ways import Ended, Way
from tests.stack.business.conftest import Api

if TYPE_CHECKING:
    from infra.local.simulators.customer import Customer
    from infra.local.simulators.world import Line
    from infra.local.stage import Stage

OPERATOR: dict[str, Any] = {"as_": "01KDVDNA000PERATR000000001", "role": Role.OPERATOR}


class Hindered(Exception):
    """The API could not do what it was asked for: the caller must send it again."""


class Caller(Api):
    """Whoever calls the API in one turn of one way; what they make bears the turn's number."""

    def __init__(self, stage: Deployed, turn: int) -> None:
        super().__init__(cast("Stage", stage))  # it has the same words
        self.deployed, self.turn = stage, turn
        self._numbers = itertools.count(1_000 * turn + 1)  # their tokens are those of nobody else
        self._done: set[str] = set()
        self.chat: dict[str, Any] = {}
        self.customer: Customer = stage.graph.customer(phone=f"9197{turn:08d}", name=f"customer {turn}")

    def does(self, method: str, path: str, body: Any = None, *, gone: bool = False, **more: Any) -> Any:
        """Send a request, under its own key; return what is answered. Where it is `gone` already, 404 is as good.

        Raises Hindered where it must be sent again.
        """
        key = f"{self.turn}-{path}".replace("/", "-")[:255]
        answer = self.call(method, path, body, **({"key": key} | more))
        if answer.status >= 500:
            raise Hindered(f"{method} {path}: {answer.status}")
        assert answer.status < 300 or (gone and answer.status == 404), (method, path, answer.status, answer.body)
        return json.loads(answer.body) if answer.body else None

    def changes(self, path: str, body: Any, method: str = "PUT", **more: Any) -> Any:
        """Read something and change it as it is now; what is gone stays as it is."""
        answer = self.call("GET", path, **more)
        if answer.status >= 500:
            raise Hindered(f"GET {path}: {answer.status}")
        return None if answer.status == 404 else self.does(method, path, body, match=answer.headers["etag"], **more)

    def operates(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        """The same as an operator."""
        return self.does(method, f"/v1/operator/{path}", body, **OPERATOR, **more)

    def once(self, what: str) -> bool:
        """Whether this is asked for the first time: what people do in the chat, they don't do again."""
        first = what not in self._done
        self._done.add(what)
        return first

    def writes(self, text: str) -> None:
        """The turn's customer writes this to the sweet shop, the first time that it is asked of them."""
        if self.once(text):
            self.customer.writes(SWEETS.phone_number_id, text)
        self.deployed.drain()

    def sends_cart(self, product: str) -> None:
        """The turn's customer orders one piece, the first time that it is asked of them."""
        if self.once(product):
            self.customer.sends_cart(SWEETS.phone_number_id, [(product, 1)])
        self.deployed.drain()

    def taps(self, title: str) -> None:
        """The same with something that was offered. Raises Hindered where it was not yet."""
        offered = [one.title for line in self.heard(self.customer) for one in line.offers]
        if title not in offered:
            raise Hindered(f"{title} among {offered}")
        if self.once(title):
            self.customer.chooses(SWEETS.phone_number_id, title)
        self.deployed.drain()

    def heard(self, customer: "Customer") -> list["Line"]:
        """What the sweet shop has said to somebody."""
        return [one for one in self.stage.graph.transcript(SWEETS.phone_number_id, customer) if one.author == "haat"]

    def known(self, path: str) -> dict[str, Any]:
        """The customer's row in a list. Raises Hindered where there is none yet."""
        for one in self.does("GET", path)["items"]:
            if one["name"] == self.customer.name:
                return cast("dict[str, Any]", one)
        raise Hindered(f"{path}: who has written is not there yet")


def begun_again(play: Callable[[Caller], bool]) -> Way:
    """Make a way of what a caller does: in the end everything is sent again, and the play says whether all is there, once."""

    def way(stage: Deployed, turn: int) -> Ended:
        caller = Caller(stage, turn)
        with suppress(Hindered):
            play(caller)
        stage.drain()
        return lambda: play(caller)

    return wraps(play)(way)
