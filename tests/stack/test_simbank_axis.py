"""What is Axis' own at the simulated bank: calls that are signed, callbacks that prove themselves, and the older form that does not."""

import json
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from haat.payment.model.bank import Failed
from haat.payment.model.evidence import Evidence, RefundEvidence, Refused
from infra.local.simulators.bank_world import INDIA
from tests.stack.simbanked import TR, Counter, money


@pytest.fixture
def at() -> Counter:
    """Return a counter at Axis, on the stack."""
    return Counter("axis")


@pytest.fixture
def older() -> Counter:
    """Return a counter at Axis' older form."""
    return Counter("axis_older")


@pytest.mark.parametrize(
    "spoil",
    [
        {"x-timestamp": "1772425860001"},
        {"x-merchant-id": "M2"},
        {"x-merchant-channel-id": "ANOTHER"},
        {"x-merchant-signature": ""},
        {"x-merchant-signature": "00" * 256},
    ],
    ids=["time", "merchant", "channel", "none", "other"],
)
def test_call_that_is_not_signed_as_it_stands_is_refused(at: Counter, spoil: dict[str, str]) -> None:
    """Merchant, channel, time and body are under the signature."""
    payment = at.bank.pay(at.link())
    call = at.adapter.refund(at.account, at.keys, at.refund(payment, 100))
    response = at.call(replace(call, headers={**call.headers, **spoil}))
    assert (response.status, json.loads(response.body)["responseCode"]) == (401, "UNAUTHORIZED")
    assert at.call(replace(call, body=call.body.replace(b"1.00", b"9.00"))).status == 401
    assert at.bank.world.refunds == {}


def test_call_of_half_an_hour_ago_is_refused(at: Counter) -> None:
    """With 200, and in the stack's word: nothing is known of the refund by that."""
    payment = at.bank.pay(at.link())
    asked = at.refund(payment, 100)
    at.clock.now += 1_801
    assert at.give_back(asked) == Failed(reason="expired")
    assert at.ask_after(asked) == Failed(reason="expired")
    assert at.bank.world.refunds == {}


def test_forged_callback_is_seen_at_the_door(at: Counter) -> None:
    """Signed by somebody, it is refused; with the stack's own key nobody could tell."""
    at.bank.forge(at.link())
    (forged,) = at.posted()
    assert at.said([forged]) == [Refused(reason="bad_signature")]
    assert at.adapter.ack(at.said([forged])[0]) == (401, b"")


def test_refund_has_an_rrn_of_its_own(at: Counter) -> None:
    """The same in the callback and in the answers, which write it under another name; the payment is named by the stack's id."""
    payment = at.bank.pay(at.link())
    at.posted()
    asked = at.refund(payment, 100)
    given = at.give_back(asked)
    assert isinstance(given, RefundEvidence)
    told = at.said(at.posted())
    assert at.ask_after(asked) == given == told[-1]
    assert given.rrn not in ("", payment.rrn)
    assert given.provider_txn_id == asked.provider_txn_id


def test_refund_id_of_another_payment_gives_nothing_back(at: Counter) -> None:
    """It is known, and is not of this one. That is no refusal of the first."""
    first = at.bank.pay(at.link())
    asked = at.refund(first, 100)
    at.give_back(asked)
    second = at.bank.pay(at.link(), amount=500)
    other = replace(asked, provider_txn_id=told_id(at, second.rrn))
    assert at.give_back(other) == Failed(reason="failure")
    assert at.bank.world.given_back(second.id) == 0


def told_id(at: Counter, rrn: str) -> str:
    """The stack's id of a payment, as its callback tells it."""
    found = (one for one in at.said(at.posted()) if isinstance(one, Evidence) and one.rrn == rrn)
    return next(found).provider_txn_id


@pytest.mark.parametrize("provider", ["axis", "axis_older"])
def test_file_says_what_the_bank_keeps(provider: str) -> None:
    """A fee with GST in the two columns of a payment; the refund's own id and ours on its line."""
    at = Counter(provider, fee_rate=200)
    at.give_back(at.refund(at.bank.pay(at.link()), 10_000))
    (made,) = at.bank.world.refunds
    raw = at.bank.settlement_file(f"{provider}:M1", datetime.fromtimestamp(at.clock.now, INDIA).date())
    rows, bad = at.adapter.read_settlement(at.account, raw or b"")
    assert bad == ()
    assert [(row.kind, row.fee, row.tax, row.refund_id, row.provider_refund_id) for row in rows] == [
        ("payment", 590, 90, "", ""),
        ("refund", 0, 0, "R1", made),
    ]


def test_older_form_is_sealed_both_ways(older: Counter) -> None:
    """Nothing of it can be read from outside, neither in a callback nor in a call or its answer; all of it is a hint until it is asked."""
    older.bank.pay(older.link())
    (told,) = older.posted()
    call = older.adapter.pull(older.account, older.keys, older.asked)
    for body in (told.body, call.body, older.call(call).body):
        assert list(json.loads(body)) == ["data"]
        assert TR.encode() not in body
    (said,) = older.said([told])
    assert isinstance(said, Evidence)
    assert said.trust == "hint"
    assert money(older.pull()) == [(TR, 25_000, "SUCCESS")]


def test_older_form_refuses_a_call_whose_checksum_is_another(older: Counter) -> None:
    """Sealed under the right key, and summed with a wrong one."""
    payment = older.bank.pay(older.link())
    keys: dict[str, Any] = {**older.keys, "checksum_key": Counter("simbank").keys["api_token"]}
    response = older.call(older.adapter.refund(older.account, keys, older.refund(payment, 100)))
    assert response.status == 400
    assert older.bank.world.refunds == {}
