"""A witness: when a report has been settled, the accountant's table comes to what settleflow, written by others, makes of the report."""

import csv
import io
import json
from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest

from haat.facts.settlement import SettlementGoesOn
from haat.kernel.ids import MerchantId
from haat.kernel.time import DAY, Instant, later
from haat.payment.banks.registry import bank
from haat.payment.model.evidence import Evidence
from haat.payment.model.payment import Payment, Request
from haat.payment.ports import Writing
from haat.payment.rules import files
from haat.payment.service.books import Books
from haat.payment.service.filed import Filed
from haat.payment.service.settling import Settling
from tests.contract.payment.test_settling import NoKeys, OneAccount, Shelf, shelf
from tests.unit.payment.recon import ACCOUNT, ID, line, ours, paise, reports, settleflow, theirs, written

__all__ = ["shelf"]

pytestmark = pytest.mark.upi
GSTIN = "19AAAFB0001C1ZJ"


class OneNumber:
    """Fills the port TaxNumbers."""

    def gstin(self, merchant: MerchantId) -> str:
        """The shop's."""
        return GSTIN if merchant == ACCOUNT.merchant else ""


class Shop:
    """A shop whose payments of a report were asked for and proven before the report came, but for some that nobody told of."""

    def __init__(self, shelf: Shelf, raw: bytes) -> None:
        self.shelf, self.raw, self.file = shelf, raw, ours(raw)[0]
        accounts: Any = OneAccount(ACCOUNT)
        self.settling = Settling(payments=shelf.payments, accounts=accounts, keys=NoKeys(), banks=bank)
        self.now = later(self.file.created_at, DAY)

    def sells(self) -> None:
        """Each second payment, and what the report gives or takes back, belongs to a request; the rest came by a printed code."""
        items = json.loads(self.raw)["items"]
        payments = [item for item in items if item["type"] == "payment"]
        back = {item["payment_id"] for item in items if item["type"] != "payment"}
        for number, item in enumerate(payments):
            if number % 2 and item["entity_id"] not in back:
                continue
            tr, at = item["order_receipt"] or f"H{number:026d}", Instant(item["created_at"] * 1000)
            self.shelf.payments.begin(asked(tr, item["amount"], at), Writing())
            if not item["order_receipt"]:  # else the report itself names the request: nobody has told of it
                self.settling.evidence(ACCOUNT, said(tr, item, at), at)

    def settles(self, raw: bytes = b"", id: str = ID) -> None:
        """The report, or a further one, is held against the books; each step comes twice."""
        after, parts = ours(raw or self.raw, id)
        self.shelf.files.begin(after)
        for part in parts:
            self.shelf.files.keep(part)
        self.shelf.files.save(*files.settles(after))
        filed = Filed(files=self.shelf.files, lists=self.shelf.lists, settling=self.settling)
        for turn in (1, 2):  # rounds, and the search behind the second
            for number in range(1, len(parts) + turn):
                for _ in range(2):
                    filed.go_on(SettlementGoesOn(file=after.id, part=number, round=turn), self.now)
        there = self.shelf.files.get(after.id)
        assert there is not None
        assert there.state == "done"

    def table(self) -> list[dict[str, str]]:
        """What the accountant gets."""
        books = Books(lists=self.shelf.lists, tax_numbers=OneNumber())
        text, rest = books.export(ACCOUNT.merchant, Instant(0), later(self.now, DAY), None, lambda: 28_000)
        assert rest is None
        return list(csv.DictReader(io.StringIO(text, newline="")))


def asked(tr: str, amount: int, at: Instant) -> Payment:
    """A request that can be paid."""
    return Payment(
        request=Request(
            tr=tr, merchant=ACCOUNT.merchant, account=ACCOUNT.id, provider="razorpay", payee_vpa=ACCOUNT.bank.vpa,
            payee_id=ACCOUNT.bank.merchant_id, amount=amount, currency="INR", created_at=at, expires_at=later(at, DAY),
            state="PRESENTED",
        )
    )  # fmt: skip


