"""What a settlement file leaves on a payment: the fee, the missing flag that goes again, a chargeback that undoes nothing."""

from dataclasses import replace

import pytest

from haat.facts.notices import PAYMENT_CHARGEBACK, NoticeRaised, load
from haat.kernel.ids import MerchantId, OrderId
from haat.kernel.time import Instant, later
from haat.payment.banks import Account
from haat.payment.model.account import PayeeAccount
from haat.payment.model.evidence import Evidence
from haat.payment.model.payment import Change, Event, Orphan, Payment, Payout, Receipt, Request
from haat.payment.model.shop import Owed
from haat.payment.rules import machine, matching, news, shown

SHOP = MerchantId("01KDVDNA008252GHK0JAF24VNQ")
NOW = Instant(1_800_000_000_000)
TOMORROW = later(NOW, 86_400_000)
AMOUNT = 25_000
FILE = Payout(fee=590, tax=90, settlement="setl_1", file="F1")


def request() -> Payment:
    """A customer can pay it."""
    return Payment(
        request=Request(
            tr="H1", merchant=SHOP, account="account", provider="bank", payee_vpa="shop@bank", payee_id="",
            amount=AMOUNT, currency="INR", created_at=NOW, expires_at=later(NOW, 900_000), state="PRESENTED", order="O1",
        )
    )  # fmt: skip


def money(rrn: str = "606110000001", amount: int = AMOUNT) -> Evidence:
    """Proven money for it."""
    return Evidence(
        provider="bank", provider_txn_id=f"t{rrn}", tr="H1", rrn=rrn, amount=amount, currency="INR", status="SUCCESS",
        status_word="SUCCESS", trust="proof", occurred_at=later(NOW, 1_000), payee_vpa="shop@bank",
    )  # fmt: skip


def paid(*more: Evidence) -> Payment:
    """It was paid, and told of by a callback."""
    payment = request()
    for said in (money(), *more):
        payment = machine.hear(payment, said, NOW).after
    assert payment.request.state == "PAID"
    return payment


def settled(before: Payment, said: Evidence | None = None, payout: Payout = FILE) -> Payment:
    """A file names its money."""
    return machine.hear(before, said or money(), TOMORROW, payout=payout).after


def taken(before: Payment, amount: int, rrn: str = "606110000001") -> Change:
    """A file says that the bank took money back."""
    return machine.charged_back(before, rrn, "", amount)


def payout_of(receipt: Receipt) -> tuple[bool, int, int, str]:
    """What the file said."""
    return receipt.settled, receipt.fee, receipt.tax, receipt.settlement


def test_fee_and_its_tax_are_kept() -> None:
    """With the bank's name of the payout; who told of it first stays who it was."""
    (receipt,) = settled(paid()).receipts
    assert payout_of(receipt) == (True, 590, 90, "setl_1")
    assert receipt.found_in == ""


def test_file_that_names_it_alone_tells_its_fee_too() -> None:
    """Money that nobody had told of: paid by the file, and it says which."""
    change = machine.hear(request(), money(), TOMORROW, payout=FILE)
    (receipt,) = change.after.receipts
    assert payout_of(receipt) == (True, 590, 90, "setl_1")
    assert (receipt.found_in, change.after.request.state) == ("F1", "PAID")
    assert change.after.request.flags == ("recovered_by_settlement",)


def test_file_again_changes_nothing() -> None:
    """Not even the count of changes; a corrected one says the fee anew."""
    once = settled(paid())
    assert machine.hear(once, money(), TOMORROW, payout=FILE) == Change(after=once)
    (receipt,) = settled(once, payout=replace(FILE, fee=1_180, tax=180)).receipts
    assert (receipt.fee, receipt.tax) == (1_180, 180)


def test_missing_flag_goes_when_a_later_file_names_the_money() -> None:
    """Nobody has to look any more."""
    flagged = machine.missing(paid(), TOMORROW).after
    assert flagged.request.flags == ("missing_in_settlement",)
    after = settled(flagged)
    assert (after.request.flags, after.request.state) == ((), "PAID")
    assert after.request.version > flagged.request.version


def test_missing_flag_stays_while_other_money_of_the_request_is_missing() -> None:
    """It goes with the last."""
    second = money("606110000002")
    flagged = machine.missing(paid(second), TOMORROW).after
    one = settled(flagged)
    assert "missing_in_settlement" in one.request.flags
    assert "missing_in_settlement" not in settled(one, second).request.flags


def test_missing_flag_stays_when_somebody_else_names_the_money() -> None:
    """A callback that comes again is no payout."""
    flagged = machine.missing(paid(), TOMORROW).after
    assert machine.hear(flagged, money(), TOMORROW) == Change(after=flagged)


@pytest.mark.parametrize("since", [NOW, later(NOW, 1_000)])
def test_only_money_of_the_files_days_is_missing(since: Instant) -> None:
    """What came before them is another file's, and so is what came after."""
    assert machine.missing(paid(), TOMORROW, since).after.request.flags
    assert not machine.missing(paid(), TOMORROW, later(NOW, 1_001)).after.request.flags
    assert not machine.missing(paid(), later(NOW, 1_000), NOW).after.request.flags
    assert not machine.missing(settled(paid()), TOMORROW, since).after.request.flags


def test_other_sum_in_a_file_is_flagged_and_changes_no_sum() -> None:
    """What was proven first stays; the file's fee is kept, for it names this money."""
    after = settled(paid(), money(amount=24_000))
    (receipt,) = after.receipts
    assert (receipt.amount, after.request.state, after.request.flags) == (AMOUNT, "PAID", ("settlement_mismatch",))
    assert payout_of(receipt) == (True, 590, 90, "setl_1")


