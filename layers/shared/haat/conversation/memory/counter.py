"""A shop's counter and desk in memory: they say what they were told to say."""

from dataclasses import dataclass, field

from haat.conversation.model import Ask, Conversation, Language, Served
from haat.kernel.ids import CustomerId, Fingerprint, MerchantId
from haat.kernel.time import Instant


@dataclass(slots=True)
class MemoryCounter:
    """Fills the port Counter. `says` is by the kind of what is asked; a kind that is missing is not served."""

    says: dict[str, Served] = field(default_factory=dict)
    asked: dict[Fingerprint, Ask] = field(default_factory=dict)

    def serve(self, conversation: Conversation, ask: Ask, key: Fingerprint, at: Instant) -> Served | None:
        self.asked.setdefault(key, ask)
        return self.says.get(ask.kind)


@dataclass(slots=True)
class MemoryDesk:
    """Fills the port Desk. Numbers are as they are typed."""

    customers: dict[tuple[MerchantId, str], CustomerId] = field(default_factory=dict)
    asked: list[tuple[MerchantId, Instant]] = field(default_factory=list)

    def ordered_by(self, merchant: MerchantId, number: str) -> CustomerId | None:
        return self.customers.get((merchant, number))

    def day(self, merchant: MerchantId, since: Instant, language: Language) -> str:
        self.asked.append((merchant, since))
        return f"orders in {language}"
