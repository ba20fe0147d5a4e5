"""A bank of our own: it knows payees, lets payers pay what a link says, answers its API, and calls back, well or badly.

    bank = BankSimulator(now)
    bank.open_account("simbank", merchant_id="SIM1", vpa="shop@simbank", webhook="/webhooks/payments/simbank/...", keys={...})
    bank.pay("upi://pay?pa=shop@simbank&am=250.00&tr=...")

No money moves. It speaks the formats of many (`bank_formats.py` lists them). Like the other simulators it opens no socket and reads
no clock: time is the injected `now` (seconds since 1970), ids come from one counter. Amounts are paise.
"""

import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import date
from typing import Literal

from infra.local.http import Request, Response, Webhook
from infra.local.simulators import bank_world
from infra.local.simulators.bank_answering import Answering
from infra.local.simulators.bank_calling import Calling
from infra.local.simulators.bank_faults import BankFaults
from infra.local.simulators.bank_formats import FORMATS, addressed, checked
from infra.local.simulators.bank_paying import attempt, payee
from infra.local.simulators.bank_world import (
    OPEN,
    BankAccount,
    BankPayment,
    BankRefund,
    BankWorld,
    ChargeBack,
    Impossible,
    Later,
    Order,
    PaymentWord,
    Provider,
    RefundWord,
)
from infra.local.simulators.wire import Json

PAYER = "payer@simpsp"


