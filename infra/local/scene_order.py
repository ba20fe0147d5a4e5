"""The end of the scene: a customer orders, the shop accepts, the customer pays at the simulated bank and is told.

The customer and the payer are simulated; the shop's own side is the API, as a shopkeeper's program uses it.
"""

import json
import re
import secrets
from collections.abc import Callable
from typing import Any

from haat.aws.table import Table
from haat.business.model.token import Role, Token
from haat.business.rules.tokens import digest, write
from haat.business.store.tokens import token_actions
from haat.kernel.ids import TokenId, ulid
from haat.kernel.time import HOUR, Instant
from infra.local.ground import Ground
from infra.local.market import DemoShop
from infra.local.simulators.bank_page import links_in
from infra.local.simulators.customer import Customer
from infra.local.simulators.world import Line

PRODUCT, UNIT, PAISE, PIECES = "রসগোল্লা", "piece", 1_500, 6
PATIENCE = 20.0  # seconds that the shop's next message may take
PROOF = 120.0  # and for the bank to be asked, which is 90 seconds after the request at the soonest

type Wait = Callable[[Callable[[], bool], float], None]


class SceneBroken(Exception):
    """The API did not answer as the scene needs it."""


class OrderScene:
    """Plays it at one shop, line by line."""

    def __init__(
        self, stage: Ground, shop: DemoShop, customer: Customer, say: Callable[[str], None], wait: Wait
    ) -> None:
        self._stage, self._shop, self._customer, self._say, self._wait = stage, shop, customer, say, wait
        self._token = ""

    def play(self, who: str) -> None:
        """Order, accept, pay. Raises SceneBroken."""
        name = self._shop.merchant.name
        product = self._product()
        said = f"{who} to {name}: a cart with {PIECES} {PRODUCT}"
        self._turn(said, lambda: self._sends_cart(product), more=1)
        order = self._asked("GET", "orders")["items"][0]
        path = f"orders/{order['id']}/transitions"
        accepts = f"{name} accepts the order"
        lines = self._turn(accepts, lambda: self._asked("POST", path, {"action": "accept"}), more=2)
        links = links_in([line.text for line in lines])
        if not links:
            return  # the shop's people have closed its account on this stage
        remark = (
            "   (the bank's callback proves nothing: Haat asks the bank, 90 seconds after the request at the soonest)"
        )
        pays = f"{who} pays ₹{PAISE * PIECES // 100} at simbank{remark}"
        self._turn(pays, lambda: self._stage.bank.pay(links[0]), more=1, patience=PROOF)

    def _turn(self, said: str, act: Callable[[], object], *, more: int, patience: float = PATIENCE) -> list[Line]:
        """Do something, and show what the customer hears of it."""
        before = len(self._heard())
        self._say(said)
        act()
        self._wait(lambda: len(self._heard()) >= before + more, patience)
        lines = self._heard()[before:]
        for line in lines:
            self._say("\n".join(self._shown(line)))
        if not lines:
            self._say("    (no reply)")
        return lines

    def _shown(self, line: Line) -> list[str]:
        name = self._shop.merchant.name
        # Only what a person reads of a link.
        text = re.sub(r"(upi://pay\?pa=[^&\s]+)\S*", r"\1&…", line.text)
        head, *rest = (f"[QR code] {text}" if line.kind == "image" else text).split("\n")
        return [f"    {name}: {head}", *(f"    {' ' * len(name)}  {more}" for more in rest)]

    def _heard(self) -> list[Line]:
        lines = self._stage.graph.transcript(self._shop.phone_number_id, self._customer)
        return [line for line in lines if line.author == "haat"]

    def _sends_cart(self, product: str) -> None:
        self._customer.sends_cart(self._shop.phone_number_id, [(product, PIECES)], price=PAISE / 100)

    def _product(self) -> str:
        """The shop's sweet, made at the first scene of this stage."""
        known = next((one for one in self._asked("GET", "products")["items"] if one["name"] == PRODUCT), None)
        body = {"name": PRODUCT, "unit": UNIT, "price": {"minor": PAISE, "currency": "INR"}}
        made = known or self._asked("POST", "products", body)
        return str(made["id"])

    def _asked(self, method: str, path: str, body: Any = None) -> Any:
        """What the API answers the shop's owner. Raises SceneBroken."""
        self._token = self._token or self._owners_token()
        headers = {"authorization": f"Bearer {self._token}", "content-type": "application/json"}
        if method == "POST":
            headers["idempotency-key"] = secrets.token_hex(16)
        raw = b"" if body is None else json.dumps(body).encode()
        answer = self._stage.http(method, f"/v1/merchants/{self._shop.merchant.id}/{path}", headers, raw)
        if answer.status not in (200, 201):
            raise SceneBroken(f"{method} {path}: {answer.status} {answer.body.decode(errors='replace')}")
        return json.loads(answer.body)

    def _owners_token(self) -> str:
        """A token of an hour, made as the operator's command makes them."""
        now, chance = Instant(int(self._stage.clock.now() * 1000)), secrets.token_bytes(32)
        text = write(chance)
        token = Token(
            id=TokenId(ulid(now, chance[:10])),
            digest=digest(text),
            role=Role.OWNER,
            name="scene",
            merchant=self._shop.merchant.id,
            operator=None,
            created_at=now,
            expires_at=Instant(now + HOUR),
        )
        table = Table(self._stage.client("dynamodb"), self._stage.deployment.outputs["BusinessTable"])
        table.transact(token_actions(token))
        return text.reveal()
