"""Asking for money, taking a request back, giving money back: what merchants do."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from haat.facts.payments import BankWanted, outbox_row
from haat.kernel.errors import Changed, Conflict, NotFound, Rejected
from haat.kernel.ids import MerchantId
from haat.kernel.once import Answer, Once
from haat.kernel.time import MINUTE, Instant, later
from haat.payment.model.account import PayeeAccount
from haat.payment.model.outbox import Row
from haat.payment.model.payment import Change, Payment, Request
from haat.payment.ports import Accounts, Listed, Payments, Writing
from haat.payment.ports.banks import Bank
from haat.payment.rules import asking, machine, news, refunds, shown

ATTEMPTS = 5
LEAST, LIFE_MS, LONGEST_MS = 100, 15 * MINUTE, 30 * 24 * 60 * MINUTE


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a merchant asks a customer to pay. `customer` with its channel and address is empty where the shop shows the code itself."""

    account: str
    amount: int
    currency: str
    note: str = ""
    order: str = ""
    minutes: int = 0
    customer: str = ""
    channel: str = ""
    address: str = ""
    language: str = ""
    test: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Requests:
    """What merchants do with payment requests."""

    payments: Payments
    accounts: Accounts
    banks: Callable[[str], Bank]

    def ask(self, merchant: MerchantId, tr: str, wish: Wish, once: Once) -> Answer:
        """Begin a request. Raises Rejected, NotFound (account), Conflict."""
        account = self._account(merchant, wish.account)
        payment = Payment(request=_request(merchant, tr, account, wish, once.at))
        if not self.banks(account.bank.provider).CAPS.creates:
            change = machine.present(replace(payment, request=asking.linked(payment.request, account)))
            rows = [*news.rows(None, change, once.at)]
        else:
            change = Change(after=payment)
            wanted = BankWanted(what="create", tr=tr, number=1)
            rows = [*news.rows(None, change, once.at), Row(name="create", row=outbox_row(wanted))]
        answer = Answer(status=201, body=shown.request(change.after))
        return self.payments.begin(change.after, Writing(rows=rows, once=(once, answer))) or answer

    def cancel(self, merchant: MerchantId, tr: str, once: Once) -> Answer:
        """Take it back. Raises NotFound, Conflict where money is in flight or has come."""

        def step(before: Payment) -> Change:
            change = machine.cancel(before, once.at)
            if change.after == before and before.request.state != "CANCELLED":
                raise Conflict(f"the request is {before.request.state}", word="payment-not-open")
            return change

        return self._change(merchant, tr, step, once)

    def give_back(self, merchant: MerchantId, tr: str, id: str, rrn: str, amount: int, once: Once) -> Answer:
        """Give money back: reserved first, then the bank is called. What is too much is refused and kept as refused. Raises NotFound."""
        return self._change(merchant, tr, lambda before: refunds.ask(before, id, rrn, amount, once.at), once, about=id)

    def read(self, merchant: MerchantId, tr: str) -> Payment:
        """One of the merchant's own. Raises NotFound."""
        payment = self.payments.load(tr)
        if payment is None or payment.request.merchant != merchant:
            raise NotFound("payment request")
        return payment

    def list(self, merchant: MerchantId, after: str | None, limit: int) -> Listed[Payment]:
        """One page, newest first."""
        return self.payments.list(merchant, after, limit)

    def _change(
        self, merchant: MerchantId, tr: str, step: Callable[[Payment], Change], once: Once, about: str = ""
    ) -> Answer:
        for _ in range(ATTEMPTS):
            before = self.read(merchant, tr)
            change = step(before)
            body = shown.refund(change.after, about) if about else shown.request(change.after)
            answer = Answer(status=201 if about else 200, body=body)
            writing = Writing(rows=news.rows(before, change, once.at), once=(once, answer))
            try:
                return self.payments.save(before, change, writing) or answer
            except Changed:
                continue
        raise Conflict("the payment kept changing; try again")

    def _account(self, merchant: MerchantId, id: str) -> PayeeAccount:
        account = self.accounts.get(id, fresh=True)
        if account is None or account.merchant != merchant:
            raise NotFound("payee account")
        if account.state == "closed":
            raise Conflict("this payee account is closed", word="account-closed")
        return account


def _request(merchant: MerchantId, tr: str, account: PayeeAccount, wish: Wish, now: Instant) -> Request:
    wrong = {}
    if wish.currency != "INR":
        wrong["amount"] = "UPI takes INR only"
    elif not 0 < wish.amount <= account.limit:
        wrong["amount"] = f"must be at least 1 paisa and at most {account.limit} paise"
    if account.state == "testing" and not wish.test:
        raise Conflict("the test payment of this account has not arrived yet", word="account-not-live")
    life = wish.minutes * MINUTE or LIFE_MS
    if not MINUTE <= life <= LONGEST_MS:
        wrong["expires_in_minutes"] = "must be between 1 minute and 30 days"
    if wrong:
        raise Rejected("some fields are not as they should be", word="invalid", fields=wrong)
    return Request(
        tr=tr,
        merchant=merchant,
        account=account.id,
        provider=account.bank.provider,
        payee_vpa=account.bank.vpa,
        payee_id=account.bank.merchant_id,
        payee_name=account.name,
        amount=wish.amount,
        currency=wish.currency,
        created_at=now,
        expires_at=later(now, life),
        note=wish.note,
        order=wish.order,
        customer=wish.customer,
        channel=wish.channel,
        address=wish.address,
        language=wish.language,
        test=wish.test,
    )
