"""What stands in an account's file of a day (T+1): the lines, before a format writes them in its own columns.

The day is the one on which the money moved, in India's calendar; the file of today has what has moved so far. Money that came is
there when it succeeded, and when it is deemed to be there; money given back when that is done; and what a payer's bank took back.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import TYPE_CHECKING, Literal

from infra.local.simulators.bank_faults import FileFault
from infra.local.simulators.bank_world import INDIA, BankAccount, BankPayment, BankWorld

if TYPE_CHECKING:
    from infra.local.simulators.bank import BankSimulator

GST = 18  # percent of a fee
STRANGER = "STRANGER1"  # the merchant of a row that got into another's file
_ODD = 100  # paise by which a sum is wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One movement. `payment` is what was paid, given back, or taken back; `id` the bank's own of the movement.

    Amounts are paise, before the fee; `fee` includes `tax`, which is GST. `refund_id` is the caller's, "" where there is none.
    """

    kind: Literal["payment", "refund", "charge_back"]
    id: str
    amount: int
    at: float
    payment: BankPayment
    merchant_id: str
    vpa: str
    refund_id: str = ""
    fee: int = 0
    tax: int = 0

    @property
    def time(self) -> datetime:
        """When it moved, in India."""
        return datetime.fromtimestamp(self.at, INDIA)

    @property
    def deemed(self) -> bool:
        """Whether the payee's bank has not answered, and the money is taken to be there."""
        return self.payment.word == "DEEMED"


def lines_of(bank: "BankSimulator", account: BankAccount, day: date, *, spoiled: bool = True) -> list[Line]:
    """Return a file's lines, oldest first, and let go wrong what is switched on, if it may be `spoiled`."""
    lines = sorted(_moved(bank.world, account, day), key=lambda line: line.at)
    if spoiled:
        for kind, spoil in _SPOILING.items():
            if (lines or kind == "row_of_stranger") and bank.faults.of_file(kind, account.provider):
                lines = spoil(lines, account, day)
    return lines


def fee_of(account: BankAccount, amount: int) -> tuple[int, int]:
    """Return the fee of a payment with GST on it, and that GST; halves are rounded up."""
    net = (amount * account.fee_rate + 5_000) // 10_000
    tax = (net * GST + 50) // 100
    return net + tax, tax


def _moved(world: BankWorld, account: BankAccount, day: date) -> Iterator[Line]:
    first = datetime.combine(day, time(), INDIA).timestamp()
    last = first + timedelta(days=1).total_seconds()
    about = partial(Line, merchant_id=account.merchant_id, vpa=account.vpa)
    for one in world.payments_of(account.id):
        if one.word in ("SUCCESS", "DEEMED") and first <= one.at < last:
            fee, tax = fee_of(account, one.amount)
            yield about(kind="payment", id=one.id, amount=one.amount, at=one.at, payment=one, fee=fee, tax=tax)
        for back in world.refunds_of(one.id):
            if back.word == "DONE" and first <= back.at < last:
                given = about(kind="refund", id=back.id, amount=back.amount, at=back.at, payment=one)
                yield replace(given, refund_id=back.refund_id)
        for taken in world.charge_backs.values():
            if taken.payment == one.id and first <= taken.at < last:
                yield about(kind="charge_back", id=taken.id, amount=taken.amount, at=taken.at, payment=one)


def _without(lines: list[Line], account: BankAccount, day: date) -> list[Line]:
    return lines[1:]


def _odd(lines: list[Line], account: BankAccount, day: date) -> list[Line]:
    return [replace(lines[0], amount=lines[0].amount + _ODD), *lines[1:]]


def _twice(lines: list[Line], account: BankAccount, day: date) -> list[Line]:
    return [lines[0], *lines]


def _strange(lines: list[Line], account: BankAccount, day: date) -> list[Line]:
    """Add what was paid to somebody else."""
    vpa, at = f"stranger@{account.vpa.partition('@')[2]}", datetime.combine(day, time(12), INDIA).timestamp()
    paid = BankPayment(
        id="pay_Stranger000001",
        account=f"{account.provider}:{STRANGER}",
        reference="STRANGER0000000001",
        rrn=f"{day.year % 10}{day.timetuple().tm_yday:03}99999999",
        amount=12_300,
        word="SUCCESS",
        at=at,
        payer="payer@simpsp",
    )
    return [
        *lines,
        Line(kind="payment", id=paid.id, amount=paid.amount, at=at, payment=paid, merchant_id=STRANGER, vpa=vpa),
    ]


# In this order, where several are on.
_SPOILING: Mapping[FileFault, Callable[[list[Line], BankAccount, date], list[Line]]] = {
    "row_missing": _without,
    "row_other_sum": _odd,
    "row_twice": _twice,
    "row_of_stranger": _strange,
}
