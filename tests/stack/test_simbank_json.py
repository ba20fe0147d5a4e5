"""The JSON behind the payer's page, over sockets: what programs can do with the simulated bank."""

import json
from typing import Any

import pytest

from infra.local.simulators.bank import BankSimulator
from infra.local.simulators.server import SimulatorServer
from tests.stack.simbanked import SIDES, Counter
from tests.stack.simbanked_page import LINK, api, bank, clock, server, state

__all__ = ["bank", "clock", "server"]  # fixtures


def test_every_action_of_a_payer_by_json(server: SimulatorServer, bank: BankSimulator) -> None:
    """Pay, fail, leave open and end it, twice, late, another amount, forged, and back again."""
    (paid,) = api(server, "payments", {"link": LINK, "outcome": "success"})[1]["payments"]
    api(server, "payments", {"link": LINK, "outcome": "failed", "payer": "rina@simpsp"})
    (left,) = api(server, "payments", {"link": LINK, "outcome": "pending"})[1]["payments"]
    (deemed,) = api(server, "payments", {"link": LINK, "outcome": "deemed"})[1]["payments"]
    assert len(api(server, "payments", {"link": LINK, "times": 2})[1]["payments"]) == 2
    api(server, "payments", {"link": LINK, "amount": "249.5"})
    assert api(server, "payments", {"link": LINK, "minutes": 65}) == (200, {"payments": []})
    assert api(server, f"payments/{left}", {"outcome": "success"}) == (200, {"payment": left})
    api(server, f"payments/{deemed}", {"outcome": "failed"})
    api(server, "forgeries", {"link": LINK, "times": 3, "knows_secret": True})
    words = [(one.word, one.amount) for one in bank.world.payments.values()]
    assert words == [
        ("SUCCESS", 25_000), ("FAILED", 25_000), ("SUCCESS", 25_000), ("FAILED", 25_000),
        ("SUCCESS", 25_000), ("SUCCESS", 25_000), ("SUCCESS", 24_950),
    ]  # fmt: skip
    assert len(bank.world.later) == 1
    api(server, "settings", {"refunds": "pending"})
    refund = api(server, "refunds", {"payment": paid, "amount": "100"})[1]["refund"]
    assert api(server, f"refunds/{refund}", {"outcome": "failed"})[0] == 200
    drawn = state(server)
    assert [one["refunds"] for one in drawn["payments"] if one["id"] == paid] == [
        [{"id": refund, "amount": "100.00", "word": "FAILED"}]
    ]
    assert (drawn["later"], drawn["waiting"]) == (1, 14)


def test_faults_are_switched_on_and_off_by_json(server: SimulatorServer, bank: BankSimulator) -> None:
    """And held callbacks are released."""
    number = api(server, "faults", {"fault": "lost", "edge": "refund", "times": 2, "provider": "razorpay"})[1]["id"]
    api(server, "faults", {"fault": "held"})
    assert [(one["fault"], one["left"], one["edge"]) for one in state(server)["faults"]] == [
        ("lost", 2, "refund"), ("held", None, "any"),
    ]  # fmt: skip
    api(server, "payments", {"link": LINK})
    assert state(server)["held"] == 1
    assert api(server, "release", {}) == (200, {"released": 1})
    api(server, "faults/off", {"id": number})
    assert [fault.kind for _, fault in bank.faults.listed()] == ["held"]
    api(server, "faults/off", {})
    assert bank.faults.listed() == []


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("payments", {}),
        ("payments", {"link": "https://x", "outcome": "success"}),
        ("payments", {"link": LINK, "outcome": "won"}),
        ("payments", {"link": LINK, "amount": "1.234"}),
        ("payments", {"link": LINK, "times": 99}),
        ("payments/pay_x", {"outcome": "success"}),
        ("refunds", {"payment": "pay_x"}),
        ("refunds/rfnd_x", {"outcome": "done"}),
        ("faults", {"fault": "earthquake"}),
        ("accounts", {"provider": "simbank", "merchant_id": "M9", "vpa": "a@b", "webhook": "/x", "keys": {}}),
        ("accounts/on", {"account": "nobody"}),
        ("nothing", {}),
    ],
)
def test_what_is_not_possible_is_said(server: SimulatorServer, bank: BankSimulator, path: str, body: Any) -> None:
    """In words for a person, with 400, and nothing happens."""
    status, said = api(server, path, body)
    assert status == 400
    assert said["error"]
    assert bank.world.payments == {}


def test_only_this_machine_and_this_page_may_ask(server: SimulatorServer, bank: BankSimulator) -> None:
    """No page of another site can pay; what the page is told holds no key."""
    for headers in ({"Host": "bank.example"}, {"Origin": "https://elsewhere.example"}, {"Content-Type": "text/plain"}):
        assert api(server, "payments", {"link": LINK}, **headers)[0] == 403
    assert bank.world.payments == {}
    shown = json.dumps(state(server))
    assert not [value for sides in SIDES.values() for value in sides.bank.values() if json.dumps(value)[1:-1] in shown]


def test_an_unchanged_bank_is_only_a_tag(server: SimulatorServer) -> None:
    """And all again once something happened."""
    tag = state(server)["tag"]
    assert api(server, f"state?tag={tag}") == (200, {"tag": tag})
    api(server, "payments", {"link": LINK})
    assert api(server, f"state?tag={tag}")[1]["payments"]


def test_an_open_code_is_offered_until_it_is_paid(server: SimulatorServer, bank: BankSimulator) -> None:
    """A code that the API made needs no chat to be found."""
    at = Counter("razorpay")
    at.bank = bank
    link = at.link()
    assert [one["link"] for one in state(server)["links"]] == [link]
    api(server, "payments", {"link": link})
    assert state(server)["links"] == []


def test_a_payee_of_ones_own_is_known_by_json(server: SimulatorServer, bank: BankSimulator) -> None:
    """As a merchant does who connects an account on the stage."""
    body = {
        "provider": "razorpay", "merchant_id": "acc_Mine", "vpa": "mine@simrzp", "name": "Mine", "webhook": "/webhooks/x",
        "keys": {"webhook_secret": "w", "key_id": "k", "key_secret": "s"},
    }  # fmt: skip
    assert api(server, "accounts", body) == (200, {"account": "razorpay:acc_Mine"})
    assert bank.pay("upi://pay?pa=mine@simrzp&am=1").amount == 100
