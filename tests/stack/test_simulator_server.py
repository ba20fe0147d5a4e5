"""The simulator over real sockets: loopback only, faults that a client feels, and a poster that does not give up."""

import http.client
import json
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from infra.local.simulators.graph import GraphSimulator
from infra.local.simulators.server import SimulatorServer
from tests.stack.haat_stub import HaatStub

SWEETS = "100000000000001"
PHONE = "919800000001"


@pytest.fixture
def haat() -> Iterator[HaatStub]:
    """Return a stand-in for Haat."""
    with HaatStub() as stub:
        yield stub


@pytest.fixture
def server(haat: HaatStub) -> Iterator[SimulatorServer]:
    """Return a simulator that serves and posts, at a time that stands still."""
    sim = GraphSimulator("app-secret", "verify-token", [SWEETS], lambda: 1_780_000_000.0)
    server = SimulatorServer(sim, 0, haat.url).start()
    haat.graph = server.url
    yield server
    server.stop()


def connect(server: SimulatorServer, timeout: float = 10) -> http.client.HTTPConnection:
    """Return a connection to the simulator."""
    return http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=timeout)


def send(server: SimulatorServer, *, timeout: float = 10) -> int:
    """Send a text as Haat does; return the HTTP status."""
    body = {"messaging_product": "whatsapp", "to": PHONE, "type": "text", "text": {"body": "নমস্কার"}}
    headers = {"Authorization": f"Bearer haat-local-token-{SWEETS}", "Content-Type": "application/json"}
    connection = connect(server, timeout)
    try:
        connection.request("POST", f"/v25.0/{SWEETS}/messages", json.dumps(body), headers)
        return connection.getresponse().status
    finally:
        connection.close()


def api(server: SimulatorServer, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
    """Call the phone's API; return (status, document)."""
    connection = connect(server)
    try:
        sent = None if body is None else json.dumps(body)
        connection.request(method, path, sent, {"Content-Type": "application/json"} | headers)
        response = connection.getresponse()
        return response.status, json.loads(response.read())
    finally:
        connection.close()


def test_a_message_goes_round_over_sockets(server: SimulatorServer, haat: HaatStub) -> None:
    """A customer writes, Haat is posted to and answers through Graph, statuses come back to it."""
    rina = server.simulator.customer(phone=PHONE, name="Rina")
    question = rina.writes(SWEETS, "hours")
    kinds = [haat.next_webhook() for _ in range(4)]
    assert [kind for kind, _ in kinds] == ["message", "sent", "delivered", "read"]
    answer = server.simulator.transcript(SWEETS, rina)[-1]
    assert (answer.author, answer.text, answer.quoted) == ("haat", "You wrote: hours", question)


def test_haat_down_gets_its_webhook_later(haat: HaatStub) -> None:
    """A webhook that finds nobody listening is kept, and comes when its time has come."""
    now = [1_780_000_000.0]
    sim = GraphSimulator("app-secret", "verify-token", [SWEETS], lambda: now[0])
    with socket.create_server(("127.0.0.1", 0)) as taken:
        closed = taken.getsockname()[1]
    server = SimulatorServer(sim, 0, f"http://127.0.0.1:{closed}")
    sim.customer(phone=PHONE).writes(SWEETS, "hours")
    webhook = sim.due(now[0])[0]
    assert server.deliver(webhook) == 0
    sim.answered(webhook, 0, now[0])
    assert sim.due(now[0]) == []
    server = SimulatorServer(sim, 0, haat.url)
    now[0] += 1
    assert server.deliver(sim.due(now[0])[0]) == 200


def test_faults_act_on_the_socket(server: SimulatorServer) -> None:
    """Reset, closed without an answer, no answer in time: a client feels each as on a bad day."""
    sim = server.simulator
    sim.customer(phone=PHONE).writes(SWEETS, "hours")
    sim.faults.refuse()
    with pytest.raises(ConnectionResetError) as reset:
        send(server)
    # RemoteDisconnected is a ConnectionResetError, too, but only means that the other side said goodbye.
    assert not isinstance(reset.value, http.client.RemoteDisconnected)
    sim.faults.drop()
    with pytest.raises(http.client.RemoteDisconnected):
        send(server)
    sim.faults.time_out()
    with pytest.raises(TimeoutError):
        send(server, timeout=0.2)
    assert send(server) == 200


def test_slow_answer_takes_its_time_and_holds_up_nobody(server: SimulatorServer, haat: HaatStub) -> None:
    """Over a socket a slow answer really is slow, for its caller alone; a caller who hangs up has sent all the same."""
    haat.graph = ""
    sim = server.simulator
    sim.customer(phone=PHONE).writes(SWEETS, "hours")
    sim.faults.slow(30)
    with pytest.raises(TimeoutError):
        send(server, timeout=0.2)
    assert send(server) == 200
    sim.faults.slow(0.1)
    assert send(server) == 200
    assert [sent.outcome for sent in sim.sent()] == ["accepted"] * 3


def test_file_comes_from_where_it_was_looked_up(server: SimulatorServer) -> None:
    """The URL of a file leads to the very address at which the simulator was called."""
    medium = server.simulator.media.put(SWEETS, "image/png", b"\x89PNG")
    token = {"Authorization": f"Bearer haat-local-token-{SWEETS}"}
    _, described = api(server, "GET", f"/v25.0/{medium.id}", **token)
    assert described["url"].startswith(f"{server.url}/")
    connection = connect(server)
    connection.request("GET", described["url"].removeprefix(server.url), headers=token)
    response = connection.getresponse()
    assert (response.read(), response.headers["content-type"]) == (b"\x89PNG", "image/png")
    connection.close()
    assert api(server, "DELETE", f"/v25.0/{medium.id}", **token) == (200, {"success": True})


def test_handshake_says_what_is_wrong(server: SimulatorServer, haat: HaatStub) -> None:
    """The page's check of the webhook passes, or names the answer, or says that nobody is there."""
    assert api(server, "POST", "/phone/api/handshake", {})[1]["good"]
    server.simulator.verify_token = "another"
    status, answer = api(server, "POST", "/phone/api/handshake", {})
    assert (status, answer["good"]) == (200, False)
    assert "403" in answer["said"]
    with socket.create_server(("127.0.0.1", 0)) as taken:
        closed = taken.getsockname()[1]
    nobody = SimulatorServer(server.simulator, 0, f"http://127.0.0.1:{closed}")
    assert "nobody" in (nobody.verify() or "")


@pytest.mark.parametrize(
    "body",
    [
        {"trouble": "rain"},
        {"trouble": "error", "code": 42},
        {"trouble": "slow", "seconds": 0},
        {"trouble": "slow", "seconds": 121},
        {"trouble": "slow", "seconds": "1"},
        {"trouble": "drop", "times": 0},
        {"trouble": "drop", "shop": "1"},
    ],
    ids=lambda body: "-".join(map(str, body.values())),
)
def test_fault_that_makes_no_sense_is_refused(server: SimulatorServer, body: dict[str, Any]) -> None:
    """The page's API takes only faults of its list, with numbers that can be."""
    assert api(server, "POST", "/phone/api/troubles", body)[0] == 400
    assert len(server.simulator.faults) == 0


def test_every_fault_of_the_page_can_be_had(server: SimulatorServer) -> None:
    """Each one of the list is switched on, told in words, and switched off."""
    _, offered = api(server, "GET", "/phone/api/troubles")
    for one in offered["troubles"]:
        body = {"trouble": one["key"], "code": 131000, "seconds": 1, "times": 2, "shop": SWEETS}
        assert api(server, "POST", "/phone/api/troubles", body) == (200, {})
    active = api(server, "GET", "/phone/api/state")[1]["troubles"]
    assert len({one["words"] for one in active}) == len(active) == len(offered["troubles"])
    assert [one["left"] for one in active].count(None) == sum(one["endless"] for one in offered["troubles"])
    assert {(one["left"], one["shop"]) for one in active} == {(2, "Shop 001"), (None, "Shop 001")}
    api(server, "POST", "/phone/api/troubles/off", {"id": active[-1]["id"]})
    assert len(api(server, "GET", "/phone/api/state")[1]["troubles"]) == len(active) - 1
    api(server, "POST", "/phone/api/troubles/off", {})
    assert api(server, "GET", "/phone/api/state")[1]["troubles"] == []


def test_a_dark_simulator_refuses_and_comes_back(server: SimulatorServer) -> None:
    """While it is dark nobody listens at its port; afterwards the same port answers."""
    server.simulator.customer(phone=PHONE).writes(SWEETS, "hours")
    server.go_dark()
    with pytest.raises(ConnectionRefusedError):
        send(server)
    server.come_back()
    assert send(server) == 200


def test_it_listens_on_loopback_only(server: SimulatorServer) -> None:
    """The socket is bound to 127.0.0.1, whatever the machine's other addresses are."""
    assert server.url.startswith("http://127.0.0.1:")
    port = int(server.url.rsplit(":", 1)[1])
    # 127.0.0.2 is loopback, too: a socket bound to every address would answer there.
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.2", port), timeout=5)


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "phone.example"},
        {"Origin": "http://shop.example"},
        {"Content-Type": "text/plain"},
    ],
)
def test_another_site_cannot_drive_the_phone(server: SimulatorServer, headers: dict[str, str]) -> None:
    """Requests by another name, from another origin, or that a form could make, are refused."""
    status, _ = api(
        server, "POST", "/phone/api/messages", {"customer": "c1", "shop": SWEETS, "text": "hours"}, **headers
    )
    assert status == 403
    assert server.simulator.transcript(SWEETS, "c1") == []


