"""What a shop and its accountant see of money that the bank's file has named, and what they are told when the bank takes some back."""

import csv
import io
from typing import Any

import pytest

from haat.business.model.token import Role
from haat.kernel.time import DAY as DAY_MS
from haat.kernel.time import Instant, later
from tests.stack.business.conftest import SAREE_SHOP, SWEET_SHOP, Api, api
from tests.stack.business.notified import opened
from tests.stack.business.operating import OPERATOR
from tests.stack.payment.filing import Desk, payment, report

__all__ = ["api"]

DAY, LAST_DAY = "2026-01-04", "2026-01-14"  # after so long every payment of the first day was paid out
AT = Instant(1_767_510_000_000)
GSTIN = "19AAAFB0001C1ZJ"
TR = "H0000000000000000000000001"
NEW = ("fee", "gst_on_fee", "net", "settlement", "charged_back", "gstin")


def paise(minor: int) -> dict[str, Any]:
    """A sum of money."""
    return {"minor": minor, "currency": "INR"}


def table(raw: bytes) -> dict[str, dict[str, str]]:
    """An exported table, by the bank's ids of its payments."""
    return {it["provider_payment_id"]: it for it in csv.DictReader(io.StringIO(raw.decode()))}


def taken(id: str, amount: int, number: int = 1) -> dict[str, Any]:
    """A line by which Razorpay takes money back for a lost dispute."""
    more = {"type": "adjustment", "debit": amount, "credit": 0, "payment_id": id, "dispute_id": f"disp_{number}"}
    return payment(f"adj_{number}", amount, **more)


def registered(api: Api) -> None:
    """The shop tells its GSTIN."""
    said = {"name": "Mishti Bhandar", "language": "bn", "languages": ["bn"], "gstin": GSTIN}
    tag = api.call("GET", "business-profile").headers["etag"]
    api.json("PUT", "business-profile", said, match=tag)


@pytest.fixture
def desk(api: Api) -> Desk:
    """Return a shop with money that was asked for and money of a printed code; nobody has brought a file yet."""
    desk = Desk(api)
    desk.paid(TR, 118_000, AT, rrn="606110000001", txn="pay_1")
    desk.pays("", 10_000, AT, rrn="606110000002", txn="pay_2")
    return desk


def file(*more: dict[str, Any]) -> bytes:
    """The bank's file of both."""
    one = payment("pay_1", 118_000, fee=2_785, tax=425)
    return report(one, payment("pay_2", 10_000, fee=236, tax=36, settlement_id="setl_2"), *more)


def test_shop_sees_fee_tax_and_payout_when_the_file_is_there(desk: Desk) -> None:
    """Of a receipt and of money without a request; before that nobody knows them."""
    api, unknown = desk.api, {"settled": False, "fee": None, "gst_on_fee": None, "settlement": None}
    (receipt,) = api.json("GET", f"payments/{TR}")["receipts"]
    (stray,) = api.json("GET", "unassigned-receipts")["items"]
    assert receipt.items() >= (unknown | {"charged_back": None}).items()
    assert stray.items() >= unknown.items()
    assert desk.brings(file(), DAY)["state"] == "done"
    (receipt,) = api.json("GET", f"payments/{TR}")["receipts"]
    (stray,) = api.json("GET", "unassigned-receipts")["items"]
    known = {"settled": True, "fee": paise(2_360), "gst_on_fee": paise(425), "settlement": "setl_1"}
    assert receipt.items() >= (known | {"charged_back": None}).items()
    assert (
        stray.items() >= {"settled": True, "fee": paise(200), "gst_on_fee": paise(36), "settlement": "setl_2"}.items()
    )


def test_accountant_gets_the_gst_columns(desk: Desk) -> None:
    """The shop's own export and the operator's say the same; the GSTIN is the one in the profile, and only this shop's."""
    registered(desk.api)
    before = table(desk.api.call("GET", "payments/export").body)
    assert [before["pay_1"][name] for name in NEW] == ["", "", "", "", "", GSTIN]
    desk.brings(file(taken("pay_1", 18_000)), DAY)
    lines = table(desk.api.call("GET", "payments/export").body)
    assert [lines["pay_1"][name] for name in NEW] == ["23.60", "4.25", "1152.15", "setl_1", "180.00", GSTIN]
    assert [lines["pay_2"][name] for name in NEW] == ["2.00", "0.36", "97.64", "setl_2", "", GSTIN]
    desk.api.token(OPERATOR, Role.OPERATOR)
    assert table(desk.operator.call("GET", f"payments/export?merchant_id={SWEET_SHOP}").body) == lines
    assert GSTIN.encode() not in desk.api.call("GET", "payments/export", as_=SAREE_SHOP).body


def test_shop_is_told_of_a_chargeback_once_for_each_sum(desk: Desk) -> None:
    """The payment stays paid and is flagged; a file that names the same again tells nothing, a larger sum is told."""
    api = desk.api
    opened(api)
    desk.brings(file(taken("pay_1", 18_000)), DAY)
    desk.brings(report(taken("pay_1", 18_000, 2)), DAY)
    desk.brings(report(taken("pay_1", 118_000, 3)), DAY)
    heard = [one.body["data"] for one in api.stage.listener.heard if one.body["type"] == "payment.chargeback"]
    about = {"reference_id": TR, "state": "PAID", "order_id": None, "about": "606110000001", "currency": "INR"}
    assert heard == [about | {"amount": amount, "merchant": SWEET_SHOP} for amount in (18_000, 118_000)]
    seen = api.json("GET", f"payments/{TR}")
    assert (seen["state"], seen["flags"]) == ("PAID", ["chargeback"])
    assert seen["receipts"][0]["charged_back"] == paise(118_000)


def test_money_that_a_later_file_names_is_missing_no_more(desk: Desk) -> None:
    """The first file does not name it; the second does."""
    desk.till.move(later(AT, 12 * DAY_MS))
    desk.brings(report(payment("pay_2", 10_000)), DAY, LAST_DAY)
    assert desk.api.json("GET", f"payments/{TR}")["flags"] == ["missing_in_settlement"]
    desk.brings(report(payment("pay_1", 118_000)), DAY, LAST_DAY)
    assert desk.api.json("GET", f"payments/{TR}")["flags"] == []
