"""The banks' door: who is refused, what is kept, and what it costs. What each callback of the fixtures brings is in test_door_of_banks.py."""

import json

import pytest

from haat.kernel.time import MINUTE, Instant, later
from haat.payment.model.payment import Payment, Request
from haat.payment.rules import machine
from infra.local.faults import Refusal
from infra.local.stage import Stage
from tests.stack.payment.till import ACCOUNT, ScriptedBank, Till
from tests.upi_fixtures import UPI

pytestmark = [pytest.mark.upi]

PROFILE = json.loads((UPI / "profile.json").read_text())
KEYS = json.loads((UPI / "test-keys" / "secrets.json").read_text())


def opened(stage: Stage) -> Till:
    """The account of the fixtures, with their keys."""
    known = PROFILE["providers"]["razorpay"]
    return Till.opened(
        stage,
        ScriptedBank(),
        secret=KEYS["razorpay_webhook_secret"],
        webhook_secret_previous=KEYS["razorpay_webhook_secret_previous"],
        vpa=known["vpa"],
        merchant_id=known["merchant_id"],
    )


def asked(till: Till, tr: str, amount: int) -> None:
    """A request that the customer has before them."""
    account, now = till.account, till.now()
    request = Request(
        tr=tr,
        merchant=account.merchant,
        account=account.id,
        provider=account.bank.provider,
        payee_vpa=account.bank.vpa,
        payee_id=account.bank.merchant_id,
        amount=amount,
        currency="INR",
        created_at=now,
        expires_at=later(now, 15 * MINUTE),
    )
    till.begin(machine.present(Payment(request=request)).after)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", f"/webhooks/payments/razorpay/{ACCOUNT}", 405),
        ("POST", "/webhooks/payments/razorpay/01KE4JVFR0N0SUCHACC0VNT001", 404),
        ("POST", f"/webhooks/payments/simbank/{ACCOUNT}", 404),
        ("POST", f"/webhooks/payments/nobank/{ACCOUNT}", 404),
        ("POST", "/webhooks/payments/razorpay/" + "A" * 65, 404),
    ],
)
def test_stranger_is_told_nothing_of_accounts(stage: Stage, method: str, path: str, status: int) -> None:
    """An address that is none looks the same whatever is wrong with it, and nothing is kept."""
    till = opened(stage)
    answer = stage.function_url("payment_callback", method, path, {}, b"{}")
    assert answer.status == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert not list(till.table.having("raw"))


def test_body_that_is_too_large_is_refused_before_it_is_read(stage: Stage) -> None:
    """128 KB are more than ten times what a provider documents."""
    till = opened(stage)
    assert till.post(b" " * (128 * 1024 + 1)).status == 413


def test_forged_copies_are_kept_up_to_a_bound(stage: Stage) -> None:
    """Two hundred strangers in an hour leave sixteen copies, each cut."""
    till = opened(stage)
    for number in range(200):
        assert till.post(b'{"n":%d,"x":"%s"}' % (number, b"y" * 9_000), secret="wrong").status == 401
    kept = [item for item in stage.items("payment") if item["pk"]["S"].startswith("FORGED#")]
    assert 0 < len(kept) <= 16
    assert max(len(item["raw"]["B"]) for item in kept) <= 4_096


def test_table_that_is_dark_makes_the_gateway_come_again(stage: Stage) -> None:
    """What could not be kept is answered 500, within the five seconds that a gateway waits; the next time it is kept."""
    till = opened(stage)
    asked(till, "HAATDARK", 25_000)
    body = till.paid("HAATDARK", "600510000009", 25_000)
    with stage.faults.fail(Refusal(code="InternalServerError", status=500), operation="PutItem", times=9):
        assert till.post(body).status == 500
    assert till.post(body).status == 200
    stage.drain()
    assert till.payment("HAATDARK").request.state == "PAID"


def test_warm_callback_costs_one_call_and_its_settlement_two(stage: Stage) -> None:
    """The door writes once; settlement reads once and writes once."""
    till = opened(stage)
    for tr, rrn in (("HAATCOLD", "600510000001"), ("HAATWARM", "600510000002")):
        asked(till, tr, 25_000)
        stage.drain()
        stage.faults.clear()
        assert till.post(till.paid(tr, rrn, 25_000), tr).status == 200
        stage.drain()
    calls = [(call.function, call.operation) for call in stage.faults.calls]
    assert [name for function, name in calls if function == "payment_callback"] == ["PutItem"]
    assert [name for function, name in calls if function == "payment_settlement"] == ["Query", "TransactWriteItems"]


def test_long_ago_is_no_reason_to_refuse(stage: Stage) -> None:
    """A gateway brings an event for a day: it pays as late as it occurred, not as late as it came."""
    till = opened(stage)
    asked(till, "HAATLATE", 25_000)
    body = till.paid("HAATLATE", "600510000003", 25_000)
    till.move(Instant(till.now() + 23 * 60 * MINUTE))
    assert till.post(body, "E").status == 200
    stage.drain()
    request = till.payment("HAATLATE").request
    assert (request.state, request.late) == ("PAID", False)
