"""Plays the survival cases on the stage: HTTP in, tables out. What the bank says, and when, is the case's."""

from collections import Counter
from contextlib import ExitStack, suppress
from dataclasses import replace
from typing import Any

from haat.facts.payments import BankWanted
from haat.kernel.errors import Conflict
from haat.kernel.money import Currency, Money
from haat.kernel.once import Once
from haat.payment.banks.registry import bank
from haat.payment.model.payment import Payment
from haat.payment.service.requests import Requests
from haat.payment.store.accounts import DynamoAccounts
from haat.wiring.open_banks import open_banks
from infra.local.http import Response, TimedOut
from infra.local.stage import Stage
from tests.stack.payment.till import ScriptedBank, Till, payment_entity
from tests.unit.payment.test_cases import Book, at, opened

HELD = ("payment_reconciler", "payment_bank_call")


class Player:
    """Plays a case's steps; each kind of step is a method. Functions that would act by themselves are held until a step is theirs."""

    def __init__(self, stage: Stage, bank: ScriptedBank, case: dict[str, Any]) -> None:
        self.stage, self.bank, self.case, self.asked = stage, bank, case, case["request"]
        self.tr = self.asked["tr"]
        self.merchant_id = "acc_ours"
        self.till = self.opened_till()
        self.due: list[int] = []
        self.kept = ExitStack()
        self.number = 0

    def opened_till(self) -> Till:
        """The shop's account."""
        asked = self.asked
        return Till.opened(
            self.stage, self.bank, merchant=asked["merchant"], vpa=asked["payee_vpa"], merchant_id=self.merchant_id
        )

    def play(self) -> None:
        """All steps, in order."""
        self.till.move(at(self.asked["created_at"]))
        self.till.begin(opened_for(self.asked, self.till))
        with ExitStack() as held:
            for name in HELD:
                held.enter_context(self.stage.faults.hold(name))
            for number, step in enumerate(self.case["steps"], 1):
                self.number = number
                self.till.move(at(step["at"]))
                pulls = len(self.payment.request.pulls)
                getattr(self, f"_{step['do']}")(step)
                self.stage.drain()
                # What is due is marked, or on its way to the bank.
                if self.payment.request.pull_at or len(self.payment.request.pulls) > pulls:
                    self.due.append(number)
            self.kept.close()
            self.stage.drain()

    @property
    def payment(self) -> Payment:
        """As it is now."""
        return self.till.payment(self.tr)

    def let(self, name: str) -> None:
        """Let a held function do what waits for it now."""
        self.stage.faults._held.discard(name)  # turned off and on inside one block
        self.stage.drain()
        self.stage.faults._held.add(name)  # as above

    def _present(self, step: dict[str, Any]) -> None:
        self.till.create(self.tr)
        self.let("payment_bank_call")

    def _cancel(self, step: dict[str, Any]) -> None:
        self.requests.cancel(self.till.account.merchant, self.tr, self.once("cancel"))

    def _tick(self, step: dict[str, Any]) -> None:
        self.till.look(self.tr)
        self.let("payment_reconciler")

    def post(self, step: dict[str, Any]) -> Response:
        """Bring a callback to the door, or what somebody has forged."""
        secret = "forged" if step.get("trust") == "forged" else ""
        return self.till.post(self.body(step), step.get("event_id", ""), secret=secret)

    def _callback(self, step: dict[str, Any]) -> None:
        match step.get("crash"):
            case "before_store":
                with self.stage.faults.kill(function="payment_callback", call=1):
                    assert self.post(step).status == 502
            case "after_store":
                self.kept.enter_context(self.stage.faults.hold("payment_settlement"))
                self.post(step)
            case "after_commit":
                self.post(step)
                with self.stage.faults.kill(function="payment_settlement", call=2, when="after"):
                    self.stage.drain()
            case "before_publish":
                self.post(step)
                self.stage.drain()
            case _:
                self.post(step)

    def _callback_flood(self, step: dict[str, Any]) -> None:
        for _ in range(step.get("count", step.get("workers", 1))):
            self.post(step)

    _callback_concurrent = _callback_flood

    def _redeliver_queue(self, step: dict[str, Any]) -> None:
        self.kept.close()

    def _sweep_outbox(self, step: dict[str, Any]) -> None:
        """Rows are written with what they tell of: the relay brings them when it is there again."""

    def answers(self, step: dict[str, Any]) -> None:
        """Let the bank answer the next question as the step says."""
        match step["answer"]:
            case "evidence":
                said = step["evidence"]
                entity = self.entity(said, step["occurred_at"])
                answer: Any = {"entity": "collection", "count": 1, "items": [entity]}
            case "not_found":
                answer = {"entity": "collection", "count": 0, "items": []}
            case "timeout":
                answer = TimedOut("by the case")
            case _:
                answer = 500
        self.bank.puts("GET", "/v1/payments/qr_codes", answer)

    def _pull(self, step: dict[str, Any]) -> None:
        self.answers(step)
        if self.stage.queue_depth("haat-local-payment-bank"):  # marked in a step before
            self.let("payment_bank_call")
            return
        if self.till.now() < self.payment.request.expires_at or self.payment.request.state != "PRESENTED":
            self._tick(step)  # else it would expire, which is a step of its own
        if not self.stage.queue_depth("haat-local-payment-bank"):  # somebody asks though nothing is due
            self.till.put(BankWanted(what="pull", tr=self.tr, number=99))
        self.let("payment_bank_call")

    def _refund(self, step: dict[str, Any]) -> None:
        id, rrn, amount = step["refund_id"], step["rrn"], step["amount_paise"]
        with suppress(Conflict):  # too much is refused, and kept so
            money = Money(minor=amount, currency=Currency("INR"))
            self.requests.give_back(self.till.account.merchant, self.tr, id, rrn, money, self.once(id))
        later = self.case["steps"][self.number :]
        result = next((one for one in later if one["do"] == "refund_result" and one["refund_id"] == id), None)
        if result and result["via"] == "call":
            self.gives_back(result)

    def gives_back(self, result: dict[str, Any]) -> None:
        """Let the bank answer the call for a refund as a later step says."""
        entity, path = self.refund_entity(result)
        self.bank.puts("POST", path, TimedOut("by the case") if result["result"] == "TIMEOUT" else entity)

    def refund_entity(self, step: dict[str, Any]) -> tuple[dict[str, Any], str]:
        """A refund as the gateway writes it, and where it is made."""
        refund = next(one for one in self.payment.refunds if one.id == step["refund_id"])
        words = {"DONE": "processed", "FAILED": "failed", "PENDING": "pending"}
        receipt = next(one for one in self.payment.receipts if one.rrn == refund.rrn)
        entity = {
            "id": f"rfnd_{refund.id}",
            "entity": "refund",
            "amount": refund.amount,
            "payment_id": receipt.provider_txn_id,
            "notes": {"refund_id": refund.id},
            "receipt": refund.id,
            "status": words.get(step["result"], ""),
            "created_at": self.till.now() // 1_000,
        }
        return entity, f"/v1/payments/{receipt.provider_txn_id}/refund"

    def _refund_result(self, step: dict[str, Any]) -> None:
        entity, path = self.refund_entity(step)
        match step["via"]:
            case "call":
                self.let("payment_bank_call")
            case "pull":
                self.bank.puts("GET", f"{path}s", {"entity": "collection", "count": 1, "items": [entity]})
                self._tick(step)
                self.let("payment_bank_call")
            case _:
                self.till.post(self.till.event("refund.processed", refund=entity), f"refund-{self.number}")

    def _refund_notice(self, step: dict[str, Any]) -> None:
        paid = [s["evidence"] for s in self.case["steps"] if s["do"] == "callback"]
        payment_id = next(said["provider_txn_id"] for said in paid if said["rrn"] == step["rrn"])
        refund = {
            "id": step["provider_refund_id"],
            "entity": "refund",
            "amount": step["amount_paise"],
            "payment_id": payment_id,
            "notes": [],
            "status": "processed" if step["result"] == "DONE" else "pending",
            "created_at": self.till.now() // 1_000,
        }
        payment = {"id": payment_id, "acquirer_data": {"rrn": step["rrn"]}}
        self.till.post(self.till.event("refund.processed", refund=refund, payment=payment), f"notice-{self.number}")

    # What is told

    def entity(self, said: dict[str, Any], occurred: int) -> dict[str, Any]:
        """A payment as the gateway writes it."""
        return payment_entity(
            said["tr"],
            said["rrn"],
            said["amount_paise"],
            at=at(occurred) // 1_000,
            id=said["provider_txn_id"],
            status=said["status_word"],
            currency=said["currency"],
        )

    def body(self, step: dict[str, Any]) -> bytes:
        """A webhook; of another payee's money the gateway's own number of that payee tells."""
        said = step["evidence"]
        body = self.till.event("payment.captured", payment=self.entity(said, step.get("occurred_at", step["at"])))
        ours = said["payee_vpa"].lower() == self.asked["payee_vpa"].lower()
        return body if ours else body.replace(b'"account_id": "acc_ours"', b'"account_id": "acc_other"')

    @property
    def requests(self) -> Requests:
        """What a merchant does."""
        accounts = DynamoAccounts(self.till.table, lambda: 0.0)
        return Requests(
            payments=self.till.payments, accounts=accounts, banks=bank, open_banks=open_banks(self.till.table)
        )

    def once(self, name: str) -> Once:
        """A request of its own for each step."""
        return Once(key=f"{name}-{self.number}", asked=name, at=self.till.now())

    def book(self) -> Book:
        """What is there at the end, as the cases write it."""
        book = Book(payment=self.payment, rejected=self.till.refused)
        book.orphans = {orphan.rrn: orphan for orphan in self.till.orphans()}
        book.events = self.till.told()
        book.calls = self.refund_calls()
        return book

    def refund_calls(self) -> Counter[str]:
        """How often the bank was told to give back, by our ids."""
        refunds = [request.headers["x-refund-idempotency"] for request in self.bank.calls()]
        return Counter(key.removeprefix("haat-refund-") for key in refunds)


def opened_for(asked: dict[str, Any], till: Till) -> Payment:
    """The request of a case, on the till's account."""
    payment = opened(asked)
    account = till.account
    return replace(payment, request=replace(payment.request, account=account.id, payee_id=account.bank.merchant_id))
