"""What a merchant's own system is told of a conversation: the attributes that make an item its own outbox row."""

from collections.abc import Mapping
from typing import Any

from haat.conversation.model import Conversation, Outgoing
from haat.facts import notices
from haat.kernel.ids import MerchantId, NoticeId
from haat.kernel.time import Instant


def raised(id: str, merchant: MerchantId, kind: str, at: Instant, data: Mapping[str, Any]) -> dict[str, str]:
    """A notice with an id that is the same however often it is raised."""
    notice = notices.NoticeRaised(id=NoticeId(id), merchant=merchant, kind=kind, occurred_at=at, data=data)
    return notices.outbox_row(notice)


def unanswered(conversation: Conversation, id: str, messages: int, at: Instant) -> dict[str, str]:
    """A question went on the shop's list."""
    data = {"conversation": conversation.id, "customer": conversation.customer, "messages": messages}
    return raised(id, conversation.merchant, notices.UNANSWERED, at, data)


def not_sent(outgoing: Outgoing, code: int, at: Instant) -> dict[str, str]:
    """A message of the shop's was not said. `staff` names its own person where it was for one: they must not be told by the same way."""
    data = {"message": outgoing.id, "conversation": outgoing.conversation, "code": code}
    data |= {"staff": outgoing.staff} if outgoing.staff else {}
    return raised(outgoing.id, outgoing.merchant, notices.NOT_SENT, at, data)


def stopped(id: str, merchant: MerchantId, kind: str, address: str, reason: str, at: Instant) -> dict[str, str]:
    """Nothing may be said on a channel any more."""
    data = {"channel": kind, "address": address, "reason": reason}
    return raised(id, merchant, notices.STOPPED, at, data)
