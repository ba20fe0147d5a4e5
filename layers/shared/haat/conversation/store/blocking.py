"""Blocked customers: one item for the shop's list, and a mark on each conversation, where the bot reads it without another call."""

from dataclasses import replace

from haat.aws.table import Action, Delete, Item, Put, Refused, Table
from haat.conversation.model import Conversation
from haat.conversation.store.items import conversation_item, customer_pk, read_conversation
from haat.kernel.errors import Conflict
from haat.kernel.ids import CustomerId, MerchantId
from haat.kernel.time import Instant

ATTEMPTS = 5


def blocked_at(table: Table, merchant: MerchantId, customer: CustomerId) -> Instant:
    """Since when a customer is blocked; 0 is not."""
    item = table.get(_pk(merchant), customer)
    return Instant(item["at"] if item else 0)


def block_actions(merchant: MerchantId, customer: CustomerId, at: Instant, there: list[Conversation]) -> list[Action]:
    """Block a customer (or no more, at 0). Refused where a conversation moved since it was read."""
    item: Item = {"pk": _pk(merchant), "sk": customer, "at": at}
    listed: Action = Put(item=item) if at else Delete(pk=_pk(merchant), sk=customer)
    return [listed, *(changed(it, replace(it, blocked_at=at)) for it in there if it.blocked_at != at)]


def changed(before: Conversation, after: Conversation) -> Put:
    """A conversation as it is from now on; refused where it moved since it was read."""
    return Put(item=conversation_item(replace(after, version=before.version + 1)), version=before.version)


def conversations_of(table: Table, merchant: MerchantId, customer: CustomerId) -> list[Conversation]:
    """A customer's conversations, one for each address of the merchant at most."""
    found: list[Conversation] = []
    after: str | None = None
    while True:
        page = table.page(customer_pk(merchant, customer), prefix="CONVERSATION#", after=after, limit=100)
        found += [read_conversation(item) for item in page.items]
        if (after := page.next) is None:
            return found


def block_too(table: Table, merchant: MerchantId, older: CustomerId, younger: CustomerId) -> None:
    """Where one of two customers who are one person was blocked, the other is. Raises Conflict, Unavailable."""
    since = {who: blocked_at(table, merchant, who) for who in (older, younger)}
    at = max(since.values())
    if not at:
        return
    for who in (who for who, known in since.items() if not known):
        for _ in range(ATTEMPTS):
            try:
                table.transact(block_actions(merchant, who, at, conversations_of(table, merchant, who)))
                break
            except Refused:
                continue
        else:
            raise Conflict("the conversation kept moving")


def _pk(merchant: MerchantId) -> str:
    return f"BLOCKED#{merchant}"
