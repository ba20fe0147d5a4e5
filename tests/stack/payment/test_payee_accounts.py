"""A shop connects a payee account over HTTP: its keys go in and never come out, and Re 1 must arrive before it takes payments."""

import base64
import json
from collections.abc import Iterator
from contextlib import nullcontext
from typing import Any

import pytest

from haat.aws.table import Table
from haat.business.model.token import Role
from haat.payment.store.accounts import DynamoAccounts
from infra.local.faults import When
from infra.local.seed import seed
from infra.local.stage import Stage
from tests.stack.business.conftest import SAREE_SHOP, Api
from tests.stack.business.notified import opened
from tests.stack.payment.till import ScriptedBank, Till, scripted

pytestmark = pytest.mark.on_moto("a bank that answers by script")

HOOK, OLD_HOOK = "canary-hook-1", "canary-hook-0"
KEYS = {"webhook_secret": HOOK, "key_id": "canary-id", "key_secret": "canary-secret"}
SAID: dict[str, Any] = {
    "provider": "razorpay",
    "upi_address": "Mishti@Rzp",
    "name": "Mishti Bhandar",
    "provider_merchant_id": "acc_mishti",
    "keys": KEYS,
}
DAY_S = 24 * 3_600
RRN = "601512345678"


class Owner:
    """The sweet shop's owner, and the customer who pays the test."""

    def __init__(self, stage: Stage, bank: ScriptedBank) -> None:
        seed(stage)
        self.api, self.stage, self._bank = Api(stage), stage, bank

    def connects(self, **said: Any) -> str:
        """The path of a new account."""
        return f"payee-accounts/{self.api.json('POST', 'payee-accounts', {**SAID, **said}, expect=201)['id']}"

    def tests(self, path: str) -> str:
        """The reference of a test payment whose code the customer has before them."""
        made = self.api.json("POST", f"{path}/test-payments", expect=201)
        assert (made["amount"], made["link"]) == ({"minor": 100, "currency": "INR"}, None)
        self.stage.drain()
        return str(made["reference_id"])

    def till(self, path: str, secret: str = HOOK) -> Till:
        """Who brings the provider's callbacks, signed."""
        table = Table(self.stage.client("dynamodb"), self.stage.deployment.outputs["PaymentTable"])
        account = DynamoAccounts(table, lambda: 0.0).get(path.rpartition("/")[2])
        assert account is not None
        return Till(self.stage, self._bank, account, secret)

    def calls_as(self, path: str, asks: str) -> str:
        """The key with which the bank is called to make the code of a new request."""
        body = None if asks.startswith(path) else {"amount": {"minor": 100, "currency": "INR"}, "note": "a sweet"}
        self.api.json("POST", asks, body, expect=201)
        self.stage.drain()
        (*_, made) = self._bank.calls(part="/qr_codes")
        said = {name.lower(): value for name, value in made.headers.items()}["authorization"]
        return base64.b64decode(said.removeprefix("Basic ")).decode().partition(":")[0]

    def pays(self, path: str, tr: str, amount: int = 100, *, secret: str = HOOK, rrn: str = RRN) -> int:
        """The provider tells of money; the door's answer."""
        till = self.till(path, secret)
        status = till.post(till.paid(tr, rrn, amount), "evt_1").status
        self.stage.drain()
        return status

    def refused(self, path: str, body: Any = None) -> str:
        """Why something can't be done now."""
        answer = self.api.call("POST", path, body)
        assert answer.status == 409
        return str(json.loads(answer.body)["reason"])

    def state(self, path: str) -> str:
        """As the owner sees it."""
        return str(self.api.json("GET", path)["state"])


@pytest.fixture
def owner(stage: Stage) -> Iterator[Owner]:
    """Return the owner; a bank that answers by script stands where Razorpay is."""
    with scripted(stage) as bank:
        yield Owner(stage, bank)


def test_account_goes_live_when_its_test_payment_arrives(owner: Owner) -> None:
    """Signed with the key that was connected; the shop's system is told, and its list shows it."""
    opened(owner.api, body={"kinds": ["account.changed"]})
    path = owner.connects()
    tr = owner.tests(path)
    assert owner.state(path) == "testing"
    assert owner.pays(path, tr) == 200
    (account,) = owner.api.json("GET", "payee-accounts")["items"]
    assert (account["state"], account["upi_address"]) == ("live", "mishti@rzp")
    assert account["webhook_path"] == f"/webhooks/payments/razorpay/{account['id']}"
    told = [one.body["data"]["what"] for one in owner.stage.listener.heard]
    assert told == ["connected", "live"]


