"""Queues in memory: as full as they are said to be."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from haat.business.model.health import Depth


@dataclass(slots=True)
class MemoryDepths:
    """Fills the port Queues."""

    held: dict[str, Depth | None] = field(default_factory=dict)

    def depths(self) -> Mapping[str, Depth | None]:
        return self.held