def test_chargeback_is_flagged_and_told_and_undoes_nothing() -> None:
    """PAID stays PAID, and the receipt what it was."""
    before = settled(paid())
    change = taken(before, 10_000)
    after = change.after
    assert change.events == (Event(kind="ChargedBack", about="606110000001"),)
    assert (after.request.state, after.request.flags) == ("PAID", ("chargeback",))
    assert after.receipts == (replace(before.receipts[0], disputed=10_000),)
    assert after.request == replace(before.request, flags=("chargeback",), version=before.request.version + 1)


def test_chargeback_twice_tells_once() -> None:
    """The same file again, or a second one with the same line, or with less."""
    once = taken(paid(), 10_000).after
    assert taken(once, 10_000) == Change(after=once)
    assert taken(once, 9_999) == Change(after=once)


def test_chargeback_of_more_tells_again() -> None:
    """And the receipt says how much in all."""
    once = taken(paid(), 10_000).after
    change = taken(once, AMOUNT)
    assert [event.kind for event in change.events] == ["ChargedBack"]
    assert (change.after.receipts[0].disputed, change.after.request.flags) == (AMOUNT, ("chargeback",))


def test_chargeback_of_money_that_is_not_this_requests_changes_nothing() -> None:
    """It is for a person who looks at the file."""
    before = paid()
    assert taken(before, 10_000, "999") == Change(after=before)


def test_chargeback_before_the_file_names_the_money_stays() -> None:
    """A file that names it later says its fee, and forgets nothing."""
    (receipt,) = settled(taken(paid(), 10_000).after).receipts
    assert (receipt.disputed, receipt.settled, receipt.fee) == (10_000, True, 590)


def test_shop_hears_of_a_chargeback_with_its_sum() -> None:
    """Once for each sum, under different ids, with nothing of the payer's."""
    before, heard = paid(), []
    for days, amount in ((1, 10_000), (2, 10_000), (3, AMOUNT)):
        now = later(NOW, days * 86_400_000)
        change = taken(before, amount)
        heard += [load(row.row["body"]) for row in news.rows(before, change, now)]
        before = change.after
    told = [fact for fact in heard if isinstance(fact, NoticeRaised)]
    assert heard == told
    assert [one.kind for one in told] == [PAYMENT_CHARGEBACK] * 2
    assert len({one.id for one in told}) == 2
    assert [one.data["amount"] for one in told] == [10_000, AMOUNT]
    assert told[0].data == {
        "reference_id": "H1", "state": "PAID", "order_id": "O1", "about": "606110000001", "amount": 10_000, "currency": "INR",
    }  # fmt: skip


def shown_receipt(payment: Payment) -> dict[str, object]:
    """What a merchant sees of the first one."""
    seen = shown.receipt(payment, payment.receipts[0])
    return {name: seen[name] for name in ("settled", "fee", "gst_on_fee", "settlement", "charged_back")}


def test_merchant_sees_what_the_file_said() -> None:
    """The fee without its tax; null where nobody knows, and where nothing was taken back."""
    nothing = {"settled": False, "fee": None, "gst_on_fee": None, "settlement": None, "charged_back": None}
    assert shown_receipt(paid()) == nothing
    assert shown_receipt(taken(settled(paid()), 10_000).after) == {
        "settled": True,
        "fee": {"minor": 500, "currency": "INR"},
        "gst_on_fee": {"minor": 90, "currency": "INR"},
        "settlement": "setl_1",
        "charged_back": {"minor": 10_000, "currency": "INR"},
    }


def orphan(*, by_file: bool) -> Orphan:
    """Money of a printed code, which a file has named or not."""
    known = Orphan(
        provider="bank", account="account", rrn="606110000001", provider_txn_id="t1", tr="", amount=AMOUNT, currency="INR",
        occurred_at=NOW, merchant=SHOP,
    )  # fmt: skip
    return replace(known, settled=True, fee=590, tax=90, settlement="setl_1", found_in="F1") if by_file else known


@pytest.mark.parametrize("by_file", [True, False])
def test_money_that_is_matched_to_an_order_keeps_what_the_file_said(*, by_file: bool) -> None:
    """Settled with its fee, or not yet; and nobody had missed it, whoever told of it."""
    payee = Account(provider="bank", merchant_id="", vpa="shop@bank", base_url="https://bank.example")
    account = PayeeAccount(id="account", merchant=SHOP, bank=payee, name="Shop", state="live")
    owed = Owed(order=OrderId("O1"), number="1", total=AMOUNT, currency="INR", customer=None, address="", settled="")
    begun = matching.begun("H1", account, owed, None, NOW)
    after = matching.matched(begun, account, orphan(by_file=by_file), NOW).after
    (receipt,) = after.receipts
    assert payout_of(receipt) == ((True, 590, 90, "setl_1") if by_file else (False, 0, 0, ""))
    assert (after.request.state, after.request.flags) == ("PAID", ("assigned",))


def test_unassigned_money_shows_what_the_file_said() -> None:
    """As a receipt does."""
    said = shown.orphan(orphan(by_file=True))
    assert (said["settled"], said["fee"], said["settlement"]) == (True, {"minor": 500, "currency": "INR"}, "setl_1")
    assert shown.orphan(orphan(by_file=False))["fee"] is None
