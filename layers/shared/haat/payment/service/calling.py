"""Calls banks: the only service that is handed the keys for that. What the bank answers is kept as it came, and decided elsewhere."""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from haat.facts.payments import BankAnswered, BankWanted
from haat.kernel.errors import Rejected
from haat.kernel.time import Instant
from haat.payment.ports import Accounts, Bank, KeyRing, Payments
from haat.payment.ports.banks import Bank as Adapter
from haat.payment.rules import asking

if TYPE_CHECKING:
    from haat.payment.model.bank import Call


@dataclass(frozen=True, slots=True, kw_only=True)
class Calling:
    """Makes one call for each record. The same record again may call again: pulls change nothing, a refund keeps its id for ever."""

    payments: Payments
    accounts: Accounts
    keys: KeyRing
    bank: Bank
    banks: Callable[[str], Adapter]
    now: Callable[[], Instant]

    def make(self, wanted: BankWanted) -> str:
        """One call -> one word. Raises Unavailable, Rejected."""
        payment = self.payments.load(wanted.tr)
        account = self.accounts.get(payment.request.account) if payment else None
        if payment is None or account is None:
            raise Rejected("a call about a request that is not there")
        bank = self.banks(account.bank.provider)
        keys, what = self.keys.keys(account), wanted.what
        refund = next((refund for refund in payment.refunds if refund.id == wanted.refund), None)
        asked = asking.asked(payment, refund)
        if what in ("refund", "pull_refund") and (refund is None or refund.state != "SENT"):
            return "refund_is_final"
        if what == "create" and payment.request.state != "CREATED":
            return "made_before"
        # Who died here before may have called: then the bank is asked what it knows of this id, before it is told anything.
        if what == "refund" and not self.payments.claim_refund(wanted.tr, wanted.refund, wanted.number):
            what = "pull_refund"
        call = cast("Call", getattr(bank, what)(account.bank, keys, asked))
        reply = self.bank.call(call)
        said = BankAnswered(
            what=what,
            tr=wanted.tr,
            number=wanted.number,
            status=reply.status,
            raw=base64.b64encode(reply.raw).decode(),
            answered_at=self.now(),
            refund=wanted.refund,
        )
        self.payments.answered(said)
        return f"{what}_{reply.status}"
