"""Routes: orders."""

from dataclasses import dataclass

from haat.business.rules.orders import shown
from haat.business.service.orders import OrderBook
from haat.edge.api.call import Call, cursor, from_cursor, page
from haat.kernel.ids import OrderId
from haat.kernel.once import Answer


@dataclass(frozen=True, slots=True)
class OrderRoutes:
    """A merchant's orders."""

    _book: OrderBook

    def list_orders(self, call: Call) -> Answer:
        """One page of them, or the one of a number."""
        asked = call.query
        if "number" in asked:
            found = self._book.numbered(call.merchant, asked["number"])
            return page([shown(order) for order in found if asked.get("state", order.state) == order.state], None)
        after, limit = from_cursor(asked.get("cursor")), asked.get("limit", 25)
        orders, then = self._book.list(call.merchant, asked.get("state"), after, limit)
        return page([shown(order) for order in orders], cursor(then))

    def create_order(self, call: Call) -> Answer:
        """A new one."""
        return self._book.make(call.merchant, call.body, OrderId(call.draw()), call.marker)

    def get_order(self, call: Call) -> Answer:
        """One of them."""
        return Answer(status=200, body=shown(self._book.read(call.merchant, OrderId(call.path["order_id"]))))

    def move_order(self, call: Call) -> Answer:
        """Its next step."""
        id, said = OrderId(call.path["order_id"]), call.body
        return self._book.move(call.merchant, id, said["action"], said.get("reason", ""), call.marker)
