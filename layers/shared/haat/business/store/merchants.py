"""Merchants in DynamoDB, and their rows in the directory: written together, so that the directory is never behind.

| thing | pk | sk |
| --- | --- | --- |
| merchant | MERCHANT#merchant | PROFILE |
| a name in the directory's addresses | HANDLE#handle | HANDLE |
| its place in the list of all | MERCHANTS | merchant |
| how many there are in each state | MARKET | MERCHANTS |
| that its channels must be told | MERCHANT#merchant | SHARED#version |
| that what its badge may rest on has changed | MERCHANT#merchant | TELLS#version |
| a row of the directory | DIRECTORY#country#list | =name#merchant, or ~word#merchant |
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from haat.aws.once import DynamoAnswers, marker
from haat.aws.table import Action, Delete, Item, Put, Refused, Table, Update
from haat.business.model.merchant import Card, Merchant, StaffNumber, StaffTemplate, State
from haat.business.rules import directory, profile
from haat.facts import verification
from haat.facts.codec import from_plain, to_plain
from haat.facts.profiles import ProfileChanged, outbox_row
from haat.kernel.errors import Changed, Conflict, HaatError, Unavailable
from haat.kernel.ids import MerchantId
from haat.kernel.once import Answer, Once
from haat.kernel.time import DAY, Instant

ATTEMPTS = 5  # where others write the same rows at the same moment
TELLS_LIFE_S = 14 * DAY // 1000


def dump(merchant: Merchant) -> str:
    """A merchant as JSON."""
    plain = to_plain(merchant) | {"closures": [day.isoformat() for day in merchant.closures]}
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":"))


def load(text: str) -> Merchant:
    """The merchant in a JSON text."""
    doc: dict[str, Any] = json.loads(text)
    doc["week"] = {int(day): tuple((a, b) for a, b in ranges) for day, ranges in doc.get("week", {}).items()}
    doc["closures"] = [date.fromisoformat(day) for day in doc.get("closures", [])]
    return from_plain(Merchant, doc, {"staff": StaffNumber, "staff_template": StaffTemplate})


def merchant_actions(before: Merchant | None, after: Merchant, at: Instant, *, show: bool = False) -> list[Action]:
    """What one change of a merchant writes: first the merchant itself, then how many there are, its handle, its rows.

    With `show` channels are told what they show of it though it is as before. `at` is when it changes.
    """
    item: Item = {"pk": f"MERCHANT#{after.id}", "sk": "PROFILE", "version": after.version, "doc": dump(after)}
    actions: list[Action] = [
        Put(item=item, absent=True) if before is None else Put(item=item, version=after.version - 1)
    ]
    if before is None:
        actions.append(Put(item={"pk": "MERCHANTS", "sk": after.id}))
    if before is None or before.state != after.state:
        counted: dict[str, int] = {after.state: 1}
        if before is not None:
            counted[before.state] = -1
        actions.append(Update(pk="MARKET", sk="MERCHANTS", add=counted))
    if show or profile.shared(after) != (profile.shared(before) if before else profile.Shared()):
        actions.append(_shared(after))
    if before is not None and _rests_on(before) != _rests_on(after):
        actions.append(_tells(after, at))
    held = before.handle if before else ""
    if after.handle != held:
        if after.handle:
            row: Item = {"pk": f"HANDLE#{after.handle}", "sk": "HANDLE", "merchant": after.id}
            actions.append(Put(item=row, absent=True))
        if held:
            actions.append(
                Delete(pk=f"HANDLE#{held}", sk="HANDLE", when="#merchant = :mine", values={"mine": after.id})
            )
    was, rows = directory.rows(before) if before else set(), directory.rows(after)
    card = json.dumps(to_plain(_card(after)), ensure_ascii=False, separators=(",", ":"))
    fresh = rows if before is None or _card(before) != _card(after) else rows - was
    actions += [Put(item={"pk": pk, "sk": sk, "doc": card}) for pk, sk in sorted(fresh)]
    actions += [Delete(pk=pk, sk=sk) for pk, sk in sorted(was - rows)]
    return actions


def _shared(after: Merchant) -> Put:
    """The row by which a changed profile reaches the shop's channels."""
    changed = ProfileChanged(merchant=after.id, revision=after.version, **profile.shared(after)._asdict())
    row: Item = {"pk": f"MERCHANT#{after.id}", "sk": f"SHARED#{after.version:010d}"}
    return Put(item={**row, **outbox_row(changed, f"{after.id}-{after.version}")}, absent=True)


