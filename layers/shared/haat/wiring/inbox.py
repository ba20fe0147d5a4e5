"""Joins the inbox, and what is held on customers, to the real table."""

from functools import cache

from haat.aws import clients
from haat.aws.parameters import Parameters
from haat.aws.table import Table
from haat.conversation.service.customers import CustomersOfShop
from haat.conversation.service.inbox import InboxOfShop
from haat.conversation.store.customers import DynamoCustomers
from haat.conversation.store.inbox import DynamoInbox
from haat.conversation.store.lines import DynamoTaught
from haat.edge.api.customers import CustomerRoutes
from haat.edge.api.inbox import InboxRoutes
from haat.kernel.ids import Pepper
from haat.payment.service.holdings import PaymentHoldings
from haat.payment.store.payments import DynamoPayments
from haat.payment.store.people import DynamoPeople
from haat.wiring.clock import seconds
from haat.wiring.erasing import erasing, held
from haat.wiring.pepper import read_pepper


def inbox_routes(
    conversation: Table, business: Table, payment: Table, pepper_parameter: str, stage: str
) -> tuple[InboxRoutes, CustomerRoutes]:
    """The real thing; the pepper is read when it is first needed."""

    @cache
    def pepper() -> Pepper:
        return read_pepper(Parameters(clients.ssm(), seconds), pepper_parameter, stage)

    @cache
    def inbox() -> DynamoInbox:
        return DynamoInbox(conversation, pepper())

    customers = DynamoCustomers(conversation)
    payments = PaymentHoldings(DynamoPayments(payment), DynamoPeople(payment))
    return (
        InboxRoutes(lambda: InboxOfShop(inbox=inbox(), teachings=DynamoTaught(conversation))),
        CustomerRoutes(
            lambda: CustomersOfShop(
                customers=customers, inbox=inbox(), elsewhere=(*held(conversation, business), payments)
            ),
            lambda: erasing(conversation, business, pepper()),
        ),
    )
