"""HDFC's format (merchant kit of Mindgate): a form around hex for callbacks, hex in JSON for calls, bare hex for answers.

Source: reference on UPI and the banks, section 10, and public integrations; codes of refusals and the columns of the payout report are
theirs. Assumed: that a second refund under the same order number is answered as the first was, and HTTP 400 where nothing can be read.
Everything is AES-128-ECB under one key that the merchant has too, so nothing here proves anything.
"""

import csv
import io
import re
from datetime import date, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from infra.local.http import Request, Response
from infra.local.simulators.bank_ecb import opened, sealed
from infra.local.simulators.bank_faults import Edge
from infra.local.simulators.bank_files import Line, lines_of
from infra.local.simulators.bank_paying import paise
from infra.local.simulators.bank_wire import BankRefusal, Event, body_of, rupees
from infra.local.simulators.bank_world import INDIA, BankAccount, BankPayment, BankRefund, BankWorld, Impossible
from infra.local.simulators.wire import digits

if TYPE_CHECKING:
    from infra.local.simulators.bank import BankSimulator

_STATUS, _REFUND = "/transactionStatusQuery", "/refundReqSvc"
_FIELDS = {_STATUS: 14, _REFUND: 20}
_SAID = {
    "SUCCESS": ("SUCCESS", "Transaction success", "00"),
    "FAILED": ("FAILURE", "Transaction fail", "ZA"),
    "PENDING": ("PENDING", "Transaction pending", "01"),
    "DEEMED": ("PENDING", "Transaction deemed approved", "RB"),
}
_GIVEN = {
    "DONE": ("S", "Refund success", "00"),
    "FAILED": ("F", "Refund transaction is failed", "70"),
    "PENDING": ("P", "Refund transaction request initiated", "50"),
}
_ORDER = re.compile(r"[A-Za-z0-9_-]{1,35}")
_ANOTHER = "0123456789ABCDEF0123456789ABCDEF"
_HEADING = (
    "External MID", "External TID", "UPI Merchant ID", "Merchant Name", "Merchant VPA", "Payer VPA", "UPI Trxn ID", "Order ID",
    "Txn ref no. (RRN)", "Transaction Req Date", "Settlement Date", "Currency", "Transaction Amount", "MSF Amount", "CGST AMT",
    "SGST AMT", "IGST AMT", "UTGST AMT", "Net Amount", "GST Invoice No", "Trans Type", "Pay Type", "CR / DR",
)  # fmt: skip
_TYPES = {"payment": ("PAY", "CR"), "refund": ("REFUND", "DR"), "charge_back": ("CHARGEBACK", "DR")}


class Piped:
    """The part of the bank that speaks so; its lock is held."""

    def __init__(self, bank: "BankSimulator") -> None:
        self._bank = bank

    def caller(self, world: BankWorld, request: Request) -> BankAccount:
        """Know the account by its number, if its key opens what is asked."""
        account = world.accounts.get(f"hdfc:{(body_of(request) or {}).get('pgMerchantId')}")
        if account is None or self._asked(account, request) is None:
            raise BankRefusal(400, {"error": "the request can not be read"})
        return account

    def edge(self, request: Request) -> Edge:
        """Say what kind of call it is: how a refund stands is asked as how a payment does."""
        if request.path == _REFUND:
            return "refund"
        account = self._bank.world.accounts.get(f"hdfc:{(body_of(request) or {}).get('pgMerchantId')}")
        asked = self._asked(account, request) if account is not None else None
        return "pull_refund" if account and asked and self._refund_of(account, asked[1]) else "pull"

    def handle(self, account: BankAccount, request: Request) -> Response:
        """Answer a call."""
        asked = self._asked(account, request) or []
        if request.method != "POST" or len(asked) != _FIELDS.get(request.path) or asked[0] != account.merchant_id:
            raise BankRefusal(400, {"error": "the request can not be read"})
        said = self._stands(account, asked[1]) if request.path == _STATUS else self._give_back(account, asked)
        return Response(
            status=200, headers={"content-type": "text/plain"}, body=_sealed(account.keys["merchant_key"], said)
        )

    def payment_events(self, account: BankAccount, payment: BankPayment) -> list[Event]:
        """One callback for each state."""
        return [Event(body="|".join(_payment(payment)).encode())]

    def refund_events(self, account: BankAccount, refund: BankRefund) -> list[Event]:
        """None: it is asked."""
        return []

    def proven(self, account: BankAccount, event: Event, secret: str) -> Event:
        """Seal it; whose it is stands outside."""
        said = _sealed(secret, event.body.decode().split("|")).decode()
        form = urlencode({"meRes": said, "pgMerchantId": account.merchant_id}).encode()
        return Event(body=form, headers={"Content-Type": "application/x-www-form-urlencoded"} | event.headers)

    def secret(self, account: BankAccount) -> str:
        """Return the key that both sides have."""
        return account.keys["merchant_key"]

    def guess(self, account: BankAccount) -> str:
        """Return another key."""
        return _ANOTHER

    def settlement_file(self, account: BankAccount, day: date) -> bytes | None:
        """Return the merchant payout report."""
        table = io.StringIO(newline="")
        writer = csv.writer(table)
        writer.writerow(_HEADING)
        writer.writerows(_row(account, line) for line in lines_of(self._bank, account, day))
        return table.getvalue().encode()

    def _asked(self, account: BankAccount, request: Request) -> list[str] | None:
        return _opened(account.keys["merchant_key"], (body_of(request) or {}).get("requestMsg"))

    def _refund_of(self, account: BankAccount, order: str) -> BankRefund | None:
        refunds = self._bank.world.refunds.values()
        return next((one for one in refunds if one.account == account.id and one.refund_id == order), None)

    def _stands(self, account: BankAccount, order: str) -> list[str]:
        """The one of an order's payments that came, or else the last that was tried."""
        if (refund := self._refund_of(account, order)) is not None:
            return self._refund(refund)
        tried = [one for one in self._bank.world.payments_of(account.id) if order and one.reference == order]
        if not tried:
            return _fields(order=order, said=("FAILURE", "Record Not Found", "1"))
        return _payment(next((one for one in tried if one.word == "SUCCESS"), tried[-1]))

    def _give_back(self, account: BankAccount, asked: list[str]) -> list[str]:
        _, order, original, _, rrn, _, amount, currency, kind, way, *_ = asked

        def no(code: str, about: str) -> list[str]:
            return _fields(order=order, amount=amount, said=("F", about, code))

        if (known := self._refund_of(account, order)) is not None:
            return self._refund(known)
        paid = next((one for one in self._bank.world.payments_of(account.id) if one.rrn == rrn), None)
        if not _ORDER.fullmatch(order):
            return no("V104", "Invalid Order Id")
        if paid is None:
            return no("V109", "Invalid Original Customer Ref Number")
        if (paid.reference or "NA") != (original or "NA"):
            return no("V106", "Invalid Original Order Number")
        if currency != "INR" or kind not in ("P2P", "P2M") or way != "PAY":
            return no("V114", "Invalid Transaction Type")
        try:
            return self._refund(self._bank.begin_refund(paid, paise(amount), refund_id=order))
        except Impossible:
            return no("V117", "Refund Amount Exceeds The Original Amount")

    def _refund(self, refund: BankRefund) -> list[str]:
        of = self._bank.world.payments[refund.payment]
        return _fields(
            txn=refund.id,
            order=refund.refund_id,
            amount=rupees(refund.amount),
            at=_time(refund.at),
            said=_GIVEN[refund.word],
            payer=of.payer,
            rrn=digits(refund.id, 12),
        )


