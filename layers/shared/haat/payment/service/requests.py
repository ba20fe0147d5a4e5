"""Asking for money, taking a request back, giving money back: what merchants do."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from haat.facts.payments import BankWanted, outbox_row
from haat.kernel.errors import Changed, Conflict, NotFound, Rejected
from haat.kernel.ids import MerchantId
from haat.kernel.money import Money
from haat.kernel.once import Answer, Once
from haat.kernel.time import MINUTE, Instant, later
from haat.payment.model.account import PayeeAccount
from haat.payment.model.outbox import Row
from haat.payment.model.payment import Change, Payment, Request
from haat.payment.ports import Accounts, Listed, Payments, Writing
from haat.payment.ports.banks import Bank
from haat.payment.rules import asking, machine, news, refunds, shown, words
from haat.payment.service.open_banks import OpenBanks

ATTEMPTS = 5
_CARDS = frozenset({"whatsapp"})  # channels with payment cards of their own
LEAST, LIFE_MS, LONGEST_MS = 100, 15 * MINUTE, 30 * 24 * 60 * MINUTE


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a merchant asks a customer to pay. `customer` with its channel and address is empty where the shop shows the code itself."""

    account: str
    amount: int
    currency: str
    note: str = ""
    order: str = ""
    part: bool = False  # of what the order costs, or more than that
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
    open_banks: OpenBanks

    def ask(self, merchant: MerchantId, tr: str, wish: Wish, once: Once) -> Answer:
        """Begin a request. Raises Rejected, NotFound (account), Conflict, Unavailable."""
        if (given := self.payments.given(once)) is not None:
            return given
        return self.begin(merchant, tr, self.account(merchant, wish.account), wish, once)

    def begin(self, merchant: MerchantId, tr: str, account: PayeeAccount, wish: Wish, once: Once) -> Answer:
        """Begin a request on an account that was just read. Raises Rejected, Conflict (account-not-live, bank-not-open), Unavailable."""
        self.open_banks.need(account.bank.provider)
        change, rows = begun(merchant, tr, account, wish, self.banks(account.bank.provider), once.at)
        answer = Answer(status=201, body=shown.request(change.after))
        return self.payments.begin(change.after, Writing(rows=rows, once=(once, answer), at=once.at)) or answer

    def cancel(self, merchant: MerchantId, tr: str, once: Once) -> Answer:
        """Take it back. Raises NotFound, Conflict (payment-not-open) where money is in flight or has come."""

        def step(before: Payment) -> Change:
            change = machine.cancel(before, once.at)
            if change.after == before and before.request.state != "CANCELLED":
                said = "money may be on its way" if before.request.state == "PROCESSING" else "money has come"
                raise Conflict(f"the request is {before.request.state}: {said}", word="payment-not-open")
            return change

        return self._change(merchant, tr, step, once)

    def give_back(self, merchant: MerchantId, tr: str, id: str, rrn: str, amount: Money | None, once: Once) -> Answer:
        """Give money of one receipt back, without an amount all that is left: reserved first, then the bank is called.

        What is too much is kept as refused. Raises NotFound, Rejected, Conflict (refund-too-much).
        """

        def step(before: Payment) -> Change:
            receipt = next((receipt for receipt in before.receipts if receipt.rrn == rrn), None)
            if receipt is None:
                if amount is None:
                    raise _wrong({"rrn": "is no receipt of this payment"})
                return refunds.ask(before, id, rrn, amount.minor, once.at)
            if amount is not None and amount.currency != receipt.currency:
                raise _wrong({"amount.currency": f"must be {receipt.currency}, in which it came"})
            wanted = refunds.left(before, receipt) if amount is None else amount.minor
            if wanted < receipt.amount and not self.banks(before.request.provider).CAPS.partial_refund:
                raise _wrong({"amount.minor": "must be all that came: this bank gives no part of it back"})
            return refunds.ask(before, id, rrn, wanted, once.at)

        return self._change(merchant, tr, step, once, about=id)

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
        if (given := self.payments.given(once)) is not None:
            return _said(given)
        for _ in range(ATTEMPTS):
            before = self.read(merchant, tr)
            change = step(before)
            answer = _of_refund(change.after, about) if about else Answer(status=200, body=shown.request(change.after))
            writing = Writing(rows=news.rows(before, change, once.at), once=(once, answer), at=once.at)
            try:
                return _said(self.payments.save(before, change, writing) or answer)
            except Changed:
                continue
        raise Conflict("the payment kept changing; try again")

    def account(self, merchant: MerchantId, id: str) -> PayeeAccount:
        """One of the merchant's own that is not closed, as it is now. Raises NotFound, Conflict (account-closed)."""
        account = self.accounts.get(id, fresh=True)
        if account is None or account.merchant != merchant:
            raise NotFound("payee account")
        if account.state == "closed":
            raise Conflict("this payee account is closed", word="account-closed")
        return account


