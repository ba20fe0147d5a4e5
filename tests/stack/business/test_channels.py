"""Numbers: an operator connects one, customers are answered there, and nobody sees its token."""

import json
from collections.abc import Callable

import pytest

from haat.conversation.store.channels import DynamoChannels
from haat.conversation.store.lines import DynamoTaught
from haat.kernel.ids import MerchantId
from infra.local.market import SWEETS
from infra.local.simulators.faults import ANY
from infra.local.simulators.people import ShopNumber
from tests.stack.business.conftest import HARDWARE_SHOP, SWEET_SHOP, Api
from tests.stack.business.operating import NUMBER, Operator, asked
from tests.stack.conversation.conftest import SWEET_SHOP as SWEET_NUMBER
from tests.stack.conversation.conftest import Market

type Said = Callable[[Operator, ShopNumber], dict[str, str]]


@pytest.fixture
def operator(api: Api) -> Operator:
    """Return the operator of the market of three shops."""
    return Operator(api)


def teach(api: Api, shop: MerchantId) -> None:
    """Let a shop know what the sweet shop knows."""
    DynamoTaught(api.conversation()).write(shop, SWEETS.taught)


def test_shop_that_is_connected_answers_its_customers(api: Api, operator: Operator) -> None:
    """From opening a shop to its first answer: register, number, a customer writes and is answered by that number."""
    shop, number, market = operator.opens(), operator.number(), Market(api.stage)
    teach(api, shop)
    assert market.says(market.customer(), "price", to=NUMBER) == []
    made = operator.json("POST", f"merchants/{shop}/channels", asked(number), expect=201)
    assert made == {
        "kind": "whatsapp",
        "phone_number_id": NUMBER,
        "page_id": None,
        "account_id": number.waba_id,
        "display_phone_number": f"+{number.display_phone_number}",
        "verified_name": number.name,
        "code_verification_status": "VERIFIED",
        "quality_rating": "GREEN",
        "connected_at": "2026-01-05T04:30:00.000Z",
        "stopped": None,
    }
    (reply,) = market.says(market.customer(), "price", to=NUMBER)
    assert "Sandesh" in reply
    assert operator.json("GET", f"merchants/{shop}/channels")["items"] == [made]


def test_account_is_subscribed_so_that_its_messages_come(api: Api, operator: Operator) -> None:
    """An account that our app does not listen to yet is subscribed with the number."""
    shop, number, market = operator.opens(), operator.number(), Market(api.stage)
    teach(api, shop)
    api.stage.graph.world.unsubscribed.add(number.waba_id)
    operator.json("POST", f"merchants/{shop}/channels", asked(number), expect=201)
    assert len(market.says(market.customer(), "price", to=NUMBER)) == 1


