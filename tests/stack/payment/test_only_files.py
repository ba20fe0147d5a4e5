"""The banks' files, and nothing but the files: no callback comes, no question is answered, and all money is found the day after."""

from typing import Any

import pytest

from haat.facts.settlement import SettlementFileGiven, SettlementGoesOn
from haat.kernel.time import DAY, later
from infra.local.faults import Point
from infra.local.payees import PAYEES
from infra.local.simulators.bank_formats import FORMATS
from infra.local.stage import Stage
from tests.stack.payment.banked import AMOUNT, FIRST_LOOK, OVER, Banked
from tests.stack.payment.scenes import FOUR

FILED = {payee.provider: payee for payee in PAYEES if FORMATS[payee.provider].file}
GROUP = 4  # requests that end in one way before the file comes
# Those whose file names no merchant in its rows: a stranger's money is an orphan there, where the others' row is refused.
UNNAMED = ("razorpay",)


class Dark:
    """A bank that goes dark, and what was paid there: in time, after it had failed, and when the request was over."""

    def __init__(self, at: Banked, group: int = GROUP) -> None:
        self.at, self.provider = at, at.payee.provider
        self.left_out, self.odd, *rest = (at.asks() for _ in range(2 + 3 * group))
        self.paid, self.failed, self.over = rest[:group], rest[group : 2 * group], rest[2 * group :]
        for one in self.failed:
            at.bank.pay(one["link"], word="FAILED")
        at.stage.run_for(FIRST_LOOK)
        assert self.states(self.failed) == {"FAILED"}
        at.bank.faults.silent(provider=self.provider)
        at.bank.faults.broken("pull", times=None, provider=self.provider)
        for one in (self.left_out, self.odd, *self.paid, *self.failed):
            at.bank.pay(one["link"])
        moment = at.stage.clock.now()
        at.stage.run_for(OVER)
        assert self.states(self.over) == {"EXPIRED"}
        # What a gateway has made can't be paid later; there nobody has told of it before its end.
        for one in self.over:
            at.bank.pay(one["link"], at=moment if at.caps.creates else None)
        self.day = at.today()
        at.till.move(later(at.till.now(), DAY))
        at.stage.drain()

    @property
    def found(self) -> list[dict[str, Any]]:
        """What the file must find."""
        return [*self.paid, *self.failed, *self.over]

    def states(self, requests: list[dict[str, Any]]) -> set[str]:
        """As the shop sees them."""
        return {self.at.sees(one)["state"] for one in requests}

    def spoiled(self) -> bytes:
        """The file, without the first row, with another sum in the next, and with a row of somebody else's money."""
        for kind in ("row_missing", "row_other_sum", "row_of_stranger"):
            self.at.bank.faults.spoil_file(kind, provider=self.provider)
        return self.at.file(self.day)


def kept(stage: Stage) -> dict[str, Any]:
    """All that is kept of money, but answers to requests that may come again."""
    items = {item["pk"]["S"] + item["sk"]["S"]: item for item in stage.items("payment")}
    return {key: item for key, item in items.items() if not key.startswith("ONCE#")}


@pytest.mark.parametrize("provider", FILED)
def test_all_money_is_found_by_the_file_alone(stage: Stage, provider: str) -> None:
    """A hundred of a hundred, whatever their requests had come to; and the same file again, or each step of it, changes nothing.

    A row that is not there leaves its request alone, another sum is for a person to look at, a stranger's row touches nobody.
    """
    at = Banked(stage, FILED[provider])
    dark = Dark(at)
    assert dark.states(dark.paid) <= {"PRESENTED", "PROCESSING", "EXPIRED"}
    raw = dark.spoiled()
    file = at.desk.brings(raw, dark.day.isoformat())
    stranger = "orphan" if provider in UNNAMED else "other_merchant"
    assert (file["state"], file["lines"]) == ("done", {"recovers": len(dark.found) + 1, stranger: 1})
    for one in dark.found:
        seen = at.sees(one)
        (receipt,) = seen["receipts"]
        assert (seen["state"], seen["flags"]) == ("PAID", ["recovered_by_settlement"])
        assert (receipt["kind"], receipt["amount"]["minor"], receipt["settled"]) == ("primary", AMOUNT, True)
        assert seen["paid_late"] == (one in dark.over and not at.caps.creates)
    unpaid, odd = at.sees(dark.left_out), at.sees(dark.odd)
    assert (unpaid["state"], unpaid["flags"], unpaid["receipts"]) == ("EXPIRED", [], [])
    assert (odd["state"], odd["flags"]) == ("REVIEW", ["amount_mismatch", "recovered_by_settlement"])
    assert [(one["kind"], one["amount"]["minor"]) for one in odd["receipts"]] == [("mismatch", AMOUNT + 100)]
    assert [orphan.foreign for orphan in at.till.orphans()] == [False] * (stranger == "orphan")
    assert at.till.told()["PaymentPaid"] == len(dark.found)
    before = kept(stage)
    at.desk.again(SettlementFileGiven(file=file["id"]))
    at.desk.again(SettlementGoesOn(file=file["id"], part=1))
    assert kept(stage) == before
    again = at.desk.brings(raw, dark.day.isoformat())
    assert (again["state"], again["reason"], again["same_as"]) == ("refused", "same_file", file["id"])
    after = kept(stage)
    assert {key: after[key] for key in before} == before
    assert all(again["id"] in key for key in after.keys() - before.keys())
    assert stage.failures == []


