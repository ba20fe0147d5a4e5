"""`verification` asks whose a UPI address is: the shop's bank is asked with the shop's own keys, and the answer goes back by the outbox."""

import pytest

from haat.aws.table import Put, Table, unpack
from haat.facts import payments, verification
from haat.facts.verification import PayeeNamed
from haat.kernel.ids import RequestId
from haat.kernel.time import Instant
from infra.local.market import SWEETS
from infra.local.payees import PAYEES, RAZORPAY, SIMBANK, open_accounts
from infra.local.seed import seed
from infra.local.simulators.bank_faults import CallFault
from infra.local.stage import Stage

REQUEST = RequestId("01KDVDNA00REQ000000000001A")
SHOP = SWEETS.merchant
LONG = 7200.0


@pytest.fixture
def bank(stage: Stage) -> Stage:
    """Return the stage with the sweet shop's live accounts at every bank."""
    seed(stage)
    open_accounts(stage)
    stage.faults.clear()
    return stage


def ask(stage: Stage, vpa: str, *, number: int = 1) -> None:
    """Lay the row that a check lays: it is in the outbox of `verification`."""
    at = Instant(int(stage.clock.now() * 1000))
    wanted = payments.PayeeNameWanted(
        merchant=SHOP.id,
        request=REQUEST,
        round=1,
        number=number,
        payee=verification.payee_mark(SHOP.id, vpa),
        occurred_at=at,
    )
    table = Table(stage.client("dynamodb"), stage.deployment.outputs["VerificationTable"])
    table.put(Put(item={"pk": f"MERCHANT#{SHOP.id}", "sk": f"NEXT#{number}#name", **payments.outbox_row(wanted)}))


def told(stage: Stage) -> list[tuple[str, str]]:
    """What `verification` hears: outcome and name, in order."""
    items = [unpack(item) for item in stage.items("payment") if "#NAME#" in f"#{item['sk']['S']}"]
    facts = [verification.load(item["body"]) for item in sorted(items, key=lambda item: item["sk"])]
    assert all(isinstance(fact, PayeeNamed) and fact.merchant == SHOP.id for fact in facts)
    return [(fact.outcome, fact.payee) for fact in facts if isinstance(fact, PayeeNamed)]


@pytest.mark.parametrize("payee", [SIMBANK, RAZORPAY], ids=lambda payee: payee.provider)
def test_bank_says_whose_the_address_is(bank: Stage, payee: object) -> None:
    """Its account's name, another one, none that it tells, or nobody's; and no name stands in a log."""
    assert payee in (SIMBANK, RAZORPAY)
    vpa = SIMBANK.vpa if payee is SIMBANK else RAZORPAY.vpa
    names: list[str | None] = ["কৃষ্ণা ঘোষ", "", None]
    ask(bank, vpa.upper())
    bank.drain()
    for number, name in enumerate(names, start=2):
        bank.bank.world.names[vpa] = name
        ask(bank, vpa, number=number)
        bank.drain()
    assert told(bank) == [
        ("named", SHOP.name), ("named", "কৃষ্ণা ঘোষ"), ("not_told", ""), ("unknown_address", ""),
    ]  # fmt: skip
    assert not [line for line in bank.logs.lines() if "কৃষ্ণা" in line or vpa in line]


@pytest.mark.parametrize("payee", [one for one in PAYEES if one not in (SIMBANK, RAZORPAY)], ids=lambda it: it.provider)
def test_bank_that_tells_no_names_is_not_called(bank: Stage, payee: object) -> None:
    """Nothing leaves us."""
    assert payee in PAYEES
    (vpa,) = (one.vpa for one in PAYEES if one is payee)
    ask(bank, vpa)
    bank.drain()
    assert told(bank) == [("not_told", "")]
    assert [call.name for call in bank.faults.calls if call.service == "http"] == []


def test_address_that_is_no_account_of_the_shop_is_not_asked_about(bank: Stage) -> None:
    """Not with its keys."""
    ask(bank, "somebody@simbank")
    bank.drain()
    assert told(bank) == [("no_account", "")]


@pytest.mark.parametrize("fault", ["lost", "unanswered", "broken"])
def test_bank_in_trouble_is_unknown_and_asked_anew(bank: Stage, fault: CallFault) -> None:
    """Whoever wanted to know asks once more; the answer is the bank's then."""
    match fault:
        case "lost":
            bank.bank.faults.lose("name")
        case "unanswered":
            bank.bank.faults.time_out("name")
        case "broken":
            bank.bank.faults.broken("name")
    ask(bank, SIMBANK.vpa)
    bank.run_for(60)
    assert told(bank) == [("unknown", "")]
    ask(bank, SIMBANK.vpa, number=2)
    bank.drain()
    assert told(bank) == [("unknown", ""), ("named", SHOP.name)]


def test_death_at_any_call_asks_again_and_tells_once(bank: Stage) -> None:
    """Before and after each call of whoever asks and whoever publishes; and where the record comes twice."""

    def play() -> None:
        bank.reset()
        seed(bank)
        open_accounts(bank, (SIMBANK,))
        bank.faults.clear()

    play()
    ask(bank, SIMBANK.vpa)
    bank.run_for(LONG)
    points = [point for point in bank.faults.points() if point.function in ("payment_bank_call", "outbox_relay")]
    assert len(points) >= 12
    for point in points:
        play()
        with bank.faults.kill(function=point.function, call=point.call, when=point.when):
            ask(bank, SIMBANK.vpa)
            bank.run_for(LONG)
        assert told(bank) == [("named", SHOP.name)], point.name
        assert bank.queue_depth("payment-bank") == 0, point.name
    play()
    with bank.faults.twice("payment_bank_call"):
        ask(bank, SIMBANK.vpa)
        bank.run_for(LONG)
    assert told(bank) == [("named", SHOP.name)]
