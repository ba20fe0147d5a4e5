"""When the bot is silent because a person speaks."""

from dataclasses import replace

from haat.conversation.model import Conversation, Shop
from haat.kernel.time import Instant, later


def silence(before: Conversation, shop: Shop, *, at: Instant, now: Instant) -> Conversation:
    """A person answered: the bot is silent for the shop's set time, and what it was about to answer is theirs."""
    return hush(before, later(min(at, now), shop.manners.silence_ms))


def hush(before: Conversation, until: Instant) -> Conversation:
    """The bot is silent until then, or longer if it was to be; what it was about to answer is a person's."""
    until = max(before.silent_until, until)
    # What was offered is a person's, too; and when the bot comes back it says again what it is.
    spoken = replace(before, silent_until=until, automatic=(), burst=(), unwelcomed=False)
    return replace(spoken, menu=(), asked="", introduced=False)
