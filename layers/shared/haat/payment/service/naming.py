"""Asks a shop's bank whose a UPI address is: once for each question, and told to `verification` once. No money moves by it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from haat.facts.payments import PayeeNameWanted
from haat.facts.verification import PayeeNamed, payee_mark
from haat.kernel.errors import Misconfigured, NotFound, Rejected
from haat.kernel.time import Instant
from haat.payment.model.account import PayeeAccount
from haat.payment.model.bank import Failed, Named
from haat.payment.ports import Accounts, Bank, KeyRing
from haat.payment.ports.banks import Bank as Adapter
from haat.payment.ports.names import Names
from haat.payment.service.calling import Made

Outcome = Literal["named", "unknown_address", "not_told", "no_account", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    outcome: Outcome
    payee: str = field(default="", repr=False)
    status: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """Finds out whose UPI addresses are. Asking changes nothing, so whatever was left in between is asked again.

    `accounts` has the accounts with where their bank is. What a bank does not answer is unknown at once: `verification` asks anew.
    """

    names: Names
    accounts: Accounts
    keys: KeyRing
    bank: Bank
    banks: Callable[[str], Adapter]
    now: Callable[[], Instant]

    def take(self, wanted: PayeeNameWanted) -> Made:
        """One call, at the most. Raises Unavailable."""
        if self.names.answered(wanted):
            return Made(word="named_before", what="name")
        said = self._ask(wanted)
        named = PayeeNamed(
            merchant=wanted.merchant,
            request=wanted.request,
            round=wanted.round,
            outcome=said.outcome,
            payee=said.payee,
            occurred_at=self.now(),
        )
        kept = self.names.answer(wanted, named)
        return Made(word=f"name_{said.outcome}" if kept else "named_before", what="name", status=said.status)

    def _ask(self, wanted: PayeeNameWanted) -> _Said:
        try:
            account = self._account(wanted)
            if account is None:
                return _Said(outcome="no_account")
            bank = self.banks(account.bank.provider)
            call = (
                bank.name_call(account.bank, self.keys.keys(account), account.bank.vpa)
                if bank.CAPS.tells_names
                else None
            )
        except (
            NotFound,
            Rejected,
        ):  # a bank that this version does not know, or of which this deployment has no address
            return _Said(outcome="not_told")
        except Misconfigured:  # a key is missing, or is none: a person can mend that
            return _Said(outcome="unknown")
        if call is None:
            return _Said(outcome="not_told")
        reply = self.bank.call(call)
        match bank.read_name(account.bank, reply.status, reply.raw):
            case Named(name=name):
                return _Said(outcome="named", payee=name, status=reply.status)
            case Failed(refused=refused):
                return _Said(outcome="not_told" if refused else "unknown", status=reply.status)
            case _:
                return _Said(outcome="unknown_address", status=reply.status)

    def _account(self, wanted: PayeeNameWanted) -> PayeeAccount | None:
        """The shop's live account with this address, read now. Raises Rejected where the deployment has no address of its bank."""
        live = (one for one in self.accounts.list(wanted.merchant) if one.state == "live")
        found = next((one for one in live if payee_mark(wanted.merchant, one.bank.vpa) == wanted.payee), None)
        return self.accounts.get(found.id, fresh=True) if found is not None else None
