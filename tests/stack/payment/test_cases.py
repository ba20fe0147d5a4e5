"""The survival cases (tests/fixtures/upi/cases.json) through the deployed functions: HTTP in, tables out.

What a bank answers, and when, is the case's: Razorpay's own side is played by script, the banks' by the simulator's formats.
"""

from typing import Any

import pytest

from infra.local.stage import Stage
from tests.stack.payment.bank_cases import BankPlayer
from tests.stack.payment.playing import Player
from tests.stack.payment.till import ScriptedBank, scripted
from tests.unit.payment.test_cases import CASES, ORDER_MATTERS, ended, is_proven, the_end, wanted
from tests.unit.payment.test_cases import play as in_rules

pytestmark = [pytest.mark.on_moto("a bank that answers by script"), pytest.mark.upi]


def player_of(stage: Stage, bank: ScriptedBank, case: dict[str, Any]) -> Player:
    """Who plays a case."""
    of_gateway = case["request"]["provider"] == "razorpay"
    return Player(stage, bank, case) if of_gateway else BankPlayer(stage, bank, case)


@pytest.mark.parametrize("case", CASES, ids=[f"{case['id']} {case['title']}" for case in CASES])
def test_history_ends_as_it_must_on_the_stage(case: dict[str, Any], stage: Stage) -> None:
    """What was said over HTTP ends in the tables as the case says."""
    with scripted(stage) as bank:
        player = player_of(stage, bank, case)
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


TURNED = [case for case in CASES if backwards(case) != case and case["title"] not in ORDER_MATTERS]


@pytest.mark.parametrize("case", TURNED, ids=[f"{case['id']} {case['title']}" for case in TURNED])
def test_order_of_proven_callbacks_changes_no_end_on_the_stage(case: dict[str, Any], stage: Stage) -> None:
    """One sample of the orders that the rules are tried with."""
    with scripted(stage) as bank:
        player = player_of(stage, bank, backwards(case))
        player.play()
        assert the_end(player.book()) == the_end(in_rules(case)[0])
