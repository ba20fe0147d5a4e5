"""simbank's own format: callbacks that prove nothing, and the API behind them that does.

The format is the product's (`payment/banks/simbank.py`), and is read here with nothing of it.
"""

import hmac
import re
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING
from urllib.parse import unquote

from infra.local.http import Request, Response
from infra.local.simulators.bank_faults import Edge
from infra.local.simulators.bank_wire import BankRefusal, Event, answer, body_of, compact, rupees
from infra.local.simulators.bank_world import INDIA, BankAccount, BankPayment, BankRefund, BankWorld
from infra.local.simulators.wire import Json

if TYPE_CHECKING:
    from infra.local.simulators.bank import BankSimulator

_REFUND = re.compile(r"/refunds/([^/]+)")


class Hinting:
    """The part of the bank that speaks so; its lock is held."""

    def __init__(self, bank: "BankSimulator") -> None:
        self._bank = bank

    def caller(self, world: BankWorld, request: Request) -> BankAccount:
        """Know the account by its bearer token."""
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        for account in world.accounts.values():
            if account.provider == "simbank" and hmac.compare_digest(
                given.encode(), account.keys["api_token"].encode()
            ):
                return account
        raise BankRefusal(401, {"error": "unauthorized"})

    def edge(self, request: Request) -> Edge:
        """Say what kind of call it is."""
        if request.path == "/payments":
            return "pull"
        if request.path == "/names":
            return "name"
        return "refund" if request.method == "POST" else "pull_refund"

    def handle(self, account: BankAccount, request: Request) -> Response:
        """Answer a call."""
        if (request.method, request.path) == ("GET", "/payments"):
            reference = request.query.get("reference", "")
            found = [one for one in self._bank.world.payments_of(account.id) if one.reference == reference]
            return answer({"payments": [self._payment(account, payment) for payment in found]})
        if (request.method, request.path) == ("GET", "/names"):
            address = request.query.get("address", "")
            name = self._bank.world.name_of(address)
            if name is None:
                raise BankRefusal(404, {"error": "unknown_address"})
            return answer({"address": address, "name": name or None})
        if (request.method, request.path) == ("POST", "/refunds"):
            return self._give_back(account, body_of(request) or {})
        if request.method == "GET" and (asked := _REFUND.fullmatch(request.path)):
            refund = self._known(account, unquote(asked[1]))
            if refund is None:
                raise BankRefusal(404, {"error": "unknown_refund"})
            return answer({"refund": self._refund(account, refund)})
        raise BankRefusal(404, {"error": "unknown_call"})

    def payment_events(self, account: BankAccount, payment: BankPayment) -> list[Event]:
        """One callback for each state."""
        return [Event(body=compact({"payment": self._payment(account, payment)}))]

    def refund_events(self, account: BankAccount, refund: BankRefund) -> list[Event]:
        """One callback for each state."""
        return [Event(body=compact({"refund": self._refund(account, refund)}))]

    def proven(self, account: BankAccount, event: Event, secret: str) -> Event:
        """Bring the token."""
        headers = {"Content-Type": "application/json", "User-Agent": "simbank", "X-Simbank-Token": secret}
        return Event(body=event.body, headers=headers | event.headers)

    def secret(self, account: BankAccount) -> str:
        """Return the token of callbacks."""
        return account.keys["callback_token"]

    def guess(self, account: BankAccount) -> str:
        """Return another token."""
        return "a guess"

    def settlement_file(self, account: BankAccount, day: date) -> bytes | None:
        """There is none."""
        return None

    def _known(self, account: BankAccount, refund_id: str) -> BankRefund | None:
        refunds = self._bank.world.refunds.values()
        return next((one for one in refunds if one.account == account.id and one.refund_id == refund_id), None)

    def _give_back(self, account: BankAccount, body: Json) -> Response:
        refund_id, payment_id = body.get("refund_id"), body.get("payment_id")
        if not isinstance(refund_id, str) or not refund_id:
            raise BankRefusal(400, {"error": "refund_id"})
        known = self._known(account, refund_id)
        if known is None:
            payment = self._bank.world.payments.get(payment_id) if isinstance(payment_id, str) else None
            amount = _paise(body.get("amount"))
            if payment is None or payment.account != account.id or payment.word != "SUCCESS":
                raise BankRefusal(422, {"error": "unknown_payment"})
            if body.get("currency") != "INR" or not 0 < amount <= self._bank.left(payment):
                raise BankRefusal(422, {"error": "amount"})
            known = self._bank.begin_refund(payment, amount, refund_id=refund_id)
        return answer({"refund": self._refund(account, known)}, 201)

    def _payment(self, account: BankAccount, payment: BankPayment) -> Json:
        return {
            "id": payment.id,
            "reference": payment.reference,
            "rrn": payment.rrn,
            "amount": rupees(payment.amount),
            "currency": "INR",
            "status": payment.word,
            "at": datetime.fromtimestamp(payment.at, INDIA).isoformat(timespec="seconds"),
            "merchant": account.merchant_id,
            "payee": account.vpa,
            "payer": payment.payer,
        }

    def _refund(self, account: BankAccount, refund: BankRefund) -> Json:
        return {
            "id": refund.id,
            "refund_id": refund.refund_id,
            "payment_id": refund.payment,
            "rrn": self._bank.world.payments[refund.payment].rrn,
            "amount": rupees(refund.amount),
            "status": refund.word,
            "merchant": account.merchant_id,
        }


def _paise(value: object) -> int:
    """Read rupees; 0 for what is none."""
    try:
        return int(Decimal(value) * 100) if isinstance(value, str) and re.fullmatch(r"[0-9.]{1,16}", value) else 0
    except InvalidOperation:
        return 0
