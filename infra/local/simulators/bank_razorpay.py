"""Razorpay's format: an API for which one authenticates, and callbacks that are signed.

Source: razorpay.com/docs, the pages of QR Codes, Orders, Payments, Refunds (idempotent requests), Settlements, Validate VPA and Webhooks. What of
it the product calls is here, and nothing else; nobody has held it against Razorpay.
"""

import base64
import hashlib
import hmac
import json
import re
from datetime import date
from typing import TYPE_CHECKING, Any

from infra.local.http import Request, Response
from infra.local.simulators import bank_entities as entities
from infra.local.simulators.bank_faults import Edge
from infra.local.simulators.bank_wire import BankRefusal, Event, answer, body_of, compact
from infra.local.simulators.bank_world import BankAccount, BankPayment, BankRefund, BankWorld, Code
from infra.local.simulators.wire import Json

if TYPE_CHECKING:
    from infra.local.simulators.bank import BankSimulator

_SOONEST, _LATEST = 15 * 60, 45 * 86_400  # of `close_by`, seconds from now
_LEAST_KEY = 10  # letters of an idempotency key
_PATH = re.compile(
    r"/v1/(?P<kind>payments/qr_codes|payments|orders)(?:/(?P<id>[A-Za-z]+_[A-Za-z0-9]+))?(?:/(?P<sub>[a-z]+))?"
)
RECON = "/v1/settlements/recon/combined"
NAMES = "/v1/payments/validate/vpa"


def refused(description: str, status: int = 400) -> BankRefusal:
    """Return a refusal in Razorpay's shape."""
    error = {"code": "BAD_REQUEST_ERROR", "description": description, "source": "business", "metadata": {}}
    return BankRefusal(status, {"error": error})


