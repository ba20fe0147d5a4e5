"""One shop's account at the simulated bank, read by the product's own adapters: a helper of its tests."""

from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

from haat.kernel.secret import Secret
from haat.kernel.time import Instant
from haat.payment.banks.registry import bank as adapter
from haat.payment.model.bank import Account, Asked, Call, Created, Failed, NotFound
from haat.payment.model.evidence import Evidence, RefundEvidence, Status
from infra.local.bank_sides import DEMOS
from infra.local.http import Request, Response, Webhook
from infra.local.simulators.bank import BankSimulator
from infra.local.simulators.bank_formats import PROVIDERS, base_path
from infra.local.simulators.bank_world import BankPayment, Provider
from tests.stack.simulated import Clock

SIDES = {provider: DEMOS[provider].keys("test") for provider in PROVIDERS}  # one test for each, else it fails here
VPA = {provider: f"shop@{DEMOS[provider].handle}" for provider in PROVIDERS}
# Those whose answer to a question tells of every attempt to pay; of the others' it tells one thing.
MANY = ("simbank", "razorpay")
# Those that call back about refunds.
TELL_REFUNDS = ("simbank", "razorpay", "axis")
TR = "H01KDVDNA0000000000000000A1"


@dataclass
class Counter:
    """A bank, and one shop's account at it as the product has it."""

    provider: Provider
    clock: Clock = field(default_factory=Clock)
    fee_rate: int = 0

    def __post_init__(self) -> None:
        self.bank = BankSimulator(self.clock)
        self.bank.open_account(
            self.provider,
            merchant_id="M1",
            vpa=VPA[self.provider],
            webhook=f"/webhooks/payments/{self.provider}/A1",
            keys=SIDES[self.provider].bank,
            settings=DEMOS[self.provider].settings,
            name="Mishti Bhandar",
            fee_rate=self.fee_rate,
        )
        self.adapter = adapter(self.provider)
        self.account = Account(
            provider=self.provider,
            merchant_id="M1",
            vpa=VPA[self.provider],
            base_url=f"http://bank{base_path(self.provider)}",
            settings=DEMOS[self.provider].settings,
        )
        self.keys = {name: Secret(value) for name, value in SIDES[self.provider].shop.items()}
        self.asked = Asked(
            tr=TR,
            amount=25_000,
            currency="INR",
            note="2 kg sandesh",
            created_at=self.now,
            asked_at=self.now,
            expires_at=Instant(self.now + 900_000),
        )

    @property
    def now(self) -> Instant:
        """Return the time."""
        return Instant(int(self.clock.now * 1000))

    def call(self, call: Call | None) -> Response:
        """Carry a call of the product's to the bank."""
        assert call is not None
        address = urlsplit(call.url)
        headers = {name.lower(): value for name, value in call.headers.items()}
        query = dict(parse_qsl(address.query))
        return self.bank.handle(
            Request(method=call.method, path=address.path, query=query, headers=headers, body=call.body)
        )

    def link(self) -> str:
        """Ask for money as the product does; return what the customer is shown."""
        call = self.adapter.create(self.account, self.keys, self.asked)
        if call is None:
            note = quote(self.asked.note)
            return f"upi://pay?pa={VPA[self.provider]}&pn=Mishti%20Bhandar&tr={TR}&tn={note}&am=250.00&cu=INR&mode=15"
        response = self.call(call)
        made = self.adapter.read_create(self.account, self.keys, self.asked, response.status, response.body)
        assert isinstance(made, Created), made
        self.asked = replace(self.asked, provider_ref=made.provider_ref)
        return made.link

    def pull(self) -> tuple[Evidence, ...] | NotFound | Failed:
        """Ask how it stands."""
        response = self.call(self.adapter.pull(self.account, self.keys, self.asked))
        return self.adapter.read_pull(self.account, self.keys, self.asked, response.status, response.body)

    def posted(self, status: int = 200) -> list[Webhook]:
        """Answer what is due."""
        webhooks = self.bank.due(self.clock.now)
        for webhook in webhooks:
            self.bank.answered(webhook, status, self.clock.now)
        return webhooks

    def said(self, webhooks: list[Webhook]) -> list[Any]:
        """Read callbacks as the product does."""
        return [self.adapter.read_callback(self.account, self.keys, one.headers, one.body) for one in webhooks]

    def refund(self, payment: BankPayment, amount: int, id: str = "R1") -> Asked:
        """Return what the product asks when it gives back."""
        told = self.pull()
        txn = (
            next((one.provider_txn_id for one in told if one.rrn == payment.rrn), "") if isinstance(told, tuple) else ""
        )
        return replace(self.asked, provider_txn_id=txn, rrn=payment.rrn, refund_id=id, amount=amount, asked_at=self.now)

    def give_back(self, asked: Asked) -> RefundEvidence | Failed:
        """Give back."""
        response = self.call(self.adapter.refund(self.account, self.keys, asked))
        return self.adapter.read_refund(self.account, self.keys, asked, response.status, response.body)

    def ask_after(self, asked: Asked) -> RefundEvidence | NotFound | Failed:
        """Ask how a refund stands."""
        response = self.call(self.adapter.pull_refund(self.account, self.keys, asked))
        return self.adapter.read_pull_refund(self.account, self.keys, asked, response.status, response.body)


def money(found: Any) -> list[tuple[str, int, Status]]:
    """Return the sums and states of some evidence."""
    assert isinstance(found, tuple), found
    return [(one.tr, one.amount, one.status) for one in found]
