"""Whole numbers in bodies: what is written with a point is refused by its field, so that no float comes to where things are counted."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from haat.edge.api.operations import operations
from tests.security.api_document import Schema
from tests.stack.business.conftest import Api
from tests.stack.business.ordering import Stall
from tests.stack.payment.paying import Purse

JSON = {"content-type": "application/json"}
type Place = tuple[str | int, ...]


def wholes(value: Any, place: Place = ()) -> Iterator[Place]:
    """Where a body has whole numbers."""
    match value:
        case bool():
            pass
        case int():
            yield place
        case list():
            for number, held in enumerate(value):
                yield from wholes(held, (*place, number))
        case dict():
            for name, held in value.items():
                yield from wholes(held, (*place, name))
        case _:
            pass


def written(value: Any, at: Place, end: str, place: Place = ()) -> str:
    """A body as JSON, the number at one place with an end of its own."""
    match value:
        case list():
            return "[" + ",".join(written(held, at, end, (*place, n)) for n, held in enumerate(value)) + "]"
        case dict():
            held = (f"{json.dumps(name)}:{written(held, at, end, (*place, name))}" for name, held in value.items())
            return "{" + ",".join(held) + "}"
        case _:
            return json.dumps(value) + (end if place == at else "")


def requests(api: Api) -> dict[str, tuple[str, str, Any, str | None]]:
    """A request with each whole number that there is in the document, by its operation: method, path, body, If-Match."""
    stall = Stall(api)
    product = {
        "name": "x",
        "unit": "kg",
        "price": {"minor": 100, "currency": "INR"},
        "stock": 5,
        "tax_basis_points": 500,
    }
    made = api.json("POST", "products", product, expect=201)
    order = {"customer_id": stall.customer_id(stall.customer()), "lines": [{"product_id": made["id"], "quantity": 2}]}
    talk = api.json("GET", "conversations")["items"][0]["id"]
    bot = api.call("GET", "bot")
    return {
        "create_product": ("POST", "products", product, None),
        "put_product": ("PUT", f"products/{made['id']}", product, '"1"'),
        "create_order": ("POST", "orders", order, None),
        "take_over": ("POST", f"conversations/{talk}/takeover", {"minutes": 5}, None),
        "create_token": ("POST", "tokens", {"role": "staff", "name": "x", "expires_in_days": 30}, None),
        "put_bot": ("PUT", "bot", json.loads(bot.body), bot.headers["etag"]),
        **_of_money(api),
    }


def _of_money(api: Api) -> dict[str, tuple[str, str, Any, str | None]]:
    """The same of payments."""
    purse, some = Purse(api), {"minor": 100, "currency": "INR"}
    account = purse.account()
    asked = purse.asks(account_id=account)
    rrn = purse.pays(asked)
    keys = {"callback_token": "a-token", "api_token": "another"}
    payee = {"provider": "simbank", "name": "X", "keys": keys, "limit": some}
    there = payee | {"upi_address": "there@simbank", "provider_merchant_id": "S1"}
    known = api.json("POST", "payee-accounts", there, expect=201)
    tag = api.call("GET", f"payee-accounts/{known['id']}").headers["etag"]
    return {
        "create_payee_account": (
            "POST",
            "payee-accounts",
            payee | {"upi_address": "new@simbank", "provider_merchant_id": "S2"},
            None,
        ),
        "put_payee_account": ("PUT", f"payee-accounts/{known['id']}", {"limit": some}, tag),
        "create_payment_request": (
            "POST",
            "payment-requests",
            {"account_id": account, "amount": some, "expires_in_minutes": 15},
            None,
        ),
        "create_refund": ("POST", f"payments/{asked['reference_id']}/refunds", {"rrn": rrn, "amount": some}, None),
    }


def kept(api: Api) -> list[str]:
    """Everything that is kept, but how often tokens were used."""
    items = [item for table in ("business", "conversation", "payment") for item in api.stage.items(table)]
    return sorted(
        json.dumps(item, sort_keys=True, default=str) for item in items if not item["pk"]["S"].startswith("RATE#")
    )


def integers(schema: Schema) -> int:
    """How many whole numbers a schema and those beside it speak of."""
    return json.dumps(schema).count('"integer"')


@pytest.mark.parametrize("end", [".0", "e0", ".5"])
def test_number_that_is_not_written_whole_is_refused_by_its_field(api: Api, end: str) -> None:
    """In every body of the shop's people: 422, and nothing changes. Without the point the same body is taken."""
    asked = requests(api)
    before = kept(api)
    for method, path, body, match in asked.values():
        for place in wholes(body):
            answer = api.call(method, path, written(body, place, end).encode(), match=match, headers=JSON)
            assert answer.status == 422, (path, place)
            (error,) = json.loads(answer.body)["errors"]
            assert error["field"] == ".".join(map(str, place))
            assert error["message"].startswith("must be a whole number without a point")
    assert kept(api) == before
    for method, path, body, match in asked.values():
        assert api.call(method, path, body, match=match).status in {200, 201}


def test_every_body_with_whole_numbers_is_tried(api: Api) -> None:
    """A new one must be added to the requests above."""
    having = {id for id, op in operations("merchant_api").items() if op.body is not None and integers(op.body)}
    assert set(requests(api)) == having


@pytest.mark.parametrize("written", ["NaN", "Infinity", "[1e400]", "1" * 5_000])
def test_number_that_is_none_or_without_measure_changes_nothing(api: Api, written: str) -> None:
    """A word that is no number of JSON can't be read; of the others the field is named."""
    raw = f'{{"name": "x", "unit": "kg", "price": {{"minor": 1, "currency": "INR"}}, "stock": {written}}}'.encode()
    expected = (400, "malformed") if written[0] in "NI" else (422, "invalid")
    assert api.refused("POST", "products", raw, headers=JSON) == expected
    assert api.json("GET", "products")["items"] == []
