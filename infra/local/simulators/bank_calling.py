"""How the bank's callbacks leave it: proven, and spoiled by what is switched on."""

from typing import TYPE_CHECKING

from infra.local.simulators.bank_outbox import PREFIX, BankPosting
from infra.local.simulators.bank_wire import Event, Format
from infra.local.simulators.bank_world import BankAccount, BankPayment, BankRefund, Provider

if TYPE_CHECKING:
    from infra.local.simulators.bank import BankSimulator

# How long one that is to be overtaken waits for another to come.
_OVERTAKEN = 2.0


class Calling:
    """The part of the bank that sends; its lock is held."""

    def __init__(self, bank: "BankSimulator", formats: dict[Provider, Format]) -> None:
        self._bank, self._formats = bank, formats

    def payment(self, payment: BankPayment) -> None:
        """Tell a payment as it stands."""
        account = self._bank.world.accounts[payment.account]
        for event in self._formats[account.provider].payment_events(account, payment):
            self._tell(account, event)
        self._bank.world.revision += 1

    def refund(self, refund: BankRefund) -> None:
        """Tell a refund as it stands."""
        account = self._bank.world.accounts[refund.account]
        for event in self._formats[account.provider].refund_events(account, refund):
            self._tell(account, event)
        self._bank.world.revision += 1

    def post(
        self,
        account: BankAccount,
        sent: Event,
        *,
        after: float = 0.0,
        once: bool = False,
        held: bool = False,
    ) -> None:
        """Put a callback that is proven on its way. `once`: it is not sent again; `held`: it waits for `release`."""
        world, now = self._bank.world, self._bank.now()
        posting = BankPosting(
            id=PREFIX + world.serial("callback"),
            account=account.id,
            path=account.webhook,
            headers=sent.headers,
            body=sent.body,
            made_at=now,
            due_at=now + after,
            once=once,
        )
        if held:
            world.outbox.held.append(posting)
        else:
            world.outbox.add(posting)

    def _tell(self, account: BankAccount, event: Event) -> None:
        """Send one callback, unless the account's are switched off or nothing is to be said."""
        faults, provider = self._bank.faults, account.provider
        if account.switched_off or faults.of_callback("silent", provider):
            return
        forged = faults.of_callback("forged", provider) is not None
        format = self._formats[provider]
        # Once for all copies: what seals with random padding would make other bytes each time.
        sent = format.proven(account, event, format.guess(account) if forged else format.secret(account))
        late, repeated = faults.of_callback("late", provider), faults.of_callback("repeated", provider)
        overtaken = faults.of_callback("overtaken", provider)
        wait = (late.seconds if late else 0.0) + (_OVERTAKEN if overtaken else 0.0)
        held = faults.of_callback("held", provider) is not None
        for _ in range(repeated.copies if repeated else 1):
            self.post(account, sent, after=wait, once=forged, held=held)
