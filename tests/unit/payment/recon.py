"""Razorpay's recon reports: the fixtures' own and made-up ones, as Haat reads them and as settleflow does.

settleflow is somebody else's program for accountants: it shares no line with ours.
"""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

import pytest

from haat.kernel.ids import MerchantId
from haat.kernel.time import Instant, as_datetime
from haat.payment.banks import Account, razorpay
from haat.payment.model.account import PayeeAccount
from haat.payment.model.files import Part, SettlementFile
from haat.payment.rules import files
from haat.payment.rules.reading import INDIA
from tests.upi_fixtures import upi_json

NOON = 1_772_426_400  # 2026-03-02, ten past ten in India
ACCOUNT = PayeeAccount(
    id="account",
    merchant=MerchantId("01KDVDNA008252GHK0JAF24VNQ"),
    bank=Account(provider="razorpay", merchant_id="acc_1", vpa="shop@bank", base_url="https://bank.example"),
    name="Shop",
    state="live",
)
PAID_OUT_S = 10 * 86_400  # after so long every payment of a report's days was paid out
ID = "01KE4JVFR0SETTLEMENTF1LE00"
REPORT = "settlement/razorpay-recon.json"


@dataclass
class Sums:
    """What a report comes to, in paise; `fees` hold their tax, `net` is by the payout's name."""

    received: int = 0
    refunded: int = 0
    charged_back: int = 0
    fees: int = 0
    taxes: int = 0
    net: dict[str, int] = field(default_factory=lambda: defaultdict(int))


def settleflow() -> Any:
    """The other program, or a skip that says so."""
    return pytest.importorskip(
        "settleflow", reason="settleflow is not installed: no other program added the reports up"
    )


def theirs(raw: bytes) -> Sums:
    """What settleflow makes of a report."""
    program, sums = settleflow(), Sums()
    for batch in program.group_batches(program.parse_razorpay_recon(json.loads(raw))):
        sums.received += paise(batch.gross)
        sums.refunded += paise(batch.refunds)
        sums.charged_back += paise(sum((line.debit for line in batch.lines if line.dispute_id), Decimal()))
        sums.fees += paise(batch.fees)
        sums.taxes += paise(batch.taxes)
        sums.net[batch.settlement_id] += paise(batch.net)
    return sums


def ours(raw: bytes, id: str = ID) -> tuple[SettlementFile, list[Part]]:
    """What Haat makes of it: a file of the days that it is about, and its lines."""
    items = json.loads(raw)["items"]
    first, last = (pick(item["created_at"] for item in items) for pick in (min, max))
    last += PAID_OUT_S
    begun = files.begun(id, ACCOUNT, day(first), day(last), "upload", Instant(last * 1000))
    return files.read(replace(begun, state="reading"), razorpay.read_settlement(ACCOUNT.bank, raw))


def sums_of(file: SettlementFile) -> Sums:
    """As theirs."""
    found = Sums(file.received, file.refunded, file.charged_back, file.fees, file.taxes)
    found.net.update(file.by_settlement)
    return found


def day(epoch: int) -> str:
    """A day of India's calendar."""
    return as_datetime(Instant(epoch * 1000)).astimezone(INDIA).date().isoformat()


def paise(rupees: Decimal) -> int:
    """Whole paise; a part of one would be somebody's mistake."""
    found = rupees * 100
    assert found == found.to_integral_value()
    return int(found)


def line(kind: str, id: str, amount: int, settlement: str, **more: Any) -> dict[str, Any]:
    """One line as Razorpay writes it: all of its names, `fee` with the tax in it."""
    taken = kind != "payment"
    fee = more.get("fee", 0)
    said = {
        "entity_id": id, "type": kind, "debit": amount if taken else 0, "credit": 0 if taken else amount - fee,
        "amount": amount, "currency": "INR", "fee": 0, "tax": 0, "on_hold": False, "settled": True, "created_at": NOON,
        "settled_at": NOON + 86_100, "settlement_id": settlement, "description": None, "notes": "[]", "payment_id": None,
        "settlement_utr": f"UTR{settlement}", "order_id": None, "order_receipt": None, "method": "upi",
        "card_network": None, "card_issuer": None, "card_type": None, "dispute_id": None,
    }  # fmt: skip
    return said | more


def written(items: Sequence[Mapping[str, Any]]) -> bytes:
    """A report of these lines."""
    return json.dumps({"entity": "collection", "count": len(items), "items": items}).encode()


def with_fees() -> bytes:
    """Two payouts: fees and their tax, refunds, a chargeback of a part, sums that no float holds."""
    return written(
        [
            line("payment", "pay_1", 118_000, "setl_A", fee=2_785, tax=425, order_receipt="H0000000000000000000000001"),
            line("payment", "pay_2", 7, "setl_A", fee=0, tax=0, order_receipt="H0000000000000000000000002"),
            line("payment", "pay_3", 99_999_999_999, "setl_B", fee=1, tax=0),
            line("payment", "pay_4", 49_900, "setl_B", fee=1_178, tax=180, created_at=NOON + 3_600),
            line("refund", "rfnd_1", 18_001, "setl_A", payment_id="pay_1"),
            line("refund", "rfnd_2", 7, "setl_B", payment_id="pay_2"),
            line("adjustment", "adj_1", 40_000, "setl_B", payment_id="pay_4", dispute_id="disp_1", created_at=NOON + 7_200),
        ]
    )  # fmt: skip


def reports() -> dict[str, bytes]:
    """By name."""
    return {"fixtures": json.dumps(upi_json(REPORT)).encode(), "with fees": with_fees()}
