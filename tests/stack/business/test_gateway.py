"""What a caller sees where a request comes to no function: problem details, as everywhere in the API."""

import http.client
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from infra.local.http import Response
from infra.local.servers import HttpServer
from tests.stack.business.conftest import SWEET_SHOP, Api

pytestmark = pytest.mark.on_moto("what the stage's own front answers")
PAGE = {"origin": "https://shop.example"}


def told(answer: Response) -> tuple[int, str]:
    """Status and type of a problem, which must be readable for a page."""
    body: dict[str, Any] = json.loads(answer.body)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["access-control-allow-origin"] == PAGE["origin"]
    assert (body["status"], body["instance"][:17]) == (answer.status, "urn:haat:request:")
    return answer.status, body["type"].removeprefix("urn:haat:problem:")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/nothing"),
        ("PATCH", f"/v1/merchants/{SWEET_SHOP}/products"),
        ("GET", "/"),
        ("GET", "/v1/directory/a/b"),
    ],
)
def test_address_or_method_that_is_not_declared_is_not_found(api: Api, method: str, path: str) -> None:
    """With a token or without; the gateway's own 403 would read as if a token could help."""
    for who in (None, SWEET_SHOP):
        assert told(api.call(method, path, as_=who, headers=PAGE)) == (404, "not-found")


def test_body_that_no_function_takes_is_too_large(api: Api) -> None:
    """Lambda takes 6 MB: what is larger gets the same words as what is over our own limit."""
    larger = api.call(
        "POST", "products", b'"' + b"x" * 7_000_000 + b'"', headers=PAGE | {"content-type": "application/json"}
    )
    assert told(larger) == (413, "too-large")
    assert api.refused("POST", "products", b"x" * 1_500_000, headers={"content-type": "application/json"}) == (
        413,
        "too-large",
    )


def test_throttled_caller_is_told_when_to_come_again(api: Api) -> None:
    """As one whose token has made too many requests is; then it goes on."""
    with api.stage.throttled():
        refused = api.call("GET", "products", headers=PAGE)
        assert told(refused) == (429, "too-many-requests")
        assert refused.headers["retry-after"] == "1"
    assert api.call("GET", "products").status == 200


def test_function_that_died_asks_for_the_same_again(api: Api) -> None:
    """What became of the request is not known, which 503 says and 500 would not."""
    with api.stage.faults.kill(function="merchant_api", call=1):
        assert told(api.call("GET", "products", headers=PAGE)) == (503, "try-again")


@pytest.fixture
def front(api: Api) -> Iterator[HttpServer]:
    """Return the stage's HTTP server, as `make run` has it."""
    server = HttpServer(lambda request: api.stage.doors.handle(request, now=api.stage.clock.now())).start()
    yield server
    server.close()


@pytest.mark.parametrize("length", [7_000_000, 11_000_000])
def test_body_over_the_wire_is_too_large_whatever_its_length(front: HttpServer, length: int) -> None:
    """Also one that is so long that it is not even read."""
    line = http.client.HTTPConnection(urlsplit(front.url).netloc, timeout=10)
    line.putrequest("POST", f"/v1/merchants/{SWEET_SHOP}/products")
    for name, value in (PAGE | {"content-length": str(length), "content-type": "application/json"}).items():
        line.putheader(name, value)
    line.endheaders()
    if length < 10_000_000:
        line.send(b"x" * length)
    answer = line.getresponse()
    headers = {name.lower(): value for name, value in answer.getheaders()}
    assert told(Response(status=answer.status, headers=headers, body=answer.read())) == (413, "too-large")
    line.close()
