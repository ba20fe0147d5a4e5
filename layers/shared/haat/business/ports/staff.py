"""What telling a shop's own people needs from the rest of the world."""

from collections.abc import Sequence
from typing import Protocol

from haat.facts.said import StaffHears


class StaffLine(Protocol):
    """The way to those who speak in the chat."""

    def tell(self, facts: Sequence[StaffHears]) -> None:
        """Pass them on, each person's in order; one that comes again within minutes is passed on once. Raises Unavailable."""
