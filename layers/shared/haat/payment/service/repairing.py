"""Which evidence was never decided on: what settlement would write now if it were heard again. Nothing is written here.

What was heard changes nothing when it is heard again; so what would change something was lost on its way.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from haat.facts.payments import BankAnswered, CallbackKept
from haat.facts.settlement import RefundFiled
from haat.kernel.errors import Rejected
from haat.kernel.ids import MerchantId
from haat.kernel.once import Answer, Once
from haat.kernel.time import Instant
from haat.payment.model.account import PayeeAccount
from haat.payment.model.bank import Keys
from haat.payment.model.outbox import Mark
from haat.payment.model.payment import Change, Orphan, Payment, Payout
from haat.payment.ports import Accounts, KnownEvent, Listed, Payments, Writing
from haat.payment.ports.banks import Bank
from haat.payment.ports.repair import Heard
from haat.payment.service.settling import Settling


class WouldWriteError(Exception):
    """Something would have been written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repairing:
    """Looks at evidence again."""

    payments: Payments
    accounts: Accounts
    banks: Callable[[str], Bank]
    heard: Heard

    def is_lost(self, fact: CallbackKept | BankAnswered, now: Instant) -> bool:
        """Whether it would change something. Raises Unavailable."""
        at = fact.received_at if isinstance(fact, CallbackKept) else fact.answered_at
        looking = _Looking(payments=self.payments, heard=self.heard, at=at)
        settling = Settling(payments=looking, accounts=self.accounts, keys=NoKeys(), banks=self.banks)
        try:
            if isinstance(fact, CallbackKept):
                settling.callback(fact, now)
            else:
                settling.answer(fact, now)
        except WouldWriteError:
            return True
        except Rejected:
            return False  # settlement sets it aside, where an alarm rings; saying it again helps nobody
        return False


class NoKeys:
    """Fills the port KeyRing: the door has verified what it kept.

    What a bank has sealed can't be read here, so of it nothing is said again: such a callback is a hint, and where an answer is missing the
    bank is asked once more by itself.
    """

    def keys(self, account: PayeeAccount) -> Keys:  # noqa: ARG002  # as the port says
        """None."""
        return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Looking:
    """Fills the port Payments: reads, and raises WouldWriteError where something new would be kept. `at` is when the evidence came."""

    payments: Payments
    heard: Heard
    at: Instant

    def load(self, tr: str) -> Payment | None:
        return self.payments.load(tr)

    def given(self, once: Once) -> Answer | None:
        return self.payments.given(once)

    def find(self, account: str, *, refund: str = "", rrn: str = "", provider_txn_id: str = "") -> str | None:
        return self.payments.find(account, refund=refund, rrn=rrn, provider_txn_id=provider_txn_id)

    def list(self, merchant: MerchantId, after: str | None, limit: int) -> Listed[Payment]:
        return self.payments.list(merchant, after, limit)

    def due(self, now: Instant, limit: int) -> Sequence[tuple[str, Instant]]:
        return self.payments.due(now, limit)

    def save(self, before: Payment, change: Change, writing: Writing) -> Answer | None:
        self._known(writing.mark)
        if change.orphan is not None and not self._is_heard(change.orphan):
            raise WouldWriteError
        if change.after != before and not self._asked_since(before, change):
            raise WouldWriteError
        return None

    def settle_orphan(self, account: str, rrn: str, provider_txn_id: str, payout: Payout) -> Orphan | None:  # noqa: ARG002
        raise WouldWriteError

    def keep_orphan(self, orphan: Orphan, writing: Writing) -> bool:
        self._known(writing.mark)
        if not self._is_heard(orphan):
            raise WouldWriteError
        return False

    def wait(self, account: str, name: str, told: CallbackKept | RefundFiled) -> bool:
        if not self.heard.waits(account, name, told.id):
            raise WouldWriteError
        return True

    def begin(self, payment: Payment, writing: Writing) -> Answer | None:  # noqa: ARG002  # as the port says
        raise WouldWriteError

    def answered(self, said: BankAnswered) -> None:  # noqa: ARG002  # as the port says
        raise WouldWriteError

    def claim(self, tr: str, what: str, refund: str, number: int) -> bool:  # noqa: ARG002  # as the port says
        raise WouldWriteError

    def _is_heard(self, orphan: Orphan) -> bool:
        return self.heard.money(orphan.account, orphan.rrn, orphan.provider_txn_id)

    def _known(self, mark: Mark | None) -> None:
        if mark is not None and self.heard.event(mark.account, mark.event_id):
            raise KnownEvent(same=True)

    def _asked_since(self, before: Payment, change: Change) -> bool:
        """Whether all that follows is one more question to the bank, which was asked after the evidence came."""
        request = replace(change.after.request, pull_at=before.request.pull_at, version=before.request.version)
        only = replace(change.after, request=request) == before
        return only and any(pull >= self.at for pull in before.request.pulls)
