"""Payments in memory, under the contract of the table's own."""

from collections.abc import Sequence
from dataclasses import replace

from haat.facts.payments import BankAnswered, CallbackKept, outbox_row
from haat.facts.settlement import RefundFiled
from haat.kernel.errors import Changed, Conflict
from haat.kernel.ids import MerchantId
from haat.kernel.once import Answer, Once, Remembered
from haat.kernel.time import Instant
from haat.payment.memory.accounts import MemoryAccounts
from haat.payment.model.outbox import Mark, Row
from haat.payment.model.payment import Change, Orphan, Payment, Payout, Proof, Receipt, Request
from haat.payment.ports import MOST_FILED, MOST_WAITING, KnownEvent, Listed, Writing
from haat.payment.rules import matching
from haat.payment.rules.news import times


class MemoryPayments:
    """Fills the port Payments. `rows` is what went into the outbox, in order; `accounts` change with a payment."""

    def __init__(self, accounts: MemoryAccounts | None = None) -> None:
        self._accounts = accounts or MemoryAccounts()
        self._kept: dict[str, Payment] = {}
        self._events: dict[tuple[str, str], str] = {}
        self._receipts: dict[tuple[str, str], str] = {}
        self._claims: set[tuple[str, str, str, int]] = set()
        self._answers: set[tuple[str, str, str, int]] = set()
        self._waiting: dict[tuple[str, str], dict[str, CallbackKept | RefundFiled]] = {}
        self._once = Remembered()
        self.orphans: dict[tuple[str, str], Orphan] = {}
        self.watched: dict[str, Instant] = {}  # since when an operator should look at a request
        self.proofs: dict[str, dict[tuple[str, ...], Proof]] = {}
        self.rows: list[Row] = []
        self.leads: set[tuple[str, str, str]] = set()  # (merchant, customer, reference)
        self.shut: set[tuple[str, str]] = set()  # (merchant, customer) to whom no request may begin

    def load(self, tr: str) -> Payment | None:
        return self._kept.get(tr)

    def given(self, once: Once) -> Answer | None:
        return self._once.given(once)

    def begin(self, payment: Payment, writing: Writing) -> Answer | None:
        if (given := self._given(writing)) is not None:
            return given
        if payment.request.tr in self._kept:
            raise Conflict("this reference is taken", word="reference-taken")
        self._lead(payment.request)
        self._kept[payment.request.tr] = replace(payment, lock=1)
        return self._wrote(writing)

    def save(self, before: Payment, change: Change, writing: Writing) -> Answer | None:
        if (given := self._given(writing)) is not None:
            return given
        self._check(writing.mark)
        tr, after = before.request.tr, change.after
        there = self._kept.get(tr)
        if (there.lock if there else 0) != before.lock:
            raise Changed("the payment was changed in between")
        account = after.request.account
        fresh = [receipt for receipt in after.receipts if receipt.rrn not in {r.rrn for r in before.receipts}]
        self._free(account, tr, fresh, kept=writing.kept)
        if there is None:
            self._lead(after.request)
        if writing.account is not None:
            self._accounts.save(writing.account)
        there_too = {it.rrn: self._orphan_of(account, it.rrn, it.provider_txn_id) for it in fresh}
        after = matching.inherited(after, {rrn: orphan for rrn, orphan in there_too.items() if orphan})
        self._kept[tr] = replace(after, lock=before.lock + 1)
        for receipt in fresh:
            self._came(account, tr, receipt)
        if after.request.state != before.request.state:
            self.watched.pop(tr, None)
            if after.request.state in ("PROCESSING", "REVIEW"):
                self.watched[tr] = writing.at or after.request.created_at
        if change.orphan is not None:
            self._keep(change.orphan)
        self._prove(tr if change.orphan is None else f"{account}#{change.orphan.rrn}", writing.proof)
        return self._wrote(writing)

    def keep_orphan(self, orphan: Orphan, writing: Writing) -> bool:
        self._check(writing.mark)
        if not self._keep(orphan):
            return False
        self._prove(f"{orphan.account}#{orphan.rrn}", writing.proof)
        self._wrote(writing)
        return True

    def settle_orphan(self, account: str, rrn: str, provider_txn_id: str, payout: Payout) -> Orphan | None:
        found = self._orphan_of(account, rrn, provider_txn_id)
        if found is None or found.settled:
            return found
        settled = replace(found, settled=True, fee=payout.fee, tax=payout.tax, settlement=payout.settlement)
        self.orphans[account, found.rrn] = settled
        return settled

    def find(self, account: str, *, refund: str = "", rrn: str = "", provider_txn_id: str = "") -> str | None:
        for tr, payment in self._kept.items():
            if payment.request.account != account:
                continue
            if rrn and self._receipts.get((account, rrn)) == tr:
                return tr
            if refund and any(one.id == refund for one in payment.refunds):
                return tr
            for receipt in payment.receipts:
                if (rrn and receipt.rrn == rrn) or (provider_txn_id and receipt.provider_txn_id == provider_txn_id):
                    return tr
        return None

    def wait(self, account: str, name: str, told: CallbackKept | RefundFiled) -> bool:
        if self.find(account, rrn=name) or self.find(account, provider_txn_id=name):
            raise Changed("the money has come in between")
        waiting = self._waiting.setdefault((account, name), {})
        if told.id not in waiting and len(waiting) >= (MOST_FILED if isinstance(told, RefundFiled) else MOST_WAITING):
            return False
        waiting[told.id] = told
        return True

    def waits(self, account: str, *names: str) -> bool:
        """Whether something waits for a money of these names."""
        return any((account, name) in self._waiting for name in names)

    def answered(self, said: BankAnswered) -> None:
        key = (said.wanted or said.what, said.tr, said.refund, said.number)
        if key not in self._answers:
            self._answers.add(key)
            self.rows.append(Row(name="answer", row=outbox_row(said)))

    def claim(self, tr: str, what: str, refund: str, number: int) -> bool:
        claim = (tr, what, refund, number)
        first = claim not in self._claims
        self._claims.add(claim)
        return first

    def list(self, merchant: MerchantId, after: str | None, limit: int) -> Listed[Payment]:
        mine = sorted((tr for tr, p in self._kept.items() if p.request.merchant == merchant), reverse=True)
        listed = [tr for tr in mine if after is None or tr < after]
        page = [replace(self._kept[tr], receipts=(), refunds=()) for tr in listed[:limit]]
        return page, listed[limit - 1] if len(listed) > limit else None

    def all(self, merchant: MerchantId) -> Sequence[Payment]:
        """All of a merchant's, for what else reads them."""
        return [payment for payment in self._kept.values() if payment.request.merchant == merchant]

    def due(self, now: Instant, limit: int) -> Sequence[tuple[str, Instant]]:
        found = []
        for tr, payment in self._kept.items():
            late = [at for at in times(payment) if at <= now]
            if late:
                found.append((Instant(min(late)), tr))
        return [(tr, at) for at, tr in sorted(found)[:limit]]

    def _free(self, account: str, tr: str, fresh: Sequence[Receipt], *, kept: bool) -> None:
        if any(self._whose(account, receipt, tr) != tr for receipt in fresh):
            raise Conflict("this money is another request's", word="receipt-taken")
        if kept and any(self.waits(account, it.rrn, it.provider_txn_id) for it in fresh):
            raise Conflict("the bank has given this money back", word="refund-waits")

    def _came(self, account: str, tr: str, receipt: Receipt) -> None:
        """A money is this request's, under all its names."""
        lost = self._orphan_of(account, receipt.rrn, receipt.provider_txn_id)
        names = {receipt.rrn, lost.rrn if lost else receipt.rrn}
        for name in names:
            self._receipts[account, name] = tr
            self.orphans.pop((account, name), None)
        for name in names | {receipt.provider_txn_id} - {""}:
            for told in self._waiting.pop((account, name), {}).values():
                self.rows.append(Row(name=f"waited#{told.id}", row=outbox_row(told)))

    def _keep(self, orphan: Orphan) -> bool:
        """False: the money is known, under one of its names."""
        known = self._orphan_of(orphan.account, orphan.rrn, orphan.provider_txn_id)
        if known is not None or self._whose(orphan.account, orphan, ""):
            return False
        self.orphans[orphan.account, orphan.rrn] = orphan
        return True

    def _orphan_of(self, account: str, rrn: str, provider_txn_id: str) -> Orphan | None:
        for (of, name), orphan in self.orphans.items():
            same = provider_txn_id and orphan.provider_txn_id == provider_txn_id
            if of == account and (name == rrn or same):
                return orphan
        return None

    def _whose(self, account: str, money: Receipt | Orphan, otherwise: str) -> str:
        """The request that has it as a receipt."""
        if (tr := self._receipts.get((account, money.rrn))) is not None:
            return tr
        return self.find(account, provider_txn_id=money.provider_txn_id) or otherwise

    def _lead(self, request: Request) -> None:
        if (request.merchant, request.customer) in self.shut:
            raise Conflict("this customer is erased", word="customer-erased")
        if request.customer:
            self.leads.add((request.merchant, request.customer, request.tr))

    def _prove(self, name: str, proof: Proof | None) -> None:
        if proof is not None:
            of = (proof.status, proof.rrn or proof.provider_txn_id) if proof.trust == "proof" else ()
            self.proofs.setdefault(name, {})[proof.trust, proof.source, *of] = proof

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