class Signing:
    """The part of the bank that speaks so; its lock is held."""

    def __init__(self, bank: "BankSimulator") -> None:
        self._bank = bank

    def caller(self, world: BankWorld, request: Request) -> BankAccount:
        """Know the account by its key and secret (RFC 7617)."""
        given = request.headers.get("authorization", "").encode()
        for account in world.accounts.values():
            if account.provider != "razorpay":
                continue
            pair = f"{account.keys['key_id']}:{account.keys['key_secret']}".encode()
            if hmac.compare_digest(given, b"Basic " + base64.b64encode(pair)):
                return account
        raise refused("Authentication failed", 401)

    def edge(self, request: Request) -> Edge:
        """Say what kind of call it is."""
        if request.path == RECON:
            return "settlement"
        if request.path == NAMES:
            return "name"
        if request.path.endswith("/refunds"):
            return "pull_refund"
        if request.method == "POST":
            return "refund" if request.path.endswith("/refund") else "create"
        return "pull"

    def handle(self, account: BankAccount, request: Request) -> Response:
        """Answer a call."""
        if (request.method, request.path) == ("GET", RECON):
            return answer(entities.report(self._bank, account, request.query))
        if (request.method, request.path) == ("POST", NAMES):
            return answer(self._whose(_read(request)))
        found = _PATH.fullmatch(request.path)
        match (request.method, *(found["kind"], found["id"], found["sub"])) if found else ():
            case "POST", "payments/qr_codes", None, None:
                return answer(self._new_code(account, _read(request)))
            case "GET", "payments/qr_codes", str(id), None:
                return answer(entities.code(account, self._code(account, id), self._bank.world, self._bank.now()))
            case "GET", "payments/qr_codes", str(id), "payments":
                self._code(account, id)
                return self._payments(account, request, lambda payment: payment.code == id)
            case "POST", "orders", None, None:
                return answer(self._new_order(account, _read(request)))
            case "GET", "orders", None, None:
                return self._orders(account, request)
            case "GET", "orders", str(id), "payments":
                return self._payments(account, request, lambda payment: payment.order == id)
            case "GET", "payments", str(id), None:
                return answer(self._entity(self._payment(account, id)))
            case "POST", "payments", str(id), "refund":
                return answer(self._give_back(self._payment(account, id), request))
            case "GET", "payments", str(id), "refunds":
                refunds = self._bank.world.refunds_of(self._payment(account, id).id)
                return answer(
                    entities.collection([self._refund_entity(one) for one in reversed(refunds)], request.query)
                )
            case _:
                raise refused("The requested URL was not found on the server.")

    def _whose(self, body: Json) -> Json:
        vpa = body.get("vpa")
        if not isinstance(vpa, str) or "@" not in vpa:
            raise refused("The vpa field is required.")
        name = self._bank.world.name_of(vpa)
        if name is None:
            return {"vpa": vpa, "success": False}
        return {"vpa": vpa, "success": True} | ({"customer_name": name} if name else {})

    def payment_events(self, account: BankAccount, payment: BankPayment) -> list[Event]:
        """Tell a payment as it stands; of one that was captured by a code, the code too."""
        names = {
            "SUCCESS": ("payment.authorized", "payment.captured"),
            "DEEMED": ("payment.authorized",),
            "FAILED": ("payment.failed",),
            "PENDING": (),
        }[payment.word]
        inside: dict[str, Json] = {"payment": self._entity(payment)}
        events = [self._event(account, name, inside) for name in names]
        if payment.word == "SUCCESS" and payment.code:
            code = self._bank.world.codes[payment.code]
            shown = {"qr_code": entities.code(account, code, self._bank.world, self._bank.now())}
            events.append(self._event(account, "qr_code.credited", inside | shown))
            if code.single_use:
                events.append(self._event(account, "qr_code.closed", shown))
        if payment.word == "SUCCESS" and payment.order:
            order = self._bank.world.orders[payment.order]
            events.append(
                self._event(account, "order.paid", inside | {"order": entities.order(order, self._bank.world)})
            )
        return events

    def refund_events(self, account: BankAccount, refund: BankRefund) -> list[Event]:
        """Tell a refund with its payment."""
        name = {"PENDING": "refund.created", "DONE": "refund.processed", "FAILED": "refund.failed"}[refund.word]
        payment = self._bank.world.payments[refund.payment]
        return [self._event(account, name, {"refund": self._refund_entity(refund), "payment": self._entity(payment)})]

    def proven(self, account: BankAccount, event: Event, secret: str) -> Event:
        """Sign the bytes."""
        signature = hmac.new(secret.encode(), event.body, hashlib.sha256).hexdigest()
        headers = {"Content-Type": "application/json", "User-Agent": "Razorpay-Webhook/v1"}
        return Event(body=event.body, headers=headers | {"X-Razorpay-Signature": signature} | event.headers)

    def secret(self, account: BankAccount) -> str:
        """Return the webhook's own secret."""
        return account.keys["webhook_secret"]

    def guess(self, account: BankAccount) -> str:
        """Return another secret."""
        return "a guess"

    def settlement_file(self, account: BankAccount, day: date) -> bytes | None:
        """Return the report of the day after, whole, as the API gives it."""
        return compact(entities.recon(self._bank, account, day))

    def _event(self, account: BankAccount, name: str, inside: dict[str, Json]) -> Event:
        document = {
            "entity": "event",
            "account_id": account.merchant_id,
            "event": name,
            "contains": list(inside),
            "payload": {kind: {"entity": entity} for kind, entity in inside.items()},
            "created_at": int(self._bank.now()),
        }
        event_id = self._bank.world.new_id("evt").removeprefix("evt_")
        return Event(body=compact(document), headers={"X-Razorpay-Event-Id": event_id})

    def _entity(self, payment: BankPayment) -> Json:
        return entities.payment(payment, self._bank.world)

    def _refund_entity(self, refund: BankRefund) -> Json:
        return entities.refund(refund, self._bank.world.payments[refund.payment])

    def _payment(self, account: BankAccount, id: str) -> BankPayment:
        payment = self._bank.world.payments.get(id)
        if payment is None or payment.account != account.id:
            raise refused("The id provided does not exist")
        return payment

    def _code(self, account: BankAccount, id: str) -> Code:
        code = self._bank.world.codes.get(id)
        if code is None or code.account != account.id:
            raise refused("The id provided does not exist")
        return code

    def _payments(self, account: BankAccount, request: Request, wanted: Any) -> Response:
        found = [one for one in self._bank.world.payments_of(account.id) if wanted(one)]
        return answer(entities.collection([self._entity(one) for one in reversed(found)], request.query))

    def _orders(self, account: BankAccount, request: Request) -> Response:
        world, receipt = self._bank.world, request.query.get("receipt", "")
        found = [one for one in world.orders.values() if one.account == account.id and receipt in one.receipt]
        shown = []
        for one in reversed(found):
            entity = entities.order(one, world)
            if request.query.get("expand[]") == "payments":
                made = [self._entity(payment) for payment in world.payments_of(account.id) if payment.order == one.id]
                entity |= {"payments": entities.collection(made, {})}
            shown.append(entity)
        return answer(entities.collection(shown, request.query))

    def _new_code(self, account: BankAccount, body: Json) -> Json:
        world, now = self._bank.world, self._bank.now()
        if body.get("type") != "upi_qr" or body.get("usage") not in ("single_use", "multiple_use"):
            raise refused("The type or usage of the QR code is invalid.")
        fixed, amount, close_by = body.get("fixed_amount") is True, body.get("payment_amount", 0), body.get("close_by")
        if fixed and (type(amount) is not int or amount < 1):
            raise refused("The payment amount field is required when fixed amount is 1.")
        if close_by is not None and not (
            type(close_by) is int and now + _SOONEST <= close_by <= now + _LATEST and body["usage"] == "single_use"
        ):
            raise refused("close_by should be at least 15 minutes after current time")
        id = world.new_id("qr")
        made = world.codes[id] = Code(
            id=id,
            account=account.id,
            tr=f"RZP{id.removeprefix('qr_')}qrv2",
            amount=amount if fixed else 0,
            single_use=body["usage"] == "single_use",
            description=str(body.get("description", "")),
            notes=_notes(body),
            created_at=now,
            close_by=close_by,
        )
        return entities.code(account, made, world, now)

    def _new_order(self, account: BankAccount, body: Json) -> Json:
        amount, receipt = body.get("amount"), body.get("receipt", "")
        if type(amount) is not int or amount < 100 or body.get("currency") != "INR" or not isinstance(receipt, str):
            raise refused("Order amount less than minimum amount allowed")
        return entities.order(self._bank.begin_order(account, amount, receipt, _notes(body)), self._bank.world)

    def _give_back(self, payment: BankPayment, request: Request) -> Json:
        """Give back once for each idempotency key; another body under a key is refused."""
        body, key = _read(request), request.headers.get("x-refund-idempotency", "")
        asked = json.dumps(body, sort_keys=True)
        if key and len(key) < _LEAST_KEY:
            raise refused("The idempotency key must have at least 10 characters.")
        refunds = self._bank.world.refunds.values()
        known = next((one for one in refunds if key and one.key == key and one.account == payment.account), None)
        if known is not None:
            if known.asked != asked or known.payment != payment.id:
                raise refused("Different request body sent for the same idempotency key.")
            return self._refund_entity(known)
        amount = body.get("amount", payment.amount)
        if payment.word != "SUCCESS":
            raise refused("The payment status should be captured for action to be taken")
        if type(amount) is not int or amount < 1:
            raise refused("The amount must be an integer.")
        if amount > self._bank.left(payment):
            raise refused("The total refund amount is greater than the refund payment amount")
        receipt = body.get("receipt", "")
        made = self._bank.begin_refund(payment, amount, str(receipt or ""), notes=_notes(body), key=key, asked=asked)
        return self._refund_entity(made)


def _read(request: Request) -> Json:
    body = body_of(request)
    if body is None:
        raise refused("The request body is not JSON")
    return body


def _notes(body: Json) -> dict[str, str]:
    notes = body.get("notes")
    return {str(name): str(value) for name, value in notes.items()} if isinstance(notes, dict) else {}
