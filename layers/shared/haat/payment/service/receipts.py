"""Money that has come, and who said so; and money of no request, which the shop's people match to an order."""

from collections.abc import Sequence
from dataclasses import dataclass

from haat.kernel.errors import Changed, Conflict, NotFound, Rejected, Unavailable
from haat.kernel.ids import MerchantId, OrderId
from haat.kernel.once import Answer, Once
from haat.kernel.time import Instant
from haat.payment.model.account import PayeeAccount
from haat.payment.model.payment import Change, Orphan, Payment
from haat.payment.model.shop import Owed, Reach
from haat.payment.ports import Accounts, Listed, Payments, Writing
from haat.payment.ports.lists import Lists
from haat.payment.ports.shop import Customers, Orders
from haat.payment.rules import accounts as rules
from haat.payment.rules import matching, news, shown

ATTEMPTS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipts:
    """What merchants see of their money."""

    payments: Payments
    accounts: Accounts
    lists: Lists
    orders: Orders
    customers: Customers

    def whole(self, merchant: MerchantId, tr: str) -> Answer:
        """A request with every receipt, refund, and the evidence behind it. Raises NotFound, Unavailable."""
        payment = self.payments.load(tr)
        if payment is None or payment.request.merchant != merchant:
            raise NotFound("payment request")
        return Answer(status=200, body=shown.whole(payment, self.lists.proofs(tr)))

    def unassigned(self, merchant: MerchantId, after: str | None, limit: int) -> Listed[Orphan]:
        """One page of the money of no request, account by account, the last first. Raises Unavailable."""
        begins, _, place = (after or "").partition("#")
        accounts = [account.id for account in self.accounts.list(merchant)]
        if begins in accounts:
            accounts = accounts[accounts.index(begins) :]
        found: list[Orphan] = []
        for number, account in enumerate(accounts):
            there, rest = self.lists.orphans(
                account, place if account == begins and place else None, limit - len(found)
            )
            found += there
            if rest is not None:
                return found, f"{account}#{rest}"
            if len(found) == limit and number + 1 < len(accounts):
                return found, f"{accounts[number + 1]}#"
        return found, None

    def given_back(self, orphans: Sequence[Orphan]) -> set[tuple[str, str]]:
        """Those of them of which a refund waits, by account and RRN. Raises Unavailable."""
        return self.lists.given_back(orphans) if orphans else set()

    def assign(self, merchant: MerchantId, tr: str, rrn: str, account_id: str, order_id: str, once: Once) -> Answer:
        """Give money of no request to an order: a request `tr` begins with it, and it is no orphan any more.

        Another sum than the order's is for a person to look at, as ever. The same again changes nothing. Raises NotFound, Rejected,
        Conflict (receipt-taken: it is another order's or request's; other-payee: it never came to this account;
        refund-waits: the bank has given it back), Unavailable.
        """
        if (given := self.payments.given(once)) is not None:
            return given
        account, owed = self._named(merchant, account_id, order_id)
        reach = self._reach(merchant, owed, once.at)
        for _ in range(ATTEMPTS):
            orphan = self.lists.orphan(account.id, rrn)
            if orphan is None:
                return self._assigned(account, rrn, owed.order)
            if orphan.foreign:
                raise Conflict("this money went to another payee", word="other-payee")
            self._is_nobodys(account, orphan)
            before = matching.begun(tr, account, owed, reach, once.at)
            try:
                return self._save(before, matching.matched(before, account, orphan, once.at), once)
            except Changed:
                continue
            except Conflict as lost:
                if lost.word == "customer-erased":
                    reach = None  # the money is the order's all the same; nobody is told
                    continue
                if lost.word != "receipt-taken":
                    raise
                return self._assigned(account, rrn, owed.order)
        raise Unavailable("others were at work on this money")

    def _is_nobodys(self, account: PayeeAccount, orphan: Orphan) -> None:
        """Raises Conflict (receipt-taken) where it may be a receipt on another account: a money is one by (RRN, account).

        On this account no second receipt can be, so a request of it that the money names does not stand in the way.
        """
        named = self.payments.load(orphan.tr) if orphan.tr else None
        if named is not None and named.request.account != account.id:
            raise Conflict("this money names a payment request of another account", word="receipt-taken")
        for other in self.accounts.list(account.merchant):
            if other.id == account.id or not rules.payees(other) & rules.payees(account):
                continue
            if self.payments.find(other.id, rrn=orphan.rrn, provider_txn_id=orphan.provider_txn_id):
                raise Conflict("this money is another order's or request's", word="receipt-taken")

    def _save(self, before: Payment, change: Change, once: Once) -> Answer:
        receipt = change.after.receipts[0]
        proofs = self.lists.orphan_proofs(before.request.account, receipt.rrn)
        answer = Answer(status=201, body=shown.request(change.after))
        writing = Writing(
            rows=news.rows(None, change, once.at),
            once=(once, answer),
            at=once.at,
            proof=proofs[-1] if proofs else None,
            kept=True,
        )
        return self.payments.save(before, change, writing) or answer

    def _named(self, merchant: MerchantId, account_id: str, order_id: str) -> tuple[PayeeAccount, Owed]:
        account, owed = self.accounts.get(account_id, fresh=True), self.orders.owed(merchant, OrderId(order_id))
        wrong = {}
        if account is None or account.merchant != merchant:
            wrong["account_id"] = "is no payee account of the shop"
        if owed is None:
            wrong["order_id"] = "is no order of the shop"
        if wrong or account is None or owed is None:
            raise Rejected("some fields are not as they should be", word="invalid", fields=wrong)
        return account, owed

    def _reach(self, merchant: MerchantId, owed: Owed, now: Instant) -> Reach | None:
        """The order's customer, who hears that their money has come, while they can be told something."""
        reach = self.customers.reach(merchant, owed.customer, owed.address) if owed.customer else None
        return reach if reach is not None and now < reach.until else None

    def _assigned(self, account: PayeeAccount, rrn: str, order: str) -> Answer:
        """What is so where the money is no orphan: the same answer where it is this order's."""
        tr = self.payments.find(account.id, rrn=rrn)
        payment = self.payments.load(tr) if tr else None
        if payment is None:
            raise NotFound("unassigned receipt")
        if payment.request.order != order:
            raise Conflict("this money is another order's or request's", word="receipt-taken")
        return Answer(status=201, body=shown.request(payment))
