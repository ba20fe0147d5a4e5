"""The survival cases once more, as settlement takes them: evidence in, rows out, on the memory store."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest

from haat.facts.codec import from_plain
from haat.facts.payments import BankWanted, CallbackKept, PaymentDue, load
from haat.facts.settlement import SettlementGoesOn
from haat.kernel.errors import Changed
from haat.kernel.ids import MerchantId, ulid
from haat.kernel.secret import Secret
from haat.kernel.time import Instant, as_datetime
from haat.payment.banks import Account, Keys, Row
from haat.payment.banks.registry import bank
from haat.payment.memory.files import MemoryFiles
from haat.payment.memory.lists import MemoryLists
from haat.payment.memory.payments import MemoryPayments
from haat.payment.model.account import PayeeAccount
from haat.payment.model.payment import Change, Orphan, Payment
from haat.payment.ports import Payments, Writing
from haat.payment.ports.files import Files
from haat.payment.ports.lists import Lists
from haat.payment.rules import files, machine, news, polling, refunds
from haat.payment.rules.reading import INDIA
from haat.payment.service.filed import Filed
from haat.payment.service.reconciling import Reconciling
from haat.payment.service.settling import Settling
from haat.payment.store.files import DynamoFiles
from haat.payment.store.lists import DynamoLists
from haat.payment.store.payments import DynamoPayments
from tests.unit.payment.test_cases import CASES, Book, at, ended, evidence_of, opened, refund_said, wanted

if TYPE_CHECKING:
    from haat.payment.model.evidence import Evidence
    from tests.contract.tables import Tables

pytestmark = pytest.mark.upi


class OneAccount:
    """Fills the port Accounts with one."""

    def __init__(self, account: PayeeAccount) -> None:
        self._account = account

    def get(self, id: str, *, fresh: bool = False) -> PayeeAccount | None:
        """The one."""
        return self._account if id == self._account.id else None


class NoKeys:
    """Fills the port KeyRing."""

    def keys(self, account: PayeeAccount) -> Keys:
        """A published secret."""
        return {"webhook_secret": Secret("s")}


def _account(asked: dict[str, Any]) -> PayeeAccount:
    bank_account = Account(provider="razorpay", merchant_id="", vpa=asked["payee_vpa"], base_url="https://bank.example")
    return PayeeAccount(
        id="account", merchant=MerchantId(asked["merchant"]), bank=bank_account, name="Shop", state="live"
    )


@dataclass(frozen=True)
class Shelf:
    """A store, and what lies in it: rows of the outbox by name, and orphans."""

    payments: Payments
    files: Files
    lists: Lists
    rows: Callable[[], list[tuple[str, dict[str, Any]]]]
    orphans: Callable[[], list[Orphan]]


@pytest.fixture(params=["memory", "table"])
def shelf(request: pytest.FixtureRequest) -> Shelf:
    """Return each store in turn, empty."""
    if request.param == "memory":
        memory = MemoryPayments()
        return Shelf(
            memory,
            MemoryFiles(),
            MemoryLists(memory),
            lambda: [(row.name, dict(row.row)) for row in memory.rows],
            lambda: list(memory.orphans.values()),
        )
    tables: Tables = request.getfixturevalue("tables")

    def rows() -> list[tuple[str, dict[str, Any]]]:
        news = [item for item in tables.payment.having("queue") if item["pk"].startswith("NEWS#")]
        return [(item["sk"].partition("#")[2], item) for item in news]

    def orphans() -> list[Orphan]:
        kept = [item for item in tables.payment.having("doc") if item["pk"].startswith("ORPHANS#")]
        return [from_plain(Orphan, json.loads(item["doc"])) for item in kept]

    table = tables.payment
    return Shelf(DynamoPayments(table), DynamoFiles(table), DynamoLists(table), rows, orphans)


class World:
    """Settlement and the reconciler round one store."""

    def __init__(self, case: dict[str, Any], shelf: "Shelf") -> None:
        self.payments, self.shelf = shelf.payments, shelf
        self.account = _account(case["request"])
        self.settling = Settling(payments=self.payments, accounts=OneAccount(self.account), keys=NoKeys(), banks=bank)  # type: ignore[arg-type]  # as much of the port as is used
        self.reconciling = Reconciling(payments=self.payments)
        self.tr = case["request"]["tr"]
        self.payments.begin(opened(case["request"]), Writing())

    def change(self, step: Any, now: Instant) -> None:
        """One decision of the rules, written."""
        before = self.payment
        change: Change = step(before)
        self.payments.save(before, change, Writing(rows=news.rows(before, change, now)))

    @property
    def payment(self) -> Payment:
        """As it is now."""
        found = self.payments.load(self.tr)
        assert found is not None
        return found

    def hear(self, said: Any, now: Instant) -> None:
        """One statement."""
        self.settling.evidence(self.account, said, now)

    def file(self, id: str, rows: tuple[Row, ...], now: Instant) -> None:
        """A settlement file of the case's day, read and gone through."""
        if self.shelf.files.get(id) is not None:  # the same one again: it is known, and not read
            return
        day = as_datetime(at(0)).astimezone(INDIA).date().isoformat()
        begun = replace(files.begun(id, self.account, day, day, "upload", now), state="reading")
        self.shelf.files.begin(begun)
        after, parts = files.read(begun, (rows, ()))
        for part in parts:
            self.shelf.files.keep(part)
        self.shelf.files.save(*files.settles(after))
        filed = Filed(files=self.shelf.files, lists=self.shelf.lists, settling=self.settling)
        for number in range(1, len(parts) + 2):
            for _ in range(2):  # each step is delivered twice
                filed.go_on(SettlementGoesOn(file=id, part=number), now)


