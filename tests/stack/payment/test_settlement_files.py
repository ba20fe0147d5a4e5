"""Banks' settlement files, as an operator brings them: a form, a question, and an answer for each line."""

import json
from datetime import datetime
from typing import Any

import pytest

from haat.kernel.time import DAY, Instant, later
from haat.payment.banks.axis import read_settlement as axis_file
from haat.payment.rules.reading import INDIA
from tests.stack.business.conftest import Api, api
from tests.stack.payment.filing import Desk
from tests.upi_fixtures import UPI, upi_json

__all__ = ["api"]

TABLE: dict[str, Any] = upi_json("settlement/settlement.json")


def day(at: Instant) -> str:
    """In India."""
    return datetime.fromtimestamp(at / 1_000, INDIA).date().isoformat()


def noon(day: str) -> Instant:
    """In India."""
    return Instant(int(datetime.fromisoformat(f"{day}T12:00:00").replace(tzinfo=INDIA).timestamp()) * 1_000)


def axis(api: Api) -> tuple[Desk, str, str]:
    """The ledger of the fixtures' files, each of its requests paid, two days later; and the first and last day of the files."""
    bank = upi_json("profile.json")["providers"]["axis"]
    desk = Desk(api, "axis", vpa=bank["vpa"], merchant_id=bank["merchant_id"])
    rows = [row for one in TABLE["files"] for row in axis_file(desk.account.bank, (UPI / one["file"]).read_bytes())[0]]
    told = sorted({day(row.occurred_at) for row in rows if row.occurred_at is not None})
    for held in TABLE["ledger"]:
        desk.paid(held["tr"], held["amount_paise"], noon(told[0]), rrn=held["rrn"])
    desk.till.move(later(noon(told[-1]), 2 * DAY))
    return desk, told[0], told[-1]


@pytest.mark.upi
@pytest.mark.parametrize("asked", TABLE["files"], ids=[one["id"] for one in TABLE["files"]])
def test_file_of_the_fixtures_ends_as_it_must(api: Api, asked: dict[str, Any]) -> None:
    """Each line means what the fixtures say, by its RRN; what is missing is flagged at its request, which stays paid."""
    desk, first, last = axis(api)
    wanted = asked["expect"]
    file = desk.brings((UPI / asked["file"]).read_bytes(), first, last)
    assert file["state"] == ("done" if wanted["accepted"] else "refused"), file
    counted = file["lines"].get
    assert {
        "matched": desk.named(file["id"], "confirms"),
        "missing_in_file": desk.named(file["id"], "missing"),
        "extra_in_file": desk.named(file["id"], "orphan"),
        "amount_differs": desk.named(file["id"], "differs"),
        "duplicate_rows": counted("duplicate", 0),
        "bad_rows": counted("bad", 0) + counted("other_merchant", 0),
    } == {name: sorted(held) if isinstance(held, list) else held for name, held in wanted.items() if name != "accepted"}
    for held in TABLE["ledger"]:
        request = desk.till.payment(held["tr"]).request
        assert request.state == "PAID"
        assert ("missing_in_settlement" in request.flags) == (held["rrn"] in wanted["missing_in_file"])
        assert ("settlement_mismatch" in request.flags) == (held["rrn"] in wanted["amount_differs"])


@pytest.mark.upi
def test_report_of_a_gateway_ends_as_it_must(api: Api) -> None:
    """Razorpay's own report, brought as a file: matched by its payment ids, and what each payout came to."""
    asked = upi_json("settlement/razorpay.json")
    raw = (UPI / "settlement/razorpay-recon.json").read_bytes()
    at = Instant(min(item["created_at"] for item in json.loads(raw)["items"]) * 1_000)
    bank = upi_json("profile.json")["providers"]["razorpay"]
    desk = Desk(api, vpa=bank["vpa"], merchant_id=bank["merchant_id"])
    for number, held in enumerate(asked["ledger"]):
        desk.paid(f"H{number}", held["amount_paise"], at, txn=held["payment_id"])
    desk.till.move(later(at, 12 * DAY))
    file = desk.brings(raw, day(at), day(later(at, 10 * DAY)))
    wanted = asked["expect"]
    assert file["state"] == "done", file
    assert desk.named(file["id"], "confirms") == sorted(wanted["matched"])
    assert desk.named(file["id"], "missing") == sorted(wanted["missing_in_file"])
    assert desk.named(file["id"], "orphan") == sorted(wanted["extra_in_file"])
    returned = desk.lines(file["id"], "refund", "refund_unknown")
    told = [{"payment_id": one["provider_payment_id"], "amount_paise": one["amount"]["minor"]} for one in returned]
    assert told == wanted["refunds"]
    assert file["net_by_settlement"] == wanted["net_paise_by_settlement"]
    assert file["totals"]["net"] == sum(wanted["net_paise_by_settlement"].values())
