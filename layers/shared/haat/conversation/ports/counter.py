"""What a conversation needs of the shop's counter, where goods are shown and orders taken. `wiring` fills it."""

from typing import Protocol

from haat.conversation.model import Ask, Conversation, Served
from haat.kernel.ids import Fingerprint
from haat.kernel.time import Instant


class Counter(Protocol):
    """Serves customers. What has an effect has it once for each message, and is answered the same each time."""

    def serve(self, conversation: Conversation, ask: Ask, key: Fingerprint, at: Instant) -> Served | None:
        """Do what is asked. `key` names the message, `at` is when we first had it. None where there is nothing to say. Raises Unavailable."""
