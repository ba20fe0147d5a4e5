"""Each callback of the shared fixtures at the door of its bank: what is answered, and what comes of it in settlement.

`HAAT_UPI_FIXTURES` names another folder of that layout. Every row goes through the deployed functions, with the fixtures' own keys,
sealed as the API seals them; functions that call banks are held, so that what is due can be counted.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from haat.kernel.ids import MerchantId
from haat.kernel.money import Currency, Minor, Money
from haat.kernel.once import Answer, Once
from haat.kernel.time import MINUTE, Instant, later
from haat.payment.banks.registry import bank
from haat.payment.model.account import PayeeAccount, Sealed
from haat.payment.model.evidence import Evidence
from haat.payment.model.payment import Payment, Request
from haat.payment.rules import machine
from haat.payment.service.repairing import NoKeys
from haat.payment.service.requests import Requests
from haat.payment.service.settling import Settling
from haat.payment.store.accounts import DynamoAccounts
from haat.wiring.open_banks import open_banks
from infra.local.stage import Stage
from tests.stack.payment.bank_cases import PURPOSES
from tests.stack.payment.till import ACCOUNT, ScriptedBank, Till, sealed_for
from tests.unit.payment.banks.test_fixtures import CALLBACKS, account_of, built, reader
from tests.upi_fixtures import UPI, upi_json

pytestmark = [pytest.mark.upi]

PROFILE: dict[str, Any] = upi_json("profile.json")
AMOUNT = PROFILE["amounts_paise"]["a"]
AT_THE_DOOR = ("bad_signature", "missing_signature")  # what shows before anything is decrypted
STATES = {"SUCCESS": "PAID", "FAILED": "FAILED", "PENDING": "PROCESSING", "UNKNOWN": "PROCESSING"}
REFUNDS = {"DONE": "DONE", "FAILED": "FAILED", "PENDING": "SENT"}
ASKED_AGO = 5 * MINUTE  # so that the bank may be asked at once


class Door:
    """The fixtures' account at one bank, with a request that a customer has before them, and nothing due at it."""

    def __init__(self, stage: Stage, name: str) -> None:
        self.stage, self.name = stage, name
        at_bank, keys = account_of(name)
        caps, merchant = bank(name).CAPS, MerchantId("mer_kirana")
        named = {"door": caps.door_keys, "settlement": caps.settlement_keys, "call": caps.call_keys}
        sealed = {
            purpose: sealed_for(stage, merchant, *PURPOSES[purpose], held)
            for purpose, names in named.items()
            if (held := {key: keys[key].reveal() for key in names if key in keys})
        }
        account = PayeeAccount(
            id=ACCOUNT,
            merchant=merchant,
            bank=replace(at_bank, base_url=""),
            name="Test Kirana Store",
            state="live",
            sealed=Sealed(**sealed),
        )
        self.till = Till(stage, ScriptedBank(), account)
        self.accounts = DynamoAccounts(self.till.table, lambda: 0.0)
        self.accounts.begin(account, Once(key=account.id, asked="", at=self.till.now()), Answer(status=201))

    def asked(self, tr: str) -> None:
        """A request that the customer has had before them for minutes; the bank was asked once already, or will not be."""
        account, at = self.till.account, later(self.till.now(), -ASKED_AGO)
        request = Request(
            tr=tr,
            merchant=account.merchant,
            account=account.id,
            provider=account.bank.provider,
            payee_vpa=account.bank.vpa,
            payee_id=account.bank.merchant_id,
            amount=AMOUNT,
            currency="INR",
            created_at=at,
            expires_at=later(at, 30 * MINUTE),
        )
        there = machine.present(Payment(request=request)).after
        self.till.begin(replace(there, request=replace(there.request, pull_at=Instant(0))))

    def giving_back(self, tr: str, refund: str, rrn: str, amount: int) -> None:
        """It was paid, and some of it is on its way back under an id of ours."""
        account = self.till.account
        said = Evidence(
            provider=account.bank.provider,
            provider_txn_id="",
            tr=tr,
            rrn=rrn,
            amount=AMOUNT,
            currency="INR",
            status="SUCCESS",
            status_word="",
            trust="proof",
            occurred_at=self.till.now(),
            payee_vpa=account.bank.vpa,
        )
        settling = Settling(payments=self.till.payments, accounts=self.accounts, keys=NoKeys(), banks=bank)
        settling.evidence(account, said, self.till.now(), source="pull")
        requests = Requests(
            payments=self.till.payments, accounts=self.accounts, banks=bank, open_banks=open_banks(self.till.table)
        )
        money = Money(minor=Minor(amount), currency=Currency("INR"))
        requests.give_back(account.merchant, tr, refund, rrn, money, Once(key=refund, asked="", at=self.till.now()))

    def brings(self, row: dict[str, Any]) -> int:
        """Post a callback as it is; all that it causes happens, but for what is held. What the bank is answered."""
        path, raw = f"/webhooks/payments/{self.name}/{ACCOUNT}", (UPI / row["body_file"]).read_bytes()
        answer = self.stage.http("POST", path, row["headers"], raw)
        self.stage.drain()
        return answer.status


