"""Orders as the shop works on them over HTTP."""

import json

import pytest

from haat.business.model.token import Role
from haat.kernel.time import DAY
from tests.stack.business.conftest import SAREE_SHOP, Api
from tests.stack.business.ordering import Stall

WAY = (("accept", "accepted"), ("ready", "ready"), ("send_out", "out_for_delivery"), ("deliver", "delivered"))


@pytest.fixture
def stall(api: Api) -> Stall:
    """Return a shop that sells."""
    return Stall(api)


def test_order_goes_its_way_and_the_customer_hears_of_each_step(stall: Stall) -> None:
    """From placed to delivered each step is listed, told to the customer, and taken only once."""
    sandesh, rina = stall.product(stock=10), stall.customer()
    stall.cart(rina, (sandesh, 2))
    (order,) = stall.orders()
    assert (order["state"], order["total"]) == ("placed", {"minor": 4_000, "currency": "INR"})
    for action, state in WAY:
        assert stall.move(order, action)["state"] == state
        assert [one["id"] for one in stall.orders(state)] == [order["id"]]
        assert stall.refused(order, action) == (409, "conflict")
    told = stall.heard(rina)[1:]
    assert [order["number"] in text for text in told] == [True] * 4
    assert "আপনার কাছে যাচ্ছে" in told[2], "the shop speaks Bengali where it has not heard the customer"
    (done,) = stall.orders()
    assert [step["state"] for step in done["steps"]] == ["placed", *(state for _, state in WAY)]
    assert {step["customer_told"] for step in done["steps"]} == {True}
    assert stall.orders("placed") == []
    assert stall.stock(sandesh) == 8


@pytest.mark.parametrize(("action", "state"), [("reject", "rejected"), ("cancel", "cancelled")])
def test_order_that_is_not_taken_gives_its_stock_back(stall: Stall, action: str, state: str) -> None:
    """A rejected or cancelled order is told with the shop's reason, and its pieces can be sold again, once."""
    sandesh, rina = stall.product(stock=3), stall.customer()
    stall.cart(rina, (sandesh, 3))
    (order,) = stall.orders()
    assert stall.stock(sandesh) == 0
    moved = stall.move(order, action, reason="the oven is broken")
    assert (moved["state"], moved["reason"], stall.stock(sandesh)) == (state, "the oven is broken", 3)
    assert "the oven is broken" in stall.heard(rina)[-1]
    assert stall.refused(order, action) == (409, "conflict")
    assert stall.stock(sandesh) == 3


def test_reason_with_a_good_step_is_refused_and_changes_nothing(stall: Stall) -> None:
    """What a shop says beside "accept" would reach the customer when they cancel."""
    rina = stall.customer()
    stall.cart(rina, (stall.product(), 1))
    (order,) = stall.orders()
    body = {"action": "accept", "reason": "he never pays"}
    assert stall.api.refused("POST", f"orders/{order['id']}/transitions", body) == (422, "invalid")
    assert stall.orders("placed") == [order]


def test_step_outside_the_window_is_not_told_and_says_so(stall: Stall) -> None:
    """When the customer's window has closed nothing is sent, and the step shows that they were not told."""
    rina = stall.customer()
    stall.cart(rina, (stall.product(), 1))
    (order,) = stall.orders()
    stall.stage.run_for(DAY / 1000 + 60)
    moved = stall.move(order, "accept")
    assert [step["customer_told"] for step in moved["steps"]] == [True, False]
    assert len(stall.heard(rina)) == 1


def test_same_step_again_gets_the_same_answer(stall: Stall) -> None:
    """A repeated request takes no second step, also when the order has gone on since."""
    stall.cart(stall.customer(), (stall.product(), 1))
    (order,) = stall.orders()
    first = stall.move(order, "accept", key="one")
    stall.move(order, "ready")
    assert stall.move(order, "accept", key="one") == first
    assert stall.api.refused("POST", f"orders/{order['id']}/transitions", {"action": "ready"}, key="one") == (
        422,
        "idempotency-key-reused",
    )
    assert stall.orders()[0]["state"] == "ready"


def test_shop_orders_for_a_customer_whom_it_knows(stall: Stall) -> None:
    """An order by the API has today's prices, its tax, and the customer's confirmation with a number."""
    saree = stall.product("Saree", 100_000, tax_basis_points=500, hsn="5007", stock=2)
    customer = stall.customer_id(stall.customer())
    body = {"customer_id": customer, "lines": [{"product_id": saree["id"], "quantity": 2}], "note": "wrap it"}
    order = stall.api.json("POST", "orders", body, key="one", expect=201)
    assert [order[part]["minor"] for part in ("subtotal", "tax", "total")] == [200_000, 10_000, 210_000]
    stall.stage.drain()
    assert "₹2,100" in stall.heard(stall.customer())[-1]
    assert order["number"] in stall.heard(stall.customer())[-1]
    assert stall.api.json("POST", "orders", body, key="one", expect=201) == order
    assert stall.stock(saree) == 0
    assert stall.api.refused("POST", "orders", body) == (409, "conflict")