def _rests_on(merchant: Merchant) -> tuple[str, ...]:
    """What a badge says of a shop, or needs of it."""
    return merchant.name, merchant.legal_name, merchant.state, merchant.country, merchant.handle


def _tells(after: Merchant, at: Instant) -> Put:
    """The row by which `verification` hears that a shop's badge may not be true any more."""
    changed = verification.ShopChanged(merchant=after.id, what="profile", occurred_at=at)
    row: Item = {"pk": f"MERCHANT#{after.id}", "sk": f"TELLS#{after.version:010d}", "ttl": at // 1000 + TELLS_LIFE_S}
    return Put(item={**row, **verification.outbox_row(changed)}, absent=True)


def refusal(actions: list[Action], refused: Refused) -> HaatError:
    """What a refused change means: the handle is another's, or somebody was faster, or is at work there."""
    if not refused.at:
        return Unavailable("others are at work on the same things")
    taken = any(isinstance(a := actions[i], Put) and str(a.item["pk"]).startswith("HANDLE#") for i in refused.at)
    if taken:
        return Conflict("this handle is taken", word="handle-taken")
    return Changed("the merchant was changed in between")


def _card(merchant: Merchant) -> Card:
    return Card(
        handle=merchant.handle,
        name=merchant.name,
        category=merchant.category,
        place=merchant.place,
        about=merchant.about,
    )


class DynamoMerchants:
    """Fills the port Merchants. `now` says when something changes."""

    def __init__(self, table: Table, now: Callable[[], Instant]) -> None:
        self._table, self._answers, self._now = table, DynamoAnswers(table), now

    def get(self, id: MerchantId, *, fresh: bool = False) -> Merchant | None:
        item = self._table.get(f"MERCHANT#{id}", "PROFILE", consistent=fresh)
        return load(item["doc"]) if item else None

    def begin(self, merchant: Merchant, once: Once, answer: Answer) -> Answer:
        actions = [marker(once, answer), *merchant_actions(None, merchant, self._now())]
        for _ in range(ATTEMPTS):
            try:
                self._table.transact(actions)
            except Refused as refused:
                if (given := self._answers.given(once)) is not None:
                    return given
                if refused.at:
                    raise refusal(actions, refused) from None
            else:
                return answer
        raise Conflict("too many shops begin at once; try again")

    def save(self, merchant: Merchant, *, show: bool = False) -> None:
        self._change(merchant, show=show)

    def save_once(self, merchant: Merchant, once: Once, answer: Answer) -> Answer:
        try:
            self._change(merchant, marker(once, answer))
        except Conflict:
            # Also where the version has moved on: it may have been this very request that moved it.
            if (given := self._answers.given(once)) is not None:
                return given
            raise
        return answer

    def _change(self, merchant: Merchant, *first: Action, show: bool = False) -> None:
        before = self.get(merchant.id, fresh=True) if merchant.version > 1 else None
        if (before.version if before else 0) != merchant.version - 1:
            raise Changed("the merchant was changed in between")
        actions = [*first, *merchant_actions(before, merchant, self._now(), show=show)]
        try:
            self._table.transact(actions)
        except Refused as refused:
            raise refusal(actions, refused) from None

    def named(self, handle: str) -> Merchant | None:
        item = self._table.get(f"HANDLE#{handle}", "HANDLE", consistent=False)
        return self.get(MerchantId(item["merchant"])) if item else None

    def page(self, after: str | None, limit: int) -> tuple[list[Merchant], str | None]:
        page = self._table.page("MERCHANTS", after=after, limit=limit, consistent=False)
        found = self._table.get_many([(f"MERCHANT#{item['sk']}", "PROFILE") for item in page.items], consistent=False)
        return [load(item["doc"]) for item in found], page.next

    def counts(self) -> Mapping[State, int]:
        item = self._table.get("MARKET", "MERCHANTS", consistent=False) or {}
        return {"open": item.get("open", 0), "closed": item.get("closed", 0), "blocked": item.get("blocked", 0)}

    def search(self, pk: str, prefix: str, after: str | None, limit: int) -> tuple[list[Card], str | None]:
        page = self._table.page(pk, prefix=prefix, after=after, limit=limit, consistent=False)
        return [_listed(item) for item in page.items], page.next


def _listed(item: Mapping[str, Any]) -> Card:
    """The card of a row of the directory; the row's place ends with the merchant."""
    card = from_plain(Card, json.loads(item["doc"]))
    return replace(card, merchant=MerchantId(item["sk"].rpartition("#")[2]))
