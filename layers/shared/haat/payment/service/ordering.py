"""An order wants to be paid, or wants nothing any longer: what the order flow asks of payments.

An order has one request of the flow, and its reference follows from the order alone: the same fact twice begins one request, and the
fact that takes it back finds it. The two facts may come in either order; a request that begins for an order that is no more is
taken back when the order hears of it.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from haat.facts.payments import OrderWantsMoney, OrderWantsNone
from haat.kernel.errors import Changed, Conflict, Rejected, Unavailable
from haat.kernel.ids import MerchantId, OrderId, ulid, ulid_time
from haat.kernel.time import DAY, Instant
from haat.payment.model.account import PayeeAccount
from haat.payment.ports import Accounts, Payments, Writing
from haat.payment.ports.banks import Bank
from haat.payment.rules import machine, news
from haat.payment.service.open_banks import OpenBanks
from haat.payment.service.requests import Wish, begun
from haat.payment.service.settling import ATTEMPTS

# A customer has so long: shops confirm orders when their customers are not looking. Not longer: where a bank's callback is lost, its
# money is looked for when the time is over. Who pays later has paid all the same.
MINUTES = 60
OF_NONE = ("has_money", "in_flight", "cancelled", "duplicate", "no_request")
LATE_MS = DAY  # what waited longer than that is not asked any more: the customer has paid some other way, or gone


def reference(merchant: MerchantId, order: OrderId) -> str:
    """The reference of an order's own request: "H" and a ULID with the order's time."""
    return "H" + ulid(ulid_time(order), hashlib.sha256(f"{merchant}/{order}".encode()).digest())


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordering:
    """Does what orders want."""

    payments: Payments
    accounts: Accounts
    banks: Callable[[str], Bank]
    open_banks: OpenBanks

    def wants(self, fact: OrderWantsMoney, now: Instant) -> str:
        """Ask the customer of a confirmed order for its money, once. Raises Unavailable; it must then come again.

        One word: asked, duplicate, no_account (the shop has none that is live, at a bank that is open: nothing happens), too_late,
        refused (no bank takes such a request: another currency, too much money), customer_erased (nobody is there to be asked).
        """
        tr = reference(fact.merchant, fact.order)
        if now - fact.occurred_at > LATE_MS:
            return "too_late"
        account = self._live(fact.merchant)
        if account is None:
            return "no_account"
        wish = Wish(
            account=account.id,
            amount=fact.amount,
            currency=fact.currency,
            note=fact.note,
            order=fact.order,
            minutes=MINUTES,
            customer=fact.customer,
            channel=fact.channel,
            address=fact.address,
            language=fact.language,
        )
        try:
            change, rows = begun(fact.merchant, tr, account, wish, self.banks(account.bank.provider), now)
        except Rejected:
            return "refused"
        try:
            self.payments.begin(change.after, Writing(rows=rows))
        except Conflict as taken:
            if taken.word == "customer-erased":
                return "customer_erased"
            if taken.word != "reference-taken":
                raise
            if self.payments.load(tr) is None:
                raise Unavailable("two began it at once, and perhaps neither has") from None
            return "duplicate"
        return "asked"

    def wants_none(self, fact: OrderWantsNone, now: Instant) -> str:
        """Take the order's requests back while nobody has begun to pay them. Raises Unavailable; it must then come again.

        One word: has_money (is shown, and left), in_flight (may be paid, and is left), cancelled, duplicate, no_request; of several
        requests the first of these.
        """
        trs = dict.fromkeys((reference(fact.merchant, fact.order), *fact.trs))
        found = {self._taken_back(fact, tr, now) for tr in trs}
        return next(word for word in OF_NONE if word in found)

    def _taken_back(self, fact: OrderWantsNone, tr: str, now: Instant) -> str:
        for _ in range(ATTEMPTS):
            before = self.payments.load(tr)
            mine = before is not None and (before.request.merchant, before.request.order) == (fact.merchant, fact.order)
            if before is None or not mine:
                return "no_request"
            change = machine.cancel(before, now)
            if change.after == before:
                words = {"CANCELLED": "duplicate", "PROCESSING": "in_flight"}
                return words.get(before.request.state, "has_money")
            try:
                self.payments.save(before, change, Writing(rows=news.rows(before, change, now)))
            except Changed:
                continue
            return "cancelled"
        raise Unavailable("the payment kept changing")

    def _live(self, merchant: MerchantId) -> PayeeAccount | None:
        """The account that has been there the longest, of those at banks that are open."""
        live = (account for account in self.accounts.list(merchant) if account.state == "live")
        return next((account for account in live if self.open_banks.is_open(account.bank.provider)), None)
