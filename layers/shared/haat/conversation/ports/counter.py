"""What a conversation needs of the shop's counter, where goods are shown and orders taken. `wiring` fills it."""

from typing import Protocol

from haat.conversation.model import Ask, Conversation, Language, Served
from haat.kernel.ids import CustomerId, Fingerprint, MerchantId
from haat.kernel.time import Instant


class Counter(Protocol):
    """Serves customers. What has an effect has it once for each message, and is answered the same each time."""

    def serve(self, conversation: Conversation, ask: Ask, key: Fingerprint, at: Instant) -> Served | None:
        """Do what is asked. `key` names the message, `at` is when we first had it. None where there is nothing to say. Raises Unavailable."""


class Desk(Protocol):
    """Tells the shop's own people of its orders."""

    def ordered_by(self, merchant: MerchantId, number: str) -> CustomerId | None:
        """Whose order is called so, however it was typed. None for no order, and for one whose customer was erased. Raises Unavailable."""

    def day(self, merchant: MerchantId, since: Instant, language: Language) -> str:
        """What was ordered since then, in words that name no customer. Raises Unavailable."""