@pytest.mark.parametrize(("amount", "wait_s"), [(101, 0), (100, 2_400)], ids=["another sum", "late"])
def test_other_money_makes_nothing_live(owner: Owner, amount: int, wait_s: int) -> None:
    """It must come in full and in time."""
    path = owner.connects()
    tr = owner.tests(path)
    owner.stage.run_for(wait_s)
    assert owner.pays(path, tr, amount) == 200
    assert len(owner.till(path).payment(tr).receipts) == 1
    assert owner.state(path) == "testing"


def test_no_key_comes_out_anywhere(owner: Owner) -> None:
    """Not in an answer, a problem, a log, or a table; the door alone opens what verifies."""
    path = owner.connects()
    said = [owner.api.call("GET", path), owner.api.call("GET", "payee-accounts")]
    said += [owner.api.call("POST", f"{path}/keys", {"keys": keys}) for keys in (KEYS, {"canary-secret": "key_id"})]
    said += [owner.api.call("POST", "payee-accounts", {**SAID, "keys": {**KEYS, "canary-key": "x"}})]
    said += [owner.api.call("POST", "payee-accounts", {**SAID, "upi_address": "canary"}, role=Role.STAFF)]
    assert owner.pays(path, owner.tests(path)) == 200
    assert owner.api.json("GET", path)["keys_set"] == sorted(KEYS)
    kept = [str(item) for table in ("payment", "business") for item in owner.stage.items(table)]
    told = [one.body.decode() for one in said] + owner.stage.logs.lines() + kept
    assert [text for text in told if "canary" in text] == []


def test_two_secrets_count_while_one_is_renewed(owner: Owner) -> None:
    """The door takes both while both were given, and the new one alone when that is over; nobody else's."""
    path = owner.connects(keys={**KEYS, "webhook_secret": OLD_HOOK})

    def taken() -> list[int]:
        owner.stage.run_for(61)  # what the door remembers of an account
        return [owner.pays(path, "H1", secret=secret) for secret in (OLD_HOOK, HOOK, "nobodys")]

    assert taken() == [200, 401, 401]
    both = {"webhook_secret": HOOK, "webhook_secret_previous": OLD_HOOK}
    assert "webhook_secret_previous" in owner.api.json("POST", f"{path}/keys", {"keys": both})["keys_set"]
    assert taken() == [200, 200, 401]
    owner.api.json("POST", f"{path}/keys", {"keys": {"webhook_secret": HOOK}})
    assert taken() == [401, 200, 401]


def test_another_upi_address_waits_a_day_and_is_tested_anew(owner: Owner) -> None:
    """The old one stands meanwhile; the wish is told at once; a test that went to the old address counts no more."""
    opened(owner.api, body={"kinds": ["account.change_wanted"]})
    path = owner.connects()
    assert owner.pays(path, owner.tests(path)) == 200
    wanted = owner.api.json("POST", f"{path}/upi-address-changes", {"upi_address": "new@rzp"}, expect=202)
    owner.stage.drain()
    (notice,) = owner.stage.listener.heard
    assert notice.body["data"]["change_at"] == wanted["change"]["change_at"]
    assert "@" not in str(notice.body)
    assert (wanted["upi_address"], wanted["state"]) == ("mishti@rzp", "live")
    assert owner.refused(f"{path}/confirm") == "change-too-early"
    owner.stage.run_for(DAY_S)
    done = owner.api.json("POST", f"{path}/confirm")
    assert (done["upi_address"], done["state"], done["change"]) == ("new@rzp", "testing", None)


def test_account_in_the_place_of_a_closed_one_waits_for_a_day_and_an_owner(owner: Owner) -> None:
    """With a stolen owner's token and Re 1 nobody leads the shop's money elsewhere in less, and its people hear of it at once."""
    opened(owner.api, body={"kinds": ["account.change_wanted"]})
    path = owner.connects()
    assert owner.pays(path, owner.tests(path)) == 200
    assert owner.api.call("DELETE", path).status == 204
    theirs = owner.connects(upi_address="thief@rzp", provider_merchant_id="acc_thief")
    assert owner.pays(theirs, owner.tests(theirs), rrn="601512345679") == 200
    (notice,) = owner.stage.listener.heard
    seen = owner.api.json("GET", theirs)
    assert (seen["state"], seen["tested"], seen["change"]["what"]) == ("testing", True, ["account"])
    assert notice.body["data"]["change_at"] == seen["change"]["change_at"]
    request = {"amount": {"minor": 100, "currency": "INR"}, "note": "a sweet"}
    assert owner.refused("payment-requests", request) == "account-not-live"
    assert owner.refused(f"{theirs}/confirm") == "change-too-early"
    owner.stage.run_for(DAY_S)
    assert owner.state(theirs) == "testing", "time alone confirms nothing"
    done = owner.api.json("POST", f"{theirs}/confirm")
    assert (done["state"], done["change"]) == ("live", None)


