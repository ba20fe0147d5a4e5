"""How the market is, in numbers that cost the same for ten shops and for a million."""

from dataclasses import asdict, dataclass
from typing import Any

from haat.business.ports import Merchants
from haat.business.ports.health import Queues
from haat.kernel.errors import Unavailable

UNKNOWN = {"waiting": None, "in_hand": None, "delayed": None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Market:
    """Looks at the market."""

    merchants: Merchants
    queues: Queues

    def look(self) -> dict[str, Any]:
        """What is known now; what can't be had is None."""
        return {
            "merchants": self._merchants(),
            "queues": [
                {"name": name, "dead_letters": name.removesuffix(".fifo").endswith("-dlq")}
                | (asdict(depth) if depth is not None else UNKNOWN)
                for name, depth in sorted(self.queues.depths().items())
            ],
        }

    def _merchants(self) -> dict[str, int] | None:
        try:
            return {str(state): number for state, number in self.merchants.counts().items()}
        except Unavailable:
            return None
