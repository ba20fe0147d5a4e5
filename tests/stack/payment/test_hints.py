"""A bank whose callbacks prove nothing: whatever they say, the bank is asked, within its limits, and only its answer counts."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from haat.aws.outbox import unfold
from haat.kernel.time import HOUR, MINUTE, SECOND, Instant, later, rfc3339
from haat.payment.model.payment import Payment, Request
from haat.payment.ports import Writing
from haat.payment.rules import machine, news
from haat.payment.store.caller import urls
from infra.local.stage import Stage
from tests.stack.payment.till import ScriptedBank, Till

pytestmark = pytest.mark.on_moto("a bank that answers by script")

TR, AMOUNT, TOKEN = "H01KE4JVFR0H1NTREQVEST000001", 25_000, "a callback's token"


@pytest.fixture
def till(stage: Stage) -> Iterator[Till]:
    """An account at a bank of hints, which knows of no payment yet."""
    bank = ScriptedBank()
    bank.puts("GET", "/payments", {"payments": []})
    url = urls(stage.functions["payment_bank_call"].environment["BANK_URLS"])["simbank"]
    with stage.standing_in(f"{url}/payments", bank):
        yield Till.opened(stage, bank, provider="simbank", merchant_id="SIM1", vpa="shop@simbank", secret=TOKEN)


def asked(till: Till, *, minutes: int = 15) -> None:
    """A request that the customer has before them."""
    account, now = till.account, till.now()
    request = Request(
        tr=TR,
        merchant=account.merchant,
        account=account.id,
        provider="simbank",
        payee_vpa=account.bank.vpa,
        payee_id=account.bank.merchant_id,
        amount=AMOUNT,
        currency="INR",
        created_at=now,
        expires_at=later(now, minutes * MINUTE),
    )
    change = machine.present(Payment(request=request))
    till.payments.begin(change.after, Writing(rows=news.rows(None, change, now)))


def money(till: Till, *, status: str = "SUCCESS", rrn: str = "600510000777") -> dict[str, Any]:
    """A payment as this bank writes it."""
    return {
        "id": f"SB{rrn}",
        "reference": TR,
        "rrn": rrn,
        "amount": "250.00",
        "currency": "INR",
        "status": status,
        "at": rfc3339(till.now()),
        "merchant": "SIM1",
        "payee": "shop@simbank",
        "payer": "payer@simbank",
    }


def hint(till: Till, **more: Any) -> None:
    """A callback; anyone could have made it."""
    body = json.dumps({"payment": money(till, **more)}).encode()
    path = f"/webhooks/payments/simbank/{till.account.id}"
    assert till.stage.http("POST", path, {"X-Simbank-Token": TOKEN}, body).status == 200


def pulls(till: Till) -> list[Instant]:
    """When the bank was asked."""
    assert len(till.bank.calls("GET", "/payments")) == len(till.payment(TR).request.pulls)
    return list(till.payment(TR).request.pulls)


@pytest.mark.parametrize("said_after_s", [5, 60, 200, 500])
def test_hint_is_answered_within_ten_seconds_of_itself_or_of_the_first_pull(till: Till, said_after_s: int) -> None:
    """PAID within 10 s of the later of the hint and +90 s."""
    asked(till, minutes=30)
    begun = till.now()
    till.stage.run_for(said_after_s)
    till.bank.puts("GET", "/payments", {"payments": [money(till)]})
    hint(till)
    till.stage.drain()
    assert till.payment(TR).request.state == ("PRESENTED" if said_after_s < 90 else "PAID")
    till.stage.run_for(max(90 - said_after_s, 0) + 10)
    request = till.payment(TR).request
    assert request.state == "PAID"
    assert request.paid_at - max(begun + 90 * SECOND, begun + said_after_s * SECOND) <= 10 * SECOND


def test_two_hundred_false_hints_cost_three_pulls_and_the_real_payment_is_found(till: Till) -> None:
    """The last of the three is kept for the request's end, when the real payment has come."""
    till.stage.schedules_sleep = False
    asked(till, minutes=30)
    begun = till.now()
    for _ in range(100):
        hint(till)
        till.stage.run_for(15)
    till.bank.puts("GET", "/payments", {"payments": [money(till)]})
    for _ in range(100):
        hint(till, rrn="600510000999")
        till.stage.run_for(15)
    till.stage.run_for(HOUR // 1_000)
    assert len([at for at in pulls(till) if at < later(begun, 2 * HOUR)]) <= 3
    assert (till.payment(TR).request.state, [r.rrn for r in till.payment(TR).receipts]) == ("PAID", ["600510000777"])


def test_false_hints_at_an_open_request_cost_three_pulls_in_two_hours_then_one_an_hour(till: Till) -> None:
    """A request of a day: the real payment of the third hour is found in the fourth."""
    asked(till, minutes=24 * 60)
    begun = till.now()
    for _ in range(200):
        hint(till)
        till.stage.run_for(54)
    assert len([at for at in pulls(till) if at < later(begun, 2 * HOUR)]) <= 3
    till.bank.puts("GET", "/payments", {"payments": [money(till)]})
    hint(till)
    till.stage.schedules_sleep = False
    till.stage.run_for(HOUR // 1_000 + 60)
    assert till.payment(TR).request.state == "PAID"


def test_hints_before_the_first_pull_cost_nothing(till: Till) -> None:
    """A hundred within the first minute are one pull at +90 s."""
    asked(till)
    for _ in range(100):
        hint(till)
    till.stage.run_for(80)
    assert pulls(till) == []
    till.stage.run_for(20)
    assert len(pulls(till)) == 1


def test_hint_that_says_failed_fails_nothing(till: Till) -> None:
    """Only the bank's own answer does."""
    asked(till)
    hint(till, status="FAILED")
    till.stage.run_for(100)
    assert till.payment(TR).request.state == "PRESENTED"
    till.bank.puts("GET", "/payments", {"payments": [money(till, status="FAILED")]})
    hint(till, status="FAILED")
    till.stage.run_for(10)
    assert till.payment(TR).request.state == "FAILED"


@pytest.mark.parametrize("word", ["PENDING", "DEEMED", "NEVER HEARD"])
def test_word_that_is_open_or_unknown_waits_for_the_next_answer(till: Till, word: str) -> None:
    """Unknown is not failed: the bank is asked again, and then it is paid."""
    asked(till)
    till.bank.puts("GET", "/payments", {"payments": [money(till, status=word)]})
    till.stage.run_for(100)
    assert till.payment(TR).request.state == "PROCESSING"
    till.bank.puts("GET", "/payments", {"payments": [money(till)]})
    till.stage.schedules_sleep = False
    till.stage.run_for(2 * HOUR // 1_000)
    assert till.payment(TR).request.state == "PAID"


def test_open_answer_leaves_a_pull_for_the_hint_that_comes_after_it(till: Till) -> None:
    """The bank said PENDING at +90 s: a hint at +101 s still has it asked within ten seconds."""
    asked(till)
    begun = till.now()
    till.bank.puts("GET", "/payments", {"payments": [money(till, status="PENDING")]})
    till.stage.run_for(101)
    assert pulls(till) == [later(begun, 90 * SECOND)]
    till.bank.puts("GET", "/payments", {"payments": [money(till)]})
    hint(till)
    till.stage.run_for(10)
    assert till.payment(TR).request.state == "PAID"


def test_token_of_a_callback_is_kept_nowhere(till: Till) -> None:
    """Neither in the table, folded or not, nor in what the queue brings; a token that is wrong is kept no more than the right one."""
    asked(till, minutes=30)
    hint(till)
    body = json.dumps({"payment": money(till)}).encode()
    path = f"/webhooks/payments/simbank/{till.account.id}"
    assert till.stage.http("POST", path, {"X-Simbank-Token": f"{TOKEN}s", "Authorization": TOKEN}, body).status == 401
    kept = [item for item in till.table.having("pk") if item["pk"].startswith(("CALLBACK#", "FORGED#"))]
    assert len(kept) == 2
    shown = [str(item) for item in till.table.having("pk")]
    shown += [unfold(item["body"]) for item in kept if "body" in item]
    shown += [message["body"] for queue in till.stage.deployment.queues for message in till.stage.messages(queue)]
    assert any("x-simbank-token" in text for text in shown)
    assert not [text for text in shown if TOKEN in text]
    till.stage.drain()
    assert till.payment(TR).request.pull_at, "what it hints at is asked after all the same"
