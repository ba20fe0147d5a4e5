"""A simulator at a clock that a test moves by hand, and the sends of a stand-in for Haat: helpers of the tests."""

import json
from typing import Any

from infra.local.http import Request, Response
from infra.local.simulators.graph import GraphSimulator

SWEETS, SAREES = "100000000000001", "100000000000002"
PHONE = "919800000001"


class Clock:
    """A time that a test moves by hand; seconds."""

    def __init__(self) -> None:
        self.now = 1_780_000_000.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


def post(sim: GraphSimulator, body: Any, *, shop: str = SWEETS) -> Response:
    """POST a body to a shop's messages."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"authorization": f"Bearer haat-local-token-{shop}"}
    return sim.handle(Request(method="POST", path=f"/v25.0/{shop}/messages", headers=headers, body=raw))


def text(body: str = "We are open.", **more: Any) -> dict[str, Any]:
    """Return a text to the customer; None takes a field out."""
    whole = {"messaging_product": "whatsapp", "to": PHONE, "type": "text", "text": {"body": body}} | more
    return {name: value for name, value in whole.items() if value is not None}


def drain(sim: GraphSimulator, status: int = 200) -> list[Any]:
    """Answer all webhooks that are due; return their documents."""
    webhooks = sim.due(sim.now())
    for webhook in webhooks:
        sim.answered(webhook, status, sim.now())
    return [json.loads(webhook.body) for webhook in webhooks]


def statuses(sim: GraphSimulator) -> list[tuple[str, str | None]]:
    """Answer all webhooks that are due; return (status, opaque data) of the statuses among them."""
    values = [document["entry"][0]["changes"][0]["value"] for document in drain(sim)]
    return [(s["status"], s.get("biz_opaque_callback_data")) for value in values for s in value.get("statuses", [])]


def code(answer: Response) -> int:
    """Return an answer's error code."""
    found: int = json.loads(answer.body)["error"]["code"]
    return found


def call(
    sim: GraphSimulator,
    method: str,
    path: str,
    body: Any = None,
    *,
    shop: str = SWEETS,
    query: dict[str, str] | None = None,
    headers: dict[str, str] | None = None,
) -> Response:
    """Make any call with a shop's token; `path` is without the version, bytes go as they are."""
    raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    named = {"authorization": f"Bearer haat-local-token-{shop}"} | (headers or {})
    return sim.handle(Request(method=method, path=f"/v25.0/{path}", query=query or {}, headers=named, body=raw))
