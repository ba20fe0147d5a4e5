"""Evidence comes in; what follows is decided in one transaction. Proof is consumed, anything else only makes one status pull due."""

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace

from haat.facts.payments import BankAnswered, CallbackKept
from haat.kernel.errors import Changed, Conflict, Rejected, Unavailable
from haat.kernel.time import Instant
from haat.payment.model.account import PayeeAccount
from haat.payment.model.bank import Failed, NotFound
from haat.payment.model.evidence import Evidence, Notice, RefundEvidence, Refused
from haat.payment.model.outbox import Mark
from haat.payment.model.payment import Change, Payment, Proof, Source
from haat.payment.ports import Accounts, KeyRing, KnownEvent, Payments, Writing
from haat.payment.ports.banks import Bank
from haat.payment.rules import account_changes, asking, machine, news, refunds
from haat.payment.service import counted

ATTEMPTS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One word for what became of it; our references for the log."""

    word: str
    tr: str = ""
    account: str = ""


Step = Callable[[Payment], Change]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settling:
    """Decides what evidence means."""

    payments: Payments
    accounts: Accounts
    keys: KeyRing
    banks: Callable[[str], Bank]

    def callback(self, kept: CallbackKept, now: Instant) -> Outcome:
        """A provider's callback, as it came. Raises Unavailable; it must then come again."""
        account, bank = self._of(kept.account)
        # Where a bank's callbacks can be verified the door has done it: what verifies is there, and only there.
        keys = self.keys.keys(account) if bank.CAPS.settlement_keys else {}
        raw, checked = base64.b64decode(kept.raw), bool(bank.CAPS.door_keys)
        said = bank.read_callback(account.bank, keys, kept.headers, raw, checked=checked)
        match said:
            case Refused():
                return Outcome(word=f"refused_{said.reason}", account=account.id)
            case Notice():
                return Outcome(word=said.kind, account=account.id)
            case Evidence():
                return self.evidence(account, said, now)
            case RefundEvidence():
                return self.refund_evidence(account, said, now, source=kept)
            case _:
                raise Rejected("an adapter said something that is none of these")

    def evidence(
        self,
        account: PayeeAccount,
        said: Evidence,
        now: Instant,
        *,
        source: Source = "callback",
        recovered: bool = False,
    ) -> Outcome:
        """One statement about one payment; `recovered`: it stands in the bank's settlement file. Raises Unavailable."""
        mark, proof = _mark(account, said, now), asking.proof(said, "file" if recovered else source, now)
        payment = self.payments.load(said.tr) if said.tr else None
        if payment is None or payment.request.account != account.id:
            return self._stray(account, said, mark, proof)

        def step(before: Payment) -> Change:
            change = machine.hear(before, said, now, recovered=recovered, pulled=source == "pull")
            # The request knows one address of the account, which may have had another since or before.
            return replace(change, orphan=asking.orphan(account, said)) if change.orphan else change

        try:
            return self._write(payment, step, mark, now, proof)
        except KnownEvent as known:
            if known.same:
                return Outcome(word="duplicate", tr=said.tr, account=account.id)
            return self._write(payment, lambda before: machine.contradicted(before, now), None, now)

    def refund_evidence(
        self, account: PayeeAccount, said: RefundEvidence, now: Instant, *, source: CallbackKept | None = None
    ) -> Outcome:
        """One statement about one refund; `source` waits for its payment where that is not known yet. Raises Unavailable."""
        tr = self.payments.find(account.id, refund=said.refund_id, rrn=said.rrn, provider_txn_id=said.provider_txn_id)
        payment = self.payments.load(tr) if tr else None
        if said.trust != "proof":
            if payment is None:
                return Outcome(word="hint_of_nothing", account=account.id)
            return self._write(payment, lambda before: refunds.ask_after(before, said, now), None, now)
        if payment is None or payment.request.account != account.id:
            if source is None:
                return Outcome(word="of_nothing_known", account=account.id)
            try:
                waits = self.payments.wait(account.id, said.provider_txn_id or said.rrn, source)
            except Changed:
                raise Unavailable("its money came in between: take it again") from None
            # What is kept aside lies where callbacks are kept, and `make outbox-repair` brings it again.
            return Outcome(word="refund_waits" if waits else "refund_kept_aside", account=account.id)
        return self._write(payment, lambda before: refunds.hear(before, said, now), None, now)

    def answer(self, said: BankAnswered, now: Instant) -> Outcome:
        """What a bank answered to a call of ours. Raises Unavailable."""
        payment = self.payments.load(said.tr)
        if payment is None:
            raise Rejected("an answer about a request that is not there")
        account, bank = self._of(payment.request.account)
        raw = base64.b64decode(said.raw)
        match said.what:
            case "create":
                made = bank.read_create(said.status, raw)
                return self._write(payment, lambda before: asking.created(before, made, now), None, now)
            case "pull":
                found = bank.read_pull(account.bank, asking.asked(payment), said.status, raw)
                return self._pulled(account, payment, found, said.number, now)
            case "refund" | "pull_refund":
                refund = next((one for one in payment.refunds if one.id == said.refund), None)
                read = bank.read_refund if said.what == "refund" else bank.read_pull_refund
                return self._refunded(
                    payment, said, read(account.bank, asking.asked(payment, refund), said.status, raw), now
                )

    def _pulled(
        self,
        account: PayeeAccount,
        payment: Payment,
        found: tuple[Evidence, ...] | NotFound | Failed,
        number: int,
        now: Instant,
    ) -> Outcome:
        def heard(before: Payment) -> Change:
            return machine.nothing_known(before, now, number)

        match found:
            case NotFound():
                return self._write(payment, heard, None, now)
            case Failed():
                return self._write(payment, lambda before: machine.no_answer(before, now, number), None, now)
            case tuple():
                outcome, words = Outcome(word="nothing_new", tr=payment.request.tr), set()
                for said in found:
                    outcome = self.evidence(account, said, now, source="pull")
                    words.add(outcome.word)
                # Also where one has failed: the customer may try again until the request's end, when the bank is asked once more.
                rest = self._write(payment, heard, None, now)
                outcome = rest if outcome.word in ("nothing_new", "noted") else outcome
                # A callback should have told of it. Where that happens often a gateway has switched its webhook off.
                untold = "paid" in words and self.banks(account.bank.provider).CAPS.trust == "proof"
                return Outcome(word="paid_by_pull", tr=outcome.tr, account=outcome.account) if untold else outcome

    def _refunded(
        self, payment: Payment, answer: BankAnswered, said: RefundEvidence | NotFound | Failed, now: Instant
    ) -> Outcome:
        def step(before: Payment) -> Change:
            return refunds.answered(before, answer.refund, said, now)

        return self._write(payment, step, None, now)

    def _stray(self, account: PayeeAccount, said: Evidence, mark: Mark | None, proof: Proof) -> Outcome:
        """Money for a static code is the merchant's to assign; other proven money is an orphan."""
        if said.trust != "proof" or said.status != "SUCCESS":
            return Outcome(word="of_nothing_known", account=account.id)
        orphan, now = asking.orphan(account, said), proof.heard_at
        rows = news.orphan_rows(account, orphan, now)
        try:
            kept = self.payments.keep_orphan(orphan, Writing(mark=mark, rows=rows, at=now, proof=proof))
        except KnownEvent:
            kept = False
        return Outcome(word="orphan" if kept else "duplicate", account=account.id)

    def _write(
        self, payment: Payment, step: Step, mark: Mark | None, now: Instant, proof: Proof | None = None
    ) -> Outcome:
        """Decide and write, again where somebody else was faster. What changes nothing is not written, but for its mark."""
        tr, account = payment.request.tr, payment.request.account
        for attempt in range(ATTEMPTS):
            before = payment if not attempt else self.payments.load(tr)
            if before is None:
                raise Rejected("a request that is gone")
            change = step(before)
            if change.after == before and change.orphan is None and mark is None:
                return Outcome(word="nothing_new", tr=tr, account=account)
            try:
                self.payments.save(before, change, self._with_account(before, change, mark, now, proof))
            except Changed:
                continue
            except Conflict:  # somebody has assigned this money to another request before it told whose it is
                step = _of_another
                continue
            return Outcome(word=counted.word(change), tr=tr, account=account)
        raise Unavailable("the payment kept changing")

    def _with_account(
        self, before: Payment, change: Change, mark: Mark | None, now: Instant, proof: Proof | None
    ) -> Writing:
        """What is written with a change. A test payment that arrives makes its account live, or tested, in the same transaction."""
        rows, request = news.rows(before, change, now), change.after.request
        if not request.test or request.state != "PAID" or before.request.state == "PAID":
            return Writing(mark=mark, rows=rows, at=now, proof=proof)
        there = self.accounts.get(request.account, fresh=True)
        made = account_changes.proven(there, request, self.accounts.list(there.merchant), now) if there else None
        if made is None:
            return Writing(mark=mark, rows=rows, at=now, proof=proof)
        return Writing(mark=mark, rows=[*rows, account_changes.row(*made)], at=now, proof=proof, account=made[0])

    def _of(self, id: str) -> tuple[PayeeAccount, Bank]:
        account = self.accounts.get(id)
        if account is None:
            raise Rejected("an account that is not there")
        return account, self.banks(account.bank.provider)


def _of_another(before: Payment) -> Change:
    """Its money is a receipt of another request: for a person to look at."""
    request = machine.flag(before.request, "money_of_another_request")
    return Change(
        after=before
        if request == before.request
        else replace(before, request=replace(request, version=request.version + 1))
    )


def _mark(account: PayeeAccount, said: Evidence, now: Instant) -> Mark | None:
    """Of proof only: a hint's event id is anyone's to choose."""
    if not said.event_id or said.trust != "proof":
        return None
    content = "/".join(
        (
            said.provider_txn_id,
            said.tr,
            said.rrn,
            str(said.amount),
            said.currency,
            said.status,
            said.payee_vpa,
            said.merchant_id,
        )
    )
    return Mark(
        account=account.id, event_id=said.event_id, content=hashlib.sha256(content.encode()).hexdigest(), at=now
    )
