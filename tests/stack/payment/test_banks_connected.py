"""An owner enters what a bank gave, over HTTP, and Re 1 goes through the simulated bank's own format; a bank that is shut again ends what began."""

from collections.abc import Iterator
from typing import Any

import pytest

from haat.payment.banks.registry import NAMES, bank
from infra.local.bank_sides import DEMOS
from infra.local.seed import seed
from infra.local.stage import Stage
from tests.offered import offered
from tests.stack.business.conftest import Api
from tests.stack.business.operating import Operator
from tests.stack.payment.banked import FIRST_LOOK, awake

BANKS = [name for name in NAMES if bank(name).CAPS.before_money]
EACH = pytest.mark.parametrize("provider", offered(BANKS, DEMOS, "the simulated bank does not speak their formats"))


class Owner:
    """The sweet shop's owner, who has had keys from a bank."""

    def __init__(self, stage: Stage) -> None:
        seed(stage)
        self.stage, self.api = stage, Api(stage)

    def connects(self, provider: str) -> str:
        """The id of a new account, which the simulated bank knows."""
        demo = DEMOS[provider]
        sides, vpa = demo.keys("new-owner"), f"owner@{demo.handle}"
        # As Windows ends its lines: who copies a key has what their page gives them.
        keys = {name: value.replace("\n", "\r\n") for name, value in sides.shop.items()}
        said = {"provider": provider, "upi_address": vpa, "name": "Mishti", "provider_merchant_id": demo.merchant_id}
        made = self.api.json(
            "POST", "payee-accounts", said | {"keys": keys, "settings": dict(demo.settings)}, expect=201
        )
        self.stage.bank.open_account(
            provider, merchant_id=demo.merchant_id, vpa=vpa, webhook=made["webhook_path"], keys=sides.bank, name="Mishti",
            settings=demo.settings,
        )  # fmt: skip
        assert made["settings"] == dict(demo.settings)
        assert made["keys_set"] == sorted(sides.shop)
        return str(made["id"])

    def asks(self, path: str, body: Any = None) -> dict[str, Any]:
        """A request, as the shop sees it when all that follows from it has happened."""
        made = self.api.json("POST", path, body, expect=201)
        self.stage.drain()
        return self.sees(made)

    def sees(self, request: dict[str, Any]) -> dict[str, Any]:
        """The same now."""
        found: dict[str, Any] = self.api.json("GET", f"payments/{request['reference_id']}")
        return found

    def lives(self, provider: str) -> str:
        """The id of an account through which Re 1 has come."""
        account = self.connects(provider)
        test = self.asks(f"payee-accounts/{account}/test-payments")
        self.stage.bank.pay(test["link"])
        self.stage.run_for(FIRST_LOOK)
        return account


@pytest.fixture
def owner(stage: Stage) -> Iterator[Owner]:
    """Return the owner, on a stage whose schedules are awake: banks are asked by them too."""
    with awake(stage):
        yield Owner(stage)
    assert stage.failures == []


@EACH
def test_account_of_each_bank_goes_live_by_its_test_payment(owner: Owner, provider: str) -> None:
    """Its keys verify, read and call; none of them stands in a table or a log."""
    account = owner.lives(provider)
    assert owner.api.json("GET", f"payee-accounts/{account}")["state"] == "live"
    kept = str(owner.stage.items("payment")) + "".join(owner.stage.logs.lines())
    values = DEMOS[provider].keys("new-owner").shop.values()
    assert not [value for value in values if max(value.splitlines(), key=len) in kept]


@EACH
def test_bank_that_is_shut_again_ends_what_began(owner: Owner, provider: str) -> None:
    """What was asked for is paid, asked after and given back; nothing new is asked for."""
    account = owner.lives(provider)
    wish = {"amount": {"minor": 50_000, "currency": "INR"}, "account_id": account, "expires_in_minutes": 30}
    asked = owner.asks("payment-requests", wish)
    operator = Operator(owner.api)
    assert operator.call("DELETE", f"banks/{provider}/checklist/sign_off").status == 204
    owner.stage.run_for(61)
    assert owner.api.call("POST", "payment-requests", wish).status == 409
    owner.stage.bank.pay(asked["link"])
    owner.stage.run_for(FIRST_LOOK)
    paid = owner.sees(asked)
    assert paid["state"] == "PAID"
    back = {"rrn": paid["receipts"][0]["rrn"], "amount": {"minor": 25_000, "currency": "INR"}}
    owner.api.json("POST", f"payments/{asked['reference_id']}/refunds", back, expect=201)
    owner.stage.run_for(FIRST_LOOK)
    (refund,) = owner.sees(asked)["refunds"]
    assert (refund["state"], refund["amount"]["minor"]) == ("DONE", 25_000)