@pytest.fixture
def held(stage: Stage) -> Iterator[Stage]:
    """Return the stage, on which calls for banks wait."""
    with stage.faults.hold("payment_bank_call"):
        yield stage
    assert stage.failures == []


def rows(*actions: str, verdicts: tuple[str, ...] = ("evidence", "refund_evidence", "notice", "rejected")) -> Any:
    """Those of the fixtures' callbacks of which this may be done."""
    chosen = [row for row in CALLBACKS if row["expect"]["action"] in actions and row["expect"]["verdict"] in verdicts]
    return pytest.mark.parametrize("row", built(chosen))


@rows("consume", "ignore", verdicts=("evidence", "notice"))
def test_proof_moves_what_it_says_and_nothing_else(held: Stage, row: dict[str, Any]) -> None:
    """Money of ours is a receipt and a state, somebody else's an orphan; a notice moves nothing. The second time nothing happens."""
    door, expect = Door(held, reader(row)), row["expect"]
    tr = expect.get("tr") or "HAATOTHER"
    door.asked(tr)
    before = door.till.payment(tr)
    assert door.brings(row) == 200
    after = door.till.payment(tr)
    known = PROFILE["providers"][row["provider"]]
    money = expect["verdict"] == "evidence"
    ours = expect.get("merchant_id", known["merchant_id"]) == known["merchant_id"]
    exact = (expect.get("amount_paise"), expect.get("currency")) == (AMOUNT, "INR")
    paid = money and ours and expect["status"] == "SUCCESS"
    kind = ["primary" if exact else "mismatch"] if paid else []
    assert [receipt.kind for receipt in after.receipts] == kind
    told = [(expect.get("rrn"), expect.get("amount_paise"))] * paid
    assert [(one.rrn, one.amount) for one in after.receipts] == told
    if not money or not ours:
        assert after.request == before.request
    elif paid and not exact:
        assert after.request.state == "REVIEW"
    else:
        assert after.request.state == STATES[expect["status"]]
    assert len(door.till.orphans()) == (money and not ours and expect["status"] == "SUCCESS")
    assert door.brings(row) == 200
    assert (door.till.payment(tr).request.state, door.till.payment(tr).receipts) == (
        after.request.state,
        after.receipts,
    )
    assert door.till.told()["PaymentPaid"] == (paid and exact)


@rows("consume", verdicts=("refund_evidence",))
def test_proof_of_a_refund_moves_the_refund(held: Stage, row: dict[str, Any]) -> None:
    """Pending or deemed is on its way still; done is done once, however often it is told."""
    door, expect = Door(held, reader(row)), row["expect"]
    door.asked("HAATBACK")
    door.giving_back("HAATBACK", expect["refund_id"], expect["rrn"], expect["amount_paise"])
    for _ in range(2):
        assert door.brings(row) == 200
        payment = door.till.payment("HAATBACK")
        assert [(one.id, one.state) for one in payment.refunds] == [
            (expect["refund_id"], REFUNDS[expect["refund_status"]])
        ]
        assert payment.request.state == "PAID"
    assert door.till.told()["RefundDone"] == (expect["refund_status"] == "DONE")


