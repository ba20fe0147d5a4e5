"""The survival cases (tests/fixtures/upi/cases.json), all of them through the rules."""

import itertools
import json
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from haat.kernel.ids import MerchantId
from haat.kernel.time import Instant
from haat.payment.model.evidence import Evidence, RefundEvidence, Status, Trust
from haat.payment.model.payment import Change, Orphan, Payment, Payout, Request
from haat.payment.rules import machine, polling, refunds
from tests.upi_fixtures import UPI

pytestmark = pytest.mark.upi

BASE = 1_772_425_800_000
CASES = json.loads((UPI / "cases.json").read_text())["cases"]
WORDS = {
    (provider, word): status
    for provider, words in json.loads((UPI / "tables" / "status-words.json").read_text())["words"].items()
    for word, status in words.items()
}


def at(seconds: int) -> Instant:
    """A case's time."""
    return Instant(BASE + seconds * 1_000)


@dataclass
class Book:
    """What the tables hold, as far as the rules know them."""

    payment: Payment
    seen: dict[str, Any] = field(default_factory=dict)
    events: Counter[str] = field(default_factory=Counter)
    orphans: dict[str, Orphan] = field(default_factory=dict)
    rejected: int = 0
    calls: Counter[str] = field(default_factory=Counter)
    waiting: list[dict[str, Any]] = field(default_factory=list)

    def take(self, change: Change) -> None:
        """Write a change."""
        self.payment = change.after
        self.events.update(event.kind for event in change.events)
        if change.orphan:
            self.orphans[change.orphan.rrn] = change.orphan
        if change.call_refund:
            self.calls[change.call_refund] += 1


def evidence_of(said: dict[str, Any], trust: str, occurred: int, event_id: str = "") -> Evidence:
    """The evidence in a step."""
    word = str(said["status_word"])
    status: Status = WORDS.get((said["provider"], word.strip().upper()), "UNKNOWN")
    told: Trust = "proof" if trust == "proof" else "hint"
    return Evidence(
        provider=said["provider"],
        provider_txn_id=said["provider_txn_id"],
        tr=said["tr"],
        rrn=said["rrn"],
        amount=said["amount_paise"],
        currency=said["currency"],
        payee_vpa=said["payee_vpa"],
        status=status,
        status_word=word,
        trust=told,
        occurred_at=at(occurred),
        event_id=event_id,
    )


def opened(asked: dict[str, Any]) -> Payment:
    """The request of a case."""
    return Payment(
        request=Request(
            tr=asked["tr"],
            merchant=MerchantId(asked["merchant"]),
            account="account",
            provider=asked["provider"],
            payee_vpa=asked["payee_vpa"],
            payee_id="",
            amount=asked["amount_paise"],
            currency=asked["currency"],
            created_at=at(asked["created_at"]),
            expires_at=at(asked["expires_at"]),
        )
    )


def hear(book: Book, said: Evidence, now: Instant) -> None:
    """One statement, as settlement takes it: what was heard before is heard no more."""
    if said.event_id:
        content = replace(said, event_id="", occurred_at=Instant(0))
        first = book.seen.setdefault(said.event_id, content)
        if first != content:
            book.take(machine.contradicted(book.payment, now))
            return
    if said.tr != book.payment.request.tr:
        if said.trust == "proof" and said.status == "SUCCESS":
            book.orphans[said.rrn] = machine.orphan_of(book.payment.request, said)
        return
    book.take(machine.hear(book.payment, said, now))


