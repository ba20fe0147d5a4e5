"""A shop's owner in memory: accounts, the bank's keys, and a test payment that arrives."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from haat.facts import verification
from haat.facts.notices import load
from haat.kernel.errors import Rejected
from haat.kernel.ids import MerchantId
from haat.kernel.once import Answer, Once
from haat.kernel.secret import Secret
from haat.kernel.time import MINUTE, Instant
from haat.payment.banks.registry import bank
from haat.payment.memory.accounts import MemoryAccounts
from haat.payment.memory.checklists import MemoryChecklists
from haat.payment.memory.payments import MemoryPayments
from haat.payment.model.account import PayeeAccount
from haat.payment.model.outbox import Row
from haat.payment.model.payment import Request
from haat.payment.ports.banks import Bank
from haat.payment.rules.account_changes import proven, rows
from haat.payment.rules.account_keys import PURPOSES
from haat.payment.service.accounts import PayeeAccounts
from haat.payment.service.open_banks import Offered, OpenBanks
from haat.payment.service.requests import Requests

NOW = Instant(1_700_000_000_000)
SHOP, OTHER = MerchantId("01KDVDNA00SHOP00000000001A"), MerchantId("01KDVDNA00SHOP00000000002A")
ID, TR = "01KDVDNA00ACC000000000001A", "H01KDVDNA00TEST0000000001A"
KEYS = {"webhook_secret": "word-hook", "key_id": "word-id", "key_secret": "word-secret"}
SAID: dict[str, Any] = {
    "provider": "razorpay",
    "upi_address": "Shop@Upi",
    "name": "Mishti Bhandar",
    "provider_merchant_id": "acc_example",
    "keys": KEYS,
}


class Box:
    """Fills the port Seals: what it was given, under a mark of its own."""

    def __init__(self, purpose: str) -> None:
        self._purpose = purpose

    def seal(self, merchant: MerchantId, secret: Secret[str]) -> bytes:
        """Not secret here."""
        return f"{self._purpose}/{merchant}/{secret.reveal()}".encode()


class House:
    """Accounts in memory, and an owner who asks."""

    def __init__(
        self, *, offered: str = "razorpay simbank", local: bool = True, banks: Callable[[str], Bank] = bank
    ) -> None:
        self.accounts, self._asked = MemoryAccounts(), 0
        self.checklists = MemoryChecklists()
        self.open_banks = OpenBanks(banks=banks, checklists=self.checklists)
        self.payments = MemoryPayments(self.accounts)
        self.service = PayeeAccounts(
            accounts=self.accounts,
            requests=Requests(payments=self.payments, accounts=self.accounts, banks=banks, open_banks=self.open_banks),
            seals={purpose: Box(purpose) for purpose in PURPOSES},
            offer=Offered(banks=banks, names=frozenset(offered.split()), local=local),
        )

    def once(self, at: int = NOW) -> Once:
        """A request of its own."""
        self._asked += 1
        return Once(key=f"key-{self._asked}", asked="", at=Instant(at))

    def connects(self, id: str = ID, **said: Any) -> Answer:
        """Connect an account."""
        return self.service.connect(SHOP, id, {**SAID, **said}, self.once())

    def lives(self, id: str) -> None:
        """The shop has one more account, with another payee, whose test payment came long ago."""
        self.connects(id, upi_address=f"{id}@upi", provider_merchant_id=f"acc_{id}")
        made = self.accounts.get(id)
        assert made is not None
        self.accounts.save(replace(made, state="live", version=made.version + 1))

    def tested(self, asked_at: int, vpa: str = "shop@upi") -> None:
        """A test payment has come that was asked for then: what settlement makes of it."""
        at = Instant(asked_at)
        request = Request(
            tr=TR, merchant=SHOP, account=ID, provider="razorpay", payee_vpa=vpa, payee_id="acc_example", amount=100,
            currency="INR", created_at=at, expires_at=Instant(at + MINUTE), state="PAID", test=True,
        )  # fmt: skip
        before = self.account
        made = proven(before, request, self.accounts.list(SHOP), at)
        if made is not None:
            self.accounts.save(made[0], rows=rows(before, made[0], [made[1]]))

    @property
    def account(self) -> PayeeAccount:
        """As it is kept."""
        found = self.accounts.get(ID)
        assert found is not None
        return found

    @property
    def state(self) -> str:
        """The account's."""
        return self.account.state

    def of_badges(self) -> list[verification.VerificationFact]:
        """What `verification` hears."""
        return [verification.load(row.row["body"]) for row in self.accounts.rows if _of_badges(row)]

    def told(self) -> list[tuple[str, dict[str, Any]]]:
        """What the shop's systems hear."""
        facts = [load(row.row["body"]) for row in self.accounts.rows if not _of_badges(row)]
        return [(fact.kind, dict(fact.data)) for fact in facts]  # type: ignore[union-attr]  # these rows are all raised


def _of_badges(row: Row) -> bool:
    return bool(row.row["queue"] == verification.QUEUE)


def wrong(refused: pytest.ExceptionInfo[Rejected]) -> dict[str, str]:
    """What is told, which never holds a value."""
    said = refused.value.fields
    assert not any(value in str(said) for value in KEYS.values())
    return said
