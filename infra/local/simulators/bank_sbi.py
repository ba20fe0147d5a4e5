"""State Bank of India's format: JSON sealed as hex in JSON, for callbacks, calls and answers alike.

Source: reference on UPI and the banks, section 12, and public integrations. Assumed: the cipher (AES-128-ECB under a key that the
merchant has too), the paths, the fields of a refund but for `pspRefNo`, the codes U48 (it knows no such reference) and B6 (a refund that
does not fit its payment), and the columns of the file.
"""

import csv
import io
import json
from datetime import date, datetime
from typing import TYPE_CHECKING

from infra.local.http import Request, Response
from infra.local.simulators.bank_ecb import opened, sealed
from infra.local.simulators.bank_faults import Edge
from infra.local.simulators.bank_files import Line, lines_of
from infra.local.simulators.bank_paying import paise
from infra.local.simulators.bank_wire import BankRefusal, Event, answer, body_of, compact, rupees
from infra.local.simulators.bank_world import INDIA, BankAccount, BankPayment, BankRefund, BankWorld, Impossible
from infra.local.simulators.wire import Json, digits

if TYPE_CHECKING:
    from infra.local.simulators.bank import BankSimulator

_STATUS, _REFUND = "/transactionStatusQuery", "/refund"
_ANOTHER = "FEDCBA9876543210FEDCBA9876543210"
# The word, what it is called, the API's own code, and UPI's.
_SAID = {
    "SUCCESS": ("S", "Payment Successful", "UP00", "00"),
    "FAILED": ("F", "Payment failed", "ZA", "ZA"),
    "PENDING": ("P", "Approval waiting from payer", "UPTP", "01"),
    "DEEMED": ("P", "Credit timeout, deemed approved", "UPTP", "RB"),
}
_GIVEN = {
    "DONE": ("S", "Refund Successful", "UP00", "00"),
    "FAILED": ("F", "Refund failed", "XC", "XC"),
    "PENDING": ("P", "Refund under process", "UPTP", "01"),
}
_HEADING = (
    "PG Merchant ID", "Txn Type", "PSP Ref No", "NPCI Trans ID", "Cust Ref No", "Amount", "Status", "Txn Auth Date", "Payee VPA",
    "Payer VPA", "Charges", "GST", "Net Amount", "Settlement Ref No", "Org Cust Ref No", "Org NPCI Trans ID",
)  # fmt: skip
_TYPES = {"payment": "PAY", "refund": "REFUND", "charge_back": "CHARGEBACK"}


class Sealing:
    """The part of the bank that speaks so; its lock is held."""

    def __init__(self, bank: "BankSimulator") -> None:
        self._bank = bank

    def caller(self, world: BankWorld, request: Request) -> BankAccount:
        """Know the account by its number, if its key opens what is asked."""
        account = _named(world, request)
        if account is None or _asked(account, request) is None:
            raise BankRefusal(401, {"error": "unauthorized"})
        return account

    def edge(self, request: Request) -> Edge:
        """Say what kind of call it is: how a refund stands is asked as how a payment does."""
        if request.path == _REFUND:
            return "refund"
        account = _named(self._bank.world, request)
        ref = _reference(_asked(account, request) or {}) if account else ""
        return "pull_refund" if account and self._refund_of(account, ref) else "pull"

    def handle(self, account: BankAccount, request: Request) -> Response:
        """Answer a call."""
        asked = _asked(account, request) or {}
        ref = _reference(asked)
        if request.method != "POST" or request.path not in (_STATUS, _REFUND) or not 0 < len(ref) <= 35:
            raise BankRefusal(400, {"error": "the request can not be read"})
        said = self._stands(account, ref) if request.path == _STATUS else self._give_back(account, ref, asked)
        return answer(_envelope(account, account.keys["merchant_key"], compact({"apiResp": said})))

    def payment_events(self, account: BankAccount, payment: BankPayment) -> list[Event]:
        """One callback for each state."""
        return [Event(body=compact({"apiResp": _payment(account, payment)}))]

    def refund_events(self, account: BankAccount, refund: BankRefund) -> list[Event]:
        """None: it is asked."""
        return []

    def proven(self, account: BankAccount, event: Event, secret: str) -> Event:
        """Seal it; whose it is stands outside."""
        headers = {"Content-Type": "application/json"} | event.headers
        return Event(body=compact(_envelope(account, secret, event.body)), headers=headers)

    def secret(self, account: BankAccount) -> str:
        """Return the key that both sides have."""
        return account.keys["merchant_key"]

    def guess(self, account: BankAccount) -> str:
        """Return another key."""
        return _ANOTHER

    def settlement_file(self, account: BankAccount, day: date) -> bytes | None:
        """Return the file of the day."""
        table = io.StringIO(newline="")
        writer = csv.writer(table)
        writer.writerow(_HEADING)
        writer.writerows(_row(line, day) for line in lines_of(self._bank, account, day))
        return table.getvalue().encode()

    def _refund_of(self, account: BankAccount, ref: str) -> BankRefund | None:
        refunds = self._bank.world.refunds.values()
        return next((one for one in refunds if ref and one.account == account.id and one.refund_id == ref), None)

    def _stands(self, account: BankAccount, ref: str) -> Json:
        """The one of a reference's payments that came, or else the last that was tried."""
        if (refund := self._refund_of(account, ref)) is not None:
            return self._refund(account, refund)
        tried = [one for one in self._bank.world.payments_of(account.id) if one.reference == ref]
        if not tried:
            return _nothing(ref, "Transaction not found", "U48")
        return _payment(account, next((one for one in tried if one.word == "SUCCESS"), tried[-1]))

    def _give_back(self, account: BankAccount, ref: str, asked: Json) -> Json:
        if (known := self._refund_of(account, ref)) is not None:
            return self._refund(account, known)
        paid = next(
            (one for one in self._bank.world.payments_of(account.id) if one.rrn == asked.get("orgCustRefNo")), None
        )
        # Of a payment to a static code the merchant has no reference that the bank would know.
        if (
            paid is None
            or asked.get("orgNpciTransId") != _txn(paid)
            or paid.reference not in ("", asked.get("orgPspRefNo"))
        ):
            return _nothing(ref, "Original transaction does not match", "B6")
        try:
            return self._refund(
                account, self._bank.begin_refund(paid, paise(str(asked.get("amount", ""))), refund_id=ref)
            )
        except Impossible:
            return _nothing(ref, "Refund amount exceeds the original amount", "B6")

    def _refund(self, account: BankAccount, refund: BankRefund) -> Json:
        of = self._bank.world.payments[refund.payment]
        return {
            **_told(_GIVEN[refund.word], refund.refund_id or "NA", refund.amount, refund.at),
            "upiTransRefNo": _number(refund.id),
            "npciTransId": refund.id,
            "custRefNo": digits(refund.id, 12),
            "payerVPA": account.vpa,
            "payeeVPA": of.payer,
            "txnType": "REFUND",
            "orgNpciTransId": _txn(of),
            "orgCustRefNo": of.rrn,
        }


