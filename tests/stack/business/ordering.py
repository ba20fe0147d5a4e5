"""The words in which tests of orders speak: a shop with goods, its customers, and what both see."""

from typing import Any

from haat.business.model.token import Role
from infra.local.market import SWEETS
from infra.local.simulators.customer import Customer
from infra.local.simulators.world import Line
from tests.stack.business.conftest import SWEET_SHOP, Api

NUMBER = SWEETS.phone_number_id


class Stall:
    """One shop that sells, and the people who come to it."""

    def __init__(self, api: Api) -> None:
        self.api, self.stage = api, api.stage

    def product(self, name: str = "Sandesh", minor: int = 2_000, **more: Any) -> dict[str, Any]:
        """A product of the shop, made by the API."""
        price = {"minor": minor, "currency": "INR"}
        made: dict[str, Any] = self.api.json(
            "POST", "products", {"name": name, "unit": "piece", "price": price} | more, expect=201
        )
        return made

    def stock(self, product: dict[str, Any]) -> int | None:
        """How many there are now."""
        found: int | None = self.api.json("GET", f"products/{product['id']}")["stock"]
        return found

    def customer(self, number: int = 1) -> Customer:
        """A customer with an invented number."""
        return self.stage.graph.customer(phone=f"9198000000{number:02d}", name=f"customer {number}")

    def cart(self, customer: Customer, *items: tuple[dict[str, Any], int], **more: Any) -> list[str]:
        """Let a customer send a cart; what the shop has said since."""
        before = len(self.heard(customer))
        customer.sends_cart(NUMBER, [(product["id"], quantity) for product, quantity in items], **more)
        self.stage.drain()
        return self.heard(customer)[before:]

    def says(self, customer: Customer, text: str) -> list[str]:
        """Let a customer write; what the shop has said since."""
        before = len(self.heard(customer))
        customer.writes(NUMBER, text)
        self.stage.drain()
        return self.heard(customer)[before:]

    def chooses(self, customer: Customer, title: str) -> list[str]:
        """Let a customer tap what was offered; what the shop has said since."""
        before = len(self.heard(customer))
        customer.chooses(NUMBER, title)
        self.stage.drain()
        return self.heard(customer)[before:]

    def lines(self, customer: Customer) -> list[Line]:
        """What the customer's phone shows of the shop."""
        return [line for line in self.stage.graph.transcript(NUMBER, customer) if line.author == "haat"]

    def heard(self, customer: Customer) -> list[str]:
        """The same, as texts."""
        return [line.text for line in self.lines(customer)]

    def offered(self, customer: Customer) -> list[str]:
        """What can be tapped under the newest message."""
        return [offer.title for offer in self.lines(customer)[-1].offers]

    def orders(self, state: str = "", **more: Any) -> list[dict[str, Any]]:
        """The shop's orders, newest first."""
        found: list[dict[str, Any]] = self.api.json("GET", f"orders?state={state}" if state else "orders", **more)[
            "items"
        ]
        return found

    def move(self, order: dict[str, Any], action: str, **more: Any) -> dict[str, Any]:
        """The shop takes an order's next step."""
        body = {"action": action} | ({"reason": more.pop("reason")} if "reason" in more else {})
        moved: dict[str, Any] = self.api.json("POST", f"orders/{order['id']}/transitions", body, **more)
        self.stage.drain()
        return moved

    def refused(self, order: dict[str, Any], action: str) -> tuple[int, str]:
        """How the shop is refused a step."""
        return self.api.refused("POST", f"orders/{order['id']}/transitions", {"action": action})

    def customer_id(self, customer: Customer) -> str:
        """Our id of a customer who has written."""
        self.says(customer, "hours")
        (item,) = [i for i in self.stage.items("conversation") if i["sk"]["S"] == f"CONVERSATION#{NUMBER}"]
        return str(item["pk"]["S"].split("#")[2])


__all__ = ["NUMBER", "SWEET_SHOP", "Role", "Stall"]
