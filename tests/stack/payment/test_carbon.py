"""Another witness: carbon-layer plays its Razorpay scenarios against the stage's door, with its own payloads, signatures and checks.

Its package brings the engine without the scenarios. These are its eleven, with the names, steps and numbers that they have in its
repository (version 0.6.1, folder `scenarios`), written here in our words; they are played at a fiftieth of their size, the
largest by `make test-slow` at a tenth.
"""

import asyncio
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from carbon.adapters.mock import MockAdapter
from carbon.compiler import compile_scenario
from carbon.engine.executor import run_plan
from carbon.scenarios import load_scenario
from carbon.storage.db import get_connection, init_db
from carbon.storage.repo import create_run, get_entity_map, get_findings
from carbon.validator import run_validations
from carbon.webhook import send_webhooks

from haat.kernel.ids import ulid
from haat.kernel.time import MINUTE, later
from haat.payment.model.payment import Payment, Request
from haat.payment.rules import machine
from infra.local.stage import Stage
from tests.stack.payment.till import SECRET, Till, scripted

# It asks for the time in a way that Python has given up, and its database's driver takes that.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

SMALLER, LARGER, LARGE = 50, 10, "-large"


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """A scenario: how many orders of which sum, how many payments come through, and what happens to those that did."""

    orders: int
    paise: int = 250_000
    success: float = 1.0
    captured: bool = True
    refunds: int = 0
    disputes: int = 0

    def phases(self, smaller: int = 1) -> list[dict[str, Any]]:
        """As carbon-layer writes it."""
        steps: list[dict[str, Any]] = [
            {"create_orders": {"count": _few(self.orders, smaller), "amount_paise": self.paise}},
            {"create_payments": {"for_each": "orders", "success_rate": self.success}},
        ]
        steps += [{"capture_payments": {"for_each": "successful_payments"}}] if self.captured else []
        after = {"create_refunds": self.refunds, "create_disputes": self.disputes}
        steps += [
            {name: {"count": _few(count, smaller), "on": "captured_payments", "sample": "random"}}
            for name, count in after.items()
            if count
        ]
        return [{"name": "all", "actions": steps}]

    def checks(self, smaller: int = 1) -> list[dict[str, Any]]:
        """What carbon-layer itself must find then."""
        orders = _few(self.orders, smaller)
        found = {"orders_count": orders}
        found |= {"payments_captured_count": orders} if self.captured and self.success == 1 else {}
        found |= {"refunds_count": _few(self.refunds, smaller)} if self.refunds else {}
        found |= {"disputes_count": _few(self.disputes, smaller)} if self.disputes else {}
        return [{"check": name, "expected": count} for name, count in found.items()]


