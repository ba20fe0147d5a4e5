"""Which questions about UPI addresses are answered."""

from typing import Protocol

from haat.facts.payments import PayeeNameWanted
from haat.facts.verification import PayeeNamed


class Names(Protocol):
    """What banks have said whose an address is."""

    def answered(self, wanted: PayeeNameWanted) -> bool:
        """Whether this question was answered before. Raises Unavailable."""

    def answer(self, wanted: PayeeNameWanted, named: PayeeNamed) -> bool:
        """Keep the answer, as its own outbox row. False where it was answered before: that answer stays. Raises Unavailable."""
