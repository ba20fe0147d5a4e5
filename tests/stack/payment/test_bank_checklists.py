"""Before real money: a bank is shut until operators have ticked off what must be had from it, and a shop is told so."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from haat.aws.table import Table
from haat.business.model.token import Role
from haat.kernel.once import Answer, Once
from haat.payment.banks.registry import bank
from haat.payment.model.account import PayeeAccount
from haat.payment.model.bank import Account
from haat.payment.store.accounts import DynamoAccounts
from infra.local.seed import seed
from infra.local.stage import Stage
from tests.stack.business.conftest import SWEET_SHOP, Api
from tests.stack.business.operating import Operator

HDFC: dict[str, Any] = {
    "provider": "hdfc",
    "upi_address": "mishti@hdfcbank",
    "name": "Mishti Bhandar",
    "provider_merchant_id": "HDFC000000000001",
    "keys": {"merchant_key": "0123456789abcdef0123456789abcdef"},
}
ASKED = {"amount": {"minor": 100, "currency": "INR"}, "note": "a sweet"}
ITEMS = bank("hdfc").CAPS.before_money


class Market:
    """An operator and a shop, with every bank shut that has a checklist."""

    def __init__(self, stage: Stage) -> None:
        seed(stage)
        self.stage, self.shop = stage, Api(stage)
        self.operator = Operator(self.shop)
        for one in self.operator.json("GET", "banks")["items"]:
            for it in one["checklist"]:
                self.unticks(it["item"], one["provider"])

    def ticks(self, item: str, provider: str = "hdfc", note: str = "") -> Any:
        """The bank's checklist, when an operator has ticked one item off."""
        return self.operator.json("PUT", f"banks/{provider}/checklist/{item}", {"note": note})

    def unticks(self, item: str, provider: str = "hdfc") -> None:
        """An operator takes a tick away."""
        assert self.operator.call("DELETE", f"banks/{provider}/checklist/{item}").status == 204

    def opens(self) -> None:
        """All of a bank's items are ticked off."""
        for item in ITEMS:
            self.ticks(item)

    def offered(self, provider: str = "hdfc") -> Any:
        """A bank, as the shop's people see it."""
        return next(it for it in self.shop.json("GET", "banks")["items"] if it["provider"] == provider)

    def refused(self, path: str, body: Any = None) -> tuple[str, str]:
        """Why the shop can't have that now: the reason, and the words."""
        answer = self.shop.call("POST", path, body)
        assert answer.status == 409, answer.body
        said = json.loads(answer.body)
        return said["reason"], said["detail"]

    def live(self) -> str:
        """The id of an account at the bank that was tested long ago."""
        table = Table(self.stage.client("dynamodb"), self.stage.deployment.outputs["PaymentTable"])
        account = PayeeAccount(
            id="01KE66PJA0HDFC0ACC00000001", merchant=SWEET_SHOP, name="Mishti Bhandar", state="live", version=1,
            opened_at=self.shop.now, changed_at=self.shop.now,
            bank=Account(provider="hdfc", merchant_id="HDFC2", vpa="sweets@hdfcbank", base_url=""),
        )  # fmt: skip
        once = Once(key="hdfc", asked="hdfc", at=self.shop.now)
        DynamoAccounts(table, lambda: 0.0).begin(account, once, Answer(status=201))
        return account.id


@pytest.fixture
def market(stage: Stage) -> Iterator[Market]:
    """Return the market."""
    yield Market(stage)
    assert not [failure for failure in stage.failures if not failure.died], "a function broke"


def test_account_is_connected_and_no_money_is_asked_for(market: Market) -> None:
    """Until the last item is ticked off; then the test payment of Re 1 begins."""
    path = f"payee-accounts/{market.shop.json('POST', 'payee-accounts', HDFC, expect=201)['id']}"
    reason, said = market.refused(f"{path}/test-payments")
    assert (reason, "an operator of the market must first tick off kit" in said) == ("bank-not-open", True)
    for item in ITEMS[:-1]:
        assert not market.ticks(item)["open"]
    assert market.refused(f"{path}/test-payments")[1].endswith("sign off")
    assert market.ticks(ITEMS[-1])["open"]
    assert market.shop.json("POST", f"{path}/test-payments", expect=201)["link"].startswith("upi://pay?")


