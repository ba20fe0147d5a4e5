"""One request's trouble is not another's: neither in the sweep, nor in settlement, nor in calls to banks."""

import base64
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any

import pytest
import urllib3

from haat.facts.payments import BankAnswered, BankWanted
from haat.kernel.errors import Unavailable
from haat.kernel.secret import Secret
from haat.kernel.time import HOUR, MINUTE, Instant, later
from haat.payment.banks.registry import bank
from haat.payment.memory.files import MemoryFiles
from haat.payment.memory.lists import MemoryLists
from haat.payment.memory.payments import MemoryPayments
from haat.payment.model.bank import Call
from haat.payment.model.payment import Payment
from haat.payment.ports import Reply, Writing
from haat.payment.rules import machine
from haat.payment.service.calling import Calling
from haat.payment.service.reconciling import PAGE, Reconciling
from haat.payment.store.caller import HttpBank
from tests.contract.payment.test_settling import OneAccount, Shelf, World, shelf
from tests.unit.payment.test_cases import CASES, at, evidence_of

__all__ = ["shelf"]
pytestmark = pytest.mark.upi
PAID = CASES[0]["steps"][1]["evidence"]


class Poisoned(MemoryPayments):
    """Some of its requests can't be read."""

    def load(self, tr: str) -> Payment | None:
        """As the port says, but for these."""
        if tr.startswith("poison"):
            raise Unavailable("broken")
        return super().load(tr)


def test_sweep_goes_on_past_what_fails() -> None:
    """More of them than one page holds, all older than the one that can be helped."""
    payments = Poisoned()
    world = World(CASES[0], Shelf(payments, MemoryFiles(), MemoryLists(payments), list, list))
    request = machine.present(world.payment).after.request
    for number in range(PAGE + 20):
        payments.begin(Payment(request=replace(request, tr=f"poison{number}", expires_at=Instant(1))), Writing())
    payments.begin(Payment(request=replace(request, tr="good")), Writing())
    swept = Reconciling(payments=payments).sweep(later(request.expires_at, HOUR), lambda: 60_000)
    assert len(swept.failed) == PAGE + 20
    good = payments.load("good")
    assert good is not None
    assert good.request.state == "EXPIRED"


def test_sweep_stops_when_its_time_is_up() -> None:
    """What it has not looked at is late the next minute, too."""
    payments = MemoryPayments()
    world = World(CASES[0], Shelf(payments, MemoryFiles(), MemoryLists(payments), list, list))
    request = machine.present(world.payment).after.request
    for number in range(30):
        payments.begin(Payment(request=replace(request, tr=f"late{number}")), Writing())
    clock = count(13_000, -500)
    swept = Reconciling(payments=payments).sweep(later(request.expires_at, HOUR), lambda: next(clock))
    assert 0 < swept.seen < 10


def test_money_of_another_payee_that_is_told_twice_is_no_trouble(shelf: Shelf) -> None:
    """Gateways tell of one payment under several names. It is one orphan, and what comes after it is heard."""
    world = World(CASES[0], shelf)
    other = {**PAID, "payee_vpa": "somebody@else", "rrn": "600510000099", "provider_txn_id": "other"}
    for event in ("E1", "E2", ""):
        world.hear(evidence_of(other, "proof", 60, event), at(60))
    assert len(shelf.orphans()) == 1
    world.hear(evidence_of(PAID, "proof", 61), at(61))
    assert world.payment.request.state == "PAID"


def test_money_that_is_another_requests_is_for_a_person(shelf: Shelf) -> None:
    """Staff had assigned it before the bank told whose it is."""
    world = World(CASES[0], shelf)
    first = world.payment
    taken = replace(first.request, tr="HOTHER")
    shelf.payments.begin(Payment(request=taken), Writing())
    other = shelf.payments.load("HOTHER")
    assert other is not None
    shelf.payments.save(
        other, machine.hear(other, replace(evidence_of(PAID, "proof", 60), tr="HOTHER"), at(60)), Writing()
    )
    world.hear(evidence_of(PAID, "proof", 60), at(61))
    assert world.payment.request.flags == ("money_of_another_request",)
    assert world.payment.receipts == ()


def test_failed_twice_leaves_the_call_of_the_end(shelf: Shelf) -> None:
    """The customer may try again: what comes until the request's end is found then."""
    world = World(CASES[0], shelf)
    account = replace(world.account, bank=replace(world.account.bank, merchant_id="acc_1"))
    settling = replace(world.settling, accounts=OneAccount(account))  # type: ignore[arg-type]  # as much of the port as is used
    request = replace(machine.present(world.payment).after.request, tr="HFAILED", payee_id="acc_1", pull_at=Instant(0))
    shelf.payments.begin(Payment(request=request), Writing())
    failed = '{"entity":"collection","count":1,"items":[{"id":"pay_1","amount":25000,"currency":"INR","status":"failed","created_at":1772425860}]}'
    for number, seconds in ((1, 90), (2, 200)):
        answer = BankAnswered(
            what="pull",
            tr="HFAILED",
            number=number,
            status=200,
            raw=base64.b64encode(failed.encode()).decode(),
            answered_at=at(seconds),
        )
        settling.answer(answer, at(seconds))
    after = shelf.payments.load("HFAILED")
    assert after is not None
    request = after.request
    assert (request.state, request.pull_at) == ("FAILED", request.expires_at)


