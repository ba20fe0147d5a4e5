"""Money of no request: what the shop's people see of it, match to an order, and take to their accountant; and what operators see."""

import csv
import io
from typing import Any

import pytest

from haat.business.model.token import Role
from haat.kernel.time import HOUR, Instant
from infra.local.seed import seed
from infra.local.stage import Stage
from tests.stack.business.conftest import SAREE_SHOP, Api
from tests.stack.business.operating import OPERATOR, Operator
from tests.stack.payment.paying import Purse


@pytest.fixture
def purse(stage: Stage) -> Purse:
    """Return a shop that takes money."""
    seed(stage)
    return Purse(Api(stage))


def waiting(purse: Purse) -> list[str]:
    """RRNs of the shop's unassigned money, by pages of two."""
    page = purse.json("GET", "unassigned-receipts?limit=2")
    found = [it["rrn"] for it in page["items"]]
    while page["next"]:
        page = purse.json("GET", f"unassigned-receipts?limit=2&cursor={page['next']}")
        found += [it["rrn"] for it in page["items"]]
    return found


def table(raw: bytes) -> list[dict[str, str]]:
    """An exported table."""
    return list(csv.DictReader(io.StringIO(raw.decode())))


def of(account: str, order: dict[str, Any]) -> dict[str, str]:
    """Whose the money is."""
    return {"account_id": account, "order_id": order["id"]}


def test_money_of_no_request_waits_account_by_account(purse: Purse) -> None:
    """The last first, in pages that lead through all of it; none of another shop's."""
    one, two = purse.account(), purse.account()
    purse.account()
    first = [purse.comes(one, "", 100 + n) for n in range(3)]
    second = [purse.comes(two, "", 200 + n) for n in range(2)]
    assert waiting(purse) == [*first[::-1], *second[::-1]]
    other = Purse(purse.api, SAREE_SHOP)
    assert waiting(other) == []
    other.comes(other.account(), "", 5, rrn="9")
    assert (waiting(other), len(waiting(purse))) == (["9"], 5)


def test_money_that_is_matched_pays_the_order(purse: Purse) -> None:
    """One request that is paid, the customer hears of it, the shop's order is told; twice is once, and a second order gets none of it."""
    account, order, other = purse.account(), purse.order(), purse.order()
    rrn = purse.comes(account, "", 4_000)
    paid = purse.json("POST", f"unassigned-receipts/{rrn}/assign", of(account, order), expect=201)
    purse.stage.drain()
    assert (paid["state"], paid["order_id"], paid["flags"]) == ("PAID", order["id"], ["assigned"])
    assert waiting(purse) == []
    (receipt,) = purse.payment(paid)["receipts"]
    assert (receipt["rrn"], receipt["kind"], receipt["evidence"][0]["trust"]) == (rrn, "primary", "proof")
    heard = purse.stall.heard(purse.stall.customer(1))
    assert [text for text in heard if "₹40" in text and "ধন্যবাদ" in text], heard
    again = purse.json("POST", f"unassigned-receipts/{rrn}/assign", of(account, order), expect=201)
    assert again == paid
    refused = purse.refused("POST", f"unassigned-receipts/{rrn}/assign", of(account, other))
    assert (refused["status"], refused["reason"]) == (409, "receipt-taken")
    assert len(purse.json("GET", "payment-requests")["items"]) == 1
    purse.comes(account, "", 4_000, rrn=rrn)
    assert waiting(purse) == [], "the bank may tell of it once more"


def test_two_orders_at_once_get_the_money_once(purse: Purse) -> None:
    """Whoever is about to write when another has won is told so."""
    account, order, other = purse.account(), purse.order(), purse.order()
    rrn = purse.comes(account, "", 4_000)
    path = f"unassigned-receipts/{rrn}/assign"
    purse.api.token(purse.shop)
    with purse.stage.faults.meanwhile(
        lambda: purse.json("POST", path, of(account, other), expect=201),
        function="merchant_api",
        service="dynamodb",
        operation="TransactWriteItems",
    ):
        refused = purse.refused("POST", path, of(account, order))
    assert (refused["status"], refused["reason"]) == (409, "receipt-taken")
    (paid,) = purse.json("GET", "payment-requests")["items"]
    assert (paid["order_id"], paid["state"]) == (other["id"], "PAID")


def test_another_sum_than_the_orders_is_for_a_person(purse: Purse) -> None:
    """It is the order's and pays nothing by itself; it can be given back."""
    account, order = purse.account(), purse.order()
    rrn = purse.comes(account, "", 3_999)
    asked = purse.json("POST", f"unassigned-receipts/{rrn}/assign", of(account, order), expect=201)
    assert (asked["state"], asked["amount"]["minor"]) == ("REVIEW", 4_000)
    back = purse.json("POST", f"payments/{asked['reference_id']}/refunds", {"rrn": rrn}, expect=201)
    assert back["amount"]["minor"] == 3_999


