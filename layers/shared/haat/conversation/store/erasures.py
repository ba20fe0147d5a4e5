"""Erasures in DynamoDB.

First, in one transaction: the record, the row that has it looked at later, the person's names (which from then on lead to nobody) and
their conversations. Nothing can be added to a conversation that is gone, so what is left only grows less; what the index had not yet
heard of is found by the later look.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from haat.aws.table import Action, Delete, Item, Put, Refused, Table, Update, Value
from haat.conversation.model import Conversation, Outgoing
from haat.conversation.model.people import Erasure, Person
from haat.conversation.ports.inbox import Listed
from haat.conversation.rules.parts import picture_of
from haat.conversation.store.customers import partition
from haat.conversation.store.items import DUE, ERASED_LIFE_MS, compact, customer_pk, read_conversation, ttl
from haat.conversation.store.names import aliases_of
from haat.conversation.store.sends import send_pk
from haat.conversation.store.thread import outgoing_of
from haat.facts.codec import from_plain, to_plain
from haat.facts.payments import CustomerForgotten, outbox_row
from haat.kernel.errors import Conflict, Rejected, Unavailable
from haat.kernel.ids import CustomerId, MerchantId, Pepper
from haat.kernel.time import DAY, Instant, later

MOST_ACTIONS = 100  # of one transaction
PAGE = 25  # messages; each may be four actions
SETTLE_S = 60  # after so long the index has heard of everything
SOON_S = 5
ERASED = -2  # why it was not sent, where the channel has numbers


class DynamoErasures:
    """Fills the port Erasures."""

    def __init__(self, table: Table, pepper: Pepper) -> None:
        self._table, self._pepper = table, pepper

    def find(self, merchant: MerchantId, customer: CustomerId) -> Erasure | None:
        item = self._table.get(f"ERASED#{merchant}", customer)
        if item is not None:
            return _read(item)
        older = self._table.get(customer_pk(merchant, customer), "OLDER")
        return self.find(merchant, CustomerId(older["customer"])) if older else None

    def erasures(self, merchant: MerchantId, after: str | None, limit: int) -> Listed[Erasure]:
        page = self._table.page(f"ERASED#{merchant}", after=after, limit=limit, newest_first=True)
        return [_read(item) for item in page.items], page.next

    def begin(self, person: Person, by: str, now: Instant) -> Erasure:
        erasure = Erasure(
            merchant=person.merchant,
            customer=person.customers[0],
            customers=person.customers,
            threads=tuple(it.id for it in person.conversations),
            by=by,
            at=now,
        )
        gone = [*self._names(erasure, person.conversations), *(a for it in person.conversations for a in _forget(it))]
        first: list[Action] = [Put(item=_record(erasure), absent=True), _look(erasure, SETTLE_S), _told(erasure, now)]
        try:
            self._table.transact([*first, *gone][:MOST_ACTIONS])
        except Refused:
            raise Conflict("somebody was at work there") from None
        return erasure

    def _names(self, erasure: Erasure, conversations: Iterable[Conversation] = ()) -> list[Update]:
        """The names that lead to the person now, each to lead to nobody."""
        wanted = [pk for it in conversations for pk in aliases_of(self._pepper, erasure.merchant, it.contact)]
        for customer in erasure.customers:
            wanted += [key["pk"] for key in self._view(f"NAMES#{customer}")]
        found = self._table.get_many([(pk, "ALIAS") for pk in wanted[:MOST_ACTIONS]]) if wanted else []
        return [_nobodys(item, erasure) for item in found if item.get("customer") in erasure.customers]

    def _view(self, view_pk: str) -> list[dict[str, Any]]:
        return self._table.index_page(view_pk, limit=MOST_ACTIONS).items

    def sweep(self, erasure: Erasure, pages: int, now: Instant) -> tuple[Erasure, bool]:
        before = pages
        for action in self._names(erasure):
            with suppress(Refused):  # it leads to another since
                self._table.update(action)
                pages -= 1
        erasure, late = self._late(erasure)
        pages -= late
        for thread in erasure.threads:
            pages = self._drain(f"THREAD#{thread}", pages, now)
            pages = self._drain(f"ASKED#{thread}", pages, now)
        for customer in erasure.customers:
            pages = self._drain(f"NOTES#{customer}", pages, now)
        return erasure, pages == before

    def _late(self, erasure: Erasure) -> tuple[Erasure, int]:
        """What came to lie with the person while it began -> what is known now, and how much it was."""
        found = 0
        for customer in erasure.customers:
            self._table.delete(Delete(pk=f"BLOCKED#{erasure.merchant}", sk=customer))
            for item in partition(self._table, erasure.merchant, customer):
                if item["sk"] == "OLDER":
                    continue
                found += 1
                gone: list[Action] = [Delete(pk=item["pk"], sk=item["sk"])]
                if item["sk"].startswith("ALSO#"):
                    also = CustomerId(item["sk"].removeprefix("ALSO#"))
                    erasure = replace(erasure, customers=tuple(dict.fromkeys([*erasure.customers, also])))
                elif not item["sk"].startswith("SEEN#"):
                    there = read_conversation(item)
                    erasure = replace(erasure, threads=tuple(dict.fromkeys([*erasure.threads, there.id])))
                    gone = _forget(there)
                self._write(erasure, gone)
        return erasure, found

    def _drain(self, view_pk: str, pages: int, now: Instant) -> int:
        """Remove what one partition of the index leads to -> how many pages are left to do."""
        after: str | None = None
        while pages > 0:
            page = self._table.index_page(view_pk, after=after, limit=PAGE)
            if not page.items:
                break
            items = self._table.get_many([(key["pk"], key["sk"]) for key in page.items])
            # By their keys: a transaction takes no item twice.
            if actions := {key: action for item in items for key, action in _bare(item, now)}:
                self._write_all([*actions.values()])
                pages -= 1
            if (after := page.next) is None:
                break
        return pages

    def _write_all(self, actions: Sequence[Action]) -> None:
        try:
            self._table.transact(actions)
        except Refused:
            raise Unavailable("table: others were at work there") from None

    def go_on(self, erasure: Erasure) -> None:
        after = replace(erasure, step=erasure.step + 1)
        self._write(after, [_look(after, SOON_S)], step=erasure.step)

    def finish(self, erasure: Erasure, now: Instant) -> Erasure:
        done = replace(erasure, done_at=now, threads=())
        links = [Delete(pk=customer_pk(erasure.merchant, customer), sk="OLDER") for customer in erasure.customers]
        # Once more, with every id that was found since.
        self._write(done, [_told(done, now), *links], step=erasure.step)
        return done

    def _write(self, erasure: Erasure, more: Sequence[Action], step: int | None = None) -> None:
        when = "attribute_exists(pk)" if step is None else "#step = :step"
        values: Item = {} if step is None else {"step": step}
        item = _record(erasure)
        change: dict[str, Value] = {"doc": item["doc"], "step": item["step"]}
        record = Update(pk=str(item["pk"]), sk=erasure.customer, set=change, when=when, values=values)
        try:
            self._table.transact([record, *more])
        except Refused:
            raise Conflict("somebody else was at work there") from None


def _record(erasure: Erasure) -> Item:
    return {
        "pk": f"ERASED#{erasure.merchant}",
        "sk": erasure.customer,
        "step": erasure.step,
        "doc": compact(to_plain(erasure)),
    }


def _read(item: Mapping[str, Any]) -> Erasure:
    return from_plain(Erasure, {**json.loads(item["doc"]), "step": item["step"]})


def _look(erasure: Erasure, in_s: int) -> Put:
    """The row that has an erasure looked at later; it is its own outbox row."""
    due = {"merchant": erasure.merchant, "customer": erasure.customer, "step": erasure.step}
    return Put(
        item={
            "pk": f"ERASING#{erasure.customer}",
            "sk": str(erasure.step),
            "queue": DUE,
            "body": compact({"fact": "erase_more", "v": 1, **due}),
            "delay": in_s,
            "ttl": ttl(later(erasure.at, 30 * DAY)),
        }
    )


def _told(erasure: Erasure, now: Instant) -> Put:
    """The row by which payments hear of it."""
    fact = CustomerForgotten(merchant=erasure.merchant, customers=erasure.customers, occurred_at=now)
    end = "done" if erasure.done_at else "begun"
    life = ttl(later(erasure.at, 30 * DAY))
    return Put(item={"pk": f"ERASING#{erasure.customer}", "sk": end, "ttl": life, **outbox_row(fact)})


def _forget(it: Conversation) -> list[Action]:
    return [
        Delete(pk=customer_pk(it.merchant, it.customer), sk=f"CONVERSATION#{it.address}"),
        Delete(pk=f"CONVERSATION#{it.id}", sk="CONVERSATION"),
    ]


def _nobodys(item: Mapping[str, Any], erasure: Erasure) -> Update:
    """A name that leads to nobody: what its owner wrote until now is gone; whoever writes under it later is somebody new."""
    who: Item = {"customer": item["customer"]}
    until: Item = {"until": erasure.at, "erased": erasure.at, "ttl": ttl(later(erasure.at, ERASED_LIFE_MS))}
    gone = ("customer", "view_pk", "view_sk")
    return Update(pk=item["pk"], sk="ALIAS", set=until, remove=gone, when="#customer = :customer", values=who)


def _bare(item: Mapping[str, Any], now: Instant) -> Iterator[tuple[str, Action]]:
    """An item without what it held. What may come again leaves its key, so that it is known as a repeat."""
    life = ttl(later(now, ERASED_LIFE_MS))
    key: dict[str, Value] = {"pk": item["pk"], "sk": item["sk"]}
    if "view_pk" not in item:  # bare already: the index is a moment behind
        return
    match item["sk"]:
        case "MESSAGE":  # as if "revoked": no edit of it is ever written
            bare = key | {"altered": "revoked", "altered_at": now, "erased": now, "ttl": life}
            yield item["pk"], Put(item=bare)
        case "NOTE":
            yield item["pk"], Put(item=key | {"erased": now, "ttl": life})
        case sk:
            yield item["pk"] + sk, Delete(pk=item["pk"], sk=sk)
    if (said := _said(item)) is not None:
        picture = picture_of(said)
        for id in [said.id, *([picture.id] if picture else [])]:
            yield id, Put(item={"pk": send_pk(id), "sk": "SEND", "st": "failed", "err": ERASED, "ttl": life})
        notices = f"NOTICE#{said.merchant}"
        yield notices + said.id, Delete(pk=notices, sk=said.id)


def _said(item: Mapping[str, Any]) -> Outgoing | None:
    try:
        return outgoing_of(item)
    except Rejected:
        return None  # nobody can read it, so it was never sent
