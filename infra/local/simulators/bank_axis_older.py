"""Axis' older format: `{"data": hex}` under a key that both sides have, with a checksum inside.

Only what a callback holds is recalled (reference on UPI and the banks, section 11): its checksum, the calls and their answers are assumed, as
the product assumes them. Nothing here proves anything.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime

from infra.local.http import Request, Response
from infra.local.simulators.bank_axis import GIVEN, ID, SAID, Either, upi
from infra.local.simulators.bank_ecb import opened, sealed
from infra.local.simulators.bank_faults import Edge
from infra.local.simulators.bank_paying import paise
from infra.local.simulators.bank_wire import BankRefusal, Event, answer, body_of, compact, rupees
from infra.local.simulators.bank_world import INDIA, BankAccount, BankPayment, BankRefund, BankWorld, Impossible
from infra.local.simulators.wire import Json

_CALLS: Mapping[str, Edge] = {"/status": "pull", "/refund": "refund", "/refund/status": "pull_refund"}
_ANOTHER = "0123456789ABCDEF0123456789ABCDEF"


class Summed(Either):
    """The part of the bank that speaks so; its lock is held."""

    def caller(self, world: BankWorld, request: Request) -> BankAccount:
        """Know the account by the key that opens what is asked, and by the checksum inside."""
        for account in world.accounts.values():
            if account.provider == "axis_older" and self._asked(account, request) is not None:
                return account
        raise BankRefusal(400, {"error": "the request can not be read"})

    def edge(self, request: Request) -> Edge:
        """Say what kind of call it is."""
        return _CALLS.get(request.path, "pull")

    def handle(self, account: BankAccount, request: Request) -> Response:
        """Answer a call."""
        asked = self._asked(account, request)
        if request.method != "POST" or request.path not in _CALLS or asked is None:
            raise BankRefusal(404, {"error": "unknown call"})
        about = {
            "merchantId": account.merchant_id,
            "merchantChannelId": account.settings.get("channel_id", ""),
            "merchantTransactionId": asked.get("merchantTransactionId", ""),
        }
        match _CALLS[request.path]:
            case "pull":
                payment = self.bank.world.standing(account.id, about["merchantTransactionId"] or "-")
                said = _about_payment(account, payment) if payment else about | _code("U48", "Transaction not found")
            case "refund":
                said = self._give_back(account, asked, about)
            case _:
                refund = self.made(account, asked.get("txnRefundId"))
                none = {"txnRefundId": asked.get("txnRefundId", "")} | _code("U48", "Transaction not found")
                said = about | (self._refund(refund) if refund else none)
        return answer(_enveloped(account, said, account.keys["data_key"]))

    def payment_events(self, account: BankAccount, payment: BankPayment) -> list[Event]:
        """One callback for each state."""
        return [Event(body=compact(_about_payment(account, payment)))]

    def refund_events(self, account: BankAccount, refund: BankRefund) -> list[Event]:
        """None: it is asked."""
        return []

    def proven(self, account: BankAccount, event: Event, secret: str) -> Event:
        """Add the checksum, and seal it."""
        body = compact(_enveloped(account, json.loads(event.body), secret))
        return Event(body=body, headers={"Content-Type": "application/json"} | event.headers)

    def secret(self, account: BankAccount) -> str:
        """Return the key that both sides have."""
        return account.keys["data_key"]

    def guess(self, account: BankAccount) -> str:
        """Return another key."""
        return _ANOTHER

    def _asked(self, account: BankAccount, request: Request) -> dict[str, str] | None:
        """What a call says; None where it is nothing of this account's keys."""
        plain = opened(account.keys["data_key"], (body_of(request) or {}).get("data"))
        try:
            said = json.loads(plain or b"")
            given = str(said.pop("checksum"))
            right = _checksum(said, account)
        except (ValueError, TypeError, KeyError, AttributeError):
            return None
        ours = said.get("merchantId") == account.merchant_id
        return said if ours and hmac.compare_digest(given.encode(), right.encode()) else None

    def _give_back(self, account: BankAccount, asked: Mapping[str, str], about: Json) -> Json:
        payment, id = self.paid(account, asked.get("gatewayTransactionId")), asked.get("txnRefundId", "")
        none = about | {"txnRefundId": id} | _code("B6", "Mismatch in payment details")
        if (known := self.made(account, id)) is not None:
            return about | self._refund(known)
        if payment is None or not ID.fullmatch(id):
            return none
        try:
            amount = paise(asked.get("txnRefundAmount", ""))
            return about | self._refund(self.bank.begin_refund(payment, amount, refund_id=id))
        except Impossible:
            return none

    def _refund(self, refund: BankRefund) -> Json:
        of = self.of(refund)
        return {
            "gatewayTransactionId": upi(of.id),
            "rrn": of.rrn,
            "txnRefundId": refund.refund_id,
            "txnRefundAmount": rupees(refund.amount),
            "gatewayRefundTransactionId": refund.id,
        } | _code(*GIVEN[refund.word][:2])


def _about_payment(account: BankAccount, payment: BankPayment) -> Json:
    """A payment in the older form."""
    code, about, _ = SAID[payment.word]
    return {
        "customerVpa": payment.payer,
        "merchantId": account.merchant_id,
        "merchantChannelId": account.settings.get("channel_id", ""),
        "merchantTransactionId": payment.reference,
        "transactionTimestamp": f"{datetime.fromtimestamp(payment.at, INDIA):%Y-%m-%d %H:%M:%S}.0",
        "transactionAmount": rupees(payment.amount),
        "gatewayTransactionId": upi(payment.id),
        "gatewayResponseCode": code,
        "gatewayResponseMessage": about,
        "rrn": payment.rrn,
    }


def _code(code: str, about: str) -> Json:
    return {"gatewayResponseCode": code, "gatewayResponseMessage": about}


def _enveloped(account: BankAccount, said: Mapping[str, str], key: str) -> Json:
    """Seal a document with its checksum, under a key that may be another than the account's."""
    return {"data": sealed(key, compact({**said, "checksum": _checksum(said, account)}))}


def _checksum(said: Mapping[str, str], account: BankAccount) -> str:
    """The values as they stand, one behind the other, and the key."""
    return hashlib.sha256(("".join(said.values()) + account.keys["checksum_key"]).encode()).hexdigest()
