import base64
import json
from typing import Any

import pytest

from haat.edge.http import TITLES, answer, problem, read


def event(**changed: Any) -> dict[str, Any]:
    """An event of a function URL, payload format 2.0."""
    made: dict[str, Any] = {
        "version": "2.0",
        "rawPath": "/webhooks/whatsapp",
        "headers": {"x-hub-signature-256": "sha256=0", "Content-Type": "application/json"},
        "requestContext": {"http": {"method": "POST", "path": "/other"}, "requestId": "request-1"},
        "body": "{}",
        "isBase64Encoded": False,
    }
    return made | changed


def test_request_is_read_with_header_names_in_lower_case() -> None:
    """Method, path, id and headers are where a door looks for them."""
    request = read(event(queryStringParameters={"hub.mode": "subscribe"}))
    assert (request.method, request.path, request.id) == ("POST", "/webhooks/whatsapp", "request-1")
    assert request.headers == {"x-hub-signature-256": "sha256=0", "content-type": "application/json"}
    assert (request.query, request.body) == ({"hub.mode": "subscribe"}, b"{}")


@pytest.mark.parametrize("raw", [b"", b'{"text":"\xe0\xa6\x95"}', b"\xff\x00\xfe", bytes(range(256))])
def test_body_is_the_bytes_that_were_sent(raw: bytes) -> None:
    """A signature is checked over what Meta signed: Lambda's Base64 and plain text give the same bytes."""
    assert read(event(body=base64.b64encode(raw).decode(), isBase64Encoded=True)).body == raw
    text = raw.decode("utf-8", "surrogateescape")
    if not any("\udc80" <= letter <= "\udcff" for letter in text):
        assert read(event(body=text)).body == raw


@pytest.mark.parametrize("body", ["a", "****=", "কি", "\ud800"])
def test_body_that_is_no_base64_is_empty(body: str) -> None:
    """A body that Lambda never makes has no bytes, so no signature fits it; nothing breaks."""
    assert read(event(body=body, isBase64Encoded=True)).body in (b"", base64.b64decode(b"****="))


def test_body_with_half_a_letter_is_read() -> None:
    """A lone surrogate in an event is bytes like any other: the signature decides."""
    assert read(event(body="\ud800")).body == "\ud800".encode("utf-8", "surrogatepass")


def test_request_without_anything_is_read() -> None:
    """An event that lacks everything is a request for nothing, and no crash."""
    request = read({})
    assert (request.method, request.path, request.body, request.id) == ("", "", b"", "")
    assert read(event(headers=None, queryStringParameters=None, body=None, rawPath="")).path == "/other"


def test_answer_is_plain_text() -> None:
    """What comes back of a handshake's challenge is no page that a browser would run."""
    assert answer(200, "<b>1</b>") == {
        "statusCode": 200,
        "headers": {"content-type": "text/plain; charset=utf-8"},
        "body": "<b>1</b>",
    }


@pytest.mark.parametrize("status", sorted(TITLES))
def test_problem_has_a_stable_type(status: int) -> None:
    """Each refusal is a problem document (RFC 9457) with a type that clients can hold on to."""
    made = problem(status)
    body = json.loads(made["body"])
    assert made["statusCode"] == body["status"] == status
    assert made["headers"] == {"content-type": "application/problem+json"}
    assert body["type"].startswith("urn:haat:problem:")
    assert body["title"]
    assert "detail" not in body


def test_types_of_problems_differ() -> None:
    """No two statuses share a type; a detail is told where there is one."""
    assert len({json.loads(problem(status)["body"])["type"] for status in TITLES}) == len(TITLES)
    assert json.loads(problem(400, "no JSON object")["body"])["detail"] == "no JSON object"