def _payment(payment: BankPayment) -> list[str]:
    return _fields(
        txn=digits(payment.id, 10),
        order=payment.reference or "NA",
        amount=rupees(payment.amount),
        at=_time(payment.at),
        said=_SAID[payment.word],
        payer=payment.payer,
        rrn=payment.rrn,
    )


def _fields(
    *,
    said: tuple[str, str, str],
    order: str,
    txn: str = "NA",
    amount: str = "NA",
    at: str = "NA",
    payer: str = "NA",
    rrn: str = "NA",
) -> list[str]:
    """The 21 of a callback, and of every answer."""
    word, about, code = said
    return [txn, order, amount, at, word, about, code, "NA", payer, rrn, "NA", *[""] * 8, "NA", "NA"]


def _row(account: BankAccount, line: Line) -> list[str]:
    payment, (kind, side) = line.payment, _TYPES[line.kind]
    paid = line.kind == "payment"
    central, settled = line.tax // 2, line.amount - line.fee
    row = {
        "External MID": line.merchant_id,
        "UPI Merchant ID": line.merchant_id,
        "Merchant Name": account.name,
        "Merchant VPA": line.vpa,
        "Payer VPA": payment.payer,
        "UPI Trxn ID": "HDF" + digits(line.id, 32),
        "Order ID": line.refund_id or payment.reference,
        "Txn ref no. (RRN)": payment.rrn,
        "Transaction Req Date": f"{line.time:%d-%b-%Y %H:%M:%S}",
        "Settlement Date": f"{line.time:%d-%b-%Y}",
        "Currency": "INR",
        "Transaction Amount": rupees(line.amount),
        "MSF Amount": rupees(line.fee - line.tax),
        "CGST AMT": rupees(central),
        "SGST AMT": rupees(line.tax - central),
        "IGST AMT": rupees(0),
        "UTGST AMT": rupees(0),
        "Net Amount": rupees(settled) if paid else f"-{rupees(line.amount)}",
        "Trans Type": kind,
        "Pay Type": "P2M" if paid else "P2P",
        "CR / DR": side,
    }
    return [row.get(name, "") for name in _HEADING]


def _time(at: float) -> str:
    return f"{datetime.fromtimestamp(at, INDIA):%Y:%m:%d %H:%M:%S}"


def _sealed(key: str, fields: list[str]) -> bytes:
    return sealed(key, "|".join(fields).encode()).encode()


def _opened(key: str, given: object) -> list[str] | None:
    """Read what a caller has sealed; None where that is nothing of this key."""
    try:
        said = (opened(key, given) or b"").decode().split("|")
    except UnicodeDecodeError:
        return None
    return said if len(said) in _FIELDS.values() else None
