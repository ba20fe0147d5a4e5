"""What the API's callers and customers who order ask of AWS: each scene is one request, or one order in the chat."""

import itertools
import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from haat.aws.table import Table
from haat.business.model.token import Role, Token
from haat.business.rules.tokens import digest, write
from haat.business.store.tokens import token_actions
from haat.kernel.ids import MerchantId, TokenId, ulid
from haat.kernel.time import Instant
from infra.bench import sheets
from infra.bench.measure import Measure, Wrong, take
from infra.bench.meter import Meter
from infra.bench.piles import CATEGORY, MERCHANT, PLACE, SHELF, Piles
from infra.bench.words import SHOP, SHORT
from infra.local.market import SAREES
from infra.local.seed import seed
from infra.local.simulators.customer import Customer
from infra.local.stage import Stage

# What is paged: how many of each there are first, how many then, and the addresses that show a page of 25 of them.
FEW, MANY = "few", "many"
PILES: Mapping[str, tuple[int, int, tuple[str, ...]]] = {
    "products": (26, 10_000, ("products?limit=25", f"products?limit=25&collection={SHELF}")),
    "orders": (26, 5_000, ("orders?limit=25", "orders?limit=25&state=placed")),
    "chats": (
        30,
        1_000,
        ("conversations/{conversation}/messages?limit=25", "conversations?limit=25", "unanswered-messages?limit=25"),
    ),
    "shops": (
        100,
        5_000,
        (
            f"/v1/directory?limit=25&place={PLACE}",
            f"/v1/directory?limit=25&place={PLACE}&category={CATEGORY}",
            f"/v1/directory?limit=25&category={CATEGORY}&word=0",
        ),
    ),
}
ROWS, BAD = 10_000, 100
_SANDESH = {"name": "Sandesh", "unit": "piece", "price": {"minor": 2_000, "currency": "INR"}, "stock": 500}


