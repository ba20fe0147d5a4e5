"""Orders: what may follow from what, and what a step says."""

from pathlib import Path

import pytest

from haat.business.model.order import Act, State
from haat.business.rules import orders as rules
from haat.kernel.errors import Conflict, Rejected
from haat.kernel.time import later
from tests.invented import NOW
from tests.unit.business.test_orders import order

PAGE = Path(__file__).parents[3] / "docs/orders.md"


def test_table_of_states_is_that_of_the_documentation() -> None:
    """docs/orders.md shows the state machine that the code runs."""
    assert rules.table() in PAGE.read_text("utf-8")


@pytest.mark.parametrize("state", rules.STATES)
@pytest.mark.parametrize("act", rules.ACTS)
def test_every_act_in_every_state_is_decided(state: State, act: Act) -> None:
    """It leads where the table says, or it is refused and nothing changes."""
    before = order(state)
    wanted = rules.NEXT.get((before.state, act))
    if wanted is None:
        with pytest.raises(Conflict) as refused:
            rules.move(before, act, NOW)
        assert refused.value.word == "order-state"
        return
    after = rules.move(before, act, later(NOW, 5), reason="why")
    assert (after.state, after.version, after.steps[:-1]) == (wanted, 2, before.steps)
    assert after.steps[-1].by == ("customer" if act == "withdraw" else "shop")


def test_reason_is_for_what_the_shop_does_not_do() -> None:
    """With another step it is refused, and what an older version kept with one is not told when the customer withdraws."""
    assert rules.why("reject", " the oven is broken ") == "the oven is broken"
    assert rules.why("accept", "  ") == ""
    with pytest.raises(Rejected) as refused:
        rules.why("accept", "he never pays")
    assert set(refused.value.fields) == {"reason"}
    assert rules.move(order("accepted", reason="he never pays"), "withdraw", later(NOW, 5)).reason == ""
    assert rules.move(order(), "accept", later(NOW, 5), reason="he never pays").reason == ""
    assert rules.move(order(), "reject", later(NOW, 5), reason="sold out").reason == "sold out"


def test_states_that_are_over_allow_nothing() -> None:
    """Nothing leads out of delivered, rejected or cancelled; all others are open and lead on."""
    assert {state for state in rules.STATES if not any((state, act) in rules.NEXT for act in rules.ACTS)} == {
        "delivered",
        "rejected",
        "cancelled",
    }
    assert frozenset(state for state, _ in rules.NEXT) == rules.OPEN
