"""Whether a shop does business: what an operator's steps lead to."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haat.business.model.merchant import Merchant, State
from haat.business.rules.merchants import Move, move
from haat.kernel.errors import Conflict
from tests.invented import MERCHANT

SHOP = Merchant(id=MERCHANT, name="P", country="IN", currency="INR", language="en", timezone="UTC")
MOVES: tuple[Move, ...] = ("close", "open", "block", "unblock")
TABLE: dict[State, tuple[State | None, State | None, State | None, State | None]] = {
    "open": ("closed", "open", "blocked", "open"),
    "closed": ("closed", "open", "blocked", "closed"),
    "blocked": (None, None, "blocked", "open"),
}
STEPS = [(state, what, TABLE[state][n]) for state in TABLE for n, what in enumerate(MOVES)]


def after(shop: Merchant, what: Move) -> Merchant | None:
    """The shop after a step; None where it is refused."""
    try:
        return move(shop, what)
    except Conflict:
        return None


@pytest.mark.parametrize(("state", "what", "expected"), STEPS)
def test_step_leads_where_the_table_says(state: State, what: Move, expected: State | None) -> None:
    """Each step from each state leads to one state, or is refused by the name of the state that stands in its way."""
    shop = replace(SHOP, state=state)
    if expected is None:
        with pytest.raises(Conflict, match=state) as refused:
            move(shop, what)
        assert refused.value.word == f"shop-{state}"
        return
    assert move(shop, what).state == expected


@given(st.lists(st.sampled_from(MOVES), max_size=12))
def test_version_counts_changes_and_nothing_else(steps: list[Move]) -> None:
    """A step that changes the state is one version more; one that is so already, or is refused, is none."""
    shop = SHOP
    for what in steps:
        new = after(shop, what) or shop
        assert new.version - shop.version == (new.state != shop.state)
        shop = new


@given(st.lists(st.sampled_from(MOVES), max_size=12))
def test_block_changes_nothing_but_for_its_time(steps: list[Move]) -> None:
    """Whatever came before: blocked and unblocked, a shop is what it was."""
    shop = SHOP
    for what in steps:
        shop = after(shop, what) or shop
    if shop.state != "blocked":
        again = move(move(move(shop, "block"), "block"), "unblock")
        assert again.state == shop.state
