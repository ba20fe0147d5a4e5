"""Which refund a settlement file's line is, where it may be one of ours or somebody else's."""

from dataclasses import replace

import pytest

from haat.kernel.ids import MerchantId
from haat.kernel.time import DAY, HOUR, Instant, later
from haat.payment.model.evidence import RefundEvidence
from haat.payment.model.payment import Payment, Receipt, Refund, Request
from haat.payment.rules import refunds

NOW = Instant(1_772_426_400_000)


def paid(*ours: Refund) -> Payment:
    """A payment of 200 with refunds of ours."""
    request = Request(
        tr="H1", merchant=MerchantId("m"), account="a", provider="hdfc", payee_vpa="shop@bank", payee_id="1",
        amount=20_000, currency="INR", created_at=NOW, expires_at=NOW, state="PAID",
    )  # fmt: skip
    receipt = Receipt(rrn="R", provider_txn_id="T", amount=20_000, currency="INR", kind="primary", occurred_at=NOW)
    return Payment(request=request, receipts=(receipt,), refunds=ours)


def ours(id: str = "ours-1", **more: object) -> Refund:
    """A refund of 50 that we have asked for."""
    made = Refund(id=id, rrn="R", amount=5_000, state="SENT", asked_at=NOW)
    return replace(made, **more)  # type: ignore[arg-type]  # fields of it


def line(name: str, refund_id: str = "", amount: int = 5_000) -> RefundEvidence:
    """A line about 50 given back of that money."""
    return RefundEvidence(
        provider="hdfc", provider_refund_id=name, refund_id=refund_id, amount=amount, status="DONE", status_word="",
        trust="proof", rrn="R",
    )  # fmt: skip


def after(before: Payment, *lines: RefundEvidence, occurred_at: Instant = Instant(0)) -> dict[str, tuple[str, str]]:
    """State and name in a file of each refund, each line having come twice."""
    for said in lines:
        for _ in range(2):
            before = refunds.filed(before, said, NOW, occurred_at).after
    return {one.id: (one.state, one.filed) for one in before.refunds}


def test_line_without_our_id_is_the_first_of_ours_with_that_sum() -> None:
    """The one that was asked for first."""
    found = after(paid(ours("b", asked_at=later(NOW, HOUR)), ours("a")), line("file-1"))
    assert found == {"b": ("SENT", ""), "a": ("DONE", "file-1")}


@pytest.mark.parametrize(
    "not_it",
    [
        ours(foreign=True, state="SENT"),
        ours(state="FAILED"),
        ours(state="REFUSED"),
        ours(amount=4_000),
        ours(filed="another line"),
        ours(rrn="another money"),
    ],
    ids=["somebody else's", "failed", "refused", "another sum", "named by a file", "of another money"],
)
def test_line_is_none_of_those(not_it: Refund) -> None:
    """It is a refund that somebody has made elsewhere, and counts."""
    found = after(paid(not_it), line("file-1"))
    assert found[not_it.id] == (not_it.state, not_it.filed)
    assert found["file-1"] == ("DONE", "file-1")


@pytest.mark.parametrize("order", [("X", "1"), ("1", "X")])
def test_line_with_the_banks_id_is_never_one_that_the_bank_calls_otherwise(order: tuple[str, str]) -> None:
    """Ours is rfnd_1; a refund of the same sum that the shop made in the bank's own pages is rfnd_X. Both went back."""
    found = after(paid(ours(provider_refund_id="rfnd_1", state="DONE")), *(line(f"rfnd_{name}") for name in order))
    assert found == {"ours-1": ("DONE", "rfnd_1"), "rfnd_X": ("DONE", "rfnd_X")}


def test_open_refund_of_ours_is_not_done_by_another_ones_line() -> None:
    """The bank has told us its id, and the line has another."""
    found = after(paid(ours(provider_refund_id="rfnd_1")), line("rfnd_X"))
    assert found["ours-1"] == ("SENT", "")


def test_line_from_before_ours_was_asked_for_is_not_it() -> None:
    """Yesterday's refund is somebody else's."""
    found = after(paid(ours()), line("file-1"), occurred_at=Instant(NOW - DAY))
    assert found == {"ours-1": ("SENT", ""), "file-1": ("DONE", "file-1")}


def test_later_line_that_names_ours_gives_the_earlier_one_to_somebody_else() -> None:
    """Both went back, and both count."""
    before = paid(ours())
    found = after(before, line("file-1"), line("file-2", refund_id="ours-1"))
    assert found == {"ours-1": ("DONE", "file-2"), "file-1": ("DONE", "file-1")}


def test_line_that_names_ours_says_so_whatever_its_sum_is_like() -> None:
    """By our id before by its sum."""
    found = after(paid(ours("a"), ours("b")), line("file-1", refund_id="b"))
    assert found == {"a": ("SENT", ""), "b": ("DONE", "file-1")}


def test_line_with_our_id_that_nobody_knows_is_no_other_of_ours() -> None:
    """It names a refund of ours, and that is not this one."""
    found = after(paid(ours("a")), line("file-1", refund_id="never-asked"))
    assert found["a"] == ("SENT", "")


def test_another_sum_than_ours_is_flagged_and_changes_nothing() -> None:
    """A person looks."""
    change = refunds.filed(paid(ours()), line("file-1", refund_id="ours-1", amount=4_000), NOW)
    assert change.after.refunds == (ours(),)
    assert change.after.request.flags == ("settlement_mismatch",)