def said(tr: str, item: dict[str, Any], at: Instant) -> Evidence:
    """A callback's proof of it, which tells an RRN; the report tells none."""
    return Evidence(
        provider="razorpay", provider_txn_id=item["entity_id"], tr=tr, rrn=f"6{item['created_at']}{tr[-3:]}", amount=item["amount"],
        currency="INR", status="SUCCESS", status_word="captured", trust="proof", occurred_at=at, payee_vpa=ACCOUNT.bank.vpa,
        merchant_id=ACCOUNT.bank.merchant_id,
    )  # fmt: skip


def total(lines: Sequence[dict[str, str]], *columns: str) -> int:
    """The sum of some columns, as a spreadsheet has it."""
    return paise(sum((Decimal(it[column]) for it in lines for column in columns if it[column]), Decimal()))


@pytest.mark.parametrize("name", reports())
def test_export_of_a_settled_report_comes_to_the_reports_sums(name: str, shelf: Shelf) -> None:
    """Received, given back, charged back, fee, the GST on it, and each payout."""
    raw = reports()[name]
    shop, sums = Shop(shelf, raw), theirs(raw)
    shop.sells()
    shop.settles()
    lines = shop.table()
    assert total(lines, "received") == sums.received
    assert total(lines, "refunded") == sums.refunded
    assert total(lines, "charged_back") == sums.charged_back
    assert total(lines, "fee", "gst_on_fee") == sums.fees
    assert total(lines, "gst_on_fee") == sums.taxes
    assert total(lines, "net") - sums.refunded - sums.charged_back == sum(sums.net.values())
    money = [it for it in lines if it["kind"] != "refund"]
    assert {(it["settled"], it["gstin"]) for it in money} == {("yes", GSTIN)}
    assert {it["kind"] for it in money} >= {"payment"}


@pytest.mark.parametrize("name", reports())
def test_export_is_settleflows_own_worksheet(name: str, shelf: Shelf) -> None:
    """By payout: gross, fee and tax as its sheet for the tax office has them."""
    raw, program = reports()[name], settleflow()
    shop = Shop(shelf, raw)
    shop.sells()
    shop.settles()
    by: dict[str, list[dict[str, str]]] = defaultdict(list)
    for it in shop.table():
        by[it["settlement"]].append(it)
    sheet = program.export_gst_worksheet(program.parse_razorpay_recon(json.loads(raw)))
    theirs = {row["settlement_id"]: row for row in csv.DictReader(io.StringIO(sheet, newline=""))}
    assert set(by) - {""} == {id for id, row in theirs.items() if Decimal(row["gross_inr"])}
    for id in set(by) - {""}:
        assert total(by[id], "received") == paise(Decimal(theirs[id]["gross_inr"]))
        assert total(by[id], "fee", "gst_on_fee") == paise(Decimal(theirs[id]["fee_inr"]))
        assert total(by[id], "gst_on_fee") == paise(Decimal(theirs[id]["tax_on_fee_inr"]))


def test_money_of_the_day_that_no_report_names_says_no_fee(shelf: Shelf) -> None:
    """It was received all the same, is flagged, and the next report makes it good."""
    told = line("payment", "pay_1", 25_000, "setl_A", fee=590, tax=90)
    late = line("payment", "pay_2", 10_000, "setl_B", fee=236, tax=36)
    shop = Shop(shelf, written([told]))
    for number, item in enumerate((told, late)):
        at = Instant(item["created_at"] * 1000)
        shelf.payments.begin(asked(f"H{number:026d}", item["amount"], at), Writing())
        shop.settling.evidence(ACCOUNT, said(f"H{number:026d}", item, at), at)
    shop.settles()
    found = {it["provider_payment_id"]: (it["settled"], it["fee"], it["net"]) for it in shop.table()}
    assert found == {"pay_1": ("yes", "5.00", "244.10"), "pay_2": ("no", "", "")}
    missed = shelf.payments.load(f"H{1:026d}")
    assert missed is not None
    assert missed.request.flags == ("missing_in_settlement",)
    shop.settles(written([late]), ID.replace("00", "01"))
    found = {it["provider_payment_id"]: (it["settled"], it["fee"], it["net"]) for it in shop.table()}
    assert found["pay_2"] == ("yes", "2.00", "97.64")
    named = shelf.payments.load(f"H{1:026d}")
    assert named is not None
    assert (named.request.flags, named.request.state) == ((), "PAID")
