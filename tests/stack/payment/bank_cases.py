"""The survival cases of the four banks: each speaks its own format, sealed or signed as it does, over HTTP."""

from collections import Counter
from dataclasses import replace
from typing import Any

from haat.kernel.ids import MerchantId
from haat.kernel.once import Answer, Once
from haat.kernel.time import as_datetime
from haat.payment.banks.registry import bank
from haat.payment.model.account import PayeeAccount, Sealed
from haat.payment.model.bank import Account
from haat.payment.ports import Writing
from haat.payment.rules import machine, news
from haat.payment.rules.reading import INDIA
from haat.payment.store.accounts import DynamoAccounts
from haat.payment.store.caller import urls
from infra.local.bank_sides import DEMOS, Sides
from infra.local.http import Request, Response
from infra.local.simulators.bank import BankSimulator
from infra.local.simulators.bank_world import BankPayment
from infra.local.stage import Stage
from tests.stack.business.conftest import Api
from tests.stack.business.operating import Operator
from tests.stack.payment.filing import Desk
from tests.stack.payment.playing import Player
from tests.stack.payment.till import ACCOUNT, ScriptedBank, Till, sealed_for
from tests.unit.payment.test_cases import WORDS, at

# A word that means nothing to anybody stands where this one stood, in what the bank writes.
OPEN = {"icici": b'"PENDING"', "hdfc": b"|PENDING|", "axis": b'"PENDING"', "sbi": b'"P"'}
PURPOSES = {
    "door": ("payment_callback", "PAYMENT_DOOR_KEY"),
    "settlement": ("payment_settlement", "PAYMENT_SETTLEMENT_KEY"),
    "call": ("payment_bank_call", "PAYMENT_CALL_KEY"),
}


def bank_account(stage: Stage, provider: str, sides: Sides, **more: Any) -> PayeeAccount:
    """A live account at a bank, its keys sealed as the API seals them. `more` are fields of it."""
    caps, merchant = bank(provider).CAPS, MerchantId(more.pop("merchant"))
    named = {"door": caps.door_keys, "settlement": caps.settlement_keys, "call": caps.call_keys}
    sealed = {
        purpose: sealed_for(stage, merchant, *PURPOSES[purpose], keys)
        for purpose, names in named.items()
        if (keys := {name: sides.shop[name] for name in names if name in sides.shop})
    }
    settings = DEMOS[provider].settings
    at_bank = Account(provider=provider, base_url="", settings=settings, **more)
    return PayeeAccount(
        id=ACCOUNT, merchant=merchant, bank=at_bank, name="Test Kirana Store", state="live", sealed=Sealed(**sealed)
    )


