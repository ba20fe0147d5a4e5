"""The sends of a stand-in for Haat by Messenger, and what a page's app hears: helpers of the simulator's tests."""

import json
from typing import Any

from infra.local.http import Request, Response
from infra.local.simulators.graph import GraphSimulator
from tests.stack.simulated import drain

PAGE, OTHER = "200000000000001", "200000000000002"


def ask(
    sim: GraphSimulator,
    method: str,
    path: str,
    body: Any = None,
    *,
    page: str = PAGE,
    query: dict[str, str] | None = None,
    headers: dict[str, str] | None = None,
) -> Response:
    """Make any call with a page's token; `path` is without the version, bytes go as they are."""
    raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    named = {"authorization": f"Bearer haat-local-page-token-{page}"} | (headers or {})
    return sim.handle(Request(method=method, path=f"/v25.0/{path}", query=query or {}, headers=named, body=raw))


def send(sim: GraphSimulator, body: Any, *, page: str = PAGE) -> Response:
    """POST a body to a page's messages."""
    return ask(sim, "POST", f"{page}/messages", body, page=page)


def said(psid: str, text: str = "We are open.", *, message: Any = None, **more: Any) -> dict[str, Any]:
    """Return a text to a customer; `message` has more of the message, None takes a field of the frame out."""
    frame = {"recipient": {"id": psid}, "messaging_type": "RESPONSE", "message": {"text": text} | (message or {})}
    return {name: value for name, value in (frame | more).items() if value is not None}


def attached(psid: str, kind: str, payload: Any, **more: Any) -> dict[str, Any]:
    """Return an attachment to a customer."""
    return said(psid) | {"message": {"attachment": {"type": kind, "payload": payload}} | more}


def error(answer: Response) -> tuple[int, int | None]:
    """Return an answer's error code and subcode."""
    told = json.loads(answer.body)["error"]
    return told["code"], told.get("error_subcode")


def heard(sim: GraphSimulator) -> list[tuple[str, Any]]:
    """Answer all webhooks that are due; return what each event of a page is, and the event."""
    entries = [entry for document in drain(sim) for entry in document["entry"]]
    return [named(event) for entry in entries for event in (*entry.get("messaging", ()), *entry.get("standby", ()))]


def named(event: Any) -> tuple[str, Any]:
    """Return the key that says what an event is, "echo" for the page's own messages, and the event."""
    (key,) = set(event) - {"sender", "recipient", "timestamp"}
    return "echo" if event[key].get("is_echo") else key, event
