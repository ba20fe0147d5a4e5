"""What a provider's webhook brings is kept as it came, and acknowledged in the provider's words. Nothing is decided here."""

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from haat.facts.payments import CallbackKept
from haat.kernel.ids import ulid
from haat.kernel.time import Instant
from haat.payment.model.evidence import Notice, Refused
from haat.payment.ports import Accounts, Callbacks, KeyRing
from haat.payment.ports.banks import Bank

MOST_BYTES = 128 * 1024  # of a body; the largest that a provider documents are a tenth of it
HEADERS, HEADER = 40, 2_048  # that are kept with it, and letters of one
SECRET_HEADERS = ("authorization",)  # at any bank; what else a bank uses so its CAPS say
MARK = "(seen)"
REFUSAL = 400  # from this status on a bank's own answer says that the door can see what is wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What the provider is told, and one word for what became of it."""

    status: int
    body: bytes
    word: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """Takes callbacks. It holds what verifies them, and nothing that calls a bank or reads what is encrypted."""

    accounts: Accounts
    keys: KeyRing
    callbacks: Callbacks
    banks: Callable[[str], Bank]
    draw: Callable[[], bytes]

    def take(self, provider: str, account_id: str, headers: Mapping[str, str], raw: bytes, now: Instant) -> Answered:
        """One callback. Raises Unavailable: then the provider brings it again."""
        account = self.accounts.get(account_id)
        if account is None or account.bank.provider != provider:
            return Answered(status=404, body=b"", word="unknown_account")
        bank = self.banks(provider)
        if len(raw) > MOST_BYTES:
            return self._refused(bank, Refused(reason="too_large"), account_id, b"", now)
        if bank.CAPS.door_keys:
            said = bank.read_callback(account.bank, self.keys.keys(account), headers, raw)
            if isinstance(said, Refused) and bank.ack(said)[0] >= REFUSAL:
                return self._refused(bank, said, account_id, raw, now)
        self.callbacks.keep(
            CallbackKept(
                id=ulid(now, self.draw()),
                provider=provider,
                account=account_id,
                raw=base64.b64encode(raw).decode(),
                headers=_kept(headers, bank.CAPS.secret_headers),
                received_at=now,
            )
        )
        # What is wrong with it shows in settlement: to the provider it has arrived.
        status, body = bank.ack(Notice(provider=provider, kind="kept", trust=bank.CAPS.trust))
        return Answered(status=status, body=body, word="kept")

    def _refused(self, bank: Bank, said: Refused, account: str, raw: bytes, now: Instant) -> Answered:
        """A few of them are kept for a person to look at; how many there were is counted by the edge."""
        self.callbacks.keep_forged(account, said.reason, raw, now, self.draw()[0])
        status, body = bank.ack(said)
        return Answered(status=status, body=body, word=said.reason)


def _kept(headers: Mapping[str, str], secret: tuple[str, ...]) -> dict[str, str]:
    """Those that may prove or name a callback; none that says who carried it here.

    Of one that holds a key itself a mark is left, by which settlement sees that it was there: the door has checked it.
    """
    wanted = ("x-", "content-type", "authorization")
    left_out = ("x-forwarded-", "x-amz")
    named = {name.lower(): value for name, value in headers.items()}
    chosen = [name for name in sorted(named) if name.startswith(wanted) and not name.startswith(left_out)]
    hidden = {*SECRET_HEADERS, *secret}
    return {name: MARK if name in hidden else named[name][:HEADER] for name in chosen[:HEADERS]}
