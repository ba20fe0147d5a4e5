"""A shop's counter in memory: says what it was told to say, once for each message."""

from dataclasses import dataclass, field

from haat.conversation.model import Ask, Conversation, Served
from haat.kernel.ids import Fingerprint
from haat.kernel.time import Instant


@dataclass(slots=True)
class MemoryCounter:
    """Fills the port Counter. `says` is by the kind of what is asked; a kind that is missing is not served."""

    says: dict[str, Served] = field(default_factory=dict)
    asked: dict[Fingerprint, Ask] = field(default_factory=dict)

    def serve(self, conversation: Conversation, ask: Ask, key: Fingerprint, at: Instant) -> Served | None:
        self.asked.setdefault(key, ask)
        return self.says.get(ask.kind)
