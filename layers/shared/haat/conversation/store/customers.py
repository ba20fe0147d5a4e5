"""Customers in DynamoDB: who they are, and who of them is blocked."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from haat.aws.once import DynamoAnswers, marker
from haat.aws.table import Refused, Table
from haat.conversation.model import Conversation
from haat.conversation.model.people import Blocked, Person
from haat.conversation.ports.inbox import Listed
from haat.conversation.store.blocking import block_actions, blocked_at
from haat.conversation.store.items import customer_pk, read_conversation
from haat.kernel.errors import Conflict
from haat.kernel.ids import CustomerId, MerchantId
from haat.kernel.once import Answer, Once
from haat.kernel.time import Instant

PAGE = 100


class DynamoCustomers:
    """Fills the port Customers."""

    def __init__(self, table: Table) -> None:
        self._table, self._answers = table, DynamoAnswers(table)

    def given(self, once: Once) -> Answer | None:
        return self._answers.given(once)

    def person(self, merchant: MerchantId, customer: CustomerId) -> Person | None:
        return person_of(self._table, merchant, customer)

    def notes(self, customer: CustomerId, after: str | None, limit: int) -> Listed[Mapping[str, Any]]:
        page = self._table.index_page(f"NOTES#{customer}", after=after, limit=limit)
        items = self._table.get_many([(key["pk"], key["sk"]) for key in page.items])
        return [json.loads(item["doc"]) for item in items if "doc" in item], page.next

    def blocked(self, merchant: MerchantId, after: str | None, limit: int) -> Listed[Blocked]:
        page = self._table.page(f"BLOCKED#{merchant}", after=after, limit=limit)
        return [Blocked(customer=CustomerId(it["sk"]), at=Instant(it["at"])) for it in page.items], page.next

    def block(self, person: Person, once: Once, answer: Answer) -> Answer:
        try:
            for customer, there in _by_customer(person):
                actions = block_actions(person.merchant, customer, once.at, there)
                first = [marker(once, answer)] if customer == person.customers[0] else []
                self._table.transact([*first, *actions])
        except Refused:
            if (given := self.given(once)) is not None:
                return given
            raise Conflict("a conversation moved") from None
        return answer

    def unblock(self, person: Person) -> None:
        try:
            for customer, there in _by_customer(person):
                self._table.transact(block_actions(person.merchant, customer, Instant(0), there))
        except Refused:
            raise Conflict("a conversation moved") from None


def _by_customer(person: Person) -> Iterator[tuple[CustomerId, list[Conversation]]]:
    """The oldest last: it carries the mark that all of it is done."""
    for customer in reversed(person.customers):
        yield customer, [it for it in person.conversations if it.customer == customer]


def person_of(table: Table, merchant: MerchantId, customer: CustomerId) -> Person | None:
    """All that leads to somebody, by any of their ids."""
    customer = _oldest(table, merchant, customer)
    customers: list[CustomerId] = []
    conversations: list[Conversation] = []
    waiting = [customer]
    while waiting:
        customers.append(waiting.pop())
        for item in partition(table, merchant, customers[-1]):
            if item["sk"].startswith("CONVERSATION#"):
                conversations.append(read_conversation(item))
            elif (also := CustomerId(item["sk"].removeprefix("ALSO#"))) != item["sk"] and also not in customers:
                waiting.append(also)
    if not conversations and not _named(table, merchant, customer):
        return None
    return Person(
        merchant=merchant,
        customers=tuple(sorted(customers)),
        conversations=tuple(sorted(conversations, key=lambda it: it.id)),
        blocked_at=blocked_at(table, merchant, customer),
    )


def _oldest(table: Table, merchant: MerchantId, customer: CustomerId) -> CustomerId:
    while (older := table.get(customer_pk(merchant, customer), "OLDER")) is not None:
        customer = CustomerId(older["customer"])
    return customer


def _named(table: Table, merchant: MerchantId, customer: CustomerId) -> bool:
    """Whether any name leads to somebody who has not written: the channel may have told of them."""
    names = table.index_page(f"NAMES#{customer}", limit=1).items
    return bool(names) and names[0]["pk"].startswith(f"ALIAS#{merchant}#")


def partition(table: Table, merchant: MerchantId, customer: CustomerId) -> Iterator[dict[str, Any]]:
    """All that lies with a customer."""
    after: str | None = None
    while True:
        page = table.page(customer_pk(merchant, customer), after=after, limit=PAGE)
        yield from page.items
        if (after := page.next) is None:
            return
