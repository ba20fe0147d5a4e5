"""A simulated bank with two payees on a port, and calls of the JSON behind its page: fixtures and helpers of its tests."""

import http.client
import json
from collections.abc import Iterator
from typing import Any

import pytest

from infra.local.simulators.bank import BankSimulator
from infra.local.simulators.graph import GraphSimulator
from infra.local.simulators.server import SimulatorServer
from tests.stack.simbanked import SIDES, TR, VPA
from tests.stack.simulated import SWEETS, Clock

LINK = f"upi://pay?pa={VPA['simbank']}&pn=Mishti%20Bhandar&tr={TR}&am=250.00&cu=INR"


@pytest.fixture
def clock() -> Clock:
    """Return a time that stands still."""
    return Clock()


@pytest.fixture
def bank(clock: Clock) -> BankSimulator:
    """Return a bank with two payees."""
    bank = BankSimulator(clock)
    for provider in ("simbank", "razorpay"):
        bank.open_account(
            provider,
            merchant_id="M1",
            vpa=VPA[provider],
            webhook=f"/webhooks/payments/{provider}/A1",
            keys=SIDES[provider].bank,
            name="Mishti Bhandar",
        )
    return bank


@pytest.fixture
def server(bank: BankSimulator, clock: Clock) -> Iterator[SimulatorServer]:
    """Return it on a port; its callbacks are not posted to anybody."""
    graph = GraphSimulator("app-secret", "verify-token", [SWEETS], clock)
    server = SimulatorServer(graph, 0, bank=bank).start()
    yield server
    server.stop()


def api(server: SimulatorServer, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
    """Call the JSON behind the page; return (status, document)."""
    connection = http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=10)
    try:
        method, sent = ("GET", None) if body is None else ("POST", json.dumps(body))
        connection.request(method, f"/bank/api/{path}", sent, {"Content-Type": "application/json"} | headers)
        response = connection.getresponse()
        return response.status, json.loads(response.read())
    finally:
        connection.close()


def state(server: SimulatorServer) -> Any:
    """Return all that the page draws."""
    return api(server, "state")[1]
