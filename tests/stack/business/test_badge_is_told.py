"""What a badge may rest on is changed over HTTP, and `verification` hears of it: a shop's names and state, its numbers, the address at which it is paid."""

import json
from typing import Any

import pytest

from haat.aws.table import unpack
from haat.facts import verification
from haat.facts.verification import ShopChanged
from infra.local.market import SWEETS
from infra.local.payees import SIMBANK, open_accounts
from tests.stack.business.conftest import SWEET_SHOP, Api
from tests.stack.business.operating import Operator, asked

DAY_S = 86_400.0
CHANGED = ("name", "legal_name", "timezone", "language", "languages", "handle")


class Ear:
    """What lies in the outbox of each table for `verification` since it was heard last, and whether it was taken."""

    def __init__(self, api: Api) -> None:
        self.api, self.stage, self._known = api, api.stage, set[str]()
        self.news()

    def news(self) -> list[tuple[str, str]]:
        """Whose and what: those that were not there before."""
        self.stage.drain()
        assert self.stage.queue_depth(verification.QUEUE) == 0
        found = []
        for table in ("business", "conversation", "payment"):
            for item in map(unpack, self.stage.items(table)):
                key = f"{table}/{item['pk']}/{item['sk']}"
                if item.get("queue") == verification.QUEUE and key not in self._known:
                    self._known.add(key)
                    fact = verification.load(item["body"])
                    assert isinstance(fact, ShopChanged)
                    assert item["ttl"] > fact.occurred_at // 1000
                    found.append((fact.merchant, fact.what))
        return sorted(found)


@pytest.fixture
def ear(api: Api) -> Ear:
    """Return one that has heard all that the market's opening tells."""
    return Ear(api)


def says(api: Api, **more: Any) -> None:
    """Let the sweet shop change its profile."""
    before = api.call("GET", "business-profile")
    said = {name: value for name, value in json.loads(before.body).items() if name in ("name", "language", "about")}
    api.json("PUT", "business-profile", said | more, match=before.headers["etag"])


def test_profile_tells_when_its_name_changes(ear: Ear) -> None:
    """A line of text or the hours tell nothing; the handle, by which the badge is found, does."""
    says(ear.api, about="fresh")
    assert ear.news() == []
    says(ear.api, name="Notun Mishti")
    assert ear.news() == [(SWEET_SHOP, "profile")]
    says(ear.api, name="Notun Mishti", handle="notun-mishti")
    assert ear.news() == [(SWEET_SHOP, "profile")]


def test_operator_tells_when_a_shop_is_renamed_and_shut(ear: Ear) -> None:
    """Owner's name, closing and opening; what is so already tells nothing."""
    operator = Operator(ear.api)
    there = operator.call("GET", f"merchants/{SWEET_SHOP}")
    said = {name: value for name, value in json.loads(there.body).items() if name in CHANGED}
    tag = there.headers["etag"]
    operator.json("PUT", f"merchants/{SWEET_SHOP}", said | {"legal_name": "Somebody Else"}, match=tag)
    assert ear.news() == [(SWEET_SHOP, "profile")]
    for what, times in (("block", 1), ("block", 0), ("unblock", 1), ("close", 1), ("open", 1), ("open", 0)):
        operator.json("POST", f"merchants/{SWEET_SHOP}/{what}")
        assert ear.news() == [(SWEET_SHOP, "profile")] * times, what


def test_number_tells_when_it_comes_goes_and_moves(ear: Ear) -> None:
    """Both shops hear of one that moves."""
    operator = Operator(ear.api)
    address = SWEETS.phone_number_id
    operator.call("DELETE", f"merchants/{SWEET_SHOP}/channels/{address}")
    assert ear.news() == [(SWEET_SHOP, "number")]
    other = operator.opens()
    assert ear.news() == []
    operator.json("POST", f"merchants/{other}/channels", asked(ear.stage.graph.shop(address)), expect=201)
    assert ear.news() == [(other, "number")]


def test_account_tells_when_another_address_counts_and_when_it_is_closed(ear: Ear) -> None:
    """A wish for another address tells nothing; confirmed, the shop is paid at neither until that is tested."""
    open_accounts(ear.stage, (SIMBANK,))
    ear.news()
    ear.api.json("POST", f"payee-accounts/{SIMBANK.id}/upi-address-changes", {"upi_address": "new@simbank"}, expect=202)
    assert ear.news() == []
    ear.stage.run_for(DAY_S)
    ear.api.json("POST", f"payee-accounts/{SIMBANK.id}/confirm")
    assert ear.news() == [(SWEET_SHOP, "payee")]
    made = ear.api.json("POST", f"payee-accounts/{SIMBANK.id}/test-payments", expect=201)
    ear.stage.bank.open_account(
        "simbank", merchant_id=SIMBANK.merchant_id, vpa="new@simbank", webhook=SIMBANK.webhook, keys=SIMBANK.sides.bank
    )
    ear.stage.bank.pay(made["link"])
    ear.stage.schedules_sleep = False
    ear.stage.run_for(120)
    ear.stage.schedules_sleep = True
    assert ear.api.json("GET", f"payee-accounts/{SIMBANK.id}")["state"] == "live"
    assert ear.news() == [(SWEET_SHOP, "payee")]
    assert ear.api.call("DELETE", f"payee-accounts/{SIMBANK.id}").status == 204
    assert ear.news() == [(SWEET_SHOP, "payee")]
