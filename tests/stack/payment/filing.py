"""An operator at the desk where banks' files are brought, as tests speak of it: HTTP in, a form posted, HTTP out."""

from typing import Any

import requests

from haat.kernel.ids import MerchantId
from haat.kernel.once import Answer, Once
from haat.kernel.time import MINUTE, Instant, later
from haat.payment.banks.registry import bank
from haat.payment.model.account import PayeeAccount
from haat.payment.model.bank import Account
from haat.payment.model.evidence import Evidence
from haat.payment.model.payment import Payment, Request
from haat.payment.ports import Writing
from haat.payment.rules import machine
from haat.payment.service.repairing import NoKeys
from haat.payment.service.settling import Settling
from haat.payment.store.accounts import DynamoAccounts
from tests.stack.business.conftest import SWEET_SHOP, Api
from tests.stack.business.operating import Operator
from tests.stack.payment.till import ScriptedBank, Till
from tests.unit.payment.recon import line, written


def payment(id: str, amount: int, **more: Any) -> dict[str, Any]:
    """A line of a gateway's report, about money of the day before the stage's first one."""
    return line("payment", id, amount, "setl_1", **{"created_at": 1_767_510_000, **more})


def report(*lines: dict[str, Any]) -> bytes:
    """The report of these lines."""
    return written(lines)


class Desk:
    """One shop's live account at a bank, whose money is known without any file, and an operator who brings files of it."""

    def __init__(
        self,
        api: Api,
        provider: str = "razorpay",
        *,
        vpa: str = "shop@upi",
        merchant_id: str = "acc_desk",
        number: int = 1,
        till: Till | None = None,
    ) -> None:
        self.api, self.stage, self.operator = api, api.stage, Operator(api)
        self.till = till or Till(api.stage, ScriptedBank(), _account(provider, vpa, merchant_id, number))
        self.account = self.till.account
        self._accounts = DynamoAccounts(self.till.table, lambda: 0.0)
        if till is None:
            once = Once(key=self.account.id, asked="", at=self.till.now())
            self._accounts.begin(self.account, once, Answer(status=201))

    # The shop's money

    def asks(self, tr: str, amount: int, at: Instant) -> None:
        """The shop has asked for a sum."""
        bank_account = self.account.bank
        request = Request(
            tr=tr,
            merchant=self.account.merchant,
            account=self.account.id,
            provider=bank_account.provider,
            payee_vpa=bank_account.vpa,
            payee_id=bank_account.merchant_id,
            amount=amount,
            currency="INR",
            created_at=later(at, -MINUTE),
            expires_at=later(at, 15 * MINUTE),
        )
        self.till.payments.begin(machine.present(Payment(request=request)).after, Writing(at=at))

    def pays(self, tr: str, amount: int, at: Instant, *, rrn: str = "", txn: str = "") -> None:
        """Money for it has come, and the bank has proven it."""
        said = Evidence(
            provider=self.account.bank.provider,
            provider_txn_id=txn,
            tr=tr,
            rrn=rrn,
            amount=amount,
            currency="INR",
            status="SUCCESS",
            status_word="PAID",
            trust="proof",
            occurred_at=at,
            payee_vpa=self.account.bank.vpa,
        )
        settling = Settling(payments=self.till.payments, accounts=self._accounts, keys=NoKeys(), banks=bank)
        settling.evidence(self.account, said, at, source="pull")

    def paid(self, tr: str, amount: int, at: Instant, *, rrn: str = "", txn: str = "") -> None:
        """Both."""
        self.asks(tr, amount, at)
        self.pays(tr, amount, at, rrn=rrn, txn=txn)

    # Files

    def begins(self, day: str, last: str = "", **more: Any) -> dict[str, Any]:
        """The answer to the announcement of a file."""
        asked = {"payee_account_id": self.account.id, "first_day": day} | ({"last_day": last} if last else {})
        expect = 202 if more.get("fetch") else 201
        made: dict[str, Any] = self.operator.json("POST", "settlement-files", asked | more, expect=expect)
        return made

    @staticmethod
    def posts(begun: dict[str, Any], raw: bytes) -> None:
        """Do with the form what a page does."""
        form = begun["upload"]
        posted = requests.post(form["url"], form["fields"], files={"file": raw}, timeout=5)
        assert posted.status_code == 204, posted.text

    def reads(self, id: str) -> dict[str, Any]:
        """Have it read; everything that follows happens."""
        asked = self.operator.json("POST", f"settlement-files/{id}/read", expect=202)
        assert asked["state"] == "reading"
        self.stage.drain()
        return self.shows(id)

    def brings(self, raw: bytes, day: str, last: str = "") -> dict[str, Any]:
        """All three steps; the file as it is in the end."""
        begun = self.begins(day, last)
        self.posts(begun, raw)
        return self.reads(begun["id"])

    def shows(self, id: str) -> dict[str, Any]:
        """A file as it is now."""
        found: dict[str, Any] = self.operator.json("GET", f"settlement-files/{id}")
        return found

    def lines(self, id: str, *meanings: str) -> list[dict[str, Any]]:
        """Its lines, page by page."""
        found, place = [], ""
        while True:
            asked = [f"meaning={','.join(meanings)}"] * bool(meanings) + [f"cursor={place}"] * bool(place)
            page = self.operator.json("GET", f"settlement-files/{id}/lines?{'&'.join(asked)}")
            found += page["items"]
            if (place := page["next"]) is None:
                return found

    def named(self, id: str, *meanings: str) -> list[str]:
        """By which names its lines of a meaning know their money."""
        return sorted(line["rrn"] or line["provider_payment_id"] for line in self.lines(id, *meanings))

    def again(self, fact: Any) -> None:
        """A record is delivered once more."""
        self.till.put(fact)
        self.stage.drain()


def _account(provider: str, vpa: str, merchant_id: str, number: int) -> PayeeAccount:
    named = Account(provider=provider, merchant_id=merchant_id, vpa=vpa, base_url="")
    id = f"01KE4JVFR0PAYEEACC00F{number:05d}"
    return PayeeAccount(id=id, merchant=MerchantId(SWEET_SHOP), bank=named, name="Sweets", state="live")
