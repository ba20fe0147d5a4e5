"""What is the custom on each channel: how much a message holds, who must say that they are a bot, how long a person may still write."""

from typing import Final

from haat.conversation.model import WINDOW_MS
from haat.kernel.time import DAY

# Characters of a text message (Cloud API, Messages; Messenger Platform, Send API, "text").
_TEXT_LIMITS: Final = {"whatsapp": 4096, "messenger": 2000}
# Where a bot says that it is one (Messenger Platform, Developer Policies, "Automated experiences").
_SAYS_IT_IS_A_BOT: Final = frozenset({"messenger"})
# After the customer's last message, for a person only (Messenger Platform, Message tags, HUMAN_AGENT).
_AGENT_MS: Final = {"messenger": 7 * DAY}

# Where reports name no message but a time, up to which all of ours came or was read (Messenger Platform, message_deliveries, message_reads).
TELLS_TIMES: Final = frozenset({"messenger"})

# Where a message may be refused for what it quotes: something that was deleted since, or a tap, which is no message. Assumed; the Send
# API's reference does not say.
QUOTES_MAY_FAIL: Final = frozenset({"messenger"})

# Where a message is words or a picture, never both (Messenger Platform, Send API, "message": one of text and attachment).
PICTURES_ALONE: Final = frozenset({"messenger"})

# Kinds of a message that is a tap on something which we offered; its `choice` is the id that we gave.
TAPS: Final = frozenset({"button_reply", "list_reply", "quick_reply", "postback"})


def text_limit(channel: str) -> int:
    """Characters (code points) of one message of text."""
    return _TEXT_LIMITS.get(channel, min(_TEXT_LIMITS.values()))


def says_it_is_a_bot(channel: str) -> bool:
    """Whether the bot must say that it is one."""
    return channel in _SAYS_IT_IS_A_BOT


def agent_ms(channel: str) -> int:
    """For how long after the customer's last message a person may write, where that is longer than a bot may; else 0."""
    return _AGENT_MS.get(channel, 0)


def window_ms(channel: str, *, agent: bool) -> int:
    """For how long after the customer's last message something may be said: by a person where `agent` is set, else by anybody."""
    return (agent_ms(channel) if agent else 0) or WINDOW_MS
