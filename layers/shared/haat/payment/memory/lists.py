"""Payments in lists in memory, under the contract of the table's own."""

from collections.abc import Sequence

from haat.kernel.ids import MerchantId
from haat.kernel.time import Instant
from haat.payment.memory.payments import MemoryPayments
from haat.payment.model.ledger import Entry
from haat.payment.model.payment import Orphan, Payment, Proof
from haat.payment.ports import Listed
from haat.payment.ports.lists import Watched


class MemoryLists:
    """Fills the port Lists."""

    def __init__(self, payments: MemoryPayments) -> None:
        self._payments = payments

    def proofs(self, tr: str) -> list[Proof]:
        return sorted(self._payments.proofs.get(tr, {}).values(), key=lambda proof: proof.heard_at)

    def orphan(self, account: str, rrn: str) -> Orphan | None:
        return self._payments.orphans.get((account, rrn))

    def orphan_proofs(self, account: str, rrn: str) -> list[Proof]:
        return self.proofs(f"{account}#{rrn}")

    def orphans(self, account: str, after: str | None, limit: int) -> Listed[Orphan]:
        mine = {rrn: orphan for (of, rrn), orphan in self._payments.orphans.items() if of == account}
        names = sorted((rrn for rrn in mine if after is None or rrn < after), reverse=True)
        return [mine[rrn] for rrn in names[:limit]], names[limit - 1] if len(names) > limit else None

    def given_back(self, orphans: Sequence[Orphan]) -> set[tuple[str, str]]:
        waits = self._payments.waits
        return {(it.account, it.rrn) for it in orphans if waits(it.account, it.rrn, it.provider_txn_id)}

    def watched(self, state: Watched, after: str | None, limit: int) -> Listed[tuple[Payment, Instant]]:
        found: dict[str, tuple[Payment, Instant]] = {}
        for tr, since in self._payments.watched.items():
            payment = self._payments.load(tr)
            if payment is not None and payment.request.state == state:
                found[f"{since:015d}#{tr}"] = Payment(request=payment.request, lock=payment.lock), since
        return _page(found, after, limit)

    def watched_orphans(self, after: str | None, limit: int) -> Listed[Orphan]:
        found = {
            f"{orphan.occurred_at:015d}#{account}#{rrn}": orphan
            for (account, rrn), orphan in self._payments.orphans.items()
            if (orphan.tr or orphan.foreign) and orphan.merchant
        }
        return _page(found, after, limit)

    def ledger(
        self, merchant: MerchantId, begins: Instant, ends: Instant, after: str | None, limit: int
    ) -> Listed[Entry]:
        found: dict[str, Entry] = {}
        for payment in self._payments.all(merchant):
            request = payment.request
            for receipt in payment.receipts:
                name = f"{receipt.occurred_at:015d}#{request.tr}#C#{receipt.rrn}"
                found[name] = Entry(at=receipt.occurred_at, request=request, receipt=receipt)
            for refund in payment.refunds:
                name = f"{refund.asked_at:015d}#{request.tr}#R#{refund.id}"
                found[name] = Entry(at=refund.asked_at, request=request, refund=refund)
        for (account, rrn), orphan in self._payments.orphans.items():
            if orphan.merchant == merchant and not (orphan.tr or orphan.foreign):
                found[f"{orphan.occurred_at:015d}##C#{account}#{rrn}"] = Entry(at=orphan.occurred_at, orphan=orphan)
        within = {name: entry for name, entry in found.items() if begins <= entry.at < ends}
        return _page(within, after, min(limit, 50))


def _page[T](found: dict[str, T], after: str | None, limit: int) -> Listed[T]:
    names = sorted(name for name in found if after is None or name > after)
    return [found[name] for name in names[:limit]], names[limit - 1] if len(names) > limit else None
