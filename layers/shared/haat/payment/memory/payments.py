"""Payments in memory, under the contract of the table's own."""

from collections.abc import Sequence
from dataclasses import replace

from haat.facts.payments import BankAnswered, CallbackKept, outbox_row
from haat.kernel.errors import Changed, Conflict
from haat.kernel.ids import MerchantId
from haat.kernel.once import Answer, Remembered
from haat.kernel.time import Instant
from haat.payment.model.outbox import Mark, Row
from haat.payment.model.payment import Change, Orphan, Payment
from haat.payment.ports import KnownEvent, Listed, Writing


class MemoryPayments:
    """Fills the port Payments. `rows` is what went into the outbox, in order."""

    def __init__(self) -> None:
        self._kept: dict[str, Payment] = {}
        self._events: dict[tuple[str, str], str] = {}
        self._receipts: dict[tuple[str, str], str] = {}
        self._claims: set[tuple[str, str, int]] = set()
        self._answers: set[tuple[str, str, str, int]] = set()
        self._waiting: dict[tuple[str, str], dict[str, CallbackKept]] = {}
        self._once = Remembered()
        self.orphans: dict[tuple[str, str], Orphan] = {}
        self.rows: list[Row] = []

    def load(self, tr: str) -> Payment | None:
        return self._kept.get(tr)

    def begin(self, payment: Payment, writing: Writing) -> Answer | None:
        if (given := self._given(writing)) is not None:
            return given
        if payment.request.tr in self._kept:
            raise Conflict("this reference is taken", word="reference-taken")
        self._kept[payment.request.tr] = replace(payment, lock=1)
        return self._wrote(writing)

    def save(self, before: Payment, change: Change, writing: Writing) -> Answer | None:
        if (given := self._given(writing)) is not None:
            return given
        self._check(writing.mark)
        tr, after = before.request.tr, change.after
        there = self._kept.get(tr)
        if there is None or there.lock != before.lock:
            raise Changed("the payment was changed in between")
        account = after.request.account
        fresh = [receipt for receipt in after.receipts if receipt.rrn not in {r.rrn for r in before.receipts}]
        if any(self._receipts.get((account, receipt.rrn), tr) != tr for receipt in fresh):
            raise Conflict("this money is another request's", word="receipt-taken")
        self._kept[tr] = replace(after, lock=before.lock + 1)
        for receipt in fresh:
            self._receipts[account, receipt.rrn] = tr
            self.orphans.pop((account, receipt.rrn), None)
            for name in {receipt.rrn, receipt.provider_txn_id} - {""}:
                for told in self._waiting.pop((account, name), {}).values():
                    self.rows.append(Row(name=f"waited#{told.id}", row=outbox_row(told)))
        if change.orphan is not None:
            self.orphans.setdefault((account, change.orphan.rrn), change.orphan)
        return self._wrote(writing)

    def keep_orphan(self, orphan: Orphan, writing: Writing) -> bool:
        self._check(writing.mark)
        key = (orphan.account, orphan.rrn)
        if key in self.orphans or key in self._receipts:
            return False
        self.orphans[orphan.account, orphan.rrn] = orphan
        self._wrote(writing)
        return True

    def find(self, account: str, *, refund: str = "", rrn: str = "", provider_txn_id: str = "") -> str | None:
        for tr, payment in self._kept.items():
            if payment.request.account != account:
                continue
            if refund and any(one.id == refund for one in payment.refunds):
                return tr
            for receipt in payment.receipts:
                if (rrn and receipt.rrn == rrn) or (provider_txn_id and receipt.provider_txn_id == provider_txn_id):
                    return tr
        return None

    def wait(self, account: str, name: str, told: CallbackKept) -> None:
        if self.find(account, rrn=name) or self.find(account, provider_txn_id=name):
            raise Changed("the money has come in between")
        self._waiting.setdefault((account, name), {})[told.id] = told

    def answered(self, said: BankAnswered) -> None:
        key = (said.what, said.tr, said.refund, said.number)
        if key not in self._answers:
            self._answers.add(key)
            self.rows.append(Row(name="answer", row=outbox_row(said)))

    def claim_refund(self, tr: str, refund: str, number: int) -> bool:
        claim = (tr, refund, number)
        first = claim not in self._claims
        self._claims.add(claim)
        return first

    def list(self, merchant: MerchantId, after: str | None, limit: int) -> Listed[Payment]:
        mine = sorted((tr for tr, p in self._kept.items() if p.request.merchant == merchant), reverse=True)
        listed = [tr for tr in mine if after is None or tr < after]
        page = [replace(self._kept[tr], receipts=(), refunds=()) for tr in listed[:limit]]
        return page, listed[limit - 1] if len(listed) > limit else None

    def due(self, now: Instant, limit: int) -> Sequence[tuple[str, Instant]]:
        found = []
        for tr, payment in self._kept.items():
            request = payment.request
            ends = request.expires_at if request.state in ("CREATED", "PRESENTED", "PROCESSING") else 0
            times = [t for t in (ends, request.pull_at, *(r.ask_at for r in payment.refunds)) if t and t <= now]
            if times:
                found.append((Instant(min(times)), tr))
        return [(tr, at) for at, tr in sorted(found)[:limit]]

    def _given(self, writing: Writing) -> Answer | None:
        return self._once.given(writing.once[0]) if writing.once else None

    def _check(self, mark: Mark | None) -> None:
        if mark is not None and (heard := self._events.get((mark.account, mark.event_id))) is not None:
            raise KnownEvent(same=heard == mark.content)

    def _wrote(self, writing: Writing) -> Answer | None:
        if writing.mark is not None:
            self._events[writing.mark.account, writing.mark.event_id] = writing.mark.content
        self.rows.extend(writing.rows)
        if writing.once:
            self._once.give(*writing.once)
            return writing.once[1]
        return None