def test_what_can_not_be_matched_is_said(purse: Purse) -> None:
    """Money that is not there, that went to another payee, and orders and accounts of nobody's."""
    account, order = purse.account(), purse.order()
    assert purse.refused("POST", "unassigned-receipts/412345678901/assign", of(account, order))["status"] == 404
    nobody = "01KDVDNA00ZZZZZZZZZZZZZZZZ"
    rrn = purse.comes(account, "", 4_000, vpa="somebody@upi")
    path = f"unassigned-receipts/{rrn}/assign"
    assert purse.refused("POST", path, {"account_id": nobody, "order_id": nobody})["fields"] == {
        "account_id",
        "order_id",
    }
    refused = purse.refused("POST", path, of(account, order))
    assert (refused["status"], refused["reason"]) == (409, "other-payee")
    assert purse.json("GET", "unassigned-receipts")["items"][0]["other_payee"] is True


def test_accountant_gets_a_line_for_each_money(purse: Purse) -> None:
    """In rupees and Indian days, no cell that a spreadsheet would run, no refund that moved nothing; parts lead through all of it."""
    account = purse.account()
    asked = purse.asks(123_456)
    rrn = purse.pays(asked, at=Instant(purse.api.now - 5 * HOUR))
    purse.pays(asked)
    path = f"payments/{asked['reference_id']}/refunds"
    purse.json("POST", path, {"rrn": rrn, "amount": {"minor": 56, "currency": "INR"}}, expect=201)
    purse.refused("POST", path, {"rrn": rrn, "amount": {"minor": 123_456, "currency": "INR"}})
    purse.stage.run_for(1)
    purse.comes(account, "", 700, rrn="=cmd|'/C calc'!A0")
    answer = purse.api.call("GET", "payments/export", as_=purse.shop)
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    lines = table(answer.body)
    assert [(it["kind"], it["received"], it["refunded"], it["state"]) for it in lines] == [
        ("payment", "1234.56", "", "PAID"),
        ("second_payment", "1234.56", "", "PAID"),
        ("refund", "", "0.56", "SENT"),
        ("unassigned", "7.00", "", ""),
    ]
    first = lines[0]
    # The stage begins at 10:00 in India.
    assert (first["date"], first["time"][:2], first["currency"]) == ("2026-01-05", "05", "INR")
    assert (first["reference"], first["rrn"], first["settled"]) == (asked["reference_id"], f"'{rrn}", "no")
    assert lines[3]["rrn"] == "'=cmd|'/C calc'!A0"
    days = "payments/export?from=2026-01-04&to=2026-01-04"
    assert table(purse.api.call("GET", days, as_=purse.shop).body) == []
    refused = purse.refused("GET", "payments/export?from=2026-01-06&to=2026-01-05")
    assert (refused["status"], refused["fields"]) == (422, {"from"})
    assert purse.refused("GET", "payments/export?from=2026-02-30")["fields"] == {"from"}


def test_operator_sees_what_somebody_should_look_at(purse: Purse) -> None:
    """Requests long in a state, the longest first, and money that nobody explains; nothing of the customer."""
    operator, account = Operator(purse.api), purse.account()
    purse.api.token(OPERATOR, Role.OPERATOR)
    asked = [purse.asks(10_000 + n) for n in range(3)]
    for request in (asked[1], asked[0]):
        purse.pays(request, status="PENDING")
        purse.stage.run_for(1)
    purse.pays(asked[2], 1)
    found = operator.json("GET", "payments?state=PROCESSING&limit=1")
    (one,) = found["items"]
    (two,) = operator.json("GET", f"payments?state=PROCESSING&limit=1&cursor={found['next']}")["items"]
    assert [it["reference_id"] for it in (one, two)] == [asked[1]["reference_id"], asked[0]["reference_id"]]
    assert one["merchant_id"] == purse.shop
    assert one["since"] < two["since"]
    assert not {"customer_id", "link", "note"} & one.keys()
    (review,) = operator.json("GET", "payments?state=REVIEW")["items"]
    assert review["flags"] == ["amount_mismatch"]
    purse.comes(account, "", 5)
    strange = purse.comes(account, "somebodys", 6)
    (orphan,) = operator.json("GET", "orphans")["items"]
    assert (orphan["rrn"], orphan["reference_told"], orphan["merchant_id"]) == (strange, "somebodys", purse.shop)
    export = operator.call("GET", f"payments/export?merchant_id={purse.shop}")
    assert [it["kind"] for it in table(export.body)] == ["other_amount", "unassigned"]
    assert operator.refused("GET", "payments/export?merchant_id=01KDVDNA00ZZZZZZZZZZZZZZZZ") == (404, "not-found")
    assert operator.refused("GET", "payments") == (422, "invalid")
