"""Banks' checklists in memory."""

from collections.abc import Mapping

from haat.payment.model.bank import Needed
from haat.payment.model.checklist import Tick


class MemoryChecklists:
    """Fills the port Checklists. `reads` counts how often it was asked."""

    def __init__(self) -> None:
        self._kept: dict[str, dict[Needed, Tick]] = {}
        self.reads = 0

    def ticks(self, provider: str, *, fresh: bool = False) -> Mapping[Needed, Tick]:  # it always is
        self.reads += 1
        return dict(self._kept.get(provider, {}))

    def tick(self, provider: str, tick: Tick) -> None:
        self._kept.setdefault(provider, {})[tick.item] = tick

    def untick(self, provider: str, item: Needed) -> None:
        self._kept.get(provider, {}).pop(item, None)
