"""Operators: merchants, first tokens, and how the market is."""

import json

import pytest

from haat.business.model.token import Role
from tests.stack.business.conftest import HARDWARE_SHOP, SWEET_SHOP, Api
from tests.stack.business.operating import NEW_SHOP, OPERATOR, Operator
from tests.stack.business.test_tokens import bearer
from tests.stack.conversation.conftest import SWEET_SHOP as SWEET_NUMBER
from tests.stack.conversation.conftest import Market


@pytest.fixture
def operator(api: Api) -> Operator:
    """Return the operator of the market of three shops."""
    return Operator(api)


def test_new_shop_is_in_the_register_once(operator: Operator) -> None:
    """A shop that is asked for twice under one key is opened once, and the answer is the same."""
    first, again = (operator.call("POST", "merchants", NEW_SHOP, key="one") for _ in range(2))
    assert (first.status, first.body, first.headers["etag"]) == (201, again.body, again.headers["etag"])
    made = json.loads(first.body)
    assert made == NEW_SHOP | {"id": made["id"], "state": "open", "handle": "", "listed": False}
    assert operator.json("GET", f"merchants/{made['id']}") == made
    assert [shop["id"] for shop in operator.json("GET", "merchants")["items"]].count(made["id"]) == 1
    assert operator.json("GET", "health")["merchants"] == {"open": 4, "closed": 0, "blocked": 0}


@pytest.mark.on_moto("each row of a table of ours")
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("country", "XX"),
        ("country", "India"),
        ("currency", "RUP"),
        ("timezone", "Asia/Atlantis"),
        ("timezone", "Asia"),
        ("timezone", "../../etc/passwd"),
        ("timezone", "localtime"),
        ("timezone", "Factory"),
        ("language", "xx"),
        ("name", "  "),
        ("name", "শু" * 76),
        ("legal_name", ""),
        ("handle", "Not A Handle"),
    ],
)
def test_field_that_is_wrong_is_named(operator: Operator, field: str, value: str) -> None:
    """What no shop can be is refused with the name of the field, and nothing is made."""
    refused = operator.call("POST", "merchants", NEW_SHOP | {field: value})
    said = json.loads(refused.body)
    assert (refused.status, [error["field"] for error in said["errors"]]) == (422, [field])
    assert value not in refused.body.decode() or not value.strip()
    assert len(operator.json("GET", "merchants")["items"]) == 3


def test_handle_is_one_shops(operator: Operator) -> None:
    """A handle that is taken gets 409, for a new shop and for a change; not said it stays; what was given back can be taken."""
    first = operator.opens(handle="boighar")
    again = operator.call("POST", "merchants", NEW_SHOP | {"handle": "boighar"})
    assert (again.status, json.loads(again.body)["reason"]) == (409, "handle-taken")
    second = operator.opens()
    change = {name: value for name, value in NEW_SHOP.items() if name not in ("country", "currency")}
    taken = operator.refused("PUT", f"merchants/{second}", change | {"handle": "boighar"}, match='"1"')
    assert taken == (409, "conflict")
    assert operator.json("PUT", f"merchants/{first}", change, match='"1"')["handle"] == "boighar"
    operator.json("PUT", f"merchants/{first}", change | {"handle": ""}, match='"2"')
    assert operator.json("PUT", f"merchants/{second}", change | {"handle": "boighar"}, match='"1"')["handle"]


def test_change_needs_the_version_that_was_read(operator: Operator) -> None:
    """Of two who change a shop one is told that the other was faster; who does not say what they read is asked for it."""
    shop = operator.opens()
    change = {name: value for name, value in NEW_SHOP.items() if name not in ("country", "currency")}
    changed = operator.call("PUT", f"merchants/{shop}", change | {"timezone": "Asia/Dhaka"}, match='"1"')
    assert (changed.status, changed.headers["etag"]) == (200, '"2"')
    assert operator.refused("PUT", f"merchants/{shop}", change, match='"1"') == (412, "changed")
    assert operator.refused("PUT", f"merchants/{shop}", change) == (428, "if-match")
    assert operator.json("GET", f"merchants/{shop}")["timezone"] == "Asia/Dhaka"


