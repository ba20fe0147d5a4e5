"""How far customers have come, where their channel names times and no messages: one item for each conversation, with the customer.

Attributes: `delivered` and `read`, each the time up to which all of ours was so. It is of no use for longer than the states that it is about.
"""

from typing import Final

from haat.aws.table import Refused, Table, Update
from haat.conversation.model import Conversation
from haat.conversation.model.people import Seen
from haat.conversation.store.conversations import channel_key, read_channel
from haat.conversation.store.items import SEND_LIFE_MS, customer_pk, ttl
from haat.conversation.store.names import aliases_of
from haat.facts.conversation import SeenUpTo
from haat.kernel.ids import CustomerId, MerchantId, Pepper
from haat.kernel.time import Instant, later

MARKS: Final = frozenset({"delivered", "read"})


class DynamoMarks:
    """Fills the port Marks."""

    def __init__(self, table: Table, pepper: Pepper) -> None:
        self._table, self._pepper = table, pepper

    def customer(self, fact: SeenUpTo) -> tuple[MerchantId, CustomerId] | None:
        item = self._table.get(channel_key(fact.channel, fact.address), "CHANNEL", consistent=False)
        if item is None:
            return None
        merchant = read_channel(fact.channel, fact.address, item).merchant
        for pk in aliases_of(self._pepper, merchant, fact.contact):
            name = self._table.get(pk, "ALIAS") or {}
            if "customer" in name:
                return merchant, CustomerId(name["customer"])
        return None

    def see(self, who: tuple[MerchantId, CustomerId], fact: SeenUpTo, now: Instant) -> bool:
        if fact.status not in MARKS:
            return False
        pk, sk = _key(*who, fact.address)
        try:
            self._table.update(
                Update(
                    pk=pk,
                    sk=sk,
                    set={fact.status: fact.up_to, "ttl": ttl(later(now, SEND_LIFE_MS))},
                    when=f"attribute_not_exists(#{fact.status}) OR #{fact.status} < :at",
                    values={"at": fact.up_to},
                )
            )
        except Refused:
            return False
        return True


def read_seen(table: Table, there: Conversation) -> Seen:
    """How far a conversation's customer has come."""
    item = table.get(*_key(there.merchant, there.customer, there.address)) or {}
    return Seen(delivered=Instant(item.get("delivered", 0)), read=Instant(item.get("read", 0)))


def _key(merchant: MerchantId, customer: CustomerId, address: str) -> tuple[str, str]:
    return customer_pk(merchant, customer), f"SEEN#{address}"
