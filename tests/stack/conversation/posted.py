"""What Meta posts, made by hand: bodies of any shape, signed as they are."""

import json
from typing import Any

from infra.local.http import Response
from infra.local.simulators.wire import signatures
from infra.local.stage import Stage

WEBHOOK, PAGE_WEBHOOK = "/webhooks/whatsapp", "/webhooks/messenger"


def post(
    stage: Stage,
    body: bytes,
    headers: dict[str, str] | None = None,
    *,
    secret: str | None = None,
    path: str = WEBHOOK,
) -> Response:
    """POST these very bytes, signed; `headers` take the place of the signature."""
    settings = stage.settings
    own = settings.messenger_app_secret if path == PAGE_WEBHOOK else settings.app_secret
    signed = {"content-type": "application/json"} | signatures(secret or own, body)
    return stage.http("POST", path, signed if headers is None else headers, body)


def webhook(*values: dict[str, Any], shop: str, field: str = "messages", account: str = "300000000000001") -> bytes:
    """A body with one change for each value, all of them for one number."""
    metadata = {"display_phone_number": "915550000001", "phone_number_id": shop}
    changes = [
        {"field": field, "value": {"messaging_product": "whatsapp", "metadata": metadata, **value}} for value in values
    ]
    return json.dumps({"object": "whatsapp_business_account", "entry": [{"id": account, "changes": changes}]}).encode()


def said(text: str, *, by: str, id: str, at: float, kind: str = "text", **more: Any) -> dict[str, Any]:
    """An item of `messages`."""
    content = {"text": {"body": text}} if kind == "text" else {}
    return {"from": by, "id": id, "timestamp": str(int(at)), "type": kind, **content, **more}


def page_webhook(*events: dict[str, Any], page: str, part: str = "messaging") -> bytes:
    """A body with these events of one page."""
    return json.dumps({"object": "page", "entry": [{"id": page, "time": 1_767_587_400_000, part: events}]}).encode()


def event(*, by: str, page: str, at: float, echo: bool = False, **content: Any) -> dict[str, Any]:
    """An event of a page; `at` is in seconds. An echo is the page's own."""
    ends = (page, by) if echo else (by, page)
    return {"sender": {"id": ends[0]}, "recipient": {"id": ends[1]}, "timestamp": int(at * 1000), **content}
