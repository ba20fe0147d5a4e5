"""The simulated website: shows the file that was put there, and misbehaves on demand."""

import http.client
import json
from collections.abc import Iterator
from typing import Any

import pytest

from infra.local.http import Dropped, Request, TimedOut
from infra.local.simulators.graph import GraphSimulator
from infra.local.simulators.server import SimulatorServer
from infra.local.simulators.site import PATH, TROUBLES, Site

VISIT = Request(method="GET", path=PATH)


@pytest.fixture
def server() -> Iterator[SimulatorServer]:
    """Return the simulators on a port of their own."""
    server = SimulatorServer(GraphSimulator("app-secret", "verify-token", [], lambda: 1_780_000_000.0), 0).start()
    yield server
    server.stop()


def call(server: SimulatorServer, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, str]:
    """Call it; status and text."""
    connection = http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=10)
    try:
        sent = None if body is None else json.dumps(body)
        connection.request(method, path, sent, {"Content-Type": "application/json"} | headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def test_file_is_there_when_it_was_put_there(server: SimulatorServer) -> None:
    """As plain text, in any script; taken away, or never put there, it is not found."""
    assert call(server, "GET", PATH)[0] == 404
    assert call(server, "POST", "/site/api/text", {"text": "টোকেন\n"})[0] == 200
    assert call(server, "GET", PATH) == (200, "টোকেন\n")
    assert call(server, "POST", "/site/api/text", {})[0] == 200
    assert call(server, "GET", PATH)[0] == 404


def test_nobody_but_this_machine_puts_it_there(server: SimulatorServer) -> None:
    """A page that is open in a browser could otherwise write it."""
    for headers in ({"Host": "evil.example"}, {"Origin": "http://evil.example"}, {"Content-Type": "text/plain"}):
        assert call(server, "POST", "/site/api/text", {"text": "theirs"}, **headers)[0] == 403
    assert call(server, "GET", PATH)[0] == 404


def test_each_trouble_is_switched_on_and_off(server: SimulatorServer) -> None:
    """Over the wire those that answer."""
    call(server, "POST", "/site/api/text", {"text": "token"})
    for trouble, status in (("broken", 500), ("moved", 302), ("long", 200)):
        assert call(server, "POST", "/site/api/trouble", {"trouble": trouble, "location": "http://[::1]/"})[0] == 200
        got, text = call(server, "GET", PATH)
        assert got == status
        assert (len(text) > 1_000_000) == (trouble == "long")
    assert call(server, "POST", "/site/api/trouble", {"trouble": "no such"})[0] == 400
    assert call(server, "POST", "/site/api/trouble", {})[0] == 200
    assert call(server, "GET", PATH) == (200, "token")


def test_trouble_without_an_answer_is_a_fault_of_the_network() -> None:
    """What a caller in the same process meets; all that is on goes with a reset."""
    site = Site(text="token")
    for trouble, fault in (("silent", TimedOut), ("dropped", Dropped)):
        site.trouble = next(one for one in TROUBLES if one == trouble)
        with pytest.raises(fault):
            site.handle(VISIT)
    site.reset()
    assert (site.text, site.handle(VISIT).status) == (None, 404)


def test_move_names_where_to() -> None:
    """A visitor who follows is led there."""
    site = Site(text="token", trouble="moved", location="http://127.0.0.1:1/")
    assert site.handle(VISIT).headers["location"] == "http://127.0.0.1:1/"
