"""A day of payments, full of what nobody may see: payers' addresses, keys of banks, and the address that a bank calls."""

import json
from collections.abc import Mapping
from contextlib import suppress

from haat.kernel.errors import Conflict
from haat.kernel.ids import CustomerId
from haat.kernel.money import Currency, Minor, Money
from haat.kernel.once import Once
from haat.kernel.time import Instant
from haat.payment.banks.registry import bank
from haat.payment.service.requests import Requests, Wish
from haat.payment.store.accounts import DynamoAccounts
from haat.wiring.open_banks import open_banks
from infra.conform.powers import OnMotoOnly
from infra.local.faults import NotStruck, Refusal
from infra.local.market import SWEETS
from infra.local.payees import DemoPayee, open_accounts
from infra.local.simulators.bank_world import Impossible
from infra.local.stage import Stage
from tests.security.words import LATIN, PHONE
from tests.stack.conversation.conftest import SWEET_SHOP, Market
from tests.stack.payment.till import ScriptedBank, Till, account_of

PAYER = "marigold.canarini@pistachio"
ACCOUNTS = ("01KE4JVFR0PARS1EYCANAR0001", "01KE4JVFR0PARS1EYCANAR0002")
KEYS = {
    "callback token": "coriander-callback-token-11",
    "api token": "fenugreek-api-token-22",
    "webhook secret": "cumin-webhook-secret-33",
    "key id": "asafoetida-key-id-44",
    "key secret": "mustard-key-secret-55",
}
MONEY: Mapping[str, str] = {
    "payer's address": PAYER.partition("@")[0],
    "account": ACCOUNTS[0][-14:],
    "account at a gateway": ACCOUNTS[1],
    **KEYS,
}
PAYEES = (
    DemoPayee(
        id=ACCOUNTS[0],
        shop=SWEETS,
        provider="simbank",
        merchant_id="SIMCANARY1",
        vpa="mishti@simcanary",
        keys={"callback_token": KEYS["callback token"], "api_token": KEYS["api token"]},
    ),
    DemoPayee(
        id=ACCOUNTS[1],
        shop=SWEETS,
        provider="razorpay",
        merchant_id="acc_canary",
        vpa="mishti@rzpcanary",
        keys={
            "webhook_secret": KEYS["webhook secret"],
            "key_id": KEYS["key id"],
            "key_secret": KEYS["key secret"],
        },
    ),
)
FOUR = ("payment_callback", "payment_settlement", "payment_bank_call", "payment_reconciler")


class Purse:
    """The sweet shop's accounts, and the customer whom nobody may recognise."""

    def __init__(self, market: Market, *, asked: int = 0) -> None:
        self.market, self.stage = market, market.stage
        self.till = Till(self.stage, ScriptedBank(), account_of(self.stage, merchant=SWEETS.merchant.id))
        open_accounts(self.stage, PAYEES)
        self._asked = asked  # what another purse has asked for before

    def asks(self, account: str) -> str:
        """One more request; its reference."""
        self._asked += 1
        tr = f"H01KE4JVFR0CANARYREQVEST{self._asked:05d}"
        customer = next(item["pk"]["S"].rpartition("#")[2] for item in self.market.items("CUSTOMER#"))
        wish = Wish(
            account=account,
            amount=25_000,
            currency="INR",
            note=LATIN,
            customer=CustomerId(customer),
            channel="whatsapp",
            address=SWEET_SHOP,
            language="en",
        )
        self._requests.ask(SWEETS.merchant.id, tr, wish, self._once(tr))
        self.stage.drain()
        return tr

    def pays(self, tr: str, **more: str) -> None:
        """She pays, where she was asked in time."""
        if link := self.till.payment(tr).request.link:
            with suppress(Impossible):  # the code was closed meanwhile
                self.stage.bank.pay(link, payer=PAYER, **more)  # type: ignore[arg-type]  # words of the bank

    def gives_back(self, tr: str) -> None:
        """Half of it goes back."""
        payment = self.till.payment(tr)
        for receipt in payment.receipts[:1]:
            money = Money(minor=Minor(10_000), currency=Currency("INR"))
            with suppress(Conflict):
                self._requests.give_back(SWEETS.merchant.id, tr, f"R{tr}", receipt.rrn, money, self._once(f"R{tr}"))

    def day(self, account: str) -> None:
        """One payment and what belongs to it."""
        tr = self.asks(account)
        self.pays(tr)
        self.stage.run_for(130)
        self.gives_back(tr)
        self.stage.run_for(400)

    @property
    def _requests(self) -> Requests:
        accounts = DynamoAccounts(self.till.table, lambda: 0.0)
        return Requests(
            payments=self.till.payments, accounts=accounts, banks=bank, open_banks=open_banks(self.till.table)
        )

    def _once(self, name: str) -> Once:
        return Once(key=name, asked=name, at=Instant(int(self.stage.clock.now() * 1_000)))


def pays(market: Market) -> None:
    """Everything that a payer, a stranger and a bank can do."""
    purse, stage = Purse(market), market.stage
    for account in ACCOUNTS:
        purse.day(account)
        for word in ("FAILED", "PENDING", "DEEMED"):
            purse.pays(purse.asks(account), word=word)
            stage.run_for(100)
    _strangers(stage)
    stage.schedules_sleep = False
    stage.run_for(300)
    stage.schedules_sleep = True


def _strangers(stage: Stage) -> None:
    """Callbacks that are forged, broken, too large, or come where nobody lives."""
    said = json.dumps({"payment": {"id": PAYER, "payer": PAYER, "contact": PHONE, "status": PAYER}}).encode()
    headers = {"X-Simbank-Token": KEYS["callback token"], "X-Razorpay-Signature": KEYS["webhook secret"]}
    for account, provider in zip(ACCOUNTS, ("simbank", "razorpay"), strict=True):
        path = f"/webhooks/payments/{provider}/{account}"
        for body in (said, b"{" + said, PAYER.encode() * 9_000, b"\xff" + said):
            for said_too in (headers, {}):
                with suppress(OnMotoOnly):  # the second judge carries no body that is no text
                    stage.http("POST", path, said_too, body)
        stage.http("GET", path)
        stage.http("POST", f"{path}X", headers, said)
    stage.drain()


def deaths_of_money(market: Market) -> None:
    """Those who handle money die, and AWS quotes them."""
    purse, stage = Purse(market, asked=500), market.stage
    quoted = f"{PAYER} {PHONE} {' '.join(KEYS.values())} {' '.join(ACCOUNTS)}"
    stage.runner.forget()
    stage.faults.clear()
    for account in ACCOUNTS:
        purse.day(account)
    points = [point for name in FOUR for point in [one for one in stage.faults.points() if one.function == name][::5]]
    calls = {(call.function, call.service, call.operation) for call in stage.faults.calls if call.function in FOUR}
    for number, point in enumerate(points):
        stage.runner.forget()
        with suppress(NotStruck), stage.faults.kill(function=point.function, call=point.call, when=point.when):
            purse.day(ACCOUNTS[number % 2])
    for number, (function, service, operation) in enumerate(sorted(calls)):
        stage.runner.forget()
        refusal = Refusal(code="ValidationException", status=400, message=quoted)
        error = refusal if service != "http" else ValueError(quoted)
        with (
            suppress(NotStruck),
            stage.faults.fail(
                error if number % 2 else ValueError(quoted),
                service=service,
                operation=operation,
                function=function,
                times=9,
            ),
        ):
            purse.day(ACCOUNTS[number // 2 % 2])
    stage.run_for(3_600)
