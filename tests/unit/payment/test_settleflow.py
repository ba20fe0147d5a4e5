"""A witness: an accountant's program, written by others, adds Razorpay's reports up to the same sums as we do."""

from itertools import batched

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haat.payment.banks import razorpay
from haat.payment.rules import files, files_shown
from tests.unit.payment.recon import ACCOUNT, NOON, line, ours, reports, settleflow, sums_of, theirs, written

pytestmark = pytest.mark.upi


@pytest.mark.parametrize("name", reports())
def test_sums_of_a_report_are_what_settleflow_makes_of_it(name: str) -> None:
    """Received, refunded, charged back, fees, their tax, and what each payout came to."""
    raw = reports()[name]
    file, _ = ours(raw)
    assert sums_of(file) == theirs(raw)
    assert files_shown.net(file) == sum(theirs(raw).net.values())


def test_report_with_fees_holds_all_that_is_compared() -> None:
    """Nothing agrees by being nought."""
    found = theirs(reports()["with fees"])
    assert all((found.received, found.refunded, found.charged_back, found.fees, found.taxes))
    assert len(found.net) == 2


amounts = st.integers(100, 99_999_999_999)


@st.composite
def lines(draw: st.DrawFn) -> list[dict[str, object]]:
    """Payments of some payouts, each perhaps given back or charged back, in part or whole, by the same payout or another."""
    payouts, found = st.sampled_from(["setl_A", "setl_B", "setl_C"]), []
    for number in range(draw(st.integers(1, 12))):
        amount, id = draw(amounts), f"pay_{number}"
        fee = draw(st.integers(0, amount // 10))
        tax, at = draw(st.integers(0, fee)), NOON + draw(st.integers(0, 86_400))
        found.append(line("payment", id, amount, draw(payouts), fee=fee, tax=tax, created_at=at))
        for kind in draw(st.lists(st.sampled_from(["refund", "adjustment"]), max_size=2, unique=True)):
            dispute = {"dispute_id": f"disp_{number}"} if kind == "adjustment" else {}
            part, name = draw(st.integers(1, amount)), f"{kind}_{number}"
            found.append(line(kind, name, part, draw(payouts), payment_id=id, created_at=at, **dispute))
    return draw(st.permutations(found))


@given(lines())
def test_sums_of_any_report_agree(items: list[dict[str, object]]) -> None:
    """Whatever lines, in whatever order."""
    raw = written(items)
    assert sums_of(ours(raw)[0]) == theirs(raw)


@given(lines(), st.integers(1, 5))
def test_report_in_pages_comes_to_the_same(items: list[dict[str, object]], size: int) -> None:
    """It is fetched page by page."""
    raw = written(items)
    file, _ = ours(written(items[:1]))
    begun = files.begun(file.id, ACCOUNT, file.first_day, file.first_day, "fetch", file.created_at)
    for page in batched(items, size, strict=False):
        begun, _ = files.read(begun, razorpay.read_settlement(ACCOUNT.bank, written(page)))
    assert sums_of(begun) == theirs(raw)


def test_settleflow_says_what_it_is_asked() -> None:
    """Of another version it would be another witness."""
    assert settleflow().__version__ == "0.7.6"
