"""The words in which tests of a shop's money speak: what its people ask for over HTTP, and a customer who pays."""

import itertools
from dataclasses import replace
from typing import Any

from haat.kernel.once import Answer, Once
from haat.kernel.time import Instant
from haat.payment.banks.registry import bank
from haat.payment.model.evidence import Evidence, RefundEvidence
from haat.payment.service.repairing import NoKeys
from haat.payment.service.settling import Settling
from haat.payment.store.accounts import DynamoAccounts
from tests.stack.business.conftest import SWEET_SHOP, Api
from tests.stack.business.ordering import Stall
from tests.stack.payment.till import ScriptedBank, Till, account_of, sealed_for

ACCOUNTS = itertools.count(1)


class Purse:
    """One shop with a live account at a bank that only hints: its money is proven as a status call proves it."""

    def __init__(self, api: Api, shop: str = SWEET_SHOP) -> None:
        self.api, self.stage, self.shop, self.stall = api, api.stage, shop, Stall(api)
        self._till = Till(api.stage, ScriptedBank(), account_of(api.stage, merchant=shop, provider="simbank"))
        self.table = self._till.table
        self._numbers = itertools.count(1)

    def account(self, *, state: Any = "live", vpa: str = "") -> str:
        """One more account of the shop."""
        number = next(ACCOUNTS)
        account = account_of(
            self.stage,
            id=f"01KE4JVFR0PAYEEACC00NT{number:04d}",
            merchant=self.shop,
            provider="simbank",
            vpa=vpa or f"shop.{number}@upi",
            merchant_id="",
            state=state,
        )
        token = {"api_token": "a-token-of-nobodys"}
        call = sealed_for(self.stage, account.merchant, "payment_bank_call", "PAYMENT_CALL_KEY", token)
        account = replace(account, sealed=replace(account.sealed, call=call))
        once = Once(key=account.id, asked="", at=self.api.now)
        DynamoAccounts(self.table, lambda: 0.0).begin(account, once, Answer(status=201))
        return account.id

    def asks(self, minor: int = 50_000, **more: Any) -> dict[str, Any]:
        """A payment request."""
        body = {"amount": {"minor": minor, "currency": "INR"}} | more
        made: dict[str, Any] = self.json("POST", "payment-requests", body, expect=201)
        self.stage.run_for(1)  # the next one is later
        return made

    def pays(self, request: dict[str, Any], minor: int | None = None, **more: Any) -> str:
        """Proven money comes for a request; its RRN."""
        amount = request["amount"]["minor"] if minor is None else minor
        return self.comes(request["account_id"], request["reference_id"], amount, **more)

    def comes(self, account: str, tr: str, minor: int, **more: Any) -> str:
        """Proven money comes on an account; its RRN."""
        rrn = more.pop("rrn", f"0{next(self._numbers):011d}")
        accounts = DynamoAccounts(self.table, lambda: 0.0)
        there = accounts.get(account)
        assert there is not None
        said = Evidence(
            provider="simbank",
            provider_txn_id=f"SB{rrn}",
            tr=tr,
            rrn=rrn,
            amount=minor,
            currency="INR",
            status=more.get("status", "SUCCESS"),
            status_word="PAID",
            trust="proof",
            occurred_at=more.get("at", self.api.now),
            payee_vpa=more.get("vpa", there.bank.vpa),
        )
        settling = Settling(payments=self._till.payments, accounts=accounts, keys=NoKeys(), banks=bank)
        settling.evidence(there, said, Instant(self.api.now), source="pull")
        self.stage.run_for(1)
        return str(rrn)

    def returned(self, request: dict[str, Any]) -> None:
        """The bank says that every refund of a request is done."""
        accounts = DynamoAccounts(self.table, lambda: 0.0)
        account = accounts.get(request["account_id"])
        assert account is not None
        settling = Settling(payments=self._till.payments, accounts=accounts, keys=NoKeys(), banks=bank)
        for refund in self.payment(request)["refunds"]:
            said = RefundEvidence(
                provider="simbank",
                provider_refund_id=f"SBR{refund['id']}",
                refund_id=refund["id"],
                amount=refund["amount"]["minor"],
                status="DONE",
                status_word="DONE",
                trust="proof",
            )
            settling.refund_evidence(account, said, Instant(self.api.now))
        self.stage.run_for(1)

    def order(self, minor: int = 2_000, quantity: int = 2) -> dict[str, Any]:
        """A customer's order, placed in the chat."""
        customer = self.stall.customer(number := next(self._numbers))
        self.stall.cart(customer, (self.stall.product(f"Sandesh {number}", minor), quantity))
        self.stage.run_for(1)
        return self.stall.orders()[0]

    def payment(self, request: dict[str, Any]) -> dict[str, Any]:
        """All that is known of a request's money."""
        found: dict[str, Any] = self.json("GET", f"payments/{request['reference_id']}")
        return found

    def json(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        """What the shop is answered."""
        return self.api.json(method, path, body, as_=self.shop, **more)

    def refused(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        """The problem that the shop meets: status, reason where there is one, and what is wrong by field."""
        answer = self.api.call(method, path, body, as_=self.shop)
        assert answer.headers["content-type"] == "application/problem+json", answer.body
        return read_problem(answer.body)


def read_problem(raw: bytes) -> dict[str, Any]:
    """What a program reads of a problem."""
    import json  # noqa: PLC0415  # `json` is a method above

    said = json.loads(raw)
    fields = {error["field"] for error in said.get("errors", ())}
    return {"status": said["status"], "reason": said.get("reason", said["type"].rpartition(":")[2]), "fields": fields}