class Player:
    """Plays a case's steps on a book; each kind of step is a method."""

    def __init__(self, case: dict[str, Any]) -> None:
        self._asked = case["request"]
        self.book = Book(payment=opened(self._asked))

    def play(self, step: dict[str, Any]) -> None:
        """One step."""
        getattr(self, f"_{step['do']}")(step, at(step["at"]))

    def _present(self, step: dict[str, Any], now: Instant) -> None:
        self.book.take(machine.present(self.book.payment))

    def _cancel(self, step: dict[str, Any], now: Instant) -> None:
        self.book.take(machine.cancel(self.book.payment, now))

    def _tick(self, step: dict[str, Any], now: Instant) -> None:
        self.book.take(machine.expire(self.book.payment, now))

    def _callback(self, step: dict[str, Any], now: Instant) -> None:
        if step["trust"] == "forged":
            self.book.rejected += 1
            return
        said = evidence_of(step["evidence"], step["trust"], step["occurred_at"], step.get("event_id", ""))
        match step.get("crash"):
            case "before_store":
                pass
            case "after_store":
                self.book.waiting.append({"said": said})
            case _:
                hear(self.book, said, now)

    def _callback_flood(self, step: dict[str, Any], now: Instant) -> None:
        said = evidence_of(step["evidence"], step["trust"], step.get("occurred_at", step["at"]))
        for _ in range(step.get("count", step.get("workers", 1))):
            hear(self.book, said, now)

    _callback_concurrent = _callback_flood

    def _redeliver_queue(self, step: dict[str, Any], now: Instant) -> None:
        for kept in self.book.waiting:
            hear(self.book, kept["said"], now)
        self.book.waiting.clear()

    def _sweep_outbox(self, step: dict[str, Any], now: Instant) -> None:
        """The rules know no outbox."""

    def _pull(self, step: dict[str, Any], now: Instant) -> None:
        book = self.book
        book.payment = replace(book.payment, request=polling.made(book.payment.request, now))
        match step["answer"]:
            case "evidence":
                hear(book, evidence_of(step["evidence"], "proof", step["occurred_at"]), now)
            case "not_found":
                book.take(machine.nothing_known(book.payment, now))
            case _:
                book.take(machine.no_answer(book.payment, now))

    def _refund(self, step: dict[str, Any], now: Instant) -> None:
        id, rrn, amount = step["refund_id"], step["rrn"], step["amount_paise"]
        self.book.take(refunds.ask(self.book.payment, id, rrn, amount, now))

    def _refund_result(self, step: dict[str, Any], now: Instant) -> None:
        payment = self.book.payment
        refund = next(r for r in payment.refunds if r.id == step["refund_id"])
        told = "PENDING" if step["result"] == "TIMEOUT" else step["result"]
        self.book.take(refunds.hear(payment, refund_said(refund.id, "", refund.rrn, refund.amount, told), now))

    def _refund_notice(self, step: dict[str, Any], now: Instant) -> None:
        said = refund_said("", step["provider_refund_id"], step["rrn"], step["amount_paise"], step["result"])
        self.book.take(refunds.hear(self.book.payment, said, now))

    def _settlement(self, step: dict[str, Any], now: Instant) -> None:
        settle(self.book, step, self._asked, now)


def play(case: dict[str, Any], steps: list[dict[str, Any]] | None = None) -> tuple[Book, list[int]]:
    """A case's history -> what is there at its end, and after which steps a pull was due."""
    player = Player(case)
    due: list[int] = []
    for number, step in enumerate(steps if steps is not None else case["steps"], 1):
        player.play(step)
        if player.book.payment.request.pull_at:
            due.append(number)
    return player.book, due


def refund_said(id: str, provider_id: str, rrn: str, amount: int, status: Any) -> RefundEvidence:
    """A bank's word on a refund."""
    return RefundEvidence(
        provider="bank",
        provider_refund_id=provider_id,
        refund_id=id,
        amount=amount,
        status=status,
        status_word=status,
        trust="proof",
        rrn=rrn,
    )


def settle(book: Book, step: dict[str, Any], asked: dict[str, Any], now: Instant) -> None:
    """A file, row by row."""
    for row in step["rows"]:
        said = Evidence(
            provider=asked["provider"],
            provider_txn_id="",
            tr=row["tr"],
            rrn=row["rrn"],
            amount=row["amount_paise"],
            currency="INR",
            payee_vpa=row["payee_vpa"],
            status="SUCCESS",
            status_word="settled",
            trust="proof",
            occurred_at=at(row["occurred_at"]),
        )
        if said.tr != book.payment.request.tr:
            book.orphans[said.rrn] = machine.orphan_of(book.payment.request, said)
        else:
            book.take(machine.hear(book.payment, said, now, payout=Payout()))
    book.take(machine.missing(book.payment, at(step["covers_until"])))


