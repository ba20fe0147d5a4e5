"""A message that holds words and a picture, where the channel takes only one of them at a time: two messages, the picture first.

Both lie in one record of the queue, because two rows of one transaction may leave the outbox in either order. Each has an id and a
send state of its own, so that neither is said twice when the other has to be tried again.
"""

import hashlib
from dataclasses import replace

from haat.conversation.model import Outgoing
from haat.conversation.rules.customs import PICTURES_ALONE
from haat.kernel.ids import MessageId, ulid, ulid_time


def picture_of(outgoing: Outgoing) -> Outgoing | None:
    """The message that shows the picture alone, always under the same id. None where there is none, or it goes with its words."""
    if not outgoing.code or not outgoing.text or outgoing.channel not in PICTURES_ALONE:
        return None
    # Of our own id: nobody can read anything out of it.
    digest = hashlib.sha256(f"{outgoing.id}/picture".encode()).digest()
    id = MessageId(ulid(ulid_time(outgoing.id), digest))
    return replace(outgoing, id=id, text="", quotes=None, choices=(), opener="", bill=None)


def words_of(outgoing: Outgoing) -> Outgoing:
    """What is said after the picture."""
    return replace(outgoing, code="", bill=None)


def is_picture(outgoing: Outgoing) -> bool:
    """Whether a message is a picture alone, whose words are another message."""
    return bool(outgoing.code) and not outgoing.text
