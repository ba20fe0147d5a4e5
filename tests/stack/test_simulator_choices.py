"""What the simulated platform offers to be tapped, and carts."""

import json
from typing import Any

import pytest

from infra.local.simulators.graph import GraphSimulator
from infra.local.simulators.people import ShopNumber
from infra.local.simulators.state import dump, load
from tests.stack.simulated import PHONE, SWEETS, Clock, drain, post


@pytest.fixture
def sim() -> GraphSimulator:
    """Return a simulator with one shop, whose customer has written."""
    sim = GraphSimulator("app-secret", "verify-token", [ShopNumber.of(SWEETS, name="Sweets")], Clock())
    sim.customer(phone=PHONE).writes(SWEETS, "menu")
    drain(sim)
    return sim


def offer(sim: GraphSimulator, action: dict[str, Any], kind: str) -> None:
    """Let the shop send a message with something to tap."""
    said = {"type": kind, "body": {"text": "What we have:"}, "action": action}
    body = {"messaging_product": "whatsapp", "to": PHONE, "type": "interactive", "interactive": said}
    assert post(sim, body).status == 200


def tapped(sim: GraphSimulator) -> Any:
    """The newest message of the customer, as Meta posts it."""
    return drain(sim)[-1]["entry"][0]["changes"][0]["value"]["messages"][0]


BUTTONS = {"buttons": [{"type": "reply", "reply": {"id": "buy:1", "title": "Order 1"}}]}
ROWS = {"button": "Choose", "sections": [{"rows": [{"id": "row:1", "title": "Sandesh", "description": "₹20"}]}]}


@pytest.mark.parametrize(
    ("action", "kind", "title", "reply"),
    [
        (BUTTONS, "button", "Order 1", {"type": "button_reply", "button_reply": {"id": "buy:1", "title": "Order 1"}}),
        (ROWS, "list", "Sandesh", {"type": "list_reply", "list_reply": {"id": "row:1", "title": "Sandesh"}}),
    ],
)
def test_tap_goes_back_with_its_id(
    sim: GraphSimulator, action: dict[str, Any], kind: str, title: str, reply: Any
) -> None:
    """It quotes the message that offered it, also after a restart; what nobody offers can't be tapped."""
    offer(sim, action, kind)
    drain(sim)
    kept = load(json.loads(json.dumps(dump(sim.world))), sim.world.numbers, sim.webhooks)
    lines = [list(world.chat(SWEETS, "c1").lines.values())[-1] for world in (sim.world, kept)]
    assert lines[0] == lines[1]
    rina = sim.customers()[0]
    rina.chooses(SWEETS, title)
    message = tapped(sim)
    assert (message["type"], message["interactive"]) == ("interactive", reply)
    assert message["context"]["id"] == lines[0].wamid
    with pytest.raises(ValueError, match="nothing offers"):
        rina.chooses(SWEETS, "Order 7")
    with pytest.raises(ValueError, match="does not offer"):
        rina.takes(SWEETS, lines[0].wamid, "buy:7")


def test_cart_is_posted_as_metas(sim: GraphSimulator) -> None:
    """Products by the shop's own ids, a price that is a number with a fraction, and a note."""
    sim.customers()[0].sends_cart(SWEETS, [("A", 2), ("B", 1)], "soon", price=19.99)
    message = tapped(sim)
    assert message["type"] == "order"
    assert message["order"]["text"] == "soon"
    assert message["order"]["product_items"][0] == {
        "product_retailer_id": "A", "quantity": 2, "item_price": 19.99, "currency": "INR",
    }  # fmt: skip
