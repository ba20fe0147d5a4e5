"""What only HDFC's format has at the simulated bank: refusals by code, a form around hex, and GST in parts in its payout report."""

import csv
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs

import pytest

from haat.payment.banks import ciphers
from haat.payment.model.bank import Failed, NotFound
from haat.payment.model.evidence import Evidence
from infra.local.http import Request
from infra.local.simulators.bank_world import INDIA
from tests.stack.simbanked import SIDES, TR, VPA, Counter

KEY = SIDES["hdfc"].bank["merchant_key"]


@pytest.fixture
def at() -> Counter:
    """Return a counter at HDFC."""
    return Counter("hdfc")


def asked(at: Counter, path: str, *fields: str, outside: Mapping[str, Any] | None = None) -> tuple[int, list[str]]:
    """Send a line of fields -> the status, and the fields of the answer."""
    sealed = ciphers.ecb_seal(KEY, "|".join(fields).encode())
    body = json.dumps({"requestMsg": sealed, "pgMerchantId": "M1", **(outside or {})}).encode()
    response = at.bank.handle(Request(method="POST", path=f"/hdfc{path}", body=body))
    if response.status != 200:
        return response.status, []
    return 200, ciphers.ecb_open(KEY, response.body.decode()).decode().split("|")


def given_back(at: Counter, rrn: str, **other: str) -> list[str]:
    """Ask for a refund -> the fields of the answer."""
    about = {"mid": "M1", "order": "R1", "original": TR, "ref": "", "rrn": rrn, "remark": "x", "amount": "100.00"}
    said = about | {"currency": "INR", "kind": "P2P", "way": "PAY"} | other
    status, fields = asked(at, "/refundReqSvc", *said.values(), *[""] * 8, "NA", "NA")
    assert (status, len(fields)) == (200, 21)
    return fields


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({"order": "R 1"}, "V104"),
        ({"original": "another"}, "V106"),
        ({"rrn": "000000000000"}, "V109"),
        ({"amount": "250.01"}, "V117"),
        ({"amount": "much"}, "V117"),
        ({"currency": "USD"}, "V114"),
        ({"kind": "P2X"}, "V114"),
    ],
)
def test_refund_is_refused_by_its_code(at: Counter, other: dict[str, str], code: str) -> None:
    """In the bank's own words, and nothing is given back."""
    payment = at.bank.pay(at.link())
    said = given_back(at, **{"rrn": payment.rrn, **other})
    assert (said[4], said[6]) == ("F", code)
    assert at.bank.world.refunds == {}
    assert given_back(at, payment.rrn)[4] == "S"


def test_what_is_not_the_callers_line_is_not_read(at: Counter) -> None:
    """A line of another length, of another merchant, or under nobody's number."""
    line = ["M1", TR, *[""] * 10, "NA", "NA"]
    assert asked(at, "/transactionStatusQuery", *line)[0] == 200
    for odd in (line[1:], [*line, ""], ["M2", *line[1:]]):
        assert asked(at, "/transactionStatusQuery", *odd) == (400, [])
    for outside in ({"pgMerchantId": "M2"}, {"pgMerchantId": None}, {"requestMsg": "zz"}, {"requestMsg": 7}):
        assert asked(at, "/transactionStatusQuery", *line, outside=outside) == (400, [])
    assert asked(at, "/mePayInetentReq", *line) == (400, [])


def test_order_that_nobody_paid_is_not_found(at: Counter) -> None:
    """By the bank's code for it; a static link's money has no order that one could ask for."""
    at.bank.pay(f"upi://pay?pa={VPA['hdfc']}", amount=100)
    for order in (TR, "", "NA"):
        said = asked(at, "/transactionStatusQuery", "M1", order, *[""] * 10, "NA", "NA")[1]
        assert (said[1], said[4], said[6]) == (order, "FAILURE", "1")
    assert at.pull() == NotFound()


def test_callback_is_a_form_that_anyone_with_the_key_can_write(at: Counter) -> None:
    """Hex in capitals, and the merchant outside of it; a forged one reads as a true one, and the bank knows better."""
    at.bank.forge(at.link(), knows_secret=True)
    (forged,) = at.posted()
    form = parse_qs(forged.body.decode(), strict_parsing=True)
    assert set(form) == {"meRes", "pgMerchantId"}
    assert form["pgMerchantId"] == ["M1"]
    assert form["meRes"][0] == form["meRes"][0].upper()
    (said,) = at.said([forged])
    assert isinstance(said, Evidence)
    assert (said.status, said.trust) == ("SUCCESS", "hint")
    assert at.pull() == NotFound()


def test_report_names_the_tax_in_parts(at: Counter) -> None:
    """The fee without its GST, which is halved between the union and the state; a debit for what went back."""
    at = Counter("hdfc", fee_rate=90)
    payment = at.bank.pay(at.link())
    assert not isinstance(at.give_back(at.refund(payment, 10_000)), Failed)
    raw = at.bank.settlement_file("hdfc:M1", datetime.fromtimestamp(at.clock.now, INDIA).date())
    assert raw is not None
    paid, back = csv.DictReader(raw.decode().splitlines())
    assert [paid[name] for name in ("MSF Amount", "CGST AMT", "SGST AMT", "Net Amount")] == [
        *("2.25", "0.20", "0.21", "247.34"),
    ]
    assert (back["CR / DR"], back["Order ID"], back["Transaction Amount"]) == ("DR", "R1", "100.00")
    rows, bad = at.adapter.read_settlement(at.account, raw)
    assert bad == ()
    assert [(row.kind, row.amount, row.fee, row.tax) for row in rows] == [
        ("payment", 25_000, 266, 41),
        ("refund", 10_000, 0, 0),
    ]
