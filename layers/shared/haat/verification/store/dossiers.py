"""Dossiers in DynamoDB; items.py has the table."""

from typing import Any

from haat.aws.once import DynamoAnswers, marker
from haat.aws.table import Action, Item, Put, Refused, Table, Update
from haat.kernel.errors import Changed, Unavailable
from haat.kernel.ids import MerchantId, RequestId
from haat.kernel.once import Answer, Once
from haat.kernel.time import Instant
from haat.verification.model.dossier import Change, Dossier, Entry
from haat.verification.model.request import Request
from haat.verification.ports import Listed, PlaceTaken, Writing
from haat.verification.rules import timing
from haat.verification.rules.machine import erased
from haat.verification.store import items
from haat.verification.store.names import KeysOf, entered, keys_of, registering
from haat.verification.store.writes import begin_list, is_new, writes

FIRST_OF_ALL = "REQUEST#~"  # sorts after the id of every request


class DynamoDossiers:
    """Fills the port Dossiers. `keys` finds those of a name."""

    def __init__(self, table: Table, keys: KeysOf = keys_of) -> None:
        self._table, self._answers, self._keys = table, DynamoAnswers(table), keys

    def load(self, merchant: MerchantId) -> Dossier:
        return items.read_dossier(merchant, self._table.get(items.pk(merchant), items.DOSSIER))

    def given(self, once: Once) -> Answer | None:
        return self._answers.given(once)

    def entered(self) -> int:
        return entered(self._table)

    def save(self, before: Dossier, change: Change, writing: Writing) -> Answer | None:
        first = [marker(*writing.once)] if writing.once else []
        if change.after == before:
            assert not writing.rows, "nothing is done where nothing has changed"
            return self._mark(first, writing)
        asked = writes(before, change, writing)
        more = [
            *registering(self._table, before, change.after, self._keys, writing.entered),
            *self._list(before, change.after, writing.at),
        ]
        actions = [*asked.actions(*first), *more]
        try:
            self._table.transact(actions)
        except Refused as refused:
            if writing.once and (given := self._answers.given(writing.once[0])) is not None:
                return given
            which = {id(actions[i]) for i in refused.at}
            if which == {id(asked.place)}:
                raise PlaceTaken from None
            raise self._refusal(before, refused) from None
        return writing.once[1] if writing.once else None

    def _mark(self, first: list[Put], writing: Writing) -> Answer | None:
        """Remember an answer, and nothing else."""
        if writing.once is None:
            return None
        try:
            self._table.put(first[0])
        except Refused:
            return self._answers.given(writing.once[0])
        return writing.once[1]

    def _list(self, before: Dossier, after: Dossier, at: Instant) -> list[Action]:
        """The list of a new badge, where it is the first one on it."""
        if after.badge is None or not is_new(before, after):
            return []
        name = after.badge.list
        known = self._table.get(f"LIST#{name}", "LIST", consistent=False)
        return [] if known else [begin_list(name, at)]

    def _refusal(self, before: Dossier, refused: Refused) -> Changed | Unavailable:
        """Where no condition failed others wrote the same rows at this moment: it is the same dossier, or it is not."""
        if not refused.at and self.load(before.merchant).version == before.version:
            return Unavailable("others are at work on the same things")
        return Changed("the request or the badge was changed in between")

    def requests(self, merchant: MerchantId, after: str | None, limit: int) -> Listed[Request]:
        current = None if after else self.load(merchant).request
        page = self._table.page(items.pk(merchant), prefix="REQUEST#", after=after, limit=limit, newest_first=True)
        archived = [items.read_request(item) for item in page.items]
        if current is None:
            return archived, page.next
        # It may have been archived between the two reads.
        found = [current, *(one for one in archived if one.id != current.id)]
        if len(found) <= limit:
            return found, page.next
        return found[:limit], FIRST_OF_ALL if limit == 1 else f"REQUEST#{found[limit - 1].id}"

    def request(self, merchant: MerchantId, id: RequestId) -> Request | None:
        current = self.load(merchant).request
        if current is not None and current.id == id:
            return current
        item = self._table.get(items.pk(merchant), f"REQUEST#{id}")
        return items.read_request(item) if item else None

    def history(self, merchant: MerchantId, after: str | None, limit: int) -> Listed[Entry]:
        page = self._table.page(items.pk(merchant), prefix="HISTORY#", after=after, limit=limit)
        return [items.read_entry(item) for item in page.items], page.next

    def note(
        self, merchant: MerchantId, entry: Entry, name: str, once: tuple[Once, Answer] | None = None
    ) -> Answer | None:
        noted, line = items.look_items(merchant, self.load(merchant).version, entry, name)
        first = [marker(*once)] if once else []
        try:
            self._table.transact([*first, Put(item=noted, absent=True), Put(item=line)])
        except Refused as refused:
            if once and (given := self._answers.given(once[0])) is not None:
                return given
            if not refused.at:
                raise Unavailable("others are at work on the same things") from None
            # Noted before, under another request's name or none.
            return self._mark(first, Writing(at=entry.at, once=once))
        return once[1] if once else None

    def sealed(self, merchant: MerchantId, request: RequestId) -> bytes | None:
        item = self._table.get(items.pk(merchant), f"EVIDENCE#{request}")
        return item.get("sealed") if item else None

    def forget(self, merchant: MerchantId, request: RequestId, at: Instant) -> None:
        pk, sk = items.pk(merchant), f"REQUEST#{request}"
        # What takes its place says that it is gone: for who asks whether somebody has done it (repair.py).
        tombstone: Item = {"pk": pk, "sk": f"EVIDENCE#{request}", "forgotten_at": at}
        actions: list[Action] = [Put(item=tombstone)]
        item = self._table.get(pk, sk)
        if item is not None and not (archived := items.read_request(item)).erased_at:
            gone = items.plain(erased(archived, at))
            due = ("due_pk", "due_at")
            actions.append(
                Update(pk=pk, sk=sk, set={"doc": gone}, remove=due, when="#doc = :was", values={"was": item["doc"]})
            )
        try:
            self._table.transact(actions)
        except Refused:
            raise Unavailable("others forget the same evidence at this moment") from None

    def turns(self, after: str | None, limit: int) -> Listed[Dossier]:
        page = self._table.index_page(items.REVIEW, after=after, limit=limit)
        found = self._table.get_many([(item["pk"], items.DOSSIER) for item in page.items])
        dossiers = (items.read_dossier(_merchant(item), item) for item in found)
        # The index may be a moment behind.
        return [one for one in dossiers if timing.turn(one) is not None], page.next

    def due(self, until: Instant, limit: int) -> list[tuple[MerchantId, RequestId | None]]:
        return [(_merchant(item), _archived(item["sk"])) for item in self._table.late(items.DUE, until, limit)]


def _merchant(item: dict[str, Any]) -> MerchantId:
    return MerchantId(item["pk"].removeprefix("MERCHANT#"))


def _archived(sk: str) -> RequestId | None:
    return RequestId(sk.removeprefix("REQUEST#")) if sk.startswith("REQUEST#") else None
