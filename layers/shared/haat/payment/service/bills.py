"""A merchant asks for money: for an order or with a note, and a customer of the shop hears of it where one is named."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from haat.kernel.errors import Conflict, NotFound, Rejected
from haat.kernel.ids import CustomerId, MerchantId, OrderId
from haat.kernel.once import Answer, Once
from haat.kernel.text import name_fault
from haat.kernel.time import Instant
from haat.payment.model.account import PayeeAccount
from haat.payment.model.shop import Owed, Reach
from haat.payment.ports.shop import Customers, Orders
from haat.payment.rules.asking import NOTE
from haat.payment.service.requests import Requests, Wish


@dataclass(frozen=True, slots=True, kw_only=True)
class Bills:
    """Makes payment requests of what merchants say."""

    requests: Requests
    orders: Orders
    customers: Customers

    def ask(self, merchant: MerchantId, tr: str, said: Mapping[str, Any], once: Once) -> Answer:
        """Ask for money, by `tr`. An order's total is asked for where no amount is said, and of its customer where none is named.

        Raises Rejected naming every field that is wrong, Conflict (order-state, account-not-live, account-closed, window-closed), Unavailable.
        """
        if (given := self.requests.payments.given(once)) is not None:
            return given
        wrong: dict[str, str] = {}
        owed, reach = self._owed(merchant, said, wrong), self._named(merchant, said, wrong)
        account = self._chosen(merchant, said, wrong)
        note = said.get("note", "").strip()
        if note and (fault := name_fault(note, NOTE)):
            wrong["note"] = fault
        amount = said.get("amount")
        if amount is None and owed is not None:
            amount = {"minor": owed.total, "currency": owed.currency}
        elif amount is None and "order_id" not in said:
            wrong["amount"] = "needs a sum, or an order in its place"
        if wrong:
            raise Rejected("some fields are not as they should be", word="invalid", fields=wrong)
        if owed is not None and owed.settled:
            raise Conflict(f"the order is {owed.settled}", word="order-state")
        if account is None:
            raise Conflict("the shop has no payee account that is live", word="account-not-live")
        if reach is not None and reach.until <= once.at:
            raise Conflict("this customer last wrote too long ago to be asked here", word="window-closed")
        if reach is None and owed is not None:
            reach = self._of_order(merchant, owed, once.at)
        assert amount is not None, "what was asked of an order that is there, or was refused"
        wish = Wish(
            account=account.id,
            amount=amount["minor"],
            currency=amount["currency"],
            note=note or (owed.number if owed else ""),
            order=owed.order if owed else "",
            part=owed is not None and (owed.total, owed.currency) != (amount["minor"], amount["currency"]),
            minutes=said.get("expires_in_minutes", 0),
            customer=reach.customer if reach else "",
            channel=reach.channel if reach else "",
            address=reach.address if reach else "",
            language=reach.language if reach else "",
        )
        return self.requests.begin(merchant, tr, account, wish, once)

    def _owed(self, merchant: MerchantId, said: Mapping[str, Any], wrong: dict[str, str]) -> Owed | None:
        if "order_id" not in said:
            return None
        owed = self.orders.owed(merchant, OrderId(said["order_id"]))
        if owed is None:
            wrong["order_id"] = "is no order of the shop"
        return owed

    def _named(self, merchant: MerchantId, said: Mapping[str, Any], wrong: dict[str, str]) -> Reach | None:
        if "customer_id" not in said:
            return None
        reach = self.customers.reach(merchant, CustomerId(said["customer_id"]))
        if reach is None:
            wrong["customer_id"] = "is no customer of the shop"
        return reach

    def _of_order(self, merchant: MerchantId, owed: Owed, now: Instant) -> Reach | None:
        """The order's customer, while they can be told something; else the shop shows the link itself."""
        reach = self.customers.reach(merchant, owed.customer, owed.address) if owed.customer else None
        return reach if reach is not None and now < reach.until else None

    def _chosen(self, merchant: MerchantId, said: Mapping[str, Any], wrong: dict[str, str]) -> PayeeAccount | None:
        """The account that is named, or the only one that is live at a bank that is open. Raises Conflict (account-closed, bank-not-open)."""
        if "account_id" in said:
            try:
                return self.requests.account(merchant, said["account_id"])
            except NotFound:
                wrong["account_id"] = "is no payee account of the shop"
                return None
        live = [account for account in self.requests.accounts.list(merchant) if account.state == "live"]
        able = [account for account in live if self.requests.open_banks.is_open(account.bank.provider)]
        if len(able) > 1:
            wrong["account_id"] = "needs a choice: the shop has several payee accounts that are live"
        # Of those at banks that are shut the first stands for all: whoever begins with it is told what is missing.
        return able[0] if len(able) == 1 else next(iter(live), None)