@pytest.mark.parametrize(("stop", "go"), [("close", "open"), ("block", "unblock")])
def test_shop_that_is_shut_may_do_nothing(api: Api, operator: Operator, stop: str, go: str) -> None:
    """From the moment a shop is closed or blocked its tokens get 403, and other shops go on; opened again, all is as before."""
    assert api.call("GET", "business-profile").status == 200
    shut = operator.call("POST", f"merchants/{SWEET_SHOP}/{stop}")
    assert shut.status == 200
    assert operator.call("POST", f"merchants/{SWEET_SHOP}/{stop}").body == shut.body
    assert api.refused("POST", "tokens", {"role": "staff", "name": "x"}) == (403, "merchant-blocked")
    assert api.refused("GET", "business-profile") == (403, "merchant-blocked")
    assert api.call("GET", "business-profile", as_=HARDWARE_SHOP).status == 200
    counted = operator.json("GET", "health")["merchants"]
    assert (counted["open"], counted["closed"] + counted["blocked"]) == (2, 1)
    operator.json("POST", f"merchants/{SWEET_SHOP}/{go}")
    assert api.call("POST", "tokens", {"role": "staff", "name": "x"}).status == 201
    assert operator.json("GET", "health")["merchants"] == {"open": 3, "closed": 0, "blocked": 0}


def test_block_is_not_lifted_by_opening(operator: Operator) -> None:
    """A blocked shop can't be opened or closed, only unblocked, and is then what it was before; unblocked again, it is that still."""
    shop = operator.opens()
    operator.json("POST", f"merchants/{shop}/close")
    operator.json("POST", f"merchants/{shop}/block")
    for what in ("open", "close"):
        assert operator.refused("POST", f"merchants/{shop}/{what}") == (409, "conflict")
    assert operator.json("POST", f"merchants/{shop}/unblock")["state"] == "closed"
    assert operator.json("POST", f"merchants/{shop}/unblock")["state"] == "closed"


def test_customers_of_a_shut_shop_are_not_answered_by_themselves(api: Api, operator: Operator) -> None:
    """What is written to a shop that is shut is kept and listed, not answered; the next message after it opens is."""
    market = Market(api.stage)
    rina = market.customer()
    assert market.says(rina, "hours")
    operator.json("POST", f"merchants/{SWEET_SHOP}/block")
    api.stage.run_for(61)
    assert market.says(rina, "price") == []
    assert market.counted("shut", "auto_reply") == 1
    assert len(market.items("UNANSWERED#")) == 1
    operator.json("POST", f"merchants/{SWEET_SHOP}/unblock")
    api.stage.run_for(61)
    assert "Sandesh" in market.says(rina, "price", to=SWEET_NUMBER)[0]


def test_owner_gets_a_first_token(api: Api, operator: Operator) -> None:
    """The first token of a new shop is an owner's, for that shop alone; asked again, its text is not repeated."""
    shop = operator.opens()
    first = operator.json("POST", f"merchants/{shop}/tokens", {"name": "Anita"}, key="one", expect=201)
    again = operator.json("POST", f"merchants/{shop}/tokens", {"name": "Anita"}, key="one", expect=201)
    assert again == {"token": first["token"], "secret": None}
    assert first["token"]["role"] == "owner"
    profile = f"/v1/merchants/{shop}/business-profile"
    assert api.call("GET", profile, as_=None, headers=bearer(first["secret"])).status == 200
    others = f"/v1/merchants/{SWEET_SHOP}/business-profile"
    assert api.refused("GET", others, as_=None, headers=bearer(first["secret"])) == (404, "not-found")
    assert first["secret"] not in json.dumps(api.stage.items("business"))
    assert operator.refused("POST", f"merchants/{OPERATOR}/tokens", {"name": "x"}) == (404, "not-found")