class BankPlayer(Player):
    """Plays a case with a bank of the simulator, which knows of a payment what the case lets it know."""

    def __init__(self, stage: Stage, script: ScriptedBank, case: dict[str, Any]) -> None:
        self.provider = case["request"]["provider"]
        self.sides = DEMOS[self.provider].keys("cases")
        self.world, self.recorder = stage.bank, Recorder(stage.bank)
        self.operator = Operator(Api(stage))
        super().__init__(stage, script, case)

    def opened_till(self) -> Till:
        """The shop's account, known to the bank; and another shop of the same keys, whose money may be told of at the wrong door."""
        self.merchant_id = DEMOS[self.provider].merchant_id
        account = bank_account(
            self.stage,
            self.provider,
            self.sides,
            merchant=self.asked["merchant"],
            merchant_id=self.merchant_id,
            vpa=self.asked["payee_vpa"],
        )
        till = Till(self.stage, self.bank, account)
        once = Once(key=account.id, asked="", at=till.now())
        DynamoAccounts(till.table, lambda: 0.0).begin(account, once, Answer(status=201))
        self.webhook = f"/webhooks/payments/{self.provider}/{account.id}"
        self.ours = self._known(self.merchant_id, self.asked["payee_vpa"])
        return till

    def _known(self, merchant_id: str, vpa: str) -> str:
        known = self.world.open_account(
            self.provider,
            merchant_id=merchant_id,
            vpa=vpa,
            webhook=self.webhook,
            keys=self.sides.bank,
            settings=DEMOS[self.provider].settings,
        )
        return known.id

    def play(self) -> None:
        """All steps, while somebody counts."""
        url = urls(self.stage.functions["payment_bank_call"].environment["BANK_URLS"])[self.provider]
        with self.stage.standing_in(url, self.recorder):
            super().play()

    def _present(self, step: dict[str, Any]) -> None:
        """These banks need not know of a request before somebody pays it."""
        before = self.payment
        change = machine.present(before)
        self.till.payments.save(before, change, Writing(rows=news.rows(before, change, self.till.now())))

    @property
    def format(self) -> Any:
        """How this bank writes."""
        return self.world._formats[self.provider]  # what it writes, without the world's own time

    def paid(self, said: dict[str, Any], occurred: int) -> BankPayment:
        """A payment as the bank holds it."""
        ours = said["payee_vpa"].lower() == self.asked["payee_vpa"].lower()
        meaning = WORDS.get((self.provider, str(said["status_word"]).strip().upper()), "UNKNOWN")
        word: Any = {"UNKNOWN": "PENDING"}.get(meaning, meaning)
        return BankPayment(
            id=said["provider_txn_id"],
            account=self.ours if ours else self._known("SOMEBODYELSE001", said["payee_vpa"]),
            reference=said["tr"],
            rrn=said["rrn"],
            amount=said["amount_paise"],
            word="DEEMED" if said["status_word"] == "DEEMED" else word,
            at=at(occurred) / 1_000,
            payer="payer.one@testpsp",
        )

    def post(self, step: dict[str, Any]) -> Response:
        """The bank tells of a payment, and knows of it where that is so; whoever forges has another key, if there is one to have."""
        said = step["evidence"]
        payment = self.paid(said, step.get("occurred_at", step["at"]))
        account = self.world.world.accounts[payment.account]
        if step["trust"] == "proof":
            self.world.world.payments[payment.id] = payment
        (event, *_) = self.format.payment_events(account, payment)
        if (self.provider, str(said["status_word"]).strip().upper()) not in WORDS:
            word = str(said["status_word"]).encode()
            odd = OPEN[self.provider].replace(b"PENDING", word).replace(b'"P"', b'"' + word + b'"')
            assert OPEN[self.provider] in event.body
            event = replace(event, body=event.body.replace(OPEN[self.provider], odd))
        forged = step["trust"] == "forged"
        secret = self.format.guess(account) if forged else self.format.secret(account)
        proven = self.format.proven(account, event, secret)
        answer = self.stage.http("POST", self.webhook, proven.headers, proven.body)
        self.till.refused += answer.status == 401
        return answer

    def answers(self, step: dict[str, Any]) -> None:
        """What the bank knows when it is asked, and whether it answers."""
        self.world.faults.clear()
        self.world.world.payments.clear()
        match step["answer"]:
            case "evidence":
                payment = self.paid(step["evidence"], step["occurred_at"])
                self.world.world.payments[payment.id] = payment
            case "timeout":
                self.world.faults.time_out("pull")
            case "http_500":
                self.world.faults.broken("pull")
            case _:
                pass  # it knows of nothing

    def gives_back(self, result: dict[str, Any]) -> None:
        """What becomes of a refund, and whether the bank says so."""
        self.world.refunds = "done" if result["result"] == "DONE" else "pending"
        self.world.faults.silent(provider=self.provider)
        if result["result"] == "TIMEOUT":
            self.world.faults.lose("refund")

    def _refund_result(self, step: dict[str, Any]) -> None:
        made = next((one for one in self.world.world.refunds.values() if one.refund_id == step["refund_id"]), None)
        match step["via"]:
            case "call":
                self.let("payment_bank_call")
            case "pull":
                if made and step["result"] != "PENDING":
                    self.world.finish_refund(made.id, step["result"])
                self._tick(step)
                self.let("payment_bank_call")
            case _:
                assert made is not None
                self.world.faults.clear()
                self.world.finish_refund(made.id, step["result"])
                self.stage.run_for(1)

    def _settlement(self, step: dict[str, Any]) -> None:
        """The bank's file of the day, brought by an operator; it holds what the step says and nothing else."""
        self.world.world.payments.clear()
        for number, row in enumerate(step["rows"]):
            said = {**row, "provider_txn_id": f"file-{number}", "status_word": self.success}
            payment = self.paid(said, row["occurred_at"])
            self.world.world.payments[payment.id] = payment
        day = as_datetime(at(0)).astimezone(INDIA).date()
        raw = self.format.settlement_file(self.world.world.accounts[self.ours], day)
        operator = self.operator
        asked = {"payee_account_id": self.till.account.id, "first_day": day.isoformat()}
        begun = operator.json("POST", "settlement-files", asked, expect=201)
        Desk.posts(begun, raw)
        operator.json("POST", f"settlement-files/{begun['id']}/read", expect=202)
        self.stage.drain()
        self.let("payment_reconciler")

    @property
    def success(self) -> str:
        """The word for money that came."""
        words = (word for (of, word), meaning in WORDS.items() if of == self.provider and meaning == "SUCCESS")
        return str(next(words))

    def refund_calls(self) -> Counter[str]:
        """How often the bank was told to give back, by our ids."""
        return self.recorder.told


class Recorder:
    """Stands where the bank's API is, counts what it is told to give back, and lets the bank answer."""

    def __init__(self, bank: BankSimulator) -> None:
        self._bank = bank
        self.told: Counter[str] = Counter()

    def handle(self, request: Request) -> Response:
        """One request."""
        before = set(self._bank.world.refunds)
        try:
            return self._bank.handle(request)
        finally:
            made = [one.refund_id for id, one in self._bank.world.refunds.items() if id not in before]
            self.told.update(made)