def _of_refund(after: Payment, id: str) -> Answer:
    refund = next((refund for refund in after.refunds if refund.id == id), None)
    if refund is None:
        return Answer(status=409, body={"detail": "too many refunds of this payment were refused, and this one is too"})
    if refund.state != "REFUSED":
        return Answer(status=201, body=shown.refund(after, id))
    receipt = next((receipt for receipt in after.receipts if receipt.rrn == refund.rrn), None)
    if receipt is None:
        return Answer(
            status=409, body={"detail": f"no money with this RRN has come; the refund {id} is kept as refused"}
        )
    left = refunds.left(after, receipt)
    said = f"{words.rupees(left)} of {words.rupees(receipt.amount)} are left" if left else "nothing of it is left"
    return Answer(status=409, body={"detail": f"{said}; the refund {id} is kept as refused"})


def _said(answer: Answer) -> Answer:
    """The answer; a refusal is a problem, also when it is told again."""
    if answer.status == 409:
        raise Conflict(answer.body["detail"], word="refund-too-much")
    return answer


def _wrong(fields: dict[str, str]) -> Rejected:
    return Rejected("some fields are not as they should be", word="invalid", fields=fields)


def begun(
    merchant: MerchantId, tr: str, account: PayeeAccount, wish: Wish, bank: Bank, now: Instant
) -> tuple[Change, list[Row]]:
    """A request as it begins, and what must be told or done with it. Raises Rejected, Conflict (account-not-live)."""
    least = later(now, bank.CAPS.least_life_ms)
    request = _request(merchant, tr, account, wish, now)
    # A code that its bank keeps open longer than was asked could be paid when nobody looks any more.
    payment = Payment(request=replace(request, expires_at=max(request.expires_at, least)))
    if not bank.CAPS.creates:
        change = machine.present(replace(payment, request=asking.linked(payment.request, account)))
        return change, [*news.rows(None, change, now)]
    change = Change(after=replace(payment, request=asking.told_first(payment.request)))
    wanted = BankWanted(what="create", tr=tr, number=1)
    return change, [*news.rows(None, change, now), Row(name="create", row=outbox_row(wanted))]


def _request(merchant: MerchantId, tr: str, account: PayeeAccount, wish: Wish, now: Instant) -> Request:
    wrong = {}
    if wish.currency != "INR":
        wrong["amount.currency"] = "must be INR: UPI takes nothing else"
    elif not 0 < wish.amount <= account.limit:
        wrong["amount.minor"] = f"must be at least 1 and at most {account.limit} paise"
    if account.state == "testing" and not wish.test:
        raise Conflict("the test payment of this account has not arrived yet", word="account-not-live")
    life = wish.minutes * MINUTE or LIFE_MS
    if not MINUTE <= life <= LONGEST_MS:
        wrong["expires_in_minutes"] = "must be between 1 minute and 30 days"
    if wrong:
        raise _wrong(wrong)
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
        part=wish.part,
        customer=wish.customer,
        channel=wish.channel,
        address=wish.address,
        language=wish.language,
        test=wish.test,
        order_details=account.order_details and wish.channel in _CARDS,
        order_details_name=account.order_details_name,
    )
