"""A shop's money, line by line, as an accountant reads it."""

from dataclasses import dataclass

from haat.kernel.time import Instant
from haat.payment.model.payment import Orphan, Receipt, Refund, Request


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One money that came or went, at its time: a receipt or a refund of a request, or an orphan, which has none."""

    at: Instant
    request: Request | None = None
    receipt: Receipt | None = None
    refund: Refund | None = None
    orphan: Orphan | None = None
