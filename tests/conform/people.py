"""What a shop's people do by the API of the version that stands; another version must then live with what they have left."""

from typing import TYPE_CHECKING, Any, cast

from infra.conform.deployed import Deployed
from infra.local.market import SAREES
from tests.stack.business.conftest import SAREE_SHOP, Api

if TYPE_CHECKING:
    from infra.local.simulators.customer import Customer
    from infra.local.stage import Stage

NUMBER = SAREES.phone_number_id
PROFILE: dict[str, Any] = {
    "name": "Kashi Saree Ghar",
    "language": "hi",
    "languages": ["hi", "en"],
    "handle": "kashi",
} | {
    "listed": True,
    "category": "clothing",
    "place": "Varanasi",
    "about": "sarees, every day",
}
PARKING: dict[str, Any] = {
    "id": "parking",
    "examples": ["is there parking"],
    "replies": {"en": "Yes, behind the shop."},
}
SAREE: dict[str, Any] = {
    "name": "Banarasi",
    "unit": "piece",
    "price": {"minor": 420_000, "currency": "INR"},
    "stock": 9,
}


class People:
    """Who works at the saree shop, and three customers of it, who have written to nobody yet."""

    def __init__(self, stage: Deployed) -> None:
        self.stage, self._api = stage, Api(cast("Stage", stage))  # it has the same words
        self.meera, self.amit, self.leela = (
            stage.graph.customer(phone=f"91960000000{number}", name=name)
            for number, name in enumerate(("Meera", "Amit", "Leela"))
        )

    def work(self) -> None:
        """Change the shop, teach it, sell, answer, take over, block, and have others told."""
        self._change("business-profile", PROFILE)
        self._change("business-hours", self._do("GET", "business-hours") | {"closures": []})
        self._change("bot", self._do("GET", "bot"))
        self._do("POST", "auto-replies", PARKING, expect=201)
        self._do("POST", "notice-endpoints", {"url": self.stage.listener.url}, expect=201)
        self._do("POST", "tokens", {"role": "staff", "name": "Anita"}, expect=201)
        person = {"phone": "+919830012345", "name": "Anita", "language": "hi", "told": ["order.placed"]}
        self._do("POST", "staff-numbers", person, expect=201)
        made = self._do("POST", "products", SAREE, expect=201)
        for one in (self.meera, self.amit):
            one.writes(NUMBER, "elephants?")
        self.stage.drain()
        self.meera.sends_cart(NUMBER, [(made["id"], 1)])
        self.stage.drain()
        self._do("POST", f"{self._chat('Meera')}/takeover", {"minutes": 5})
        self._do("POST", f"{self._chat('Meera')}/release")
        blocked = {"customer_id": self._do("GET", self._chat("Amit"))["customer_id"]}
        self._do("POST", "blocked-customers", blocked, expect=201)
        self.stage.drain()

    def answer(self, text: str) -> None:
        """Say something to a customer by hand."""
        self._do("POST", f"{self._chat('Meera')}/messages", {"text": text}, expect=201)

    def asks(self, customer: "Customer", text: str) -> list[str]:
        """Let a customer write; what the shop has said since."""
        before = len(self.said(customer))
        customer.writes(NUMBER, text)
        self.stage.drain()
        return self.said(customer)[before:]

    def sends_cart(self, customer: "Customer") -> list[str]:
        """Let a customer send a cart with nothing that anybody knows; what the shop has said since."""
        before = len(self.said(customer))
        customer.sends_cart(NUMBER, [("nothing", 1)])
        self.stage.drain()
        return self.said(customer)[before:]

    def said(self, customer: "Customer") -> list[str]:
        """What a customer has heard of the shop."""
        return [line.text for line in self.stage.graph.transcript(NUMBER, customer) if line.author == "haat"]

    def _chat(self, name: str) -> str:
        (found,) = (one["id"] for one in self._do("GET", "conversations")["items"] if one["name"] == name)
        return f"conversations/{found}"

    def _change(self, path: str, body: Any) -> None:
        tag = self._api.call("GET", path, as_=SAREE_SHOP).headers["etag"]
        self._do("PUT", path, body, match=tag)

    def _do(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        return self._api.json(method, path, body, as_=SAREE_SHOP, **more)
