"""Where it is kept what operators have ticked off of banks."""

from collections.abc import Mapping
from typing import Protocol

from haat.payment.model.bank import Needed
from haat.payment.model.checklist import Tick


class Checklists(Protocol):
    """One list for each bank, of the whole deployment. Each tick is a thing of its own: those of two operators at once both stand."""

    def ticks(self, provider: str, *, fresh: bool = False) -> Mapping[Needed, Tick]:
        """What is ticked; may be a minute old unless `fresh`. Raises Unavailable."""

    def tick(self, provider: str, tick: Tick) -> None:
        """Keep a tick, in the place of one that was there for the same item. Raises Unavailable."""

    def untick(self, provider: str, item: Needed) -> None:
        """Take it away; one that is not there is no error. Raises Unavailable."""
