"""The names of customers: what leads from a channel's ids to a customer of one merchant.

Names move. Two customers turn out to be one person, who is the older one from then on; and an erased person's names lead to
nobody, but say until when what their owner wrote is gone.
"""

from collections.abc import Callable
from dataclasses import dataclass

from cachetools import TTLCache

from haat.aws.table import Item, Put, Table, Update
from haat.conversation.model import Conversation
from haat.conversation.store.blocking import block_too
from haat.conversation.store.items import alias_pk, customer_pk
from haat.facts.conversation import Contact
from haat.kernel.ids import CustomerId, MerchantId, Pepper
from haat.kernel.time import Instant

KEEP_S, MOST = 60, 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """Whom a name leads to, and until when its owner was erased."""

    customer: CustomerId | None = None
    erased: Instant = Instant(0)


class Names:
    """Reads and moves names; what leads to somebody is remembered for KEEP_S."""

    def __init__(self, table: Table, pepper: Pepper, timer: Callable[[], float]) -> None:
        self._table, self._pepper = table, pepper
        # Another process may have learned that two of them are one customer's.
        self._known: TTLCache[str, Name] = TTLCache(maxsize=MOST, ttl=KEEP_S, timer=timer)

    def of(self, merchant: MerchantId, contact: Contact) -> list[str]:
        """The keys of a contact's names, the one that changes least first."""
        return aliases_of(self._pepper, merchant, contact)

    def get(self, pk: str, *, fresh: bool = False) -> Name:
        """Whom a name leads to."""
        if fresh or (name := self._known.get(pk)) is None:
            item = self._table.get(pk, "ALIAS") or {}
            name = Name(customer=item.get("customer"), erased=Instant(item.get("erased", 0)))
            if name.customer is None:
                self._known.pop(pk, None)
            else:
                self._known[pk] = name
        return name

    def customer(self, pk: str, *, fresh: bool = False) -> CustomerId | None:
        """The customer alone."""
        return self.get(pk, fresh=fresh).customer

    def actions(self, before: Conversation, after: Conversation, at: Instant) -> dict[str, Put | Update]:
        """What a change of a conversation says of names, by their keys.

        All names of a new customer and what a known one's contact has gained are written. The table is not asked again: who was
        given this name since must make the write fail. A customer's first conversation here needs that one name still leads to
        them: they may have been erased meanwhile.
        """
        known = self.of(before.merchant, before.contact) if before.version else []
        wanted = [pk for pk in self.of(after.merchant, after.contact) if pk not in known]
        new = [pk for pk in wanted if self._remembered(pk) != after.customer]
        actions: dict[str, Put | Update] = {
            # An erased person's name may be given anew, by what was written after the erasure.
            pk: Put(item=_item(pk, after.customer, after.erased_before), absent=True, at=at)
            for pk in new
        }
        if before.version == 0 and (still := next((pk for pk in wanted if pk not in new), None)) is not None:
            who: Item = {"customer": after.customer}
            actions[still] = Update(pk=still, sk="ALIAS", set=who, when="#customer = :customer", values=who)
        return actions

    def _remembered(self, pk: str) -> CustomerId | None:
        name = self._known.get(pk)
        return name.customer if name is not None else None

    def learn(self, pks: "list[str]", after: Conversation) -> None:
        """These lead to this conversation's customer now."""
        for pk in pks:
            self._known[pk] = Name(customer=after.customer, erased=after.erased_before)

    def forget(self, pks: "list[str]") -> None:
        """Read them again next time."""
        for pk in pks:
            self._known.pop(pk, None)

    def unite(self, merchant: MerchantId, pks: "list[str]", customers: "set[CustomerId]") -> CustomerId:
        """Let names lead to the oldest of some customers, who are one person; the same again changes nothing."""
        oldest = min(customers)
        for younger in sorted(customers - {oldest}):
            self._link(merchant, oldest, younger)
        for pk in pks:
            if self.customer(pk) != oldest:
                self._point(pk, oldest)
        return oldest

    def _link(self, merchant: MerchantId, older: CustomerId, younger: CustomerId) -> None:
        """First of all, so that whoever looks for the person later finds both, whatever happens in between."""
        both = [
            Put(item={"pk": customer_pk(merchant, older), "sk": f"ALSO#{younger}"}),
            Put(item={"pk": customer_pk(merchant, younger), "sk": "OLDER", "customer": older}),
        ]
        self._table.transact(both)
        block_too(self._table, merchant, older, younger)

    def _point(self, pk: str, customer: CustomerId) -> None:
        erased = self.get(pk).erased
        there = {name: value for name, value in _item(pk, customer, erased).items() if name not in ("pk", "sk")}
        self._table.update(Update(pk=pk, sk="ALIAS", set=there, remove=("until", "ttl")))
        self._known[pk] = Name(customer=customer, erased=erased)


def _item(pk: str, customer: CustomerId, erased: Instant) -> Item:
    item: Item = {"pk": pk, "sk": "ALIAS", "customer": customer, "view_pk": f"NAMES#{customer}", "view_sk": pk}
    return {**item, "erased": erased} if erased else item


def aliases_of(pepper: Pepper, merchant: MerchantId, contact: Contact) -> list[str]:
    """The keys of a contact's names."""
    names = (("user_id", contact.user_id), ("phone", contact.phone))
    return [alias_pk(pepper, merchant, kind, name) for kind, name in names if name]