def ended(book: Book) -> dict[str, Any]:
    """The end as the cases write it."""
    payment = book.payment
    return {
        "state": payment.request.state,
        "late": payment.request.late,
        "receipts": sorted((r.rrn, r.amount, r.kind) for r in payment.receipts),
        "refund_proposals": sorted((r.rrn, r.amount, r.proposed) for r in payment.receipts if r.proposed),
        "refunds": sorted((r.id, r.amount, r.state) for r in payment.refunds),
        "refunded_paise": sum(r.amount for r in payment.refunds if r.state == "DONE"),
        "flags": sorted(payment.request.flags),
        "orphans": sorted((o.rrn, o.amount) for o in book.orphans.values()),
        "rejected_callbacks": book.rejected,
        "provider_refund_calls": dict(book.calls),
        "domain_events": dict(book.events),
    }


def wanted(case: dict[str, Any]) -> dict[str, Any]:
    """What must be true at the end."""
    expect = case["expect"]
    return {
        **{name: expect[name] for name in ("state", "late", "refunded_paise", "rejected_callbacks", "domain_events")},
        "receipts": sorted((r["rrn"], r["amount_paise"], r["kind"]) for r in expect["receipts"]),
        "refund_proposals": sorted((r["rrn"], r["amount_paise"], r["reason"]) for r in expect["refund_proposals"]),
        "refunds": sorted((r["refund_id"], r["amount_paise"], r["state"]) for r in expect["refunds"]),
        "flags": sorted(expect["flags"]),
        "orphans": sorted((o["rrn"], o["amount_paise"]) for o in expect["orphans"]),
        "provider_refund_calls": expect["provider_refund_calls"],
    }


@pytest.mark.parametrize("case", CASES, ids=[f"{case['id']} {case['title']}" for case in CASES])
def test_history_ends_as_it_must(case: dict[str, Any]) -> None:
    """The rules alone end as the case says."""
    book, due = play(case)
    assert ended(book) == wanted(case)
    assert set(case["expect"]["pull_due_after_steps"]) <= set(due)


ORDER_MATTERS = {"same event id, different content": "the first content of an event id stands"}


@pytest.mark.parametrize("case", CASES, ids=[f"{case['id']} {case['title']}" for case in CASES])
def test_order_of_proven_callbacks_changes_nothe_end(case: dict[str, Any]) -> None:
    """Every permutation of what is proven, also where providers promise no order."""
    steps = case["steps"]
    proven = [i for i, step in enumerate(steps) if step["do"] in ("callback", "refund_notice") and is_proven(step)]
    ends = set()
    for order in itertools.permutations(proven):
        moved = list(steps)
        for place, source in zip(proven, order, strict=True):
            moved[place] = {**steps[source], "at": steps[place]["at"]}
        ends.add(the_end(play(case, moved)[0]))
    assert len(ends) == 1 or case["title"] in ORDER_MATTERS


def is_proven(step: dict[str, Any]) -> bool:
    """Whether a step is a statement that counts, and came whole."""
    return step["do"] == "refund_notice" or (step["trust"] == "proof" and "crash" not in step)


def the_end(book: Book) -> tuple[Any, ...]:
    """What must not depend on the order: which of two moneys came first may."""
    payment = book.payment
    return (
        payment.request.state,
        payment.request.late,
        tuple(sorted((r.rrn, r.amount) for r in payment.receipts)),
        sum(r.amount for r in payment.receipts if r.proposed),
        tuple(sorted((r.id, r.amount, r.state) for r in payment.refunds)),
        tuple(sorted(book.orphans)),
        tuple(
            sorted(
                (kind, n) for kind, n in book.events.items() if kind in ("PaymentPaid", "RefundDone", "RefundFailed")
            )
        ),
    )