def test_operators_have_tokens_of_their_own(api: Api, operator: Operator) -> None:
    """An operator makes a token for another, and one more for the same; what is revoked counts no more."""
    new = operator.json("POST", "tokens", {"name": "Bimal", "expires_in_days": 30}, expect=201)
    assert new["token"]["operator_id"] != OPERATOR
    path = "/v1/operator/merchants"
    assert api.call("GET", path, as_=None, headers=bearer(new["secret"])).status == 200
    known = {"name": "Bimal's phone", "operator_id": new["token"]["operator_id"]}
    more = operator.json("POST", "tokens", known, expect=201)
    assert more["token"]["operator_id"] == new["token"]["operator_id"]
    stranger = {"name": "x", "operator_id": SWEET_SHOP}
    assert operator.refused("POST", "tokens", stranger) == (422, "invalid")
    for _ in range(2):
        assert operator.call("DELETE", f"tokens/{new['token']['id']}").status == 204
    assert api.refused("GET", path, as_=None, headers=bearer(new["secret"])) == (401, "unauthenticated")
    assert api.call("GET", path, as_=None, headers=bearer(more["secret"])).status == 200
    listed = operator.json("GET", "tokens")["items"]
    counts = {token["name"]: token["revoked_at"] is None for token in listed}  # those of one moment come in any order
    assert counts == {"test 1": True, "Bimal": False, "Bimal's phone": True}


def test_token_of_a_shop_is_no_operators(api: Api, operator: Operator) -> None:
    """An operator's addresses do not exist for a shop's people, nor a shop's own for an operator."""
    (mine,) = api.json("GET", "tokens")["items"]
    for role in (Role.OWNER, Role.STAFF, Role.READ_ONLY):
        for path in ("merchants", f"merchants/{SWEET_SHOP}", "tokens", "health"):
            assert api.refused("GET", f"/v1/operator/{path}", role=role) == (404, "not-found")
    assert api.refused("POST", f"/v1/operator/merchants/{SWEET_SHOP}/block") == (404, "not-found")
    assert api.refused("GET", "/v1/operator/merchants", as_=None) == (401, "unauthenticated")
    own = f"/v1/merchants/{SWEET_SHOP}/tokens"
    assert api.refused("GET", own, as_=OPERATOR, role=Role.OPERATOR) == (404, "not-found")
    assert operator.refused("DELETE", f"tokens/{mine['id']}") == (404, "not-found")


def test_pages_hold_every_shop_once(operator: Operator) -> None:
    """Page by page comes every shop, once, in the order in which they came; a cursor of nobody's is refused in words."""
    made = [operator.opens() for _ in range(7)]
    seen: list[str] = []
    cursor = ""
    while True:
        page = operator.json("GET", f"merchants?limit=4{cursor}")
        seen += [shop["id"] for shop in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert len(seen) == len(set(seen)) == 10
    assert set(made) <= set(seen)
    assert operator.refused("GET", "merchants?cursor=%21") == (422, "invalid")


def test_page_of_the_register_costs_the_same(api: Api, operator: Operator) -> None:
    """A page of merchants is two requests, among ten shops as among a hundred."""
    seen = []
    for number in (7, 90):
        for _ in range(number):
            operator.opens()
        api.stage.faults.clear()
        operator.json("GET", "merchants?limit=10")
        calls = [call.operation for call in api.stage.faults.calls if call.function == "operator_api"]
        seen.append(calls)
    assert seen[0] == seen[1]
    assert seen[0][-2:] == ["Query", "BatchGetItem"]


def test_health_knows_every_queue(api: Api, operator: Operator) -> None:
    """Each queue of the stack is there with its depth; what SQS does not say is null, and the rest still comes."""
    with api.stage.faults.hold("auto_reply"):
        Market(api.stage).customer().writes(SWEET_NUMBER, "hours")
        api.stage.drain()
        queues = {queue["name"]: queue for queue in operator.json("GET", "health")["queues"]}
    assert {f"haat-local-{name}" for name in queues} == set(api.stage.deployment.queues)
    assert queues["conversation-inbound.fifo"] == {
        "name": "conversation-inbound.fifo",
        "dead_letters": False,
        "waiting": 1,
        "in_hand": 0,
        "delayed": 0,
    }
    assert queues["outbox-dlq"]["dead_letters"]
    with api.stage.faults.throttle("sqs", "GetQueueAttributes", function="operator_api", times=100):
        said = operator.json("GET", "health")
    assert {queue["waiting"] for queue in said["queues"]} == {None}
    assert said["merchants"] == {"open": 3, "closed": 0, "blocked": 0}
