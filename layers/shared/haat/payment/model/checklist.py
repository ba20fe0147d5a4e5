"""What an operator has ticked off of what must be had from a bank before real money goes by it."""

from dataclasses import dataclass

from haat.kernel.time import Instant
from haat.payment.model.bank import Needed


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """One item of a bank's checklist is there: who said so, and when. `note` is for operators, e.g. where the papers lie."""

    item: Needed
    by: str  # an operator's id
    at: Instant
    note: str = ""
