"""How the simulated bank's formats look the same from inside: who calls, what is asked, what a callback and a file bring."""

import json
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from infra.local.http import Request, Response
from infra.local.simulators.bank_faults import Edge
from infra.local.simulators.bank_world import BankAccount, BankPayment, BankRefund, BankWorld
from infra.local.simulators.wire import Json

LARGEST = 64 * 1024  # bytes of a body that a caller may send


class BankRefusal(Exception):
    """The call is answered with this."""

    def __init__(self, status: int, document: Json) -> None:
        super().__init__(f"{status}")
        self.response = answer(document, status)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A callback: before it is proven as the format writes it, and then as it leaves."""

    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


class Format(Protocol):
    """One of the ways in which the bank speaks. Paths of requests are without the provider's prefix."""

    def caller(self, world: BankWorld, request: Request) -> BankAccount:
        """Return whose call it is. Raises BankRefusal."""

    def edge(self, request: Request) -> Edge:
        """Say what kind of call it is."""

    def handle(self, account: BankAccount, request: Request) -> Response:
        """Answer a call. Raises BankRefusal."""

    def payment_events(self, account: BankAccount, payment: BankPayment) -> list[Event]:
        """Return the callbacks by which a payment is told as it stands."""

    def refund_events(self, account: BankAccount, refund: BankRefund) -> list[Event]:
        """Return the callbacks by which a refund is told as it stands."""

    def proven(self, account: BankAccount, event: Event, secret: str) -> Event:
        """Return a callback as it leaves: with all its headers, and signed or sealed, as the provider does, with `secret`."""

    def secret(self, account: BankAccount) -> str:
        """Return what proves the account's callbacks, or seals them."""

    def guess(self, account: BankAccount) -> str:
        """Return what somebody uses who does not know that: another one, of the same form."""

    def settlement_file(self, account: BankAccount, day: date) -> bytes | None:
        """Return what moved on a day of India's calendar, in the provider's columns; None where it has no file.

        The lines are `bank_files.lines_of(bank, account, day)`, which does wrong what is switched on.
        """


def answer(document: Json, status: int = 200) -> Response:
    """Return an answer in JSON."""
    return Response(status=status, headers={"content-type": "application/json"}, body=compact(document))


def compact(document: Json) -> bytes:
    """Write JSON without spaces, letters as they are."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def body_of(request: Request) -> Json | None:
    """Read a body; None where it is no JSON object."""
    if len(request.body) > LARGEST:
        return None
    try:
        found = json.loads(request.body or b"{}")
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def rupees(paise: int) -> str:
    """Write paise as rupees, with two places."""
    return f"{paise // 100}.{paise % 100:02}"
