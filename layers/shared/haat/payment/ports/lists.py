"""Payments as people look through them. Lists may be a moment behind what was written."""

from collections.abc import Sequence
from typing import Literal, Protocol

from haat.kernel.ids import MerchantId
from haat.kernel.time import Instant
from haat.payment.model.ledger import Entry
from haat.payment.model.payment import Orphan, Payment, Proof
from haat.payment.ports import Listed

type Watched = Literal["PROCESSING", "REVIEW"]  # states that a person should look at


class Lists(Protocol):
    """What was written by the port Payments, in lists. Every method raises Unavailable."""

    def proofs(self, tr: str) -> list[Proof]:
        """What was heard of a request's money, in the order in which it was."""

    def orphan(self, account: str, rrn: str) -> Orphan | None:
        """Money of no request."""

    def orphan_proofs(self, account: str, rrn: str) -> list[Proof]:
        """What was heard of such money."""

    def orphans(self, account: str, after: str | None, limit: int) -> Listed[Orphan]:
        """One page of an account's, by RRN, which begins with year, day and hour: the last first."""

    def given_back(self, orphans: Sequence[Orphan]) -> set[tuple[str, str]]:
        """Those of which a refund waits, by account and RRN: the bank has given them back, or is about to."""

    def watched(self, state: Watched, after: str | None, limit: int) -> Listed[tuple[Payment, Instant]]:
        """One page of all requests in a state, without receipts and refunds, and since when they are in it: the oldest first."""

    def watched_orphans(self, after: str | None, limit: int) -> Listed[Orphan]:
        """One page of all money that names a request or a payee which is none of its account's, the oldest first."""

    def ledger(
        self, merchant: MerchantId, begins: Instant, ends: Instant, after: str | None, limit: int
    ) -> Listed[Entry]:
        """One page of at most 50 entries of a merchant's money from one instant to before another, the oldest first.

        Orphans are there that `watched_orphans` has not: those are hardly the merchant's.
        """