def test_other_keys_that_call_count_when_an_owner_confirms_them(owner: Owner) -> None:
    """Razorpay makes its code for whoever calls: until then it is the shop's keys that call, whatever is asked for."""
    path = owner.connects()
    assert owner.pays(path, owner.tests(path)) == 200
    keys = {"keys": {"key_id": "canary-thief", "key_secret": "canary-theirs"}}
    wanted = owner.api.json("POST", f"{path}/keys", keys, expect=202)
    assert (wanted["state"], wanted["change"]["what"]) == ("live", ["keys"])
    owner.stage.run_for(61)  # what the caller remembers of an account
    assert owner.calls_as(path, "payment-requests") == "canary-id"
    assert owner.refused(f"{path}/confirm") == "change-too-early"
    owner.stage.run_for(DAY_S)
    assert owner.api.json("POST", f"{path}/confirm")["state"] == "testing"
    owner.stage.run_for(61)
    assert owner.calls_as(path, f"{path}/test-payments") == "canary-thief"
    assert "canary" not in str(owner.stage.items("payment")) + "".join(owner.stage.logs.lines())


def test_dropped_change_is_not_confirmed(owner: Owner) -> None:
    """However long one waits."""
    path = owner.connects()
    owner.api.json("POST", f"{path}/upi-address-changes", {"upi_address": "new@rzp"}, expect=202)
    assert owner.api.call("DELETE", f"{path}/change").status == 204
    owner.stage.run_for(DAY_S)
    assert owner.api.call("POST", f"{path}/confirm").status == 409
    assert owner.api.json("GET", path)["upi_address"] == "mishti@rzp"


def test_closed_account_asks_for_nothing_more(owner: Owner) -> None:
    """It stays in the list; what was asked for before is still taken, and makes nothing live."""
    path = owner.connects()
    tr = owner.tests(path)
    assert owner.api.call("DELETE", path).status == 204
    assert owner.api.call("POST", f"{path}/test-payments").status == 409
    assert owner.pays(path, tr) == 200
    assert (owner.state(path), owner.till(path).payment(tr).request.state) == ("closed", "PAID")


def test_who_comes_second_with_a_change_reads_again(owner: Owner) -> None:
    """The limit and the way of asking have the account's version."""
    path = owner.connects()
    tag = owner.api.call("GET", path).headers["etag"]
    body = {"limit": {"minor": 50_000, "currency": "INR"}, "mcc": "5411"}
    assert owner.api.json("PUT", path, body, match=tag)["limit"]["minor"] == 50_000
    assert owner.api.refused("PUT", path, body, match=tag) == (412, "changed")


def test_problems_name_the_field(owner: Owner) -> None:
    """In the caller's words, all at once where the document says it."""
    answer = owner.api.call("POST", "payee-accounts", {**SAID, "upi_address": "mishti", "provider_merchant_id": ""})
    fields = {error["field"] for error in json.loads(answer.body)["errors"]}
    assert (answer.status, fields) == (422, {"upi_address", "provider_merchant_id"})
    answer = owner.api.call("POST", "payee-accounts", {**SAID, "provider": "phantom"})
    assert [error["field"] for error in json.loads(answer.body)["errors"]] == ["provider"]


def test_account_is_its_own_shops(owner: Owner) -> None:
    """Another shop's owner sees none, and reads and tests none."""
    path = owner.connects()
    assert owner.api.json("GET", "payee-accounts", as_=SAREE_SHOP)["items"] == []
    for method, below in (("GET", ""), ("DELETE", ""), ("POST", "/test-payments")):
        assert owner.api.refused(method, path + below, as_=SAREE_SHOP) == (404, "not-found")
    assert owner.state(path) == "testing"


def test_death_at_any_call_of_settlement_leaves_no_test_without_its_account(stage: Stage) -> None:
    """Receipt and state are of one transaction: whenever settlement dies, in the end both are there, once."""

    def played(number: int = 0, when: When = "before") -> int:
        stage.reset()
        with scripted(stage) as bank:
            owner = Owner(stage, bank)
            path = owner.connects()
            tr = owner.tests(path)
            stage.runner.forget()
            stage.faults.clear()
            with stage.faults.kill(function="payment_settlement", call=number, when=when) if number else nullcontext():
                owner.pays(path, tr)
                stage.run_for(600)
            calls = [call for call in stage.faults.calls if call.function == "payment_settlement"]
            payment = owner.till(path).payment(tr)
            assert (owner.state(path), len(payment.receipts)) == ("live", 1), (number, when)
        return len(calls)

    calls = played()
    assert calls >= 3
    for number in range(1, calls + 1):
        played(number, "before")
        played(number, "after")