def _named(world: BankWorld, request: Request) -> BankAccount | None:
    return world.accounts.get(f"sbi:{(body_of(request) or {}).get('pgMerchantId')}")


def _asked(account: BankAccount, request: Request) -> Json | None:
    """Read what the merchant has sealed; None where that is nothing of this key, or names another."""
    plain = opened(account.keys["merchant_key"], (body_of(request) or {}).get("requestMsg"))
    try:
        found = json.loads(plain) if plain else None
    except (ValueError, RecursionError):
        return None
    info = found.get("requestInfo") if isinstance(found, dict) else None
    return found if isinstance(info, dict) and info.get("pgMerchantId") == account.merchant_id else None


def _reference(asked: Json) -> str:
    found = asked.get("requestInfo", {}).get("pspRefNo")
    return found if isinstance(found, str) else ""


def _envelope(account: BankAccount, key: str, plain: bytes) -> Json:
    return {"resp": sealed(key, plain), "pgMerchantId": account.merchant_id}


def _payment(account: BankAccount, payment: BankPayment) -> Json:
    return {
        **_told(_SAID[payment.word], payment.reference or "NA", payment.amount, payment.at),
        "upiTransRefNo": _number(payment.id),
        "npciTransId": _txn(payment),
        "custRefNo": payment.rrn,
        "payerVPA": payment.payer,
        "payeeVPA": account.vpa,
        "txn_type": "PAY",
        "ref_url": "https://example.invalid",
        "txn_note": payment.note,
    }


def _told(said: tuple[str, str, str, str], ref: str, amount: int, at: float) -> Json:
    word, about, own, upi = said
    return {
        "pspRefNo": ref,
        "amount": rupees(amount),
        "txnAuthDate": _time(datetime.fromtimestamp(at, INDIA)),
        "status": word,
        "statusDesc": about,
        "addInfo": {"addInfo1": "", "addInfo2": ""},
        "errCode": own,
        "responseCode": upi,
    }


def _nothing(ref: str, about: str, code: str) -> Json:
    """The answer where there is no transaction."""
    return {
        "pspRefNo": ref,
        "npciTransId": "NA",
        "custRefNo": "NA",
        "status": "F",
        "statusDesc": about,
        "errCode": code,
    }


def _row(line: Line, day: date) -> list[str]:
    payment, paid = line.payment, line.kind == "payment"
    row = {
        "PG Merchant ID": line.merchant_id,
        "Txn Type": _TYPES[line.kind],
        "PSP Ref No": (payment.reference if paid else line.refund_id) or "NA",
        "NPCI Trans ID": _txn(payment) if paid else line.id,
        "Cust Ref No": payment.rrn if paid else digits(line.id, 12),
        "Amount": rupees(line.amount),
        "Status": "DEEMED" if paid and line.deemed else "S",
        "Txn Auth Date": _time(line.time),
        "Payee VPA": line.vpa,
        "Payer VPA": payment.payer,
        "Charges": rupees(line.fee - line.tax),
        "GST": rupees(line.tax),
        "Net Amount": rupees(line.amount - line.fee) if paid else f"-{rupees(line.amount)}",
        "Settlement Ref No": f"SBIN{day:%Y%m%d}00",
        "Org Cust Ref No": "" if paid else payment.rrn,
        "Org NPCI Trans ID": "" if paid else _txn(payment),
    }
    return [row[name] for name in _HEADING]


def _txn(payment: BankPayment) -> str:
    return "SBI" + digits(payment.id, 32)


def _number(id: str) -> int:
    return int(digits(id, 10))


def _time(at: datetime) -> str:
    return f"{at:%Y-%m-%d %I:%M:%S %p}"