class Player:
    """Plays a case's steps on a world; each kind of step is a method."""

    def __init__(self, world: World, case: dict[str, Any]) -> None:
        self._world, self._asked = world, case["request"]
        self._waiting: list[Evidence] = []
        self.rejected = 0

    def play(self, step: dict[str, Any]) -> None:
        """One step."""
        getattr(self, f"_{step['do']}")(step, at(step["at"]))

    def _present(self, step: dict[str, Any], now: Instant) -> None:
        self._world.change(machine.present, now)

    def _cancel(self, step: dict[str, Any], now: Instant) -> None:
        self._world.change(lambda before: machine.cancel(before, now), now)

    def _tick(self, step: dict[str, Any], now: Instant) -> None:
        for tr, when in self._world.payments.due(now, 10):
            self._world.reconciling.look(PaymentDue(tr=tr, at=when), now)

    def _callback(self, step: dict[str, Any], now: Instant) -> None:
        if step["trust"] == "forged":
            self.rejected += 1
            return
        said = evidence_of(step["evidence"], step["trust"], step["occurred_at"], step.get("event_id", ""))
        match step.get("crash"):
            case "before_store":
                pass
            case "after_store":
                self._waiting.append(said)
            case _:
                self._world.hear(said, now)

    def _callback_flood(self, step: dict[str, Any], now: Instant) -> None:
        said = evidence_of(step["evidence"], step["trust"], step.get("occurred_at", step["at"]))
        for _ in range(step.get("count", step.get("workers", 1))):
            self._world.hear(said, now)

    _callback_concurrent = _callback_flood

    def _redeliver_queue(self, step: dict[str, Any], now: Instant) -> None:
        for said in self._waiting:
            self._world.hear(said, now)

    def _sweep_outbox(self, step: dict[str, Any], now: Instant) -> None:
        """Rows are written with what they tell of: nothing is left to sweep."""

    def _pull(self, step: dict[str, Any], now: Instant) -> None:
        world = self._world
        world.change(lambda before: asked_now(before, now), now)
        match step["answer"]:
            case "evidence":
                world.hear(evidence_of(step["evidence"], "proof", step["occurred_at"]), now)
            case "not_found":
                world.change(lambda before: machine.nothing_known(before, now), now)
            case _:
                world.change(lambda before: machine.no_answer(before, now), now)

    def _refund(self, step: dict[str, Any], now: Instant) -> None:
        id, rrn, amount = step["refund_id"], step["rrn"], step["amount_paise"]
        self._world.change(lambda before: refunds.ask(before, id, rrn, amount, now), now)

    def _refund_result(self, step: dict[str, Any], now: Instant) -> None:
        refund = next(one for one in self._world.payment.refunds if one.id == step["refund_id"])
        result = "PENDING" if step["result"] == "TIMEOUT" else step["result"]
        said = refund_said(refund.id, "", refund.rrn, refund.amount, result)
        self._world.settling.refund_evidence(self._world.account, said, now)

    def _refund_notice(self, step: dict[str, Any], now: Instant) -> None:
        said = refund_said("", step["provider_refund_id"], step["rrn"], step["amount_paise"], step["result"])
        self._world.change(lambda before: refunds.hear(before, said, now), now)

    def _settlement(self, step: dict[str, Any], now: Instant) -> None:
        rows = tuple(
            Row(
                kind="payment",
                amount=row["amount_paise"],
                tr=row["tr"],
                rrn=row["rrn"],
                payee=row["payee_vpa"],
                occurred_at=at(row["occurred_at"]),
            )
            for row in step["rows"]
        )
        self._world.file(ulid(at(0), step["file_id"].encode()), rows, now)


def asked_now(before: Payment, now: Instant) -> Change:
    """The bank is asked, whatever was due."""
    request = polling.made(before.request, now)
    return Change(after=replace(before, request=replace(request, version=before.request.version + 1)))


@pytest.mark.parametrize("case", CASES, ids=[f"{case['id']} {case['title']}" for case in CASES])
def test_history_ends_as_it_must_in_the_store(case: dict[str, Any], shelf: Shelf) -> None:
    """Memory and table end as the case says."""
    world = World(case, shelf)
    player = Player(world, case)
    for step in case["steps"]:
        player.play(step)
    orphans = {orphan.rrn: orphan for orphan in shelf.orphans()}
    book = Book(payment=world.payment, rejected=player.rejected, orphans=orphans)
    for name, row in shelf.rows():
        if name.endswith("#merchant"):
            book.events[name.partition("#")[0]] += 1
        if row["queue"] == "payment-bank":
            fact = load(row["body"])
            assert isinstance(fact, BankWanted)
            if fact.what == "refund":
                book.calls[fact.refund] += 1
    assert ended(book) == wanted(case)


def test_change_of_something_that_moved_is_refused(shelf: Shelf) -> None:
    """A decision on what is no more is not written."""
    world = World(CASES[0], shelf)
    before = world.payment
    world.change(machine.present, at(5))
    with pytest.raises(Changed):
        world.payments.save(before, machine.present(before), Writing())


def test_refund_of_money_that_is_nobodys_waits_until_it_is_somebodys(shelf: Shelf) -> None:
    """A bank that names refunds by RRN alone gave back what a static code brought: that is no reason to be told it for ever."""
    world = World(CASES[0], shelf)
    said = evidence_of({**CASES[0]["steps"][1]["evidence"], "tr": "", "provider_txn_id": ""}, "proof", 60)
    world.hear(said, at(60))
    told = CallbackKept(id="C1", provider="razorpay", account="account", raw="", headers={}, received_at=at(70))
    gone = refund_said("", "prf-1", said.rrn, said.amount, "DONE")
    for _ in range(2):
        outcome = world.settling.refund_evidence(world.account, gone, at(70), source=told)
        assert outcome.word == "refund_waits"
