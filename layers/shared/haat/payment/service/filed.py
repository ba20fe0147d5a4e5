"""A settlement file held against our books, part by part: each line confirms money, recovers it, or is for a person to look at."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from haat.facts.settlement import RefundFiled, SettlementGoesOn
from haat.kernel.errors import Changed, Rejected, Unavailable
from haat.kernel.time import Instant
from haat.payment.model.account import PayeeAccount
from haat.payment.model.bank import Row
from haat.payment.model.files import Line, Meaning, Part, SettlementFile
from haat.payment.model.ledger import Entry
from haat.payment.model.outbox import Row as NewsRow
from haat.payment.model.payment import Change, Payment
from haat.payment.ports.files import Files
from haat.payment.ports.lists import Lists
from haat.payment.rules import asking, files, machine
from haat.payment.service.settling import OF_ANOTHER, Settling

PAGE = 50  # entries of our books in one step


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """Goes through a file that was read. Each step writes what follows from it, and calls for the next one in the same transaction."""

    files: Files
    lists: Lists
    settling: Settling

    def go_on(self, fact: SettlementGoesOn, now: Instant) -> str:
        """One step -> one word. The same step again changes nothing. Raises Unavailable, Rejected."""
        file = self.files.get(fact.file)
        if file is None:
            raise Rejected("a step of a file that is not there")
        if file.state != "settling":
            return "file_done_before"
        account, _ = self.settling.of(file.account)
        if fact.part > file.parts:
            if fact.after != file.searched:
                return "file_searched_before"
            return self._search(account, file, fact, now)
        part = self.files.part(file.id, fact.part)
        if part is None:
            raise Rejected("a part of a file that is not there")
        if part.rounds != fact.round - 1:
            return "part_done_before"
        lines = tuple(self._line(account, file, line, fact.round, now) for line in part.lines)
        new = [
            line
            for line, was in zip(lines, part.lines, strict=True)
            if line.meaning and (fact.round == 1 or not was.meaning)
        ]
        after = replace(part, lines=lines, rounds=fact.round, version=part.version + 1)
        self._save(files.counted(file, new), [files.next_step(file, fact.part, fact.round)], after)
        return "part_settled"

    def _line(self, account: PayeeAccount, file: SettlementFile, line: Line, round: int, now: Instant) -> Line:
        """In the first round the money that came; in the second what was taken back of it, which may stand before it in the file."""
        if line.meaning or (line.row.kind == "payment") != (round == 1):
            return line
        match line.row.kind:
            case "payment":
                return replace(line, meaning=self._payment(account, file, line.row, now))
            case "refund":
                return replace(line, meaning=self._refund(account, file, line.row, now))
            case "dispute":
                return replace(line, meaning=self._dispute(account, line.row, now))

    def _payment(self, account: PayeeAccount, file: SettlementFile, row: Row, now: Instant) -> Meaning:
        """By its RRN first: whose a money is was decided when it came, whatever reference the line names."""
        said, payout = files.evidence(account, file, row)
        payments, proof = self.settling.payments, asking.proof(said, "file", now)
        tr = payments.find(account.id, rrn=said.rrn, provider_txn_id=said.provider_txn_id) or said.tr
        payment = payments.load(tr) if tr else None
        if payment is None or payment.request.account != account.id:
            if self.settling.stray(account, said, None, proof, payout).word == "orphan":
                return "orphan"
            known = payments.settle_orphan(account.id, said.rrn, said.provider_txn_id, payout)
            if known is None:  # somebody has given it to a request in this moment
                raise Unavailable("the money changed hands: take it again")
            if known.amount != said.amount:
                return "differs"
            return "orphan" if known.found_in == file.id else "orphan_known"
        meaning: Meaning = ""

        def step(before: Payment) -> Change:
            nonlocal meaning
            known = machine.receipt_of(before, said.rrn, said.provider_txn_id)
            change = machine.hear(before, said, now, payout=payout)
            if change.orphan is not None:
                meaning = "orphan"
            elif known is None:
                meaning = "recovers"
            elif known.amount != said.amount:
                meaning = "differs"
            else:  # what this file has recovered before it was taken again is not confirmed by it
                meaning = "recovers" if known.found_in == file.id else "confirms"
            return replace(change, orphan=asking.orphan(account, said, payout)) if change.orphan else change

        if self.settling.write(payment, step, None, now, proof).word == OF_ANOTHER:
            raise Unavailable("the money changed hands: take it again")
        return meaning

    def _refund(self, account: PayeeAccount, file: SettlementFile, row: Row, now: Instant) -> Meaning:
        told = RefundFiled(
            id=f"{file.id}#{row.line}",
            account=account.id,
            amount=row.amount,
            received_at=now,
            status_word=row.status_word,
            refund_id=row.refund_id,
            provider_refund_id=row.provider_refund_id,
            rrn=row.rrn,
            provider_txn_id=row.provider_txn_id,
            tr=row.tr,
            occurred_at=row.occurred_at or Instant(0),
        )
        outcome = self.settling.filed(told, now)
        if not outcome.tr:
            return "refund_unknown"
        payment = self.settling.payments.load(outcome.tr)
        names = {row.refund_id, row.provider_refund_id} - {""}
        found = [one for one in payment.refunds if names & {one.id, one.filed}] if payment else []
        right = any(one.state == "DONE" and one.amount == row.amount for one in found)
        return "refund" if right else "differs"

    def _dispute(self, account: PayeeAccount, row: Row, now: Instant) -> Meaning:
        payments = self.settling.payments
        tr = payments.find(account.id, rrn=row.rrn, provider_txn_id=row.provider_txn_id)
        payment = payments.load(tr) if tr else None
        if payment is None:
            return "chargeback_unknown"
        self.settling.write(
            payment, lambda before: machine.charged_back(before, row.rrn, row.provider_txn_id, row.amount), None, now
        )
        return "chargeback"

    def _search(self, account: PayeeAccount, file: SettlementFile, fact: SettlementGoesOn, now: Instant) -> str:
        """Money of the file's days that we hold and no file has named."""
        since, until = files.window(file)
        entries, rest = self.lists.ledger(account.merchant, since, until, fact.after or None, PAGE)
        lines = tuple(line for entry in entries if (line := self._missing(account, entry, since, until, now)))
        part = Part(file=file.id, number=fact.part, lines=lines, rounds=2) if lines else None
        after = files.counted(replace(file, parts=file.parts + (1 if part else 0)), lines)
        if rest is not None:
            then = [files.goes_on(file, after.parts + 1, rest, round=2)]
            self._save(replace(after, searched=rest), then, part)
            return "file_searched"
        done = files.done(replace(after, version=file.version), now)
        self._save(done, (), part)
        return "file_with_questions" if done.questions else "file_done"

    def _missing(
        self, account: PayeeAccount, entry: Entry, since: Instant, until: Instant, now: Instant
    ) -> Line | None:
        request, receipt = entry.request, entry.receipt
        if request is None or receipt is None or request.account != account.id or receipt.settled:
            return None
        payment = self.settling.payments.load(request.tr)  # the list may be a moment old
        there = next((one for one in payment.receipts if one.rrn == receipt.rrn), None) if payment else None
        if payment is None or there is None or there.settled:
            return None
        self.settling.write(payment, lambda before: machine.missing(before, until, since), None, now)
        named = Row(
            kind="payment",
            amount=there.amount,
            tr=request.tr,
            rrn=there.rrn if there.rrn != there.provider_txn_id else "",
            provider_txn_id=there.provider_txn_id,
            occurred_at=there.occurred_at,
        )
        return Line(row=named, meaning="missing")

    def _save(self, after: SettlementFile, then: Sequence[NewsRow], part: Part | None) -> None:
        try:
            self.files.save(after, then, part=part)
        except Changed:
            raise Unavailable("the file changed in between: take it again") from None
