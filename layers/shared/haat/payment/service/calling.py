"""Calls banks: the only service that is handed the keys for that. What the bank answers is kept as it came, and decided elsewhere."""

import base64
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, cast

from haat.facts.payments import BankAnswered, BankWanted
from haat.facts.settlement import ReportAnswered, ReportWanted
from haat.kernel.errors import Rejected
from haat.kernel.time import Instant
from haat.payment.ports import Accounts, Bank, KeyRing, Payments, Reply
from haat.payment.ports.banks import Bank as Adapter
from haat.payment.ports.files import Files
from haat.payment.rules import asking

if TYPE_CHECKING:
    from haat.payment.model.bank import Call


OK = 200
LOCKED = (401, 403)
# What is made once for each record: the limits count the first, and money moves by the second.
CLAIMED = ("pull", "refund")
MOST_KEPT = 128 * 1024  # bytes of an answer: as text it must fit into a record of a queue


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """One word for what became of a call, what was asked in the end, and the HTTP status (0: no answer, or no call)."""

    word: str
    what: str
    status: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Calling:
    """Makes one call for each record, at the most for those that count; a refund keeps its id for ever."""

    payments: Payments
    files: Files
    accounts: Accounts
    keys: KeyRing
    bank: Bank
    banks: Callable[[str], Adapter]
    now: Callable[[], Instant]

    def make(self, wanted: BankWanted) -> Made:
        """One call, at the most. Raises Unavailable, Rejected."""
        payment = self.payments.load(wanted.tr)
        account = self.accounts.get(payment.request.account) if payment else None
        if payment is None or account is None:
            raise Rejected("a call about a request that is not there")
        bank = self.banks(account.bank.provider)
        keys, what = self.keys.keys(account), wanted.what
        refund = next((refund for refund in payment.refunds if refund.id == wanted.refund), None)
        asked = replace(asking.asked(payment, refund), asked_at=self.now())
        if what in ("refund", "pull_refund") and (refund is None or refund.state != "SENT"):
            return Made(word="refund_is_final", what=what)
        if what == "create" and payment.request.state != "CREATED":
            return Made(word="made_before", what=what)
        # Who died here before may have called: then the bank is asked what it knows of this id, before it is told anything.
        first = what not in CLAIMED or self.payments.claim(wanted.tr, what, wanted.refund, wanted.number)
        if what == "refund" and not first:
            what = "pull_refund"
        # Where it was made it was counted: its answer is lost, and the next one is due by the limits.
        if what == "pull" and not first:
            reply = Reply(status=0)
        else:
            call = cast("Call | None", getattr(bank, what)(account.bank, keys, asked))
            if call is None:
                raise Rejected("a call that this bank does not take")
            reply = self.bank.call(call)
        if len(reply.raw) > MOST_KEPT:
            reply = Reply(status=0)
        said = BankAnswered(
            what=what,
            wanted=wanted.what,
            tr=wanted.tr,
            number=wanted.number,
            status=reply.status,
            raw=base64.b64encode(reply.raw).decode(),
            answered_at=self.now(),
            refund=wanted.refund,
        )
        self.payments.answered(said)
        return Made(word=_word(reply.status), what=what, status=reply.status)

    def report(self, wanted: ReportWanted) -> Made:
        """A page of a settlement report: asking for it changes nothing, so it may be asked for twice. Raises Unavailable, Rejected."""
        file = self.files.get(wanted.file)
        account = self.accounts.get(file.account) if file else None
        if file is None or account is None:
            raise Rejected("a report of an account that is not there")
        day, bank = date.fromisoformat(file.first_day), self.banks(account.bank.provider)
        call = bank.settlement(account.bank, self.keys.keys(account), day, wanted.skip)
        if call is None:
            raise Rejected("a report that this bank does not give")
        reply, reason = self.bank.call(call), ""
        if len(reply.raw) > MOST_KEPT:
            # A page would be as large the next time; an error, whatever it says, may be gone by then.
            reply, reason = Reply(status=reply.status), "page_too_large" if reply.status == OK else ""
        self.files.answered(
            ReportAnswered(
                file=wanted.file,
                skip=wanted.skip,
                number=wanted.number,
                status=reply.status,
                raw=base64.b64encode(reply.raw).decode(),
                answered_at=self.now(),
                reason=reason,
            )
        )
        return Made(word=_word(reply.status), what="settlement", status=reply.status)


def _word(status: int) -> str:
    """Credentials that a bank does not take wait for a person; a bank that is dark comes back by itself."""
    if status in LOCKED:
        return "bank_locked"
    return "bank_dark" if status == 0 or status >= 500 else "answered"
