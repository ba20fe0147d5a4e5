"""Routes: a customer's data, and customers of whom the shop wants to hear no more."""

from collections.abc import Callable
from dataclasses import dataclass

from haat.conversation.rules.inbox import erasure_shown
from haat.conversation.service.customers import CustomersOfShop
from haat.conversation.service.erasing import Erasing
from haat.edge.api.call import Call, cursor, from_cursor, page
from haat.kernel.ids import CustomerId
from haat.kernel.once import Answer

LIMIT = 25


@dataclass(frozen=True, slots=True)
class CustomerRoutes:
    """Customers. Made when they are first asked for: other routes of the function need none of it."""

    _customers: Callable[[], CustomersOfShop]
    _erasing: Callable[[], Erasing]

    def list_blocked(self, call: Call) -> Answer:
        """Who is blocked."""
        found, next = self._customers().blocked(call.merchant, *_place(call))
        return page(found, cursor(next))

    def block_customer(self, call: Call) -> Answer:
        """Answer them no more."""
        return self._customers().block(call.merchant, CustomerId(call.body["customer_id"]), call.marker)

    def unblock_customer(self, call: Call) -> Answer:
        """Answer them again."""
        self._customers().unblock(call.merchant, _customer(call))
        return Answer(status=204)

    def export_customer(self, call: Call) -> Answer:
        """All that is held on somebody."""
        found, next = self._customers().export(call.merchant, _customer(call), *_place(call), call.now)
        return page([dict(line) for line in found], cursor(next))

    def erase_customer(self, call: Call) -> Answer:
        """Forget somebody: 200 when nothing is left, 202 while it goes on by itself."""
        assert call.caller is not None, "the document says who may"
        erasure = self._erasing().erase(call.merchant, _customer(call), call.caller.token, call.now)
        return Answer(status=200 if erasure.done_at else 202, body=erasure_shown(erasure))

    def list_erasures(self, call: Call) -> Answer:
        """Who was forgotten, by number."""
        found, next = self._erasing().erasures_of(call.merchant, *_place(call))
        return page([erasure_shown(erasure) for erasure in found], cursor(next))


def _customer(call: Call) -> CustomerId:
    return CustomerId(call.path["customer_id"])


def _place(call: Call) -> tuple[str | None, int]:
    return from_cursor(call.query.get("cursor")), call.query.get("limit", LIMIT)