class Requests:
    """The scenes, on one stage."""

    def __init__(self, stage: Stage, meter: Meter) -> None:
        """Play on a stage with a meter on its wire."""
        self.stage, self.meter = stage, meter
        self._numbers = itertools.count(1)
        self._tokens: dict[Role, str] = {}

    # What is measured

    def few(self) -> list[Measure]:
        """Single requests to a shop with a few goods; the token has been used within the minute, where nothing else is said."""
        self._reset()
        other = f"/v1/merchants/{SAREES.merchant.id}/products"
        found = [
            self._request("GET /health", "GET", "/health"),
            self._request("a token nobody has used this minute, to read", "GET", other, expect=404),
            self._request("a token, to read", "GET", other, expect=404),
            self._request("a token, to change", "POST", "tokens", {}, role=Role.READ_ONLY, expect=403),
        ]
        made = self._made(found, "POST product", "products", _SANDESH)
        found.append(self._request("GET product", "GET", f"products/{made['id']}"))
        found.append(self._request("PUT product", "PUT", f"products/{made['id']}", _SANDESH, match=made["version"]))
        self._says(self._customer(), SHORT.asked)
        customer = self._ask("GET", "conversations")["items"][0]["customer_id"]
        order = {"customer_id": customer, "lines": [{"product_id": made["id"], "quantity": 2}]}
        self._made(found, "POST order, and the customer is told", "orders", order)
        return found

    def chat(self) -> list[Measure]:
        """A customer's cart, from the webhook to the confirmation on the phone, and what follows; a text beside it."""
        self._reset()
        made = self._ask("POST", "products", _SANDESH, expect=201)
        rina = self._customer()
        measured = partial(take, self.stage, self.meter, said=1)
        self._says(rina, SHORT.asked)
        self._cart(rina, made["id"])
        self.stage.drain()
        found = [
            measured("a text and its answer", lambda: self._says(rina, SHORT.asked)),
            measured("a cart and its confirmation", lambda: self._cart(rina, made["id"])),
            measured('"my order?" and its answer', lambda: self._says(rina, "my order?")),
        ]
        order = self._ask("GET", "orders?limit=1")["items"][0]
        path, body = f"orders/{order['id']}/transitions", {"action": "accept"}
        found.append(
            measured("POST transition, and the customer is told", partial(self._ask, "POST", path, body, expect=200))
        )
        self._ask("POST", "notice-endpoints", {"url": f"{self.stage.listener.url}/haat"}, expect=201)
        self._says(rina, "elephants")
        found.append(measured("a cart, and the shop's own system is told", lambda: self._cart(rina, made["id"])))
        return found

    def pages(self, kind: str) -> dict[str, tuple[Measure, Measure]]:
        """A page by its address, where there are few and where there are many (PILES)."""
        few, many, paths = PILES[kind]
        self._reset()
        piles = Piles(self.stage, self.meter.region)
        there = ""
        if kind == "chats":
            self._says(self._customer(), "elephants")
            there = self._ask("GET", "conversations")["items"][0]["id"]
        lay: Callable[[int, int], None] = getattr(piles, kind)
        start = 0
        found: dict[str, list[Measure]] = {path: [] for path in paths}
        for end in (few, many):
            lay(start, end)
            start = end
            for path, seen in found.items():
                whole = path.format(conversation=there)
                self._ask("GET", whole)  # the token is known from now on
                seen.append(take(self.stage, self.meter, path, partial(self._page, whole)))
        return {path: (before, after) for path, (before, after) in found.items()}

    def sheet(self, rows: int = ROWS, bad: int = BAD) -> list[Measure]:
        """A table of products is taken in; and again, when nothing is new."""
        self._reset()
        content, csv = sheets.table(rows, bad), {"content-type": "text/csv"}

        def takes_in(added: int) -> None:
            told = self._ask("POST", "products/import", content, headers=csv)
            if (told["added"], told["bad"], len(told["errors"])) != (added, bad, bad):
                raise Wrong(f"a table of {rows}: {told}")

        return [
            take(self.stage, self.meter, "a table is taken in", partial(takes_in, rows - bad)),
            take(self.stage, self.meter, "the same table again", partial(takes_in, 0)),
        ]

    # How it is done

    def _reset(self) -> None:
        self.stage.reset()
        seed(self.stage, (SHOP, SAREES))
        self.stage.graph.statuses = "held"
        self._tokens.clear()

    def _customer(self) -> Customer:
        return self.stage.graph.customer(phone="919800000001", name="Rina Chatterjee")

    def _says(self, customer: Customer, text: str) -> None:
        customer.writes(SHOP.phone_number_id, text)
        self.stage.drain()

    def _cart(self, customer: Customer, product: str) -> None:
        customer.sends_cart(SHOP.phone_number_id, [(product, 2)])

    def _page(self, path: str) -> None:
        shown = self._ask("GET", path)["items"]
        if len(shown) < 25:
            raise Wrong(f"{path} shows {len(shown)}")

    def _request(self, name: str, method: str, path: str, body: Any = None, **more: Any) -> Measure:
        return take(self.stage, self.meter, name, partial(self._ask, method, path, body, **more))

    def _made(self, found: list[Measure], name: str, path: str, body: Any) -> Any:
        """Measure a request that makes something, and the same again; what it made."""
        made: list[Any] = []
        key = f"key-{next(self._numbers)}"

        def act() -> None:
            made.append(self._ask("POST", path, body, key=key, expect=201))

        found.append(take(self.stage, self.meter, name, act))
        found.append(take(self.stage, self.meter, f"{name.partition(',')[0]} again, with its key", act))
        if made[0] != made[1]:
            raise Wrong(f"{name}: the same request is answered otherwise")
        return made[0]

    def _ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        role: Role = Role.OWNER,
        key: str = "",
        match: int | None = None,
        headers: Mapping[str, str] = {},
        expect: int = 200,
    ) -> Any:
        """One request of the shop's people; the document in its answer. Raises Wrong where that is not as expected."""
        sent = {"authorization": f"Bearer {self._token(role)}", "content-type": "application/json", **headers}
        if method == "POST":
            sent["idempotency-key"] = key or f"key-{next(self._numbers)}"
        if match is not None:
            sent["if-match"] = f'"{match}"'
        target = path if path.startswith("/") else f"/v1/merchants/{MERCHANT}/{path}"
        raw = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        answer = self.stage.http(method, target, sent, raw)
        if answer.status != expect:
            raise Wrong(f"{method} {path}: {answer.status} {answer.body.decode()}")
        return json.loads(answer.body)

    def _token(self, role: Role) -> str:
        if role not in self._tokens:
            number = next(self._numbers)
            text, now = write(number.to_bytes(32)), Instant(int(self.stage.clock.now() * 1000))
            token = Token(
                id=TokenId(ulid(now, number.to_bytes(10))),
                digest=digest(text),
                role=role,
                name="of the bench",
                merchant=MerchantId(MERCHANT),
                created_at=now,
            )
            table = Table(self.stage.client("dynamodb"), self.stage.deployment.outputs["BusinessTable"])
            table.transact(token_actions(token))
            self._tokens[role] = text.reveal()
        return self._tokens[role]