@rows("pull")
def test_hint_moves_nothing_and_has_the_bank_asked_once(held: Stage, row: dict[str, Any]) -> None:
    """Whatever it says, and of whom: no state, no receipt, no orphan; one question is due, also when it comes twice."""
    door, expect = Door(held, reader(row)), row["expect"]
    tr = expect.get("tr") or "HAATOTHER"
    door.asked(tr)
    before = door.till.payment(tr)
    with held.faults.hold("payment_reconciler"):
        assert [door.brings(row), door.brings(row)] == [200, 200]
        after = door.till.payment(tr)
    marked = replace(before.request, pull_at=door.till.now(), version=before.request.version + 1)
    assert (after.request, after.receipts, after.refunds) == (marked, (), ())
    held.drain()
    assert door.till.payment(tr).request.pulls == (door.till.now(),)
    assert (door.till.orphans(), door.till.told()) == ([], {})


@rows("reject")
def test_what_proves_nothing_changes_nothing(held: Stage, row: dict[str, Any]) -> None:
    """What the door can see it refuses, and keeps a copy; what shows when it is decrypted has been acknowledged, and ends there."""
    door, expect = Door(held, reader(row)), row["expect"]
    spoiled = [one["expect"]["tr"] for one in CALLBACKS if reader(one) == door.name and one["expect"].get("tr")]
    trs = sorted({"HAATOTHER", *spoiled})
    for tr in trs:
        door.asked(tr)
    before = [door.till.payment(tr) for tr in trs]
    at_the_door = expect["reason"] in AT_THE_DOOR
    for _ in range(2):
        assert door.brings(row) == (401 if at_the_door else 200)
    assert [door.till.payment(tr) for tr in trs] == before
    assert (door.till.orphans(), door.till.told()) == ([], {})
    kept = [item["pk"]["S"].partition("#")[0] for item in held.items("payment")]
    assert ("FORGED" in kept, "CALLBACK" in kept) == (at_the_door, not at_the_door)


# What a bank answers when it is asked, in the words of the simulated one -> the request's state then. Nothing of it is in the callback.
ANSWERS: dict[str, str] = {"FAILED": "FAILED", "PENDING": "PROCESSING", "": "PRESENTED", "SUCCESS": "PAID"}


@pytest.mark.parametrize("word", ANSWERS)
@pytest.mark.parametrize("row", built(row for row in CALLBACKS if row["variant"] == "spliced"))
def test_spliced_callback_is_worth_what_the_bank_says(stage: Stage, row: dict[str, Any], word: Any) -> None:
    """Two genuine messages, cut and joined under the right key, say SUCCESS. It is paid if the bank says so, and only then."""
    door, tr, simulated = Door(stage, reader(row)), row["expect"]["tr"], stage.bank
    account, keys = account_of(door.name)
    known = simulated.open_account(
        door.name,
        merchant_id=account.merchant_id,
        vpa=account.vpa,
        webhook=f"/webhooks/payments/{door.name}/{ACCOUNT}",
        keys={name: key.reveal() for name, key in keys.items()},
    )
    door.asked(tr)
    if word:
        simulated.faults.silent()
        simulated.pay(f"upi://pay?pa={known.vpa}&tr={tr}&am={AMOUNT // 100}.{AMOUNT % 100:02}", word=word)
    assert door.brings(row) == 200
    payment = door.till.payment(tr)
    assert (payment.request.state, len(payment.request.pulls)) == (ANSWERS[word], 1)
    assert [receipt.rrn for receipt in payment.receipts] == [
        one.rrn for one in simulated.world.payments.values() if one.word == "SUCCESS"
    ]
    assert row["expect"]["rrn"] not in [receipt.rrn for receipt in payment.receipts]
    assert stage.failures == []
