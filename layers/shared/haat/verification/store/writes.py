"""What one change of a dossier writes: actions of one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass

from haat.aws.table import Action, Item, Put, Update
from haat.kernel.ids import MerchantId
from haat.kernel.time import Instant
from haat.verification.model.badge import Badge
from haat.verification.model.dossier import Change, Dossier
from haat.verification.ports import Writing
from haat.verification.rules import status
from haat.verification.store import items


@dataclass(frozen=True, slots=True, kw_only=True)
class Writes:
    """The dossier in the place of the one before, and all else that is so only with it.

    `place` is what is refused where the place of a new badge is another's; None without a new badge.
    """

    dossier: Put
    place: Put | None
    rest: Sequence[Action]

    def actions(self, *first: Action) -> list[Action]:
        """All of them, after others."""
        return [*first, self.dossier, *([self.place] if self.place else []), *self.rest]


def writes(before: Dossier, change: Change, writing: Writing) -> Writes:
    """What a change writes; what it makes of the register of names comes beside it (names.py)."""
    after, merchant = change.after, change.after.merchant
    new = is_new(before, after)
    rest: list[Action] = [
        Put(item=item, absent=True) for item in items.history_items(merchant, after.version, change.entries)
    ]
    ttl, version = items.expires_s(writing.at), f"{after.version:010d}"
    rest += [
        Put(item={"pk": items.pk(merchant), "sk": f"NEXT#{version}#{row.name}", "ttl": ttl, **row.row}, absent=True)
        for row in writing.rows
    ]
    if writing.evidence is not None:
        request, sealed = writing.evidence
        kept: Item = {"sealed": sealed} if sealed else {}
        rest.append(Put(item={"pk": items.pk(merchant), "sk": f"EVIDENCE#{request}", **kept}))
    if change.archived is not None:
        rest.append(Put(item=items.request_item(merchant, change.archived)))
    if after.badge is not None:
        rest += _badge(before.badge, after.badge, change, merchant)
    return Writes(
        dossier=Put(item=items.dossier_item(after), absent=before.version == 0, version=before.version or None),
        place=_place(after.badge, merchant) if new and after.badge else None,
        rest=(*rest, *_statuses(change)),
    )


def is_new(before: Dossier, after: Dossier) -> bool:
    """Whether the badge after a change is another one than before."""
    return after.badge is not None and (before.badge is None or before.badge.id != after.badge.id)


def begin_list(name: str, at: Instant) -> Update:
    """That there is a status list, to be signed at once. Where somebody was faster it is signed once more."""
    return Update(pk=f"LIST#{name}", sk="LIST", set={"due_pk": items.LISTS, "due_at": at})


def _badge(before: Badge | None, after: Badge, change: Change, merchant: MerchantId) -> list[Action]:
    actions: list[Action] = []
    if before is None or items.open_to_all(before) != items.open_to_all(after):
        actions.append(Put(item=items.badge_item(merchant, after)))
    if before is not None and before.id != after.id:
        ended = change.ended
        former = ended if ended is not None and ended.id == before.id else before
        actions.append(Put(item=items.former_item(merchant, former)))
    return actions


def _place(badge: Badge, merchant: MerchantId) -> Put:
    index = items.place_on_list(badge.index)
    return Put(item={"pk": f"INDEX#{badge.list}", "sk": index, "merchant": merchant, "badge": badge.id}, absent=True)


def _statuses(change: Change) -> list[Action]:
    """The places whose status is another now; of one badge the last word counts: what has ended has ended."""
    moved = [one for one in (change.suspended, change.restored, change.ended) if one is not None]
    known = {(one.list, one.index): status.status(one) for one in moved}
    # One that is good again keeps its row: a row that is missing would come back from a backup, and say that it is not.
    return [
        Put(item={"pk": f"STATUS#{listed}", "sk": items.place_on_list(index), "status": value})
        for (listed, index), value in known.items()
    ]