def _few(count: int, smaller: int) -> int:
    return max(1, count // smaller)


SCENARIOS = {
    "dispute-spike": Played(orders=1000, disputes=150),
    "flash-sale": Played(orders=5000),
    "gateway-error-burst": Played(orders=1000, success=0.5),
    "mandate-rejection": Played(orders=50, paise=100_000, success=0.75, captured=False),
    "max-amount": Played(orders=1, paise=1_000_000),
    "min-amount": Played(orders=1, paise=100),
    "payment-decline-spike": Played(orders=2000, success=0.7),
    "refund-storm": Played(orders=2000, refunds=500),
    "settlement-delay": Played(orders=200, paise=150_000, refunds=20),
    "upi-timeout": Played(orders=100, paise=50_000, success=0.7, captured=False),
    "vpa-not-found": Played(orders=50, paise=25_000, success=0.6, captured=False),
}
STATES = {"authorized": "PROCESSING", "failed": "FAILED"}


class Gateway(MockAdapter):
    """carbon-layer's own gateway without a network, whose orders are payment requests of the stage: their payments carry our reference."""

    def __init__(self, till: Till) -> None:
        super().__init__()
        self._till = till
        self.asked: dict[str, str] = {}  # references by the gateway's orders

    async def create_order(self, params: dict[str, Any]) -> dict[str, Any]:
        """Ask for the order's money, as the shop would."""
        order: dict[str, Any] = await super().create_order(params)
        tr = "H" + ulid(self._till.now(), len(self.asked).to_bytes(10))
        self._till.begin(machine.present(_request(self._till, tr, order["amount"])).after)
        self.asked[order["id"]] = tr
        return order

    async def create_payment(self, order_id: str, params: dict[str, Any]) -> dict[str, Any]:
        """Pay; Razorpay copies the notes of what was created to its payments."""
        payment: dict[str, Any] = await super().create_payment(order_id, params)
        payment["notes"] = {"tr": self.asked[order_id]}
        return payment


def _request(till: Till, tr: str, amount: int) -> Payment:
    account, now = till.account, till.now()
    return Payment(
        request=Request(
            tr=tr,
            merchant=account.merchant,
            account=account.id,
            provider="razorpay",
            payee_vpa=account.bank.vpa,
            payee_id=account.bank.merchant_id,
            amount=amount,
            currency="INR",
            created_at=now,
            expires_at=later(now, 15 * MINUTE),
        )
    )


class Carbon:
    """carbon-layer, with its webhooks posted to the stage's door."""

    def __init__(self, till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
        self._till, self.run = till, ""

        def carried(request: httpx.Request) -> httpx.Response:
            answer = till.stage.http("POST", request.url.path, dict(request.headers), request.content)
            return httpx.Response(answer.status, content=answer.body)

        class Client(httpx.AsyncClient):
            def __init__(self) -> None:
                super().__init__(transport=httpx.MockTransport(carried))

        # The witness's own way out, not ours: its requests come to the stage in this process.
        monkeypatch.setattr("carbon.webhook.sender.httpx.AsyncClient", Client)

    def plays(self, name: str, gateway: MockAdapter) -> dict[str, Any]:
        """Run one scenario -> its entities, in the order in which they were made. It judges itself, and must be content."""

        async def play() -> dict[str, Any]:
            await init_db()
            _, scenario = load_scenario(name)
            plan = compile_scenario(scenario)
            self.run = await create_run(name, "razorpay", plan.parameters)
            await run_plan(plan, self.run, "razorpay", gateway)
            await run_validations(self.run)
            # What it finds of its own accord is of low weight: that nothing was captured, where nothing was to be.
            found = [one for one in await get_findings(self.run) if one["severity"] == "high"]
            assert found
            assert [one["message"] for one in found if not one["passed"]] == []
            conn = await get_connection()  # type: ignore[no-untyped-call]  # published without types
            try:
                return dict(await get_entity_map(self.run, conn=conn))
            finally:
                await conn.close()

        return asyncio.run(play())

    def tells(self, **how: Any) -> Counter[int | None]:
        """Let it post what it has to tell, and everything happen that follows -> how often the door answered what."""
        target = f"http://door.example/webhooks/payments/razorpay/{self._till.account.id}"
        account = self._till.account.bank.merchant_id
        sent = asyncio.run(send_webhooks(self.run, target_url=target, secret=SECRET, account_id=account, **how))
        self._till.stage.drain()
        return Counter(one["status_code"] for one in sent)


@pytest.fixture
def till(stage: Stage) -> Iterator[Till]:
    """Return the payee account, and a bank behind it that knows of nothing."""
    with scripted(stage) as bank:
        yield Till.opened(stage, bank)
    assert stage.failures == []
    assert not [queue for queue in stage.queues() if queue.name.endswith("dlq") and stage.queue_depth(queue.name)]


@pytest.fixture
def carbon(till: Till, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Carbon:
    """Return carbon-layer with its scenarios in two sizes, and a database of its own."""
    for name, played in SCENARIOS.items():
        for scale, suffix in ((SMALLER, ""), (LARGER, LARGE)):
            text = {"name": name + suffix, "phases": played.phases(scale), "validations": played.checks(scale)}
            (tmp_path / f"{name}{suffix}.yaml").write_text(yaml.safe_dump(text))
    monkeypatch.setenv("CARBON_SCENARIOS_DIR", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/carbon.db")
    return Carbon(till, monkeypatch)


def _of(made: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [one for one in made.values() if one["entity_type"] == kind]


def agrees(till: Till, gateway: Gateway, made: dict[str, Any]) -> None:
    """The stage's books say of each payment what the gateway's say: its state, one receipt, what went back."""
    back: Counter[str] = Counter()
    for refund in _of(made, "refund"):
        back[refund["metadata"]["payment_id"]] += refund["metadata"]["amount"]
    for one in _of(made, "payment"):
        said = one["metadata"]
        payment = till.payment(said["notes"]["tr"])
        # It captures 250,000 paise whatever was ordered: another sum than was asked is for a person.
        exact = "PAID" if said["amount"] == payment.request.amount else "REVIEW"
        assert payment.request.state == STATES.get(one["state"], exact)
        came = [(r.provider_txn_id, r.amount) for r in payment.receipts]
        assert came == ([(said["id"], said["amount"])] if one["state"] == "captured" else [])
        assert sum(r.amount for r in payment.refunds if r.state == "DONE") == back[said["id"]]
        assert all(r.foreign for r in payment.refunds)


@pytest.mark.parametrize("name", SCENARIOS)
def test_scenario_ends_as_the_gateway_says(name: str, carbon: Carbon, till: Till) -> None:
    """Every signed webhook is taken, and what the gateway has in its books is in ours."""
    gateway = Gateway(till)
    made = carbon.plays(name, gateway)
    assert set(carbon.tells()) == {200}
    agrees(till, gateway, made)
    assert till.orphans() == []


@pytest.mark.slow
@pytest.mark.parametrize("name", ["flash-sale", "refund-storm"])
def test_the_largest_end_so_in_a_greater_size(name: str, carbon: Carbon, till: Till) -> None:
    """Five hundred payments at once, and two hundred with fifty refunds."""
    gateway = Gateway(till)
    made = carbon.plays(name + LARGE, gateway)
    assert set(carbon.tells()) == {200}
    agrees(till, gateway, made)


@pytest.mark.parametrize(
    "name", ["upi-timeout", *(pytest.param(one, marks=pytest.mark.slow) for one in ("refund-storm", "dispute-spike"))]
)
def test_told_three_times_and_backwards_it_ends_the_same(name: str, carbon: Carbon, till: Till) -> None:
    """Refunds come before their payments then, and each of them three times: money is counted once."""
    gateway = Gateway(till)
    made = carbon.plays(name, gateway)
    for order in ("reverse", "random"):
        assert set(carbon.tells(repeat=3, order=order)) == {200}
        agrees(till, gateway, made)
    paid = sum(one["state"] == "captured" for one in _of(made, "payment"))
    assert (till.told()["PaymentPaid"], till.told()["RefundDone"]) == (paid, len(_of(made, "refund")))


@pytest.mark.parametrize("mode", ["missing", "corrupted", "wrong_secret"])
def test_what_is_not_signed_is_refused(mode: str, carbon: Carbon, till: Till) -> None:
    """Its forged webhooks get 401, each of them, and nothing of them is in the books."""
    gateway = Gateway(till)
    carbon.plays("settlement-delay", gateway)
    assert set(carbon.tells(signature_mode=mode)) == {401}
    assert {till.payment(tr).request.state for tr in gateway.asked.values()} == {"PRESENTED"}
    assert till.orphans() == []


def test_payments_without_our_reference_are_kept_once(carbon: Carbon, till: Till) -> None:
    """As its own gateway makes them they name no request: each is an unassigned receipt, however often it is told."""
    made = carbon.plays("refund-storm", MockAdapter())
    for _ in range(2):
        assert set(carbon.tells(repeat=2)) == {200}
    came = [(one["remote_id"], one["metadata"]["amount"]) for one in _of(made, "payment")]
    assert sorted((one.provider_txn_id, one.amount) for one in till.orphans()) == sorted(came)
