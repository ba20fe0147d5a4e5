"""What a shop's people ask to be paid over HTTP, and what they see and give back of the money."""

import pytest

from haat.kernel.time import HOUR
from infra.local.seed import seed
from infra.local.stage import Stage
from tests.stack.business.conftest import SAREE_SHOP, Api
from tests.stack.payment.paying import Purse


@pytest.fixture
def purse(stage: Stage) -> Purse:
    """Return a shop that has a payee account which is live."""
    seed(stage)
    purse = Purse(Api(stage))
    purse.account()
    return purse


def test_request_shows_a_link_and_is_paid_by_proof(purse: Purse) -> None:
    """From the link to the receipt, with who said so; the shop's list has the newest first."""
    first, asked = purse.asks(100), purse.asks(50_000, note="Tea for the meeting")
    assert (asked["state"], asked["customer_id"], asked["order_id"]) == ("PRESENTED", None, None)
    assert len(asked["reference_id"]) == 27
    assert asked["reference_id"].startswith("H")
    assert f"tr={asked['reference_id']}" in asked["link"]
    assert "am=500.00" in asked["link"]
    assert "tn=Tea%20for%20the%20meeting" in asked["link"]
    rrn = purse.pays(asked)
    listed = purse.json("GET", "payment-requests")["items"]
    assert [(it["reference_id"], it["state"]) for it in listed] == [
        (asked["reference_id"], "PAID"),
        (first["reference_id"], "PRESENTED"),
    ]
    paid = purse.payment(asked)
    (receipt,) = paid["receipts"]
    assert (receipt["rrn"], receipt["kind"], receipt["left"]["minor"]) == (rrn, "primary", 50_000)
    (evidence,) = receipt["evidence"]
    assert (evidence["source"], evidence["trust"], evidence["provider_word"]) == ("pull", "proof", "PAID")
    assert purse.json("GET", f"payment-requests/{asked['reference_id']}")["state"] == "PAID"


def test_pages_of_requests_lead_through_all_of_them(purse: Purse) -> None:
    """Each once, newest first; a cursor of another shop's making leads to nothing of it."""
    asked = [purse.asks()["reference_id"] for _ in range(5)]
    page = purse.json("GET", "payment-requests?limit=2")
    found = [it["reference_id"] for it in page["items"]]
    while page["next"]:
        page = purse.json("GET", f"payment-requests?limit=2&cursor={page['next']}")
        found += [it["reference_id"] for it in page["items"]]
    assert found == asked[::-1]


def test_order_is_asked_of_its_customer(purse: Purse) -> None:
    """Its total and its number are the defaults, the customer gets the link in the chat and hears when their money has come."""
    order = purse.order(minor=2_000, quantity=3)
    asked = purse.json("POST", "payment-requests", {"order_id": order["id"]}, expect=201)
    purse.stage.drain()
    assert (asked["amount"]["minor"], asked["note"], asked["order_id"]) == (6_000, order["number"], order["id"])
    assert asked["customer_id"] == order["customer_id"]
    customer = purse.stall.customer(1)
    assert any(asked["link"] in text for text in purse.stall.heard(customer))
    purse.pays(asked)
    assert "₹60" in purse.stall.heard(customer)[-1]


def test_order_is_paid_by_its_total_and_not_by_a_part(purse: Purse) -> None:
    """A part shows its order and leaves it unpaid; what is paid, rejected or cancelled asks for nothing more."""
    order, other = purse.order(minor=2_000, quantity=3), purse.order()
    part = purse.asks(1_000, order_id=order["id"])
    purse.pays(part)
    assert purse.payment(part)["state"] == "PAID"
    assert purse.json("GET", f"orders/{order['id']}")["payment"]["state"] == "none"
    purse.pays(purse.asks(6_000, order_id=order["id"]))
    assert purse.json("GET", f"orders/{order['id']}")["payment"]["state"] == "paid"
    purse.stall.move(other, "cancel")
    for gone in (order, other):
        refused = purse.refused("POST", "payment-requests", {"order_id": gone["id"]})
        assert (refused["status"], refused["reason"]) == (409, "order-state")


def test_order_whose_customer_wrote_long_ago_is_shown_by_the_shop(purse: Purse) -> None:
    """Nobody is asked outside their window: the shop has the link. Who is named is not asked there either, and the shop is told so."""
    order = purse.order()
    purse.stage.run_for(25 * HOUR / 1000)
    asked = purse.json("POST", "payment-requests", {"order_id": order["id"]}, expect=201)
    assert (asked["customer_id"], asked["state"]) == (None, "PRESENTED")
    named = {"amount": {"minor": 1, "currency": "INR"}, "customer_id": order["customer_id"]}
    assert purse.refused("POST", "payment-requests", named)["reason"] == "window-closed"


