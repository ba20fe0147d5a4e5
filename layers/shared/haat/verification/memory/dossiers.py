"""Dossiers in memory, under the contract of the table's own."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from haat.kernel.errors import Changed
from haat.kernel.ids import MerchantId, RequestId
from haat.kernel.once import Answer, Once, Remembered
from haat.kernel.time import Instant
from haat.verification.model.badge import Badge
from haat.verification.model.dossier import Change, Dossier, Entry
from haat.verification.model.request import Request
from haat.verification.ports import Listed, PlaceTaken, SignedList, Writing
from haat.verification.rules import status, timing
from haat.verification.rules.machine import erased

if TYPE_CHECKING:
    from haat.verification.model.outbox import Row


def whole(name: str) -> Sequence[str]:
    """The name itself as its only key: enough where no likeness is looked for."""
    return (name,)


class MemoryDossiers:
    """Fills the port Dossiers. `rows` is what went into the outbox, in order; what others read of it lies beside."""

    def __init__(self, keys: Callable[[str], Sequence[str]] = whole) -> None:
        self.keys = keys
        self.kept: dict[MerchantId, Dossier] = {}
        self.archived: dict[tuple[MerchantId, RequestId], Request] = {}
        self.evidence: dict[tuple[MerchantId, RequestId], bytes] = {}
        self.lines: dict[MerchantId, list[Entry]] = {}
        self.rows: list[Row] = []
        self.badges: dict[MerchantId, Badge] = {}
        self.former: dict[MerchantId, list[Badge]] = {}
        self.names_entered = 0
        self.names: dict[MerchantId, tuple[str, frozenset[str]]] = {}
        self.places: set[tuple[str, int]] = set()
        self.statuses: dict[tuple[str, int], int] = {}
        self.lists: dict[str, tuple[SignedList, Instant]] = {}
        self._once, self._looks = Remembered(), set[tuple[MerchantId, str]]()

    def load(self, merchant: MerchantId) -> Dossier:
        return self.kept.get(merchant, Dossier(merchant=merchant))

    def given(self, once: Once) -> Answer | None:
        return self._once.given(once)

    def entered(self) -> int:
        return self.names_entered

    def save(self, before: Dossier, change: Change, writing: Writing) -> Answer | None:
        if writing.once and (given := self._once.given(writing.once[0])) is not None:
            return given
        if change.after == before:
            assert not writing.rows, "nothing is done where nothing has changed"
            return self._answer(writing.once)
        if self.load(before.merchant).version != before.version:
            raise Changed("the request or the badge was changed in between")
        enters = _green(change.after.badge) != _green(before.badge) and _green(change.after.badge) is not None
        if enters and writing.entered not in (None, self.names_entered):
            raise Changed("another name was verified in between")
        self._show(before.badge, change, writing.at)
        self.names_entered += enters
        after, merchant = change.after, change.after.merchant
        self.kept[merchant] = after
        self.lines.setdefault(merchant, []).extend(change.entries)
        self.rows.extend(writing.rows)
        if change.archived is not None:
            self.archived[merchant, change.archived.id] = change.archived
        if writing.evidence is not None:
            request, sealed = writing.evidence
            self.evidence[merchant, request] = sealed
            if not sealed:
                del self.evidence[merchant, request]
        return self._answer(writing.once)

    def _answer(self, once: tuple[Once, Answer] | None) -> Answer | None:
        if once is None:
            return None
        self._once.give(*once)
        return once[1]

    def _show(self, before: Badge | None, change: Change, at: Instant) -> None:
        """What a change makes of the badge that anyone sees, of its places, and of the register. Raises PlaceTaken."""
        merchant, badge = change.after.merchant, change.after.badge
        if badge is None:
            return
        if before is None or before.id != badge.id:
            if (badge.list, badge.index) in self.places:
                raise PlaceTaken
            self.places.add((badge.list, badge.index))
            self.lists.setdefault(badge.list, (SignedList(name=badge.list), at))
            if before is not None:
                ended = change.ended
                former = ended if ended is not None and ended.id == before.id else before
                self.former.setdefault(merchant, []).append(former)
        self.badges[merchant] = replace(badge, complaints=(), reminded=0, looked_at=Instant(0))
        for moved in (change.suspended, change.restored, change.ended):
            if moved is not None:
                self.statuses[moved.list, moved.index] = status.status(moved)
        self.names.pop(merchant, None)
        if badge.level == "verified" and badge.state != "fallen":
            self.names[merchant] = (badge.basis.name, frozenset(self.keys(badge.basis.name)))

    def requests(self, merchant: MerchantId, after: str | None, limit: int) -> Listed[Request]:
        mine = [request for (of, _), request in self.archived.items() if of == merchant]
        current = self.load(merchant).request
        found = sorted([*mine, *([current] if current else [])], key=lambda request: request.id, reverse=True)
        found = [request for request in found if after is None or request.id < after]
        return found[:limit], found[limit - 1].id if len(found) > limit else None

    def request(self, merchant: MerchantId, id: RequestId) -> Request | None:
        current = self.load(merchant).request
        return current if current is not None and current.id == id else self.archived.get((merchant, id))

    def history(self, merchant: MerchantId, after: str | None, limit: int) -> Listed[Entry]:
        lines, start = self.lines.get(merchant, []), int(after or 0)
        end = start + limit
        return lines[start:end], str(end) if len(lines) > end else None

    def note(
        self, merchant: MerchantId, entry: Entry, name: str, once: tuple[Once, Answer] | None = None
    ) -> Answer | None:
        if once and (given := self._once.given(once[0])) is not None:
            return given
        if (merchant, name) not in self._looks:
            self._looks.add((merchant, name))
            self.lines.setdefault(merchant, []).append(entry)
        return self._answer(once)

    def sealed(self, merchant: MerchantId, request: RequestId) -> bytes | None:
        return self.evidence.get((merchant, request))

    def forget(self, merchant: MerchantId, request: RequestId, at: Instant) -> None:
        self.evidence.pop((merchant, request), None)
        archived = self.archived.get((merchant, request))
        if archived is not None and not archived.erased_at:
            self.archived[merchant, request] = erased(archived, at)

    def turns(self, after: str | None, limit: int) -> Listed[Dossier]:
        waiting = {
            f"{max(turn, 0):015d}#{merchant}": dossier
            for merchant, dossier in self.kept.items()
            if (turn := timing.turn(dossier)) is not None
        }
        places = sorted(place for place in waiting if after is None or place > after)
        return [waiting[place] for place in places[:limit]], places[limit - 1] if len(places) > limit else None

    def due(self, until: Instant, limit: int) -> list[tuple[MerchantId, RequestId | None]]:
        times: list[tuple[Instant, MerchantId, RequestId | None]] = [
            (timing.due_at(dossier), merchant, None) for merchant, dossier in self.kept.items()
        ]
        times += [(timing.due_of(request), of, request.id) for (of, _), request in self.archived.items()]
        late = sorted((at, merchant, id or RequestId("")) for at, merchant, id in times if 0 < at <= until)
        return [(merchant, id or None) for _, merchant, id in late[:limit]]


def _green(badge: Badge | None) -> str | None:
    """The badge by which a name stands in the register."""
    return badge.id if badge is not None and badge.level == "verified" and badge.state != "fallen" else None