@dataclass
class FakeBank:
    """Counts its calls."""

    reply: Reply = field(default_factory=lambda: Reply(status=200, raw=b'{"items":[]}'))
    calls: int = 0

    def call(self, call: Call) -> Reply:  # as the port says
        """One more."""
        self.calls += 1
        return self.reply


class Dark(MemoryPayments):
    """Can't keep the first answers."""

    dark = 0

    def answered(self, said: BankAnswered) -> None:
        """As the port says, some time."""
        if self.dark:
            self.dark -= 1
            raise Unavailable("dark")
        super().answered(said)


class CallKeys:
    """Fills the port KeyRing."""

    def keys(self, account: Any) -> Any:
        """What calls Razorpay."""
        return {"key_id": Secret("id"), "key_secret": Secret("secret")}


def calling(payments: MemoryPayments, fake: FakeBank) -> tuple[Calling, World]:
    """A caller of a bank of ours."""
    world = World(CASES[0], Shelf(payments, MemoryFiles(), MemoryLists(payments), list, list))
    accounts = OneAccount(world.account)
    it = Calling(
        files=MemoryFiles(),
        payments=payments,
        accounts=accounts,  # type: ignore[arg-type]  # as much of the port as is used
        keys=CallKeys(),
        bank=fake,
        banks=bank,
        now=lambda: at(100),
    )
    return it, world


def test_pull_that_is_brought_again_is_not_made_again() -> None:
    """It counts towards the limits once: where its answer could not be kept, none has come."""
    payments, fake = Dark(), FakeBank()
    it, world = calling(payments, fake)
    payments.dark = 3
    wanted = BankWanted(what="pull", tr=world.tr, number=1)
    for _ in range(3):
        with pytest.raises(Unavailable):
            it.make(wanted)
    assert it.make(wanted).status == 0
    assert fake.calls == 1


def test_answer_that_no_queue_would_take_is_none() -> None:
    """A megabyte of text about one payment is nothing that we read."""
    payments, fake = MemoryPayments(), FakeBank(Reply(status=200, raw=b"x" * 200_000))
    it, world = calling(payments, fake)
    assert it.make(BankWanted(what="pull", tr=world.tr, number=1)).word == "bank_dark"


class Trickling(BaseHTTPRequestHandler):
    """Begins an answer and goes on with it, a byte at a time: the next one each time that the other side looks at its clock."""

    looked = threading.Semaphore(0)

    def do_GET(self) -> None:  # as http.server calls it
        """A hundred bytes."""
        self.send_response(200)
        self.send_header("content-length", "100")
        self.end_headers()
        with suppress(OSError):  # the other side has had enough
            for _ in range(100):
                if not self.looked.acquire(timeout=5):
                    return
                self.wfile.write(b"x")
                self.wfile.flush()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[str]:
    """Return the address of a server on loopback."""
    Trickling.looked = threading.Semaphore(0)
    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Trickling)
    threading.Thread(target=httpd.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{httpd.server_address[1]}"
    httpd.shutdown()
    httpd.server_close()


@pytest.mark.parametrize(("seconds", "reply"), [(2, Reply(status=0)), (0, Reply(status=200, raw=b"x" * 100))])
def test_answer_that_does_not_end_in_time_is_none(server: str, seconds: int, reply: Reply) -> None:
    """However steadily it comes: with so many seconds between two looks at the clock it ends late, or at once."""
    passing = count(0, seconds)

    def timer() -> float:
        Trickling.looked.release()
        return float(next(passing))

    assert HttpBank(urllib3.PoolManager(), timer).call(Call(method="GET", url=server, headers={})) == reply


def test_bank_that_is_not_there_is_dark() -> None:
    """No answer is status 0, whatever the reason."""
    dark = HttpBank(urllib3.PoolManager(), lambda: 0.0)
    assert dark.call(Call(method="GET", url="http://127.0.0.1:9", headers={})).status == 0


def test_sweep_leaves_a_minute_to_the_record(shelf: Shelf) -> None:
    """What is due is found by its record; only what is a minute late is the schedule's."""
    world = World(CASES[0], shelf)
    world.change(machine.present, at(5))
    due = world.payment.request.pull_at
    reconciling = Reconciling(payments=shelf.payments)
    assert reconciling.sweep(Instant(due + MINUTE - 1), lambda: 60_000).seen == 0
    assert reconciling.sweep(later(due, MINUTE), lambda: 60_000).seen == 1
