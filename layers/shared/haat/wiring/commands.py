"""Joins what the shop's own people write and hear to the real tables. auto_reply makes it when one of them is met."""

from haat.aws.table import Table
from haat.business.service.desk import Desk
from haat.business.store.orders import DynamoOrders
from haat.conversation.ports import Conversations, Shops
from haat.conversation.service.commands import Commands
from haat.conversation.service.hearing import Hearing
from haat.conversation.service.inbox import InboxOfShop
from haat.conversation.store.customers import DynamoCustomers
from haat.conversation.store.inbox import DynamoInbox
from haat.conversation.store.lines import DynamoTaught
from haat.kernel.ids import Pepper


def commands(conversation: Table, business: Table, conversations: Conversations, pepper: Pepper) -> Commands:
    """The real thing."""
    taught = DynamoTaught(conversation, at_once=False)
    return Commands(
        teachings=taught,
        inbox=InboxOfShop(inbox=DynamoInbox(conversation, pepper), teachings=taught),
        customers=DynamoCustomers(conversation),
        conversations=conversations,
        desk=Desk(orders=DynamoOrders(business)),
        pepper=pepper,
    )


def hearing(conversation: Table, conversations: Conversations, shops: Shops, pepper: Pepper) -> Hearing:
    """The real thing."""
    return Hearing(conversations=conversations, shops=shops, customers=DynamoCustomers(conversation), pepper=pepper)
