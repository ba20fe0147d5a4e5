"""What the simulated bank does wrong on purpose, as the product's own adapters see it; and what it keeps over a restart."""

import json

import pytest

from haat.payment.model.bank import Failed, NotFound
from haat.payment.model.evidence import RefundEvidence, Refused
from infra.local.bank_sides import DEMOS
from infra.local.http import TimedOut
from infra.local.simulators.bank import BankSimulator
from infra.local.simulators.bank_formats import PROVIDERS
from tests.stack.simbanked import TR, VPA, Counter, money


@pytest.fixture(params=PROVIDERS)
def at(request: pytest.FixtureRequest) -> Counter:
    """Return a counter at each of the bank's formats."""
    return Counter(request.param)


def test_no_callback_and_the_money_is_there(at: Counter) -> None:
    """The bank is silent until that is switched off, or so many times."""
    at.bank.faults.silent(times=50)
    at.bank.pay(at.link())
    assert at.posted() == []
    assert money(at.pull()) == [(TR, 25_000, "SUCCESS")]
    at.bank.faults.clear()
    at.bank.pay(at.link())
    assert at.posted()


def test_held_callbacks_wait_for_their_release(at: Counter) -> None:
    """One by one or all, in the order in which they were made."""
    at.bank.faults.hold()
    at.bank.pay(at.link(), word="DEEMED")
    at.bank.pay(at.link(), word="FAILED")
    assert at.posted() == []
    assert at.bank.next_due() is None
    assert at.bank.release(1) == 1
    assert len(at.posted()) == 1
    assert at.bank.release() == 1
    assert [one.status for one in at.said(at.posted())] == ["FAILED"]


def test_late_three_times_and_overtaken(at: Counter) -> None:
    """Each does what it says; copies are the same bytes with the same event id."""
    at.bank.faults.late(40, times=1)
    at.bank.pay(at.link(), word="FAILED")
    assert at.posted() == []
    at.clock.now += 40
    assert len(at.posted()) == 1

    at.bank.faults.repeat(3, times=1)
    at.bank.pay(at.link(), word="FAILED")
    copies = at.posted()
    assert len(copies) == 3
    assert len({(one.body, json.dumps(one.headers)) for one in copies}) == 1

    at.bank.faults.overtake(times=1)
    payment = at.bank.pay(at.link(), word="DEEMED")
    at.bank.finish(payment.id, "FAILED")
    assert [one.status for one in at.said(at.posted())] == ["FAILED"]
    at.clock.now += 2
    assert [one.status for one in at.said(at.posted())] == ["PENDING"]


@pytest.mark.parametrize("knows_secret", [False, True])
def test_forged_callback_is_one_that_no_money_stands_behind(at: Counter, *, knows_secret: bool) -> None:
    """With a guess it is refused at the door; with the secret only the bank can tell."""
    link = at.link()
    at.bank.forge(link, knows_secret=knows_secret)
    said = at.said(at.posted(status=401))
    assert [isinstance(one, Refused) for one in said] == [not knows_secret]
    if knows_secret:
        assert said[0].tr == TR
    assert at.pull() == NotFound()
    assert at.bank.next_due() is None
    at.bank.faults.forge(times=1)
    at.bank.pay(link, word="FAILED")
    assert [type(one) for one in at.said(at.posted(401))] == [Refused]


def test_a_lost_answer_has_had_its_effect(at: Counter) -> None:
    """The caller sees a timeout; a refund is made all the same, and only once."""
    payment = at.bank.pay(at.link())
    asked = at.refund(payment, 100)
    at.bank.faults.lose("refund")
    with pytest.raises(TimedOut):
        at.give_back(asked)
    found = at.ask_after(asked)
    assert isinstance(found, RefundEvidence)
    assert found.status == "DONE"
    assert at.give_back(asked) == found
    assert len(at.bank.world.refunds) == 1


def test_a_call_that_is_not_answered_or_broken_has_none(at: Counter) -> None:
    """A timeout or a 500, for as many calls of that kind, and nothing is done."""
    payment = at.bank.pay(at.link())
    asked = at.refund(payment, 100)
    at.bank.faults.time_out("refund")
    at.bank.faults.broken("refund")
    with pytest.raises(TimedOut):
        at.give_back(asked)
    assert at.give_back(asked) == Failed(reason="http_500")
    assert at.bank.world.refunds == {}
    assert money(at.pull()) == [(TR, 25_000, "SUCCESS")]
    assert isinstance(at.give_back(asked), RefundEvidence)


def test_a_door_that_is_down_is_tried_for_a_day_and_then_no_more(at: Counter) -> None:
    """The gaps grow; after 24 hours the webhook is off until the merchant asks for it."""
    link = f"upi://pay?pa={VPA[at.provider]}&am=250"
    at.bank.pay(link, word="FAILED")
    began, times = at.clock.now, []
    while (due := at.bank.next_due()) is not None:
        at.clock.now = due
        assert len(at.posted(503)) == 1
        times.append(due - began)
    assert times[:4] == [0, 5, 15, 35]
    assert times[-1] < 86_400
    assert len(times) > 25
    account = at.bank.world.accounts[f"{at.provider}:M1"]
    assert account.switched_off
    at.bank.pay(link, word="FAILED")
    assert at.posted() == []
    at.bank.switch_on(account.id)
    at.bank.pay(link, word="FAILED")
    assert len(at.posted()) == 1


def test_a_retry_has_the_secret_of_its_first_attempt(at: Counter) -> None:
    """As Razorpay says of its webhooks: after a change of secret two are good for a while."""
    at.bank.pay(at.link(), word="FAILED")
    first = at.posted(500)
    link = at.link()
    demo = DEMOS[at.provider]
    at.bank.open_account(
        at.provider,
        merchant_id="M1",
        vpa=VPA[at.provider],
        webhook="/elsewhere",
        keys=demo.keys("new").bank,
        settings=demo.settings,
    )
    at.clock.now += 5
    again = at.posted()
    assert [(one.body, one.headers) for one in again] == [(one.body, one.headers) for one in first]
    at.bank.pay(link, word="FAILED")
    later = at.posted()
    assert [one.path for one in later] == ["/elsewhere"]
    assert [type(one) for one in at.said(later)] == [Refused]


def test_memory_survives_a_restart(at: Counter) -> None:
    """Payments, refunds, and what waits, go on where they were, with the same bytes."""
    link = at.link()
    payment = at.bank.pay(link)
    at.bank.begin_refund(payment, 100)
    at.bank.faults.hold()
    at.bank.pay(link, word="PENDING")
    at.bank.pay_later(link, 60)
    document = json.loads(json.dumps(at.bank.dump()))
    before = at.bank.due(at.clock.now)
    at.bank = BankSimulator(at.clock)
    at.bank.load(document)
    assert [(one.body, one.headers) for one in at.bank.due(at.clock.now)] == [(one.body, one.headers) for one in before]
    assert at.bank.dump() == document
    assert at.bank.next_due() is not None
    at.clock.now += 60
    at.posted()
    assert len(at.bank.world.payments) == 3
    assert len({one.rrn for one in at.bank.world.payments.values()}) == 3
