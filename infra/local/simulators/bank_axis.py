"""Axis' newer format, the UPI merchant stack of Juspay: signed calls, and callbacks that are signed over what they say.

Source: juspay.io, UPI Merchant Stack, and public integrations of it; reference on UPI and the banks, section 11. The file of a day has the
columns of a public table definition; how a refund and a chargeback look in it is assumed. The older format is in `bank_axis_older.py`.
"""

import base64
import csv
import hashlib
import io
import json
import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from infra.local.demo_keys import pair
from infra.local.http import Request, Response
from infra.local.simulators.bank_faults import Edge
from infra.local.simulators.bank_files import Line, lines_of
from infra.local.simulators.bank_paying import paise
from infra.local.simulators.bank_wire import BankRefusal, Event, answer, body_of, compact, rupees
from infra.local.simulators.bank_world import INDIA, BankAccount, BankPayment, BankRefund, BankWorld, Impossible
from infra.local.simulators.wire import Json, digits

if TYPE_CHECKING:
    from infra.local.simulators.bank import BankSimulator

_BASE = "/merchants/transactions/"
_CALLS: Mapping[str, Edge] = {"status360": "pull", "refund360": "refund", "refund/status": "pull_refund"}
_FRESH = 30 * 60  # seconds that a call's timestamp may be off
ID = re.compile(r"[A-Za-z0-9._-]{1,35}")
_AMOUNT = re.compile(r"[0-9]+\.[0-9]{2}")
_REMARKS = re.compile(r"[A-Za-z0-9 -]{1,50}")
_PSS = PSS(mgf=MGF1(SHA256()), salt_length=32)
SAID = {
    "SUCCESS": ("00", "Your transaction is approved", "SUCCESS"),
    "FAILED": ("ZA", "Transaction declined by customer", "FAILURE"),
    "PENDING": ("01", "Transaction is pending", "PENDING"),
    "DEEMED": ("RB", "Credit timeout", "DEEMED"),
}
GIVEN = {
    "DONE": ("00", "Refund is successful", "SUCCESS"),
    "FAILED": ("U30", "Debit has failed", "FAILURE"),
    "PENDING": ("01", "Refund is pending", "PENDING"),
}
_HEADING = (
    "rrn", "txnid", "orderid", "amount", "mobile_no", "bankname", "maskedaccountnumber", "ifsc", "vpa", "account_cust_name", "respcode",
    "response", "txn_date", "creditvpa", "remarks", "surcharge", "tax", "debit_amount", "mdr_tax", "merchant_id", "unq_cust_id",
)  # fmt: skip
_KINDS = {"payment": "SUCCESS", "refund": "REFUND", "charge_back": "CHARGEBACK"}


class Either:
    """What is the same in both forms; the bank's lock is held."""

    def __init__(self, bank: "BankSimulator") -> None:
        self.bank = bank

    def settlement_file(self, account: BankAccount, day: date) -> bytes | None:
        """Return the reconciliation file."""
        table = io.StringIO(newline="")
        writer = csv.DictWriter(table, _HEADING, restval="")
        writer.writeheader()
        writer.writerows(_row(line) for line in lines_of(self.bank, account, day))
        return table.getvalue().encode()

    def made(self, account: BankAccount, refund_id: object) -> BankRefund | None:
        """Return the refund with an id of the caller's."""
        refunds = self.bank.world.refunds.values()
        found = (one for one in refunds if one.account == account.id and refund_id and one.refund_id == refund_id)
        return next(found, None)

    def paid(self, account: BankAccount, id: object) -> BankPayment | None:
        """Return the payment with an id of the bank's own."""
        return next((one for one in self.bank.world.payments_of(account.id) if upi(one.id) == id), None)

    def of(self, refund: BankRefund) -> BankPayment:
        """Return what is given back."""
        return self.bank.world.payments[refund.payment]


