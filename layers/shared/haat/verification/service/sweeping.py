"""What is due by the clock: checks that are tried again, badges that end, evidence whose time is over, lists and badges to be signed anew."""

from collections.abc import Callable, Hashable
from contextlib import suppress
from dataclasses import dataclass, field

from haat.facts.verification import EvidenceToForget
from haat.kernel.errors import Changed
from haat.kernel.ids import MerchantId, RequestId
from haat.kernel.time import MINUTE, Instant
from haat.verification.model.dossier import Change, Dossier
from haat.verification.ports import Dossiers, Lists, Writing
from haat.verification.rules import badges, machine, news
from haat.verification.service.checking import Checking
from haat.verification.service.documents import Documents
from haat.verification.service.signing import Signing

PAGE = 100  # dossiers, or lists, that one sweep looks at before it asks for more
SPARE_MS = 15_000  # nothing is begun with less of the function's life left


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """How much a sweep looked at, and what went wrong."""

    seen: int
    failed: tuple[Exception, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweeping:
    """Looks at what is due. What fails holds nobody else up: it is due the next time, too."""

    dossiers: Dossiers
    lists: Lists
    checking: Checking
    documents: Documents
    signing: Signing

    def sweep(self, now: Instant, left_ms: Callable[[], int]) -> Swept:
        """Work off what is due, for as long as there is time."""
        done = _Done(left_ms, turn=now // MINUTE)
        # Lists first: they are few, and every badge that anyone checks needs one that is not too old.
        done.each(lambda more: self.lists.late(now, more), lambda name: self.signing.sign_list(name, now))
        done.each(lambda more: self.dossiers.due(now, more), lambda one: self._look(*one, now))
        return Swept(seen=len(done.seen), failed=tuple(done.failed))

    def _look(self, merchant: MerchantId, archived: RequestId | None, now: Instant) -> None:
        if archived is not None:
            self.documents.forget(EvidenceToForget(merchant=merchant, request=archived), now)
            return
        self._save(merchant, machine.tick, now)
        self.checking.seen(merchant, now)
        badge = self.dossiers.load(merchant).badge
        if badge is not None and badge.state != "fallen":
            if self.signing.stale(badge):
                self.signing.sign_badge(merchant, badge.id, now)
            self._save(merchant, badges.looked, now)

    def _save(self, merchant: MerchantId, what: Callable[[Dossier, Instant], Change], now: Instant) -> None:
        before = self.dossiers.load(merchant)
        change = what(before, now)
        if change.after != before:
            # Changed: somebody is at work there, and the next sweep looks again.
            with suppress(Changed):
                self.dossiers.save(before, change, Writing(at=now, rows=news.rows(change, now)))


@dataclass(slots=True)
class _Done:
    """What one sweep has seen."""

    left_ms: Callable[[], int]
    turn: int
    seen: set[Hashable] = field(default_factory=set)
    failed: list[Exception] = field(default_factory=list)

    def each[T: Hashable](self, find: Callable[[int], list[T]], work: Callable[[T], object]) -> None:
        begun = len(self.seen)
        while self.left_ms() > SPARE_MS:
            # What could not be moved stands first in the index again.
            late = [one for one in find(PAGE + len(self.seen) - begun) if one not in self.seen]
            # Each time another one begins: what fails slowly would use up the time of those behind it, again and again.
            first = self.turn % max(len(late), 1)
            for one in late[first:] + late[:first]:
                if self.left_ms() <= SPARE_MS:
                    return
                self.seen.add(one)
                try:
                    work(one)
                except Exception as error:  # noqa: BLE001  # one shop's fault must not be the others'
                    self.failed.append(error)
            if not late:
                return
