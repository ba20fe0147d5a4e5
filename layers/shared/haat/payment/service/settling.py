"""Evidence comes in; what follows is decided in one transaction. Proof is consumed, anything else only makes one status pull due."""

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace

from haat.facts.payments import BankAnswered, CallbackKept
from haat.facts.settlement import RefundFiled
from haat.kernel.errors import Changed, Conflict, Rejected, Unavailable
from haat.kernel.time import Instant
from haat.payment.model.account import PayeeAccount
from haat.payment.model.bank import Failed, Keys, NotFound
from haat.payment.model.evidence import Evidence, Notice, RefundEvidence, Refused
from haat.payment.model.outbox import Mark
from haat.payment.model.payment import Change, Payment, Payout, Proof, Source
from haat.payment.ports import Accounts, KeyRing, KnownEvent, Payments, Writing
from haat.payment.ports.banks import Bank
from haat.payment.rules import account_changes, asking, machine, news, refunds
from haat.payment.service import counted

ATTEMPTS = 5
OF_ANOTHER = "money_of_another"


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
        account, bank = self.of(kept.account)
        # Where a bank's callbacks can be verified the door has done it: what verifies is there, and only there.
        keys = self._keys(account, bank)
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
    ) -> Outcome:
        """One statement about one payment. Raises Unavailable."""
        mark, proof = _mark(account, said, now), asking.proof(said, source, now)
        payment = self.payments.load(said.tr) if said.tr else None
        if payment is None or payment.request.account != account.id:
            return self.stray(account, said, mark, proof)

        def step(before: Payment) -> Change:
            change = machine.hear(before, said, now, pulled=source == "pull")
            # The request knows one address of the account, which may have had another since or before.
            return replace(change, orphan=asking.orphan(account, said)) if change.orphan else change

        try:
            return self.write(payment, step, mark, now, proof)
        except KnownEvent as known:
            if known.same:
                return Outcome(word="duplicate", tr=said.tr, account=account.id)
            return self.write(payment, lambda before: machine.contradicted(before, now), None, now)

    def refund_evidence(
        self,
        account: PayeeAccount,
        said: RefundEvidence,
        now: Instant,
        *,
        source: CallbackKept | RefundFiled | None = None,
    ) -> Outcome:
        """One statement about one refund; `source` waits for its payment where that is not known yet. Raises Unavailable."""
        tr = self.payments.find(account.id, refund=said.refund_id, rrn=said.rrn, provider_txn_id=said.provider_txn_id)
        payment = self.payments.load(tr) if tr else None
        if said.trust != "proof":
            if payment is None:
                return Outcome(word="hint_of_nothing", account=account.id)
            return self.write(payment, lambda before: refunds.ask_after(before, said, now), None, now)
        if payment is None or payment.request.account != account.id:
            if source is None:
                return Outcome(word="of_nothing_known", account=account.id)
            if not (name := said.provider_txn_id or said.rrn):
                return Outcome(word="of_nothing_known", account=account.id)
            try:
                waits = self.payments.wait(account.id, name, source)
            except Changed:
                raise Unavailable("its money came in between: take it again") from None
            # A callback that is kept aside lies where callbacks are kept, and `make outbox-repair` brings it again.
            return Outcome(word="refund_waits" if waits else "refund_kept_aside", account=account.id)
        if isinstance(source, RefundFiled):
            at = source.occurred_at
            return self.write(payment, lambda before: refunds.filed(before, said, now, at), None, now)
        return self.write(payment, lambda before: refunds.hear(before, said, now), None, now)

    def filed(self, told: RefundFiled, now: Instant) -> Outcome:
        """A refund of which a settlement file told; it waits where its payment is not known. Raises Unavailable, Rejected.

        A line that names our reference alone is of that request's money, where there is one and no more.
        """
        account, _ = self.of(told.account)
        rrn, txn = told.rrn, told.provider_txn_id
        if told.tr and not self.payments.find(account.id, refund=told.refund_id, rrn=rrn, provider_txn_id=txn):
            named = self.payments.load(told.tr)
            if named is not None and named.request.account == account.id and len(named.receipts) == 1:
                rrn, txn = named.receipts[0].rrn, named.receipts[0].provider_txn_id
        said = RefundEvidence(
            provider=account.bank.provider,
            provider_refund_id=told.provider_refund_id,
            refund_id=told.refund_id,
            amount=told.amount,
            status="DONE",
            status_word=told.status_word,
            trust="proof",
            rrn=rrn,
            provider_txn_id=txn,
            merchant_id=account.bank.merchant_id,
        )
        return self.refund_evidence(account, said, now, source=told)

    def answer(self, said: BankAnswered, now: Instant) -> Outcome:
        """What a bank answered to a call of ours. Raises Unavailable."""
        payment = self.payments.load(said.tr)
        if payment is None:
            raise Rejected("an answer about a request that is not there")
        account, bank = self.of(payment.request.account)
        raw, keys = base64.b64decode(said.raw), self._keys(account, bank)
        match said.what:
            case "create":
                made = bank.read_create(account.bank, keys, asking.asked(payment), said.status, raw)
                return self.write(payment, lambda before: asking.created(before, made, now), None, now)
            case "pull":
                found = bank.read_pull(account.bank, keys, asking.asked(payment), said.status, raw)
                return self._pulled(account, payment, found, said.number, now)
            case "refund" | "pull_refund":
                refund = next((one for one in payment.refunds if one.id == said.refund), None)
                read = bank.read_refund if said.what == "refund" else bank.read_pull_refund
                found_refund = read(account.bank, keys, asking.asked(payment, refund), said.status, raw)
                return self._refunded(payment, said, found_refund, now)

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
                return self.write(payment, heard, None, now)
            case Failed():
                return self.write(payment, lambda before: machine.no_answer(before, now, number), None, now)
            case tuple():
                outcome, words = Outcome(word="nothing_new", tr=payment.request.tr), set()
                for said in found:
                    outcome = self.evidence(account, said, now, source="pull")
                    words.add(outcome.word)
                # Also where one has failed: the customer may try again until the request's end, when the bank is asked once more.
                rest = self.write(payment, heard, None, now)
                outcome = rest if outcome.word in ("nothing_new", "noted") else outcome
                # A callback should have told of it. Where that happens often a gateway has switched its webhook off.
                untold = "paid" in words and self.banks(account.bank.provider).CAPS.trust == "proof"
                return Outcome(word="paid_by_pull", tr=outcome.tr, account=outcome.account) if untold else outcome

    def _refunded(
        self, payment: Payment, answer: BankAnswered, said: RefundEvidence | NotFound | Failed, now: Instant
    ) -> Outcome:
        def step(before: Payment) -> Change:
            return refunds.answered(before, answer.refund, said, now)

        return self.write(payment, step, None, now)

    def stray(
        self, account: PayeeAccount, said: Evidence, mark: Mark | None, proof: Proof, payout: Payout | None = None
    ) -> Outcome:
        """Money for a static code is the merchant's to assign; other proven money is an orphan. Raises Unavailable."""
        if said.trust != "proof" or said.status != "SUCCESS":
            return Outcome(word="of_nothing_known", account=account.id)
        orphan, now = asking.orphan(account, said, payout), proof.heard_at
        rows = news.orphan_rows(account, orphan, now)
        try:
            kept = self.payments.keep_orphan(orphan, Writing(mark=mark, rows=rows, at=now, proof=proof))
        except KnownEvent:
            kept = False
        return Outcome(word="orphan" if kept else "duplicate", account=account.id)

    def write(
        self, payment: Payment, step: Step, mark: Mark | None, now: Instant, proof: Proof | None = None
    ) -> Outcome:
        """Decide and write, again where somebody else was faster. What changes nothing is not written, but for its mark.

        Raises Unavailable, Rejected.
        """
        tr, account = payment.request.tr, payment.request.account
        for attempt in range(ATTEMPTS):
            before = payment if not attempt else self.payments.load(tr)
            if before is None:
                raise Rejected("a request that is gone")
            change = step(before)
            if change.after == before and change.orphan is None and mark is None:
                return Outcome(word=OF_ANOTHER if step is _of_another else "nothing_new", tr=tr, account=account)
            try:
                self.payments.save(before, change, self._with_account(before, change, mark, now, proof))
            except Changed:
                continue
            except Conflict:  # somebody has assigned this money to another request before it told whose it is
                step = _of_another
                continue
            word = OF_ANOTHER if step is _of_another else counted.word(change)
            return Outcome(word=word, tr=tr, account=account)
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
        if there is None or made is None:
            return Writing(mark=mark, rows=rows, at=now, proof=proof)
        after, what = made
        after = replace(after, fetched=self.banks(after.bank.provider).CAPS.fetches_settlement)
        rows = [*rows, *account_changes.rows(there, after, [what])]
        return Writing(mark=mark, rows=rows, at=now, proof=proof, account=after)

    def _keys(self, account: PayeeAccount, bank: Bank) -> Keys:
        """What opens what this bank has sealed; most seal nothing. Raises Unavailable."""
        return self.keys.keys(account) if bank.CAPS.settlement_keys else {}

    def of(self, id: str) -> tuple[PayeeAccount, Bank]:
        """An account and its bank. Raises Rejected, Unavailable."""
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