class Stacked(Either):
    """The part of the bank that speaks so."""

    def caller(self, world: BankWorld, request: Request) -> BankAccount:
        """Know the account by its id and its signature over id, channel, time and body."""
        named, channel, stamp = (
            request.headers.get(f"x-{name}", "") for name in ("merchant-id", "merchant-channel-id", "timestamp")
        )
        account = world.accounts.get(f"axis:{named}")
        if (
            account is None
            or channel != account.settings.get("channel_id", channel)
            or not re.fullmatch(r"[0-9]{13}", stamp)
        ):
            raise _refused("UNAUTHORIZED", 401)
        key: Any = load_pem_public_key(account.keys["merchant_public_key"].encode())
        try:
            signature = bytes.fromhex(request.headers.get("x-merchant-signature", ""))
            key.verify(signature, f"{named}{channel}{stamp}".encode() + request.body, _PSS, SHA256())
        except (ValueError, InvalidSignature):
            raise _refused("UNAUTHORIZED", 401) from None
        if abs(self.bank.now() - int(stamp) / 1000) > _FRESH:
            raise _refused("REQUEST_EXPIRED")
        return account

    def edge(self, request: Request) -> Edge:
        """Say what kind of call it is."""
        return _CALLS.get(request.path.removeprefix(_BASE), "pull")

    def handle(self, account: BankAccount, request: Request) -> Response:
        """Answer a call: with HTTP 200, mostly, whatever the answer is."""
        asked, edge = body_of(request), _CALLS.get(request.path.removeprefix(_BASE))
        if request.method != "POST" or edge is None or not request.path.startswith(_BASE):
            raise _refused("NOT_FOUND", 404)
        if asked is None or not request.headers.get("jpupi-routing-id"):
            raise _refused("BAD_REQUEST")
        match edge:
            case "pull":
                payment = self.bank.world.standing(account.id, str(asked.get("merchantRequestId") or "-"))
                if payment is None:
                    raise _refused("REQUEST_NOT_FOUND")
                said = self._payment(account, payment)
            case "refund":
                said = self._refund(account, self._give_back(account, asked), "gatewayRefundReferenceId")
            case _:
                refund = self.made(account, asked.get("merchantRequestId"))
                if refund is None:
                    raise _refused("REQUEST_NOT_FOUND")
                said = self._refund(account, refund, "gatewayRefundReferenceId")
        word = "SUCCESS"
        return answer({"status": word, "responseCode": word, "responseMessage": word, "payload": said})

    def payment_events(self, account: BankAccount, payment: BankPayment) -> list[Event]:
        """One callback for each state."""
        return [Event(body=compact(self._payment(account, payment)))]

    def refund_events(self, account: BankAccount, refund: BankRefund) -> list[Event]:
        """One callback for each state."""
        return [Event(body=compact(self._refund(account, refund, "refundGatewayReferenceId")))]

    def proven(self, account: BankAccount, event: Event, secret: str) -> Event:
        """Sign what it says, its keys in order at every depth."""
        message = json.dumps(json.loads(event.body), sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
        key: Any = load_pem_private_key(secret.encode(), None)
        signature = base64.b64encode(key.sign(message, _PSS, SHA256())).decode()
        headers = {"Content-Type": "application/json", "x-merchant-payload-signature": signature}
        return Event(body=event.body, headers=headers | event.headers)

    def secret(self, account: BankAccount) -> str:
        """Return the key of the stack."""
        return account.keys["psp_private_key"]

    def guess(self, account: BankAccount) -> str:
        """Return somebody's key."""
        return pair("somebody").private

    def _give_back(self, account: BankAccount, asked: Json) -> BankRefund:
        """One refund for each of the caller's ids: asked for again, it is told as it stands."""
        id, amount = asked.get("refundRequestId"), asked.get("refundAmount")
        if "originalMerchantRequestId" in asked:
            payment = self.bank.world.standing(account.id, str(asked["originalMerchantRequestId"]))
        else:
            payment = self.paid(account, asked.get("originalUpiRequestId"))
        if payment is None or payment.word != "SUCCESS":
            raise _refused("INVALID_DATA")
        if (known := self.made(account, id)) is not None:
            if known.payment != payment.id:
                raise _refused("INVALID_DATA")
            return known
        if not (isinstance(id, str) and ID.fullmatch(id) and isinstance(amount, str) and _AMOUNT.fullmatch(amount)):
            raise _refused("BAD_REQUEST")
        if asked.get("refundType") != "ONLINE" or "@" not in str(asked.get("merchantRefundVpa")):
            raise _refused("BAD_REQUEST")
        if not _REMARKS.fullmatch(str(asked.get("remarks"))):
            raise _refused("BAD_REQUEST")
        try:
            return self.bank.begin_refund(payment, paise(amount), refund_id=id)
        except Impossible:
            raise _refused("INVALID_REFUND_AMOUNT") from None

    def _payment(self, account: BankAccount, payment: BankPayment) -> Json:
        code, about, word = SAID[payment.word]
        return {
            "type": "MERCHANT_CREDITED_VIA_PAY",
            "amount": rupees(payment.amount),
            "merchantId": account.merchant_id,
            "merchantChannelId": account.settings.get("channel_id", ""),
            "merchantRequestId": payment.reference,
            "gatewayTransactionId": upi(payment.id),
            "gatewayReferenceId": payment.rrn,
            "gatewayResponseStatus": word,
            "gatewayResponseCode": code,
            "gatewayResponseMessage": about,
            "payeeVpa": account.vpa,
            "payeeMcc": "5441",
            "payerVpa": payment.payer,
            "payerName": "Payer",
            "transactionTimestamp": datetime.fromtimestamp(payment.at, INDIA).isoformat(timespec="seconds"),
            "refUrl": "https://example.invalid",
            "customResponse": "{}",
            "udfParameters": "{}",
        }

    def _refund(self, account: BankAccount, refund: BankRefund, reference: str) -> Json:
        """A refund. The name of its own RRN is another one in a callback than in an answer; one that was made by hand has no id of the caller's."""
        (code, about, word), of = GIVEN[refund.word], self.of(refund)
        said = {
            "merchantId": account.merchant_id,
            "merchantChannelId": account.settings.get("channel_id", ""),
            "originalMerchantRequestId": of.reference,
            "refundRequestId": refund.refund_id,
            "refundAmount": rupees(refund.amount),
            "refundType": "ONLINE" if refund.refund_id else "OFFLINE",
            "gatewayTransactionId": upi(of.id),
            "gatewayRefundTransactionId": refund.id,
            reference: digits(refund.id, 12),
            "gatewayResponseStatus": word,
            "gatewayResponseCode": code,
            "gatewayResponseMessage": about,
        }
        return {name: value for name, value in said.items() if value}


def _refused(code: str, status: int = 200) -> BankRefusal:
    return BankRefusal(status, {"status": "FAILURE", "responseCode": code, "responseMessage": code, "payload": None})


def upi(id: str) -> str:
    """Make an id as UPI has them: the PSP's three letters and 32 more."""
    return "AXI" + hashlib.sha256(id.encode()).hexdigest()[:32].upper()


def _row(line: Line) -> Json:
    payment = line.payment
    return {
        "rrn": payment.rrn,
        "txnid": line.id if line.kind == "refund" else upi(payment.id),
        "orderid": payment.reference,
        "amount": rupees(line.amount),
        "bankname": "SIM BANK",
        "vpa": payment.payer,
        "respcode": "RB" if line.deemed else "00",
        "response": "DEEMED" if line.deemed and line.kind == "payment" else _KINDS[line.kind],
        "txn_date": f"{line.time:%Y-%m-%d %H:%M:%S}",
        "creditvpa": line.vpa,
        "remarks": payment.note,
        "surcharge": rupees(line.fee - line.tax),
        "tax": rupees(line.tax),
        "debit_amount": rupees(line.amount),
        "mdr_tax": rupees(0),
        "merchant_id": line.merchant_id,
        "unq_cust_id": line.refund_id,
    }