class BankSimulator:
    """One bank with its payees; safe to call from several threads.

    `faults` is what goes wrong. `refunds` says what becomes of a refund: "done" at once, or "pending" until `finish_refund`.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self.now = now
        self.lock = threading.RLock()
        self.faults = BankFaults()
        self.refunds: Literal["done", "pending"] = "done"
        self.world = BankWorld({})
        self._formats = {name: known.make(self) for name, known in FORMATS.items()}
        self._calling = Calling(self, self._formats)
        self._answering = Answering(self, self._formats)

    # Who is paid

    def open_account(
        self,
        provider: Provider,
        *,
        merchant_id: str,
        vpa: str,
        webhook: str,
        keys: Mapping[str, str],
        name: str = "Shop",
        settings: Mapping[str, str] | None = None,
        fee_rate: int = 0,
    ) -> BankAccount:
        """Know a payee, or give a known one new data; BankAccount says what the words mean. `webhook` is a path. Raises Impossible."""
        account = BankAccount(
            provider=provider,
            merchant_id=merchant_id,
            vpa=vpa,
            name=name,
            webhook=webhook,
            keys=checked(provider, merchant_id=merchant_id, vpa=vpa, webhook=webhook, keys=keys),
            settings=dict(settings or {}),
            fee_rate=fee_rate,
        )
        with self.lock:
            other = payee(self.world, vpa)
            if other is not None and other.id != account.id:
                raise Impossible("this address is somebody else's")
            self.world.accounts[account.id] = account
            self.world.revision += 1
        return account

    # What payers do

    def pay(
        self,
        target: str,
        *,
        amount: int | None = None,
        word: PaymentWord = "SUCCESS",
        payer: str = PAYER,
        at: float | None = None,
    ) -> BankPayment:
        """Pay a link (or an order's id): succeed, fail, or leave it open with PENDING or DEEMED. Raises Impossible.

        `amount` is another one than the link's, or the one that a link leaves open. `at` is when it happened, now by default.
        """
        with self.lock:
            made = attempt(self.world, target, amount, word, payer, self.now() if at is None else at)
            self.world.payments[made.id] = made
            self._moved(made)
            return made

    def pay_later(
        self,
        target: str,
        seconds: float,
        *,
        amount: int | None = None,
        word: PaymentWord = "SUCCESS",
        payer: str = PAYER,
    ) -> None:
        """Pay after some time, when the shop's request may have expired. Raises Impossible."""
        with self.lock:
            at = self.now() + seconds
            attempt(self.world, target, amount, word, payer, at)  # what can't be paid is said now
            self.world.later.append(Later(at=at, target=target, word=word, amount=amount, payer=payer))
            self.world.revision += 1

    def finish(self, payment: str, word: Literal["SUCCESS", "FAILED"]) -> BankPayment:
        """End a payment that is open; one that has failed may still succeed. Raises Impossible."""
        with self.lock:
            before = self.world.payments.get(payment)
            if before is None or before.word not in (*OPEN, "FAILED") or before.word == word:
                raise Impossible("this payment is not open")
            after = self.world.payments[payment] = replace(before, word=word)
            self._moved(after)
            return after

    def forge(self, target: str, *, amount: int | None = None, knows_secret: bool = False) -> None:
        """Somebody else says that a link was paid. With the account's token or secret, or with a guess. Raises Impossible."""
        with self.lock:
            made = attempt(self.world, target, amount, "SUCCESS", "thief@simpsp", self.now())
            account = self.world.accounts[made.account]
            format = self._formats[account.provider]
            events = format.payment_events(account, made)
            # Of Razorpay's several the one that says "captured".
            said = events[1] if len(events) > 1 else events[0]
            secret = format.secret(account) if knows_secret else format.guess(account)
            self._calling.post(account, format.proven(account, said, secret), once=True)

    # What the bank does

    def begin_order(self, account: BankAccount, amount: int, receipt: str, notes: Mapping[str, str]) -> Order:
        """Make an order, as the API does and as WhatsApp's own payments do."""
        with self.lock:
            id = self.world.new_id("order")
            made = Order(id=id, account=account.id, amount=amount, receipt=receipt, notes=notes, created_at=self.now())
            self.world.orders[id] = made
            return made

    def left(self, payment: BankPayment) -> int:
        """Return what of a payment can still be given back."""
        return payment.amount - self.world.given_back(payment.id) - self.world.charged_back(payment.id)

    def begin_refund(
        self,
        payment: BankPayment,
        amount: int,
        refund_id: str = "",
        *,
        notes: Mapping[str, str] | None = None,
        key: str = "",
        asked: str = "",
    ) -> BankRefund:
        """Give back, for the API or by hand (without a `refund_id`). Raises Impossible."""
        with self.lock:
            if payment.word != "SUCCESS" or not 0 < amount <= self.left(payment):
                raise Impossible("so much can't be given back")
            made = BankRefund(
                id=self.world.new_id("rfnd"),
                account=payment.account,
                payment=payment.id,
                amount=amount,
                word="PENDING",
                at=self.now(),
                refund_id=refund_id,
                notes=notes or {},
                key=key,
                asked=asked,
            )
            self.world.refunds[made.id] = made
            self._calling.refund(made)
            return self.finish_refund(made.id, "DONE") if self.refunds == "done" else made

    def finish_refund(self, refund: str, word: RefundWord) -> BankRefund:
        """End a refund that is under way. Raises Impossible."""
        with self.lock:
            before = self.world.refunds.get(refund)
            if before is None or before.word != "PENDING" or word == "PENDING":
                raise Impossible("this refund is not under way")
            after = self.world.refunds[refund] = replace(before, word=word)
            self._calling.refund(after)
            return after

    def charge_back(self, payment: str, amount: int | None = None) -> ChargeBack:
        """Let the payer's bank take money back, all that is left or a part; no callback says so. Raises Impossible."""
        with self.lock:
            before = self.world.payments.get(payment)
            taken = 0 if before is None else self.left(before) if amount is None else amount
            if before is None or before.word != "SUCCESS" or not 0 < taken <= self.left(before):
                raise Impossible("so much can't be taken back")
            id = self.world.new_id("disp")
            made = ChargeBack(id=id, account=before.account, payment=payment, amount=taken, at=self.now())
            self.world.charge_backs[id] = made
            return made

    def settlement_file(self, account: str, day: date) -> bytes | None:
        """Return what moved on a day of India's calendar, as the provider's file says it; None where it has none. Raises Impossible."""
        with self.lock:
            known = self.world.accounts.get(account)
            if known is None:
                raise Impossible("there is no such payee")
            return self._formats[known.provider].settlement_file(known, day)

    def release(self, count: int | None = None) -> int:
        """Let held callbacks go, the first `count` or all; return how many went."""
        with self.lock:
            self.world.revision += 1
            return self.world.outbox.release(count, self.now())

    def switch_on(self, account: str) -> None:
        """Send callbacks again, as a merchant asks for whose webhook failed for a day."""
        with self.lock:
            self.world.accounts[account] = replace(self.world.accounts[account], switched_off=False)
            self.world.revision += 1

    # HTTP

    def answers(self, path: str) -> bool:
        """Say whether a path is one of the bank's API, in any of its formats."""
        return addressed(path) is not None

    def handle(self, request: Request) -> Response:
        """Answer one call of the API; raise TimedOut where a fault lets no answer come back."""
        with self.lock:
            return self._answering.handle(request)

    def due(self, now: float) -> list[Webhook]:
        """Make the payments whose time has come, and hand out the callbacks to be posted by now."""
        with self.lock:
            for later in [one for one in self.world.later if one.at <= now]:
                self.world.later.remove(later)
                with suppress(Impossible):  # its payee may have another address by now
                    self.pay(later.target, amount=later.amount, word=later.word, payer=later.payer, at=later.at)
            return self.world.outbox.due(now)

    def answered(self, webhook: Webhook, status: int, now: float) -> None:
        """Note the answer to a callback; 0 where none came. Anything but 2xx brings it again, for a day."""
        with self.lock:
            given_up = self.world.outbox.answered(webhook.id, status, now)
            self.world.revision += 1
            if given_up is not None and given_up.account in self.world.accounts:
                account = self.world.accounts[given_up.account]
                self.world.accounts[account.id] = replace(account, switched_off=True)
                self.world.outbox.forget(account.id)

    def next_due(self) -> float | None:
        """Return when the next callback or payment falls due, or None where none waits."""
        with self.lock:
            times = [later.at for later in self.world.later]
            if (posting := self.world.outbox.next_due()) is not None:
                times.append(posting)
            return min(times, default=None)

    # Memory

    def reset(self) -> None:
        """Forget everything, the payees too."""
        with self.lock:
            self.faults.clear()
            self.refunds = "done"
            self.world = BankWorld({}, self.world.revision + 1)

    def dump(self) -> Json:
        """Return everything that `load` needs, as JSON."""
        with self.lock:
            return self.world.dump()

    def load(self, document: Json) -> None:
        """Take up where a dump left off."""
        with self.lock:
            self.world = bank_world.load(document, self.world.accounts, self.world.revision + 1)

    def _moved(self, payment: BankPayment) -> None:
        code = self.world.codes.get(payment.code)
        if code is not None and code.single_use and payment.word == "SUCCESS":
            self.world.codes[code.id] = replace(code, paid=True)
        self._calling.payment(payment)