def test_wrong_fields_are_named(purse: Purse) -> None:
    """Sums, orders, customers and accounts that can't be, all at once."""
    nobody = "01KDVDNA00ZZZZZZZZZZZZZZZZ"
    wrong = {"order_id": nobody, "customer_id": nobody, "account_id": nobody, "note": "\u202eabc"}
    assert purse.refused("POST", "payment-requests", wrong) == {
        "status": 422,
        "reason": "invalid",
        "fields": {"order_id", "customer_id", "account_id", "note"},
    }
    rupees = {"minor": 10_000_001, "currency": "INR"}
    assert purse.refused("POST", "payment-requests", {"amount": rupees})["fields"] == {"amount.minor"}
    dollars = {"minor": 1, "currency": "USD"}
    assert purse.refused("POST", "payment-requests", {"amount": dollars})["fields"] == {"amount.currency"}
    assert purse.refused("POST", "payment-requests", {"note": "tea"})["fields"] == {"amount"}
    assert purse.json("GET", "payment-requests")["items"] == []


def test_account_is_chosen_where_there_are_several(purse: Purse) -> None:
    """The only live one needs no name; of two one must be named; one that is not live takes nothing."""
    waiting = purse.account(state="testing")
    first = purse.asks()["account_id"]
    second = purse.account()
    rupee = {"amount": {"minor": 100, "currency": "INR"}}
    assert purse.refused("POST", "payment-requests", rupee)["fields"] == {"account_id"}
    assert purse.asks(account_id=second)["account_id"] == second
    assert first != second
    refused = purse.refused("POST", "payment-requests", rupee | {"account_id": waiting})
    assert (refused["status"], refused["reason"]) == (409, "account-not-live")
    other = Purse(purse.api, SAREE_SHOP).refused("POST", "payment-requests", rupee)
    assert (other["status"], other["reason"]) == (409, "account-not-live")


def test_request_is_cancelled_while_nobody_has_begun_to_pay(purse: Purse) -> None:
    """Twice is once. What is in flight or has come stays, and the shop is told which."""
    asked, flying, paid = purse.asks(), purse.asks(), purse.asks()
    purse.pays(flying, status="PENDING")
    purse.pays(paid)

    def cancel(request: dict[str, str]) -> str:
        return f"payment-requests/{request['reference_id']}/cancel"

    for _ in range(2):
        assert purse.json("POST", cancel(asked))["state"] == "CANCELLED"
    for request in (flying, paid):
        refused = purse.refused("POST", cancel(request))
        assert (refused["status"], refused["reason"]) == (409, "payment-not-open")
    purse.pays(asked)
    late = purse.payment(asked)
    assert (late["state"], late["receipts"][0]["refund_proposed"]) == ("REVIEW", "paid_after_cancel")


def test_refund_gives_back_no_more_than_came(purse: Purse) -> None:
    """In parts until nothing is left; what is too much is refused in words, and kept as refused."""
    asked = purse.asks(50_000)
    rrn = purse.pays(asked)
    path = f"payments/{asked['reference_id']}/refunds"
    part = purse.json("POST", path, {"rrn": rrn, "amount": {"minor": 20_000, "currency": "INR"}}, expect=201)
    assert (part["state"], part["amount"]["minor"], part["rrn"]) == ("SENT", 20_000, rrn)
    much = {"rrn": rrn, "amount": {"minor": 30_001, "currency": "INR"}}
    answer = purse.api.call("POST", path, much, key="too-much")
    again = purse.api.call("POST", path, much, key="too-much")
    assert answer.status == again.status == 409
    assert "₹300 of ₹500 are left" in answer.body.decode()
    assert "refund-too-much" in again.body.decode()
    rest = purse.json("POST", path, {"rrn": rrn}, expect=201)
    assert rest["amount"]["minor"] == 30_000
    assert purse.refused("POST", path, {"rrn": rrn})["reason"] == "refund-too-much"
    assert purse.refused("POST", path, {"rrn": "1"})["fields"] == {"rrn"}
    shown = purse.payment(asked)
    assert sorted((it["amount"]["minor"], it["state"] == "REFUSED") for it in shown["refunds"]) == [
        (0, True),
        (20_000, False),
        (30_000, False),
        (30_001, True),
    ]


def test_nothing_of_another_shop_is_there(purse: Purse) -> None:
    """Neither its requests nor its money, by any address."""
    asked = purse.asks()
    rrn = purse.pays(asked)
    other = Purse(purse.api, SAREE_SHOP)
    for method, path, body in (
        ("GET", f"payment-requests/{asked['reference_id']}", None),
        ("GET", f"payments/{asked['reference_id']}", None),
        ("POST", f"payment-requests/{asked['reference_id']}/cancel", None),
        ("POST", f"payments/{asked['reference_id']}/refunds", {"rrn": rrn}),
        ("GET", f"payments/{'x' * 36}", None),
    ):
        assert other.refused(method, path, body)["status"] == 404
    assert other.json("GET", "payment-requests")["items"] == []
    assert len(other.api.call("GET", "payments/export", as_=SAREE_SHOP).body.splitlines()) == 1
    assert purse.payment(asked)["state"] == "PAID"