def test_the_phone_adds_and_changes_customers(server: SimulatorServer) -> None:
    """A customer gets a name and a number in any digits; a number is given once; both ids can't be hidden."""
    status, made = api(server, "POST", "/phone/api/customers", {"name": "রিনা", "number": "৯৮০০০ ০০০০১"})
    assert status == 200
    rina = made["customer"]
    assert server.simulator.world.people[rina].phone == PHONE
    bad = [
        {"name": "Other", "number": PHONE},
        {"name": "Other", "number": "12"},
        {"name": "", "number": "9800000002"},
        {"name": "Other", "number": "9800000002", "hides_number": True, "hides_user_id": True},
    ]
    assert [api(server, "POST", "/phone/api/customers", body)[0] for body in bad] == [400] * 4
    changed = {"name": "Rina", "number": "9800000009", "hides_number": True}
    assert api(server, "POST", f"/phone/api/customers/{rina}", changed)[0] == 200
    person = server.simulator.world.people[rina]
    assert (person.name, person.phone, person.hides_number) == ("Rina", "919800000009", True)


def test_an_unchanged_phone_is_only_a_tag(server: SimulatorServer) -> None:
    """A page that knows the present state is told so in a few bytes, and all again once something happened."""
    _, state = api(server, "GET", f"/phone/api/state?customer=c1&shop={SWEETS}")
    path = f"/phone/api/state?customer=c1&shop={SWEETS}&tag={state['tag']}"
    assert api(server, "GET", path) == (200, {"tag": state["tag"]})
    api(server, "POST", "/phone/api/messages", {"customer": "c1", "shop": SWEETS, "text": "hours"})
    assert api(server, "GET", path)[1]["lines"][0]["text"] == "hours"
