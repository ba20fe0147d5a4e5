"""Routes: what operators look at of the market's money, and a merchant's table of it."""

from collections.abc import Callable
from dataclasses import dataclass

from haat.business.service.merchants import Register
from haat.edge.api.call import Call, cursor, from_cursor, page
from haat.kernel.ids import MerchantId
from haat.kernel.once import Answer
from haat.payment.rules import ledger
from haat.payment.service.books import Books


@dataclass(frozen=True, slots=True)
class WatchRoutes:
    """What operators look at. Made when it is first asked for: their other routes need none of it."""

    _register: Register
    _books: Callable[[], Books]

    def list_watched_payments(self, call: Call) -> Answer:
        """Requests that are long in a state."""
        found, rest = self._books().watched(call.query["state"], *_place(call))
        return page(found, cursor(rest))

    def list_orphans(self, call: Call) -> Answer:
        """Money that nobody's request explains."""
        found, rest = self._books().orphans(*_place(call))
        return page(found, cursor(rest))

    def export_merchant_payments(self, call: Call) -> Answer:
        """A merchant's money as a table."""
        begins, ends = ledger.days(call.query.get("from"), call.query.get("to"), call.now)
        after, merchant = from_cursor(call.query.get("cursor")), MerchantId(call.query["merchant_id"])
        self._register.read(merchant)  # an id of nobody must not look like a shop without money
        return table(*self._books().export(merchant, begins, ends, after, call.left_ms))


def table(text: str, rest: str | None) -> Answer:
    """A table as a file."""
    following = cursor(rest)
    headers = {
        "content-type": "text/csv; charset=utf-8",
        "content-disposition": 'attachment; filename="payments.csv"',
    }
    return Answer(status=200, body=text, headers=headers | ({"haat-next": following} if following else {}))


def _place(call: Call) -> tuple[str | None, int]:
    return from_cursor(call.query.get("cursor")), call.query.get("limit", 25)