WRONG: dict[str, tuple[Said, str]] = {
    "token that Meta does not know": (lambda _, n: asked(n, access_token="EAAinvented"), "access_token"),
    "number that is another's": (lambda o, n: asked(n, phone_number_id=SWEET_NUMBER[:-1] + "9"), "phone_number_id"),
    "token of another portfolio": (
        lambda o, n: asked(n, access_token=o.number("100000000000012").token),
        "phone_number_id",
    ),
    "account that is another's": (lambda _, n: asked(n, account_id=SWEETS.account), "account_id"),
    "number with letters": (lambda _, n: asked(n, phone_number_id="../me"), "phone_number_id"),
    "token with a space": (lambda _, n: asked(n, access_token="EAA x"), "access_token"),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_meta_does_not_take_is_named(api: Api, operator: Operator, what: str) -> None:
    """The field that Meta refuses is named, in words, and nothing is kept."""
    said, field = WRONG[what]
    shop, number = operator.opens(), operator.number()
    refused = operator.call("POST", f"merchants/{shop}/channels", body := said(operator, number))
    errors = json.loads(refused.body)["errors"]
    assert (refused.status, [error["field"] for error in errors]) == (422, [field])
    assert body["access_token"] not in refused.body.decode()
    assert operator.json("GET", f"merchants/{shop}/channels")["items"] == []


@pytest.mark.parametrize(
    ("code", "status", "field"),
    [(190, 422, "access_token"), (10, 422, "access_token"), (368, 422, "phone_number_id"), (4, 503, ""), (2, 503, "")],
)
def test_codes_of_meta_are_told_apart(api: Api, operator: Operator, code: int, status: int, field: str) -> None:
    """What a new token mends is said of the token, what time mends gets 503 and may be sent again."""
    shop, number = operator.opens(), operator.number()
    api.stage.graph.faults.error(code, number=NUMBER, edge=ANY)
    first = operator.call("POST", f"merchants/{shop}/channels", asked(number), key="one")
    assert first.status == status
    assert [error["field"] for error in json.loads(first.body).get("errors", [])] == ([field] if field else [])
    again = operator.call("POST", f"merchants/{shop}/channels", asked(number), key="one")
    assert again.status == 201, "a refusal is not remembered under its key"


def test_meta_that_does_not_answer_is_said(api: Api, operator: Operator) -> None:
    """While Graph is dark, broken or slow the request gets 503, and nothing is kept."""
    shop, number, faults = operator.opens(), operator.number(), api.stage.graph.faults
    faults.refuse(edge=ANY)
    faults.broken(502, edge=ANY)
    faults.time_out(edge=ANY)
    faults.drop(edge=ANY)
    for _ in range(4):
        assert operator.refused("POST", f"merchants/{shop}/channels", asked(number)) == (503, "try-again")
    assert len(faults) == 0
    assert operator.json("GET", f"merchants/{shop}/channels")["items"] == []


def test_number_of_another_shop_is_refused_without_a_name(api: Api, operator: Operator) -> None:
    """A number that is connected stays its shop's; the refusal does not say whose it is."""
    shop = operator.opens()
    sweets = {"phone_number_id": SWEET_NUMBER, "account_id": SWEETS.account, "access_token": SWEETS.token}
    refused = operator.call("POST", f"merchants/{shop}/channels", sweets)
    assert (refused.status, json.loads(refused.body)["reason"]) == (409, "number-taken")
    assert SWEET_SHOP not in refused.body.decode()
    assert DynamoChannels(api.conversation()).owner("whatsapp", SWEET_NUMBER) == SWEET_SHOP
    guessed = operator.call("POST", f"merchants/{shop}/channels", sweets | {"access_token": "EAAguess"})
    assert guessed.status == 409, "Meta is not asked about a number that has an owner"


def test_new_token_lifts_a_stop(api: Api, operator: Operator) -> None:
    """A number that Meta stopped shows why, to its shop too, and speaks again when its new token is saved."""
    market = Market(api.stage)
    api.stage.graph.faults.error(190, number=SWEET_NUMBER)
    assert market.says(market.customer(), "hours") == []
    stopped = {"reason": "stop_token", "at": "2026-01-05T04:30:00.000Z"}
    assert [c["stopped"] for c in api.json("GET", "channels")["items"]] == [None, stopped], "its page goes on"
    again = {"phone_number_id": SWEET_NUMBER, "account_id": SWEETS.account, "access_token": SWEETS.token}
    made = operator.json("POST", f"merchants/{SWEET_SHOP}/channels", again, expect=201)
    assert made["stopped"] is None
    assert api.json("GET", "channels")["items"][1] == made
    api.stage.run_for(61)
    assert len(market.says(market.customer(), "hours")) == 1


def test_number_that_is_taken_away_is_free(api: Api, operator: Operator) -> None:
    """A number that was disconnected answers nobody, is unknown from then on, and another shop may have it."""
    shop, number, market = operator.opens(), operator.number(), Market(api.stage)
    teach(api, shop)
    operator.json("POST", f"merchants/{shop}/channels", asked(number), expect=201)
    assert operator.refused("DELETE", f"merchants/{HARDWARE_SHOP}/channels/{NUMBER}") == (404, "not-found")
    assert operator.call("DELETE", f"merchants/{shop}/channels/{NUMBER}").status == 204
    assert operator.refused("DELETE", f"merchants/{shop}/channels/{NUMBER}") == (404, "not-found")
    assert operator.json("GET", f"merchants/{shop}/channels")["items"] == []
    assert market.says(market.customer(), "price", to=NUMBER) == []
    operator.json("POST", f"merchants/{HARDWARE_SHOP}/channels", asked(number), expect=201)
    assert len(api.json("GET", "channels", as_=HARDWARE_SHOP)["items"]) == 2


def test_numbers_are_seen_by_their_own_shop(api: Api) -> None:
    """Each shop sees its own number and its own page and no other, and has no way to connect one."""
    page, number = api.json("GET", "channels")["items"]
    assert (page["page_id"], number["phone_number_id"]) == (SWEETS.page_id, SWEET_NUMBER)
    assert api.refused("GET", f"/v1/merchants/{HARDWARE_SHOP}/channels") == (404, "not-found")
    path = f"/v1/operator/merchants/{SWEET_SHOP}/channels"
    assert api.refused("GET", path) == (404, "not-found")
    assert api.refused("POST", path, {}) == (404, "not-found")


def test_token_is_nowhere_to_be_read(api: Api, operator: Operator) -> None:
    """The token of a number stands in no answer, no table and no log, whatever became of the request."""
    shop, number = operator.opens(), operator.number()
    words = []
    for faulty in (True, False, False):
        if faulty:
            api.stage.graph.faults.error(190, number=NUMBER, edge=ANY)
        answer = operator.call("POST", f"merchants/{shop}/channels", asked(number), key="one")
        words.append(answer.body.decode())
    words += [json.dumps(api.stage.items(table), default=str) for table in ("business", "conversation")]
    words += api.stage.logs.lines()
    assert number.token not in "\n".join(words)
