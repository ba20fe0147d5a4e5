"""What a repair must know of what has happened."""

from typing import Protocol


class Heard(Protocol):
    """Traces of evidence. Every method raises Unavailable."""

    def event(self, account: str, event_id: str) -> bool:
        """Whether an event id was heard."""

    def money(self, account: str, rrn: str, provider_txn_id: str) -> bool:
        """Whether a money is known under one of its names, of a request or of none."""

    def waits(self, account: str, name: str, callback: str) -> bool:
        """Whether a callback waits for its money."""
