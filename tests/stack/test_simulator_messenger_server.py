"""Messenger over real sockets: pages' webhooks at their own address, both handshakes, and the phone's JSON."""

import http.client
import json
from collections.abc import Iterator
from typing import Any

import pytest

from infra.local.simulators.graph import GraphSimulator
from infra.local.simulators.messenger_errors import OUTSIDE_WINDOW
from infra.local.simulators.people import Page
from infra.local.simulators.server import SimulatorServer
from tests.stack.haat_stub import HaatStub
from tests.stack.simulated import SWEETS
from tests.stack.simulated_messenger import PAGE, error, said, send


@pytest.fixture
def haat() -> Iterator[HaatStub]:
    """Return a stand-in for Haat."""
    with HaatStub() as stub:
        yield stub


@pytest.fixture
def server(haat: HaatStub) -> Iterator[SimulatorServer]:
    """Return a simulator with a number and a page that serves and posts, at a time that stands still."""
    sim = GraphSimulator("app-secret", "verify-token", [SWEETS], lambda: 1_780_000_000.0)
    sim.add_page(Page.of(PAGE, name="মিষ্টি ভাণ্ডার"))
    server = SimulatorServer(sim, 0, haat.url).start()
    yield server
    server.stop()


def api(server: SimulatorServer, path: str, body: Any = None) -> tuple[int, Any]:
    """Call the phone's API; return (status, document)."""
    connection = http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=10)
    try:
        method, sent = ("GET", None) if body is None else ("POST", json.dumps(body))
        connection.request(method, f"/phone/api/{path}", sent, {"Content-Type": "application/json"})
        response = connection.getresponse()
        return response.status, json.loads(response.read())
    finally:
        connection.close()


def test_page_goes_round_over_sockets(server: SimulatorServer, haat: HaatStub) -> None:
    """A customer writes by Messenger, its own address is posted to, and an answer by HTTP reaches the phone."""
    sim = server.simulator
    rina = sim.messenger.customer(name="Rina")
    rina.writes(PAGE, "hours")
    kind, event = haat.next_webhook()
    assert (kind, event["message"]["text"], haat.path) == ("page", "hours", "/webhooks/messenger")
    connection = http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=10)
    headers = {"Authorization": f"Bearer haat-local-page-token-{PAGE}", "Content-Type": "application/json"}
    connection.request("POST", "/v25.0/me/messages", json.dumps(said(event["sender"]["id"])), headers)
    assert connection.getresponse().status == 200
    connection.close()
    keys = [next(iter(set(haat.next_webhook()[1]) - {"sender", "recipient", "timestamp"})) for _ in range(3)]
    assert keys == ["message", "delivery", "read"]
    assert [line.text for line in sim.transcript(PAGE, rina)] == ["hours", "We are open."]


def test_both_addresses_are_asked_for_the_handshake(server: SimulatorServer, haat: HaatStub) -> None:
    """The page's check passes where both give the challenge back, and names Messenger where only that fails."""
    assert api(server, "handshake", {})[1]["good"]
    server.simulator.messenger.verify_token = "another"
    told = api(server, "handshake", {})[1]
    assert not told["good"]
    assert "Messenger" in told["said"]
    assert "403" in told["said"]


def test_pages_webhooks_have_their_own_whole_address(haat: HaatStub) -> None:
    """Where whole addresses are given, numbers post to one and pages to the other."""
    sim = GraphSimulator("app-secret", "verify-token", [SWEETS], lambda: 1_780_000_000.0)
    sim.add_page(PAGE)
    server = SimulatorServer(sim, 0, f"{haat.url}/wa", messenger_front=f"{haat.url}/fb")
    sim.customer(phone="919800000001").writes(SWEETS, "hours")
    sim.messenger.customer().writes(PAGE, "hours")
    paths = []
    for webhook in sim.due(sim.now()):
        assert server.deliver(webhook) == 200
        paths.append(haat.path)
    assert paths == ["/wa", "/fb"]


def test_phone_plays_somebody_on_messenger(server: SimulatorServer) -> None:
    """Somebody new has no number, sees pages alone, taps chips while they are there, and meets Messenger's own errors."""
    sim = server.simulator
    meera = api(server, "customers", {"app": "messenger", "name": "Meera"})[1]["customer"]
    state = api(server, f"state?customer={meera}&shop={SWEETS}")[1]
    assert (state["shop"], [shop["id"] for shop in state["shops"]], state["starts"]) == (PAGE, [PAGE], False)
    sim.world.pages.profiles[PAGE] = {"get_started": {"payload": "GO"}}
    me = {"customer": meera, "shop": PAGE}
    assert api(server, f"state?customer={meera}")[1]["starts"]
    assert api(server, "starts", me)[0] == 200
    replies = [{"content_type": "text", "title": "Doi", "payload": "p1"}]
    psid = sim.customers()[-1].user_id(PAGE)
    answer = send(sim, said(psid, "Which?", message={"quick_replies": replies}))
    sent = json.loads(answer.body)["message_id"]
    state = api(server, f"state?customer={meera}&shop={PAGE}")[1]
    assert [(line["text"], line["offers"]) for line in state["lines"]] == [
        ("Get Started", []),
        ("Which?", [{"id": "p1", "title": "Doi", "more": "", "chip": True}]),
    ]
    assert api(server, "choices", me | {"message": sent, "choice": "p1"})[0] == 200
    assert api(server, "choices", me | {"message": sent, "choice": "p1"})[0] == 400
    assert [line["offers"] for line in api(server, f"state?customer={meera}&shop={PAGE}")[1]["lines"]] == [[], [], []]
    assert api(server, "messages", me | {"shop": SWEETS, "text": "hours"})[0] == 400
    assert api(server, f"customers/{meera}", {"name": "Mira"})[0] == 200
    trouble = {"trouble": "error", "code": 10, "subcode": OUTSIDE_WINDOW, "shop": PAGE, "times": 1}
    assert api(server, "troubles", trouble)[0] == 200
    (active,) = api(server, "state")[1]["troubles"]
    assert active["words"] == "Refuse with 10, This message is sent outside of allowed window"
    assert active["shop"] == "মিষ্টি ভাণ্ডার"
    assert error(send(sim, said(psid))) == (10, OUTSIDE_WINDOW)
    for wrong in ({"code": 10, "subcode": 1}, {"code": [10]}, {"code": 10, "subcode": {}}):
        assert api(server, "troubles", trouble | wrong)[0] == 400
