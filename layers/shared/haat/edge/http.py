"""A Lambda function URL's events (payload format 2.0) and answers; errors as problem details (RFC 9457)."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What came in. Header names are in lower case; the body is the bytes that were sent."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    id: str


def read(event: Mapping[str, Any]) -> Request:
    """The request in an event."""
    context = event.get("requestContext") or {}
    http = context.get("http") or {}
    text = event.get("body") or ""
    try:
        body = base64.b64decode(text) if event.get("isBase64Encoded") else text.encode("utf-8", "surrogatepass")
    except ValueError:  # binascii's own, and what b64decode says of letters that are not ASCII
        body = b""
    return Request(
        method=http.get("method", ""),
        path=event.get("rawPath") or http.get("path", ""),
        query=event.get("queryStringParameters") or {},
        headers={name.lower(): value for name, value in (event.get("headers") or {}).items()},
        body=body,
        id=context.get("requestId", ""),
    )


def answer(status: int, text: str = "") -> dict[str, Any]:
    """A plain answer. The handshake's echo is text, never a page."""
    return {"statusCode": status, "headers": {"content-type": "text/plain; charset=utf-8"}, "body": text}


TITLES = {
    400: ("malformed", "The body is not what this address takes"),
    401: ("signature", "The signature is missing or wrong"),
    403: ("handshake", "The verify token is wrong"),
    404: ("not-found", "Nothing is here"),
    405: ("method", "This address does not take that method"),
    413: ("too-large", "The body is larger than this address takes"),
    500: ("try-again", "It could not be kept; send it again"),
}


def problem(status: int, detail: str = "") -> dict[str, Any]:
    """Problem details with a stable type."""
    word, title = TITLES[status]
    body = {"type": f"urn:haat:problem:{word}", "title": title, "status": status} | (
        {"detail": detail} if detail else {}
    )
    return {"statusCode": status, "headers": {"content-type": "application/problem+json"}, "body": json.dumps(body)}
