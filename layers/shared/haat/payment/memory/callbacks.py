"""Callbacks in memory, under the contract of the table's own."""

from haat.facts.payments import CallbackKept
from haat.kernel.time import HOUR, Instant


class MemoryCallbacks:
    """Fills the port Callbacks."""

    def __init__(self) -> None:
        self.kept: list[CallbackKept] = []
        self.forged: dict[tuple[str, int, int], bytes] = {}

    def keep(self, kept: CallbackKept) -> None:
        self.kept.append(kept)

    def keep_forged(self, account: str, reason: str, raw: bytes, now: Instant, chance: int) -> None:
        self.forged[account, now // HOUR, chance % 16] = raw[:4_096]
