"""Two people at once: whichever calls of the first the second comes between, one of them wins, and the other is told.

The same request at once with itself is in test_killed_posts.py, carts at once in test_orders_chat.py.
"""

import itertools
from collections.abc import Callable

import pytest

from haat.business.model.token import Role
from infra.local.http import Response
from tests.stack.business.conftest import Api
from tests.stack.business.ordering import Stall

pytestmark = pytest.mark.on_moto("faults inside functions")

type Asks = Callable[[], Response]


def between_any_two_calls(api: Api, prepare: Callable[[], tuple[Asks, Asks]], refused: int) -> None:
    """Let the second of two requests come before each call of the first, on something new each time; one is refused."""
    first, _ = prepare()
    api.stage.faults.clear()
    assert first().status < 300
    calls = [call for call in api.stage.faults.calls if call.function == "merchant_api"]
    for call in range(1, len(calls) + 1):
        first, second = prepare()
        answers: list[Response] = []
        with api.stage.faults.meanwhile(lambda: answers.append(second()), function="merchant_api", call=call):  # noqa: B023  # called in this turn
            answers.append(first())
        assert answers[0].status < 300, "nothing stood in its way"
        assert answers[1].status == refused, f"before call {call}, {calls[call - 1].name}"


def test_of_two_people_who_edit_one_product_one_gets_412(api: Api) -> None:
    """Both have read the same, both save: the faster one's words stand, the other is asked to read again."""
    stall, made = Stall(api), list[str]()

    def prepare() -> tuple[Asks, Asks]:
        path = f"products/{stall.product()['id']}"
        made.append(path)

        def saves(name: str, role: Role) -> Response:
            body = {"name": name, "unit": "piece", "price": {"minor": 100, "currency": "INR"}}
            return api.call("PUT", path, body, match='"1"', role=role)

        return lambda: saves("his", Role.STAFF), lambda: saves("hers", Role.OWNER)

    between_any_two_calls(api, prepare, 412)
    assert {api.json("GET", path)["name"] for path in made[1:]} == {"hers"}


def test_of_two_orders_for_the_last_piece_one_gets_409(api: Api) -> None:
    """Whoever is faster has it; the other makes no order, and stock does not fall below zero."""
    stall, numbers = Stall(api), itertools.count()
    customer = stall.customer_id(stall.customer())
    pieces = []

    def prepare() -> tuple[Asks, Asks]:
        last = stall.product(f"piece {next(numbers)}", stock=1)
        pieces.append(last)
        body = {"customer_id": customer, "lines": [{"product_id": last["id"], "quantity": 1}]}
        return lambda: api.call("POST", "orders", body), lambda: api.call("POST", "orders", body)

    between_any_two_calls(api, prepare, 409)
    assert {stall.stock(piece) for piece in pieces} == {0}
    assert len(stall.orders()) == len(pieces)