class Filed:
    """A day at one bank of which its file says something of each kind: confirmed, given back, taken back, missing, recovered, wrong."""

    def __init__(self, stage: Stage) -> None:
        stage.reset()
        at = self.at = Banked(stage, FILED["axis"])
        self.missing, _ = at.paid()
        silent = at.bank.faults.silent(provider="axis")
        self.odd, self.lost = at.asks(), at.asks()
        for one in (self.odd, self.lost):
            at.bank.pay(one["link"])
        at.bank.faults.remove(silent)
        at.bank.faults.broken("pull", times=None)
        self.known, payment = at.paid()
        at.gives_back(self.known, payment.rrn, 10_000)
        at.bank.charge_back(payment.id, 5_000)
        day = at.today()
        at.till.move(later(at.till.now(), DAY))
        for kind in ("row_missing", "row_other_sum"):
            at.bank.faults.spoil_file(kind)
        begun = at.desk.begins(day.isoformat())
        at.desk.posts(begun, at.file(day))
        self.id = begun["id"]
        stage.drain()
        stage.faults.clear()

    def read(self) -> None:
        """Have it read; whatever died comes again, after six minutes at the most each time."""
        self.at.desk.operator.json("POST", f"settlement-files/{self.id}/read", expect=202)
        self.at.stage.run_for(OVER)

    def end(self) -> dict[str, Any]:
        """What has come of it, as the operator and the shop see it, and what the shop was told."""
        file = self.at.desk.shows(self.id)
        seen = [self.at.sees(one) for one in (self.missing, self.odd, self.lost, self.known)]
        for said in (said for one in seen for receipt in one["receipts"] for said in receipt["evidence"]):
            del said["heard_at"]  # later, where a step had to come again
        return {
            "file": {name: file[name] for name in ("state", "lines", "questions", "totals", "net_by_settlement")},
            "lines": [
                (line["line"], line["meaning"], line["rrn"], line["amount"]) for line in self.at.desk.lines(self.id)
            ],
            "requests": [(one["state"], one["flags"], one["receipts"]) for one in seen],
            "refunds": [(back["state"], back["rrn"], back["amount"]) for one in seen for back in one["refunds"]],
            "told": self.at.till.told(),
        }


def _in_peace(stage: Stage) -> tuple[dict[str, Any], list[Point]]:
    """What comes of it when nobody dies, and where somebody could have."""
    filed = Filed(stage)
    filed.read()
    assert not stage.failures
    return filed.end(), [point for point in stage.faults.points() if point.function in (*FOUR, "outbox_relay")]


@pytest.mark.on_moto("faults inside functions")
def test_file_says_something_of_each_kind(stage: Stage) -> None:
    """In peace: what the deaths below are measured by, and that whoever reads files is among those who die."""
    end, points = _in_peace(stage)
    wanted = {"missing": 1, "recovers": 2, "confirms": 1, "refund": 1, "chargeback": 1}
    assert (end["file"]["state"], end["file"]["lines"], end["file"]["questions"]) == ("done", wanted, 2)
    assert [(state, flags) for state, flags, _ in end["requests"]] == [
        ("PAID", ["missing_in_settlement"]),
        ("REVIEW", ["amount_mismatch", "recovered_by_settlement"]),
        ("PAID", ["recovered_by_settlement"]),
        ("PAID", ["chargeback"]),
    ]
    assert (end["told"]["PaymentPaid"], end["told"]["ReviewNeeded"], end["told"]["ChargedBack"]) == (3, 1, 1)
    assert {point.function for point in points} >= {"payment_reconciler", "outbox_relay"}


@pytest.mark.on_moto("faults inside functions")
@pytest.mark.parametrize("every", [20, pytest.param(1, marks=pytest.mark.slow)])
def test_death_at_every_point_while_a_file_goes_through(stage: Stage, every: int) -> None:
    """Whichever function dies before or after whichever of its calls: the same meanings, sums, receipts and news in the end."""
    end, points = _in_peace(stage)
    wrong = {}
    for point in points[every // 2 :: every]:
        filed = Filed(stage)
        with stage.faults.kill(function=point.function, call=point.call, when=point.when):
            filed.read()
        if (found := filed.end()) != end:
            wrong[point.name] = {name: (found[name], end[name]) for name in end if found[name] != end[name]}
        for queue in stage.deployment.queues:
            # What is due later may wait there.
            assert stage.queue_depth(queue) == 0 or queue.endswith("-payment-due"), (point.name, queue)
    assert not wrong