def test_unticked_bank_asks_for_nothing_more_within_a_minute(market: Market) -> None:
    """Not by a request, nor with a code for the counter; what was asked for before stays, and can be taken back."""
    market.opens()
    account = market.live()
    asked = market.shop.json("POST", "payment-requests", ASKED, expect=201)
    assert market.shop.call("GET", f"qr-codes/{account}").status == 200
    market.unticks("sign_off")
    market.stage.run_for(61)
    assert market.refused("payment-requests", ASKED)[0] == "bank-not-open"
    assert market.refused("payment-requests", {**ASKED, "account_id": account})[0] == "bank-not-open"
    assert market.shop.call("GET", f"qr-codes/{account}").status == 409
    before = market.shop.json("GET", f"payments/{asked['reference_id']}")
    assert before["state"] == "PRESENTED"
    market.shop.json("POST", f"payment-requests/{asked['reference_id']}/cancel")


def test_shop_chooses_a_bank_by_what_it_wants(market: Market) -> None:
    """A page can draw the form: names, forms, what may be left out, and whether it is open yet."""
    hdfc = market.offered()
    assert (hdfc["open"], hdfc["missing"]) == (False, list(ITEMS))
    assert hdfc["certification"] == "format-complete, not bank-certified"
    key = {"name": "merchant_key", "form": "hex32", "optional": False, "used_for": ["settlement", "call"]}
    assert (hdfc["callbacks"], hdfc["keys"]) == ("hint", [key])
    gateway = market.offered("razorpay")
    assert (gateway["open"], gateway["missing"], gateway["callbacks"]) == (True, [], "proof")
    assert {"name": "webhook_secret_previous", "form": "text", "optional": True, "used_for": ["door"]} in gateway[
        "keys"
    ]
    market.opens()
    assert market.offered()["open"]


def test_operator_sees_who_ticked_what_off(market: Market) -> None:
    """With a note for the next one; the same again changes nothing."""
    first = market.ticks("kit", note="  in the blue folder ")
    (kit, *rest) = first["checklist"]
    assert (kit["item"], kit["ticked"]["note"]) == ("kit", "in the blue folder")
    assert kit["ticked"]["by"] == "01KDVDNA000PERATR000000001"
    assert [it["ticked"] for it in rest] == [None] * len(rest)
    market.stage.run_for(5)
    assert market.ticks("kit", note="in the blue folder") == first
    (seen,) = (it for it in market.operator.json("GET", "banks")["items"] if it["provider"] == "hdfc")
    assert seen == first


@pytest.mark.parametrize("path", ["hdfc/checklist/luck", "nobody/checklist/kit", "razorpay/checklist/kit"])
def test_what_is_on_no_list_is_not_found(market: Market, path: str) -> None:
    """An item that the bank does not have, and a bank that nobody offers."""
    assert market.operator.refused("PUT", f"banks/{path}", {}) == (404, "not-found")
    assert market.operator.refused("DELETE", f"banks/{path}") == (404, "not-found")


def test_shop_ticks_nothing_off(market: Market) -> None:
    """For its people these addresses do not exist."""
    for role in (Role.OWNER, Role.STAFF):
        there = market.shop.refused("PUT", "/v1/operator/banks/hdfc/checklist/kit", {}, role=role)
        assert there == (404, "not-found")
    assert market.offered()["missing"] == list(ITEMS)


def test_key_of_another_form_is_named_at_once(market: Market) -> None:
    """By its field, in words, and not repeated."""
    answer = market.shop.call("POST", "payee-accounts", {**HDFC, "keys": {"merchant_key": "canary-no-hex"}})
    said = json.loads(answer.body)
    assert (answer.status, said["errors"]) == (
        422,
        [{"field": "keys.merchant_key", "message": "must be 32 hex digits"}],
    )
    answer = market.shop.call("POST", "payee-accounts", {**HDFC, "settings": {"terminal": "T1"}})
    assert [it["field"] for it in json.loads(answer.body)["errors"]] == ["settings"]
