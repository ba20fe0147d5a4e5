"""The way to the chat in memory: what was passed on, each key once."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from haat.facts.said import StaffHears


@dataclass(slots=True)
class MemoryStaffLine:
    """Fills the port StaffLine."""

    told: list[StaffHears] = field(default_factory=list)

    def tell(self, facts: Sequence[StaffHears]) -> None:
        for fact in facts:
            if all(other.key != fact.key for other in self.told):
                self.told.append(fact)
