"""How changes of a dossier are put together."""

from dataclasses import replace

from haat.verification.model.badge import Badge
from haat.verification.model.dossier import Change, Dossier, Entry, News
from haat.verification.model.request import Request

__all__ = ["News", "changed", "nothing", "with_badge", "with_request"]


def nothing(before: Dossier) -> Change:
    """Nothing follows."""
    return Change(after=before)


def with_request(before: Dossier, request: Request, entry: Entry, *news: News) -> Change:
    """A change of the request alone."""
    return Change(
        after=replace(before, request=request, version=before.version + 1), entries=(entry,), news=tuple(news)
    )


def changed(change: Change, request: Request, entry: Entry, *news: News) -> Change:
    """A change that goes on with the request: it counts as one."""
    moved = bool(change.entries)
    version = change.after.version + (0 if moved else 1)
    after = replace(change.after, request=request, version=version)
    return replace(change, after=after, entries=(*change.entries, entry), news=(*change.news, *news))


def with_badge(change: Change, badge: Badge | None, entry: Entry, *news: News) -> Change:
    """As `changed`, for the badge."""
    moved = bool(change.entries)
    version = change.after.version + (0 if moved else 1)
    after = replace(change.after, badge=badge, version=version)
    return replace(change, after=after, entries=(*change.entries, entry), news=(*change.news, *news))


def both(first: Change, second: Change) -> Change:
    """Two changes, of which the second goes on from where the first has ended, as one."""
    if not first.entries:
        return second
    if not second.entries:
        return first
    return Change(
        after=replace(second.after, version=first.after.version),
        entries=(*first.entries, *second.entries),
        news=(*first.news, *second.news),
        next=(*first.next, *second.next),
        ended=first.ended or second.ended,
        suspended=first.suspended or second.suspended,
        restored=first.restored or second.restored,
        archived=first.archived or second.archived,
    )
