"""Routes: what merchants ask their customers to pay, and the money that has come."""

from dataclasses import dataclass

from haat.edge.api.call import Call, cursor, from_cursor, page
from haat.edge.api.watch import table
from haat.kernel.money import Currency, Minor, Money
from haat.kernel.once import Answer
from haat.payment.rules import ledger, shown
from haat.payment.service.bills import Bills
from haat.payment.service.books import Books
from haat.payment.service.receipts import Receipts
from haat.payment.service.requests import Requests


@dataclass(frozen=True, slots=True)
class RequestRoutes:
    """Payment requests."""

    _requests: Requests
    _bills: Bills

    def list_payment_requests(self, call: Call) -> Answer:
        """One page, newest first."""
        found, rest = self._requests.list(call.merchant, *_place(call))
        return page([shown.request(payment) for payment in found], cursor(rest))

    def create_payment_request(self, call: Call) -> Answer:
        """A new one."""
        return self._bills.ask(call.merchant, reference(call), call.body, call.marker)

    def get_payment_request(self, call: Call) -> Answer:
        """One of them."""
        found = self._requests.read(call.merchant, call.path["reference_id"])
        return Answer(status=200, body=shown.request(found))

    def cancel_payment_request(self, call: Call) -> Answer:
        """It is not to be paid any more."""
        return self._requests.cancel(call.merchant, call.path["reference_id"], call.marker)

    def create_refund(self, call: Call) -> Answer:
        """Money of one receipt goes back."""
        said = call.body.get("amount")
        amount = Money(minor=Minor(said["minor"]), currency=Currency(said["currency"])) if said else None
        tr, rrn = call.path["reference_id"], call.body["rrn"]
        return self._requests.give_back(call.merchant, tr, call.draw(), rrn, amount, call.marker)


@dataclass(frozen=True, slots=True)
class ReceiptRoutes:
    """Money that has come."""

    _receipts: Receipts
    _books: Books

    def get_payment(self, call: Call) -> Answer:
        """All that is known of a request's money."""
        return self._receipts.whole(call.merchant, call.path["reference_id"])

    def list_unassigned_receipts(self, call: Call) -> Answer:
        """Money of no request."""
        found, rest = self._receipts.unassigned(call.merchant, *_place(call))
        back = self._receipts.given_back(found)
        return page([shown.orphan(it) | {"refund_waits": (it.account, it.rrn) in back} for it in found], cursor(rest))

    def assign_receipt(self, call: Call) -> Answer:
        """It is an order's."""
        rrn, account, order = call.path["rrn"], call.body["account_id"], call.body["order_id"]
        return self._receipts.assign(call.merchant, reference(call), rrn, account, order, call.marker)

    def export_payments(self, call: Call) -> Answer:
        """All of it as a table."""
        begins, ends = ledger.days(call.query.get("from"), call.query.get("to"), call.now)
        after = from_cursor(call.query.get("cursor"))
        return table(*self._books.export(call.merchant, begins, ends, after, call.left_ms))


def reference(call: Call) -> str:
    """A new reference, as banks take it."""
    return f"H{call.draw()}"


def _place(call: Call) -> tuple[str | None, int]:
    return from_cursor(call.query.get("cursor")), call.query.get("limit", 25)
