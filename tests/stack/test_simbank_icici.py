"""What is ICICI's own at the simulated bank: sealed both ways, in both forms, by keys that anyone may have."""

import base64
import json
from dataclasses import replace
from typing import Any

import pytest

from haat.payment.model.bank import Failed
from haat.payment.model.evidence import Evidence, Refused
from infra.local.http import Request
from tests.stack.simbanked import TR, Counter, money


@pytest.fixture
def at() -> Counter:
    """Return a counter at ICICI."""
    return Counter("icici")


def test_both_forms_go_both_ways(at: Counter) -> None:
    """What is short is RSA alone, what is long an envelope, whose IV is in a field in callbacks and before the data in answers."""
    payment = at.bank.pay(at.link())
    (told,) = at.posted()
    assert json.loads(told.body)["iv"]
    asked = at.adapter.pull(at.account, at.keys, at.asked)
    assert base64.b64decode(asked.body, validate=True)
    answer = json.loads(at.call(asked).body)
    assert (answer["iv"], answer["oaepHashingAlgorithm"]) == ("", "NONE")
    wanted = at.adapter.refund(at.account, at.keys, at.refund(payment, 100))
    assert json.loads(wanted.body)["encryptedKey"]
    short = at.call(at.adapter.pull(at.account, at.keys, replace(at.asked, tr="T")))
    assert short.headers["content-type"] == "text/plain"
    assert money(at.pull()) == [(TR, 25_000, "SUCCESS")]


def test_whoever_has_the_public_key_can_say_anything(at: Counter) -> None:
    """It reads like the bank's own, and is a hint; under another key it is nothing. The bank knows of no payment."""
    at.bank.forge(at.link(), knows_secret=True)
    at.bank.forge(at.link())
    forged, guessed = at.said(at.posted())
    assert isinstance(forged, Evidence)
    assert (forged.trust, forged.status, forged.tr) == ("hint", "SUCCESS", TR)
    assert isinstance(guessed, Refused)
    assert guessed.reason in ("undecryptable", "malformed")
    assert not isinstance(at.pull(), tuple)


def test_another_refund_under_the_same_id_is_a_duplicate(at: Counter) -> None:
    """Which frees nothing: there is one already."""
    payment = at.bank.pay(at.link())
    at.give_back(at.refund(payment, 100))
    assert at.give_back(at.refund(payment, 200)) == Failed(reason="error")
    assert at.bank.world.given_back(payment.id) == 100


@pytest.mark.parametrize(
    "spoil",
    [lambda body: body[:-4], lambda body: b"{}", lambda body: b"AAAA" + body[4:]],
    ids=["cut", "empty", "other"],
)
def test_a_spoiled_call_moves_nothing(at: Counter, spoil: Any) -> None:
    """The bank can't open it, and says so in the clear."""
    payment = at.bank.pay(at.link())
    call = at.adapter.pull(at.account, at.keys, at.asked)
    for made in (call, at.adapter.refund(at.account, at.keys, at.refund(payment, 100))):
        response = at.call(replace(made, body=spoil(made.body)))
        assert (response.status, json.loads(response.body)["response"]) == (400, "8000")
    assert at.bank.world.refunds == {}


@pytest.mark.parametrize(("path", "code"), [("/icici/QR3/M1", "5000"), ("/icici/CallbackStatus2/M2", "5001")])
def test_what_it_does_not_know_it_refuses(at: Counter, path: str, code: str) -> None:
    """A call that is none of those of the product, and another merchant's."""
    call = at.adapter.pull(at.account, at.keys, at.asked)
    headers = {name.lower(): value for name, value in call.headers.items()}
    response = at.bank.handle(Request(method="POST", path=path, headers=headers, body=call.body))
    assert response.status == 200
    said = at.adapter.read_refund(at.account, at.keys, at.asked, 200, response.body)
    reasons = {"5000": "bad_request", "5001": "bad_merchant_id"}
    assert said == Failed(reason=reasons[code], refused=True)
