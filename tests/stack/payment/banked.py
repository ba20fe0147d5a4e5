"""The sweet shop at one bank of the simulator, as tests speak of it: what is asked, paid and given back there, and the file of a day."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from haat.aws.table import Table
from haat.payment.banks.registry import bank
from haat.payment.rules.reading import INDIA
from haat.payment.store.accounts import DynamoAccounts
from infra.local.payees import DemoPayee, open_accounts
from infra.local.seed import seed
from infra.local.simulators.bank_world import BankPayment
from infra.local.stage import Stage
from tests.stack.business.conftest import Api
from tests.stack.payment.filing import Desk
from tests.stack.payment.till import ScriptedBank, Till

AMOUNT = 25_000
FIRST_LOOK = 95.0  # seconds: a hint is asked after when 90 have passed
OVER = 2_100.0  # seconds: when a request's time is over, at every bank


@contextmanager
def awake(stage: Stage) -> Iterator[None]:
    """Let schedules run."""
    before, stage.schedules_sleep = stage.schedules_sleep, False
    try:
        yield
    finally:
        stage.schedules_sleep = before


class Banked:
    """The shop's account at one bank, whose money moves at the simulated bank alone."""

    def __init__(self, stage: Stage, payee: DemoPayee) -> None:
        seed(stage)
        open_accounts(stage)
        self.stage, self.bank, self.payee, self.api = stage, stage.bank, payee, Api(stage)
        self.caps = bank(payee.provider).CAPS
        table = Table(stage.client("dynamodb"), stage.functions["payment_callback"].environment["PAYMENT_TABLE"])
        account = DynamoAccounts(table, lambda: 0.0).get(payee.id)
        assert account is not None
        self.till = Till(stage, ScriptedBank(), account)
        self.desk = Desk(self.api, till=self.till)

    @property
    def hints(self) -> bool:
        """Whether what this bank says of itself is asked after before it is believed."""
        return self.caps.trust == "hint"

    def asks(self, amount: int = AMOUNT, **more: Any) -> dict[str, Any]:
        """The shop asks for money; what it sees when the bank has answered."""
        body = {"amount": {"minor": amount, "currency": "INR"}, "account_id": self.payee.id} | more
        made = self.api.json("POST", "payment-requests", body, expect=201)
        self.stage.drain()
        return self.sees(made)

    def sees(self, request: dict[str, Any]) -> dict[str, Any]:
        """The request as it stands, with its receipts and refunds."""
        found: dict[str, Any] = self.api.json("GET", f"payments/{request['reference_id']}")
        return found

    def paid(self) -> tuple[dict[str, Any], BankPayment]:
        """A request that is paid, and that the shop sees so: at once, or when the bank was asked."""
        asked = self.asks()
        payment = self.bank.pay(asked["link"])
        self.stage.drain()
        assert self.sees(asked)["state"] == ("PRESENTED" if self.hints else "PAID")
        if self.hints:
            with awake(self.stage):
                self.stage.run_for(FIRST_LOOK)
        seen = self.sees(asked)
        (receipt,) = seen["receipts"]
        assert (seen["state"], receipt["rrn"], receipt["amount"]["minor"]) == ("PAID", payment.rrn, AMOUNT)
        return asked, payment

    def gives_back(self, request: dict[str, Any], rrn: str, amount: int) -> dict[str, Any]:
        """Some of it goes back; what the shop sees when the bank has answered."""
        body = {"rrn": rrn, "amount": {"minor": amount, "currency": "INR"}}
        self.api.json("POST", f"payments/{request['reference_id']}/refunds", body, expect=201)
        self.stage.drain()
        return self.sees(request)

    def today(self) -> date:
        """The day in India."""
        return datetime.fromtimestamp(self.stage.clock.now(), INDIA).date()

    def file(self, day: date) -> bytes:
        """The bank's file of a day."""
        raw = self.bank.settlement_file(f"{self.payee.provider}:{self.payee.merchant_id}", day)
        assert raw is not None
        return raw