def test_order_that_can_not_be_is_refused_field_by_field(stall: Stall) -> None:
    """A customer or a product that the shop does not know is named; nothing is made."""
    sandesh, customer = stall.product(), stall.customer_id(stall.customer())
    line = {"product_id": sandesh["id"], "quantity": 1}

    def fields(body: object) -> set[str]:
        answer = stall.api.call("POST", "orders", body)
        assert answer.status == 422
        return {error["field"] for error in json.loads(answer.body)["errors"]}

    unknown = {"product_id": customer, "quantity": 1}
    assert fields({"customer_id": sandesh["id"], "lines": [line]}) == {"customer_id"}
    assert fields({"customer_id": customer, "lines": [line, unknown]}) == {"lines.1.product_id"}
    assert fields({"customer_id": customer, "lines": [line | {"quantity": 0}]}) == {"lines.0.quantity"}
    assert stall.orders() == []


def test_order_is_found_by_the_number_that_is_read_out(stall: Stall) -> None:
    """However the number is typed it leads to its order, at its own shop only."""
    stall.cart(stall.customer(), (stall.product(), 1))
    (order,) = stall.orders()
    typed = order["number"].lower().replace("-", "%20")
    assert stall.api.json("GET", f"orders?number={typed}")["items"] == [order]
    assert stall.api.json("GET", f"orders?number={typed}", as_=SAREE_SHOP)["items"] == []
    assert stall.api.json("GET", "orders?number=XXXXXX")["items"] == []


def test_orders_of_another_shop_do_not_exist(stall: Stall) -> None:
    """Another shop's owner reads and moves nothing, by whichever id."""
    stall.cart(stall.customer(), (stall.product(), 1))
    (order,) = stall.orders()
    path = f"orders/{order['id']}"
    assert stall.api.refused("GET", path, as_=SAREE_SHOP) == (404, "not-found")
    assert stall.api.refused("POST", f"{path}/transitions", {"action": "accept"}, as_=SAREE_SHOP) == (404, "not-found")
    assert stall.orders(as_=SAREE_SHOP) == []
    assert stall.orders()[0]["state"] == "placed"


def test_who_may_only_read_moves_nothing(stall: Stall) -> None:
    """A read-only token sees orders and may not take a step."""
    stall.cart(stall.customer(), (stall.product(), 1))
    (order,) = stall.orders(role=Role.READ_ONLY)
    path = f"orders/{order['id']}/transitions"
    assert stall.api.refused("POST", path, {"action": "accept"}, role=Role.READ_ONLY) == (403, "forbidden")


def test_orders_come_in_pages_newest_first(stall: Stall) -> None:
    """Pages of a state hold each order once, the newest first."""
    sandesh = stall.product()
    for number in range(5):
        stall.cart(stall.customer(number), (sandesh, 1))
        stall.stage.run_for(1)
    seen, cursor = [], ""
    while True:
        page = stall.api.json("GET", f"orders?state=placed&limit=2{cursor}")
        seen += [order["id"] for order in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert seen == sorted(seen, reverse=True)
    assert len(set(seen)) == 5


def test_merchant_is_told_of_orders(stall: Stall) -> None:
    """An order that is placed and one that moves each leave one notice for the merchant's own system."""
    stall.cart(stall.customer(), (stall.product(), 1))
    stall.move(stall.orders()[0], "accept")
    rows = [item for item in stall.stage.items("business") if item["pk"]["S"].startswith("ORDERNEWS#")]
    kinds = sorted(json.loads(item["body"]["S"])["kind"] for item in rows if item["queue"]["S"] == "business-notice")
    assert kinds == ["order.changed", "order.placed"]


def test_erased_customer_is_on_no_order(stall: Stall) -> None:
    """The export gives their orders; after the erasure the order stands without them and their note, and takes its steps."""
    rina = stall.customer()
    stall.cart(rina, (stall.product(), 1), note="ring at Rina's, kingfisher4711")
    (order,) = stall.orders()
    customer = order["customer_id"]
    lines, cursor = [], ""
    while True:
        page = stall.api.json("GET", f"customers/{customer}{cursor}")
        lines += page["items"]
        if page["next"] is None:
            break
        cursor = f"?cursor={page['next']}"
    assert [line["held"]["id"] for line in lines if line["kind"] == "order"] == [order["id"]]
    stall.move(order, "accept", key="one")
    stall.api.json("DELETE", f"customers/{customer}", expect=202)
    stall.stage.run_for(600)
    (kept,) = stall.orders()
    assert (kept["customer_id"], kept["note"], kept["total"]) == (None, "", order["total"])
    assert "kingfisher4711" not in str(stall.stage.items("business")) + str(stall.stage.items("conversation"))
    assert rina.phone not in str(stall.stage.items("business"))
    assert stall.move(kept, "ready")["steps"][-1]["customer_told"] is False
    assert stall.move(order, "accept", key="one")["customer_id"] is None
