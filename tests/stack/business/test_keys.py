"""One Idempotency-Key at several addresses: it counts for one operation, whatever table remembers its answer."""

import json
from typing import Any

import pytest

from haat.aws.table import Update
from haat.business.model.token import Role
from tests.stack.business.conftest import SWEET_SHOP, Api
from tests.stack.business.notified import opened
from tests.stack.business.ordering import Stall

PRODUCT = {"name": "x", "unit": "kg", "price": {"minor": 1, "currency": "INR"}}


def test_key_of_one_operation_is_another_request_at_another(api: Api) -> None:
    """In the same context and in another one it makes its own thing; each gets its own answer again, whoever of the shop asks."""
    stall = Stall(api)
    stall.says(stall.customer(), "hours")
    talk = api.json("GET", "conversations")["items"][0]["id"]
    asked: list[tuple[str, Any]] = [
        ("products", PRODUCT),
        ("collections", {"name": "sweets"}),
        (f"conversations/{talk}/messages", {"text": "Yes, we are open tomorrow."}),
        ("auto-replies", {"id": "open", "examples": ["zebra"], "replies": {"en": "Yes."}}),
    ]
    first = [api.json("POST", path, body, key="one", expect=201) for path, body in asked]
    again = [api.json("POST", path, body, key="one", expect=201, role=Role.STAFF) for path, body in asked]
    assert first == again
    assert len(api.json("GET", "products")["items"]) == len(api.json("GET", "collections")["items"]) == 1


def test_key_at_another_address_of_its_operation_is_refused(api: Api) -> None:
    """A program that sends one key for two conversations is told so, and the second hears nothing."""
    stall = Stall(api)
    for number in (1, 2):
        stall.says(stall.customer(number), "hours")
    one, two = (talk["id"] for talk in api.json("GET", "conversations")["items"])
    said = {"text": "Yes."}
    api.json("POST", f"conversations/{one}/messages", said, key="one", expect=201)
    refused = api.refused("POST", f"conversations/{two}/messages", said, key="one")
    assert refused == (422, "idempotency-key-reused")


@pytest.mark.parametrize(("times", "told"), [(1, 201), (2, 409)])
def test_race_that_is_lost_without_if_match_is_no_412(api: Api, times: int, told: int) -> None:
    """Another secret is made at the same moment: the first loser looks again, who loses twice is told to send the same again."""
    endpoint = opened(api)["id"]
    path, home = f"notice-endpoints/{endpoint}/secret", f"ENDPOINTS#{SWEET_SHOP}"
    others = (Update(pk=home, sk=f"ENDPOINT#{endpoint}", set={"secret": f"sealed {n}"}) for n in range(times))
    with api.stage.faults.meanwhile(
        lambda: api.business().update(next(others)),
        function="merchant_api",
        service="dynamodb",
        operation="TransactWriteItems",
        times=times,
    ):
        answer = api.call("POST", path, key="mine")
    assert answer.status == told
    assert api.call("POST", path, key="mine").status == 201
    if told == 409:
        assert "send the same request again" in json.loads(answer.body)["detail"]
