"""The survival cases (tests/fixtures/upi/cases.json) through the deployed functions: HTTP in, tables out.

What a bank answers, and when, is the case's: the bank's own side is played by script. A bank whose functions are not built yet
is left out aloud.
"""

from collections import Counter
from contextlib import ExitStack, suppress
from dataclasses import replace
from typing import Any

import pytest

from haat.facts.payments import BankWanted
from haat.kernel.errors import Conflict
from haat.kernel.money import Currency, Money
from haat.kernel.once import Once
from haat.payment.banks.registry import NAMES, bank
from haat.payment.model.payment import Payment
from haat.payment.service.requests import Requests
from haat.payment.store.accounts import DynamoAccounts
from infra.local.http import TimedOut
from infra.local.stage import Stage
from tests.stack.payment.till import ScriptedBank, Till, payment_entity, scripted
from tests.unit.payment.test_cases import (
    CASES,
    ORDER_MATTERS,
    Book,
    at,
    ended,
    is_proven,
    opened,
    the_end,
    wanted,
)
from tests.unit.payment.test_cases import play as in_rules

pytestmark = [pytest.mark.on_moto("a bank that answers by script"), pytest.mark.upi]

HELD = ("payment_reconciler", "payment_bank_call")


class Player:
    """Plays a case's steps; each kind of step is a method. Functions that would act by themselves are held until a step is theirs."""

    def __init__(self, stage: Stage, bank: ScriptedBank, case: dict[str, Any]) -> None:
        self.stage, self.bank, self.case, self.asked = stage, bank, case, case["request"]
        self.tr = self.asked["tr"]
        self.merchant_id = "acc_ours"
        self.till = Till.opened(
            stage, bank, merchant=self.asked["merchant"], vpa=self.asked["payee_vpa"], merchant_id=self.merchant_id
        )
        self.due: list[int] = []
        self.kept = ExitStack()
        self.number = 0

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

    def _callback(self, step: dict[str, Any]) -> None:
        body = self.body(step)
        secret = "forged" if step["trust"] == "forged" else ""
        match step.get("crash"):
            case "before_store":
                with self.stage.faults.kill(function="payment_callback", call=1):
                    assert self.till.post(body, step.get("event_id", "")).status == 502
            case "after_store":
                self.kept.enter_context(self.stage.faults.hold("payment_settlement"))
                self.till.post(body, step.get("event_id", ""))
            case "after_commit":
                self.till.post(body, step.get("event_id", ""))
                with self.stage.faults.kill(function="payment_settlement", call=2, when="after"):
                    self.stage.drain()
            case "before_publish":
                self.till.post(body, step.get("event_id", ""))
                self.stage.drain()
            case _:
                self.till.post(body, step.get("event_id", ""), secret=secret)

    def _callback_flood(self, step: dict[str, Any]) -> None:
        for _ in range(step.get("count", step.get("workers", 1))):
            self.till.post(self.body(step))

    _callback_concurrent = _callback_flood

    def _redeliver_queue(self, step: dict[str, Any]) -> None:
        self.kept.close()

    def _sweep_outbox(self, step: dict[str, Any]) -> None:
        """Rows are written with what they tell of: the relay brings them when it is there again."""

    def _pull(self, step: dict[str, Any]) -> None:
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
        if self.stage.queue_depth("haat-local-payment-bank"):  # marked in a step before
            self.let("payment_bank_call")
            return
        self._tick(step)
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
        return Requests(payments=self.till.payments, accounts=accounts, banks=bank)

    def once(self, name: str) -> Once:
        """A request of its own for each step."""
        return Once(key=f"{name}-{self.number}", asked=name, at=self.till.now())

    def book(self) -> Book:
        """What is there at the end, as the cases write it."""
        book = Book(payment=self.payment, rejected=self.till.refused)
        book.orphans = {orphan.rrn: orphan for orphan in self.till.orphans()}
        book.events = self.till.told()
        refunds = [request.headers["x-refund-idempotency"] for request in self.bank.calls()]
        book.calls = Counter(key.removeprefix("haat-refund-") for key in refunds)
        return book


def opened_for(asked: dict[str, Any], till: Till) -> Payment:
    """The request of a case, on the till's account."""
    payment = opened(asked)
    account = till.account
    return replace(payment, request=replace(payment.request, account=account.id, payee_id=account.bank.merchant_id))


OURS = [case for case in CASES if case["request"]["provider"] in NAMES]
OTHERS = Counter(case["request"]["provider"] for case in CASES if case["request"]["provider"] not in NAMES)


@pytest.mark.parametrize("case", OURS, ids=[f"{case['id']} {case['title']}" for case in OURS])
def test_history_ends_as_it_must_on_the_stage(case: dict[str, Any], stage: Stage) -> None:
    """What was said over HTTP ends in the tables as the case says."""
    with scripted(stage) as bank:
        player = Player(stage, bank, case)
        player.play()
        assert ended(player.book()) == wanted(case)
        assert set(case["expect"]["pull_due_after_steps"]) <= set(player.due)
        receipts, told = player.payment.receipts, player.till.told()
        stage.schedules_sleep = False
        stage.run_for(600)  # nothing that comes again later has a second effect
        assert player.payment.receipts == receipts
        assert player.till.told()["PaymentPaid"] == told["PaymentPaid"]


def backwards(case: dict[str, Any]) -> dict[str, Any]:
    """The same history with what is proven in the opposite order."""
    steps = case["steps"]
    moved = [i for i, step in enumerate(steps) if step["do"] in ("callback", "refund_notice") and is_proven(step)]
    turned = list(steps)
    for place, source in zip(moved, reversed(moved), strict=True):
        turned[place] = {**steps[source], "at": steps[place]["at"]}
    return {**case, "steps": turned}


TURNED = [case for case in OURS if backwards(case) != case and case["title"] not in ORDER_MATTERS]


@pytest.mark.parametrize("case", TURNED, ids=[f"{case['id']} {case['title']}" for case in TURNED])
def test_order_of_proven_callbacks_changes_no_end_on_the_stage(case: dict[str, Any], stage: Stage) -> None:
    """One sample of the orders that the rules are tried with."""
    with scripted(stage) as bank:
        player = Player(stage, bank, backwards(case))
        player.play()
        assert the_end(player.book()) == the_end(in_rules(case)[0])


@pytest.mark.skipif(not OTHERS, reason="every bank of the cases is built")
def test_cases_of_banks_that_are_not_built_are_left_out() -> None:
    """How many, and whose."""
    pytest.skip(", ".join(f"{count} cases of {name}" for name, count in sorted(OTHERS.items())))
