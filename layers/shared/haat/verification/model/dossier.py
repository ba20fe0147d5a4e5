"""All that verification knows of one merchant: its request, the last or the current one, and its badge. One item, one version."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from haat.kernel.ids import MerchantId, OperatorId, TokenId
from haat.kernel.time import Instant
from haat.verification.model.badge import Badge
from haat.verification.model.request import Request

By = Literal["shop", "reviewer", "operator", "machine"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """`version` counts its changes; 0 has never been saved. `language` is the shop's, for what it is told."""

    merchant: MerchantId
    request: Request | None = None
    badge: Badge | None = None
    version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the history. `what` is a word of ours; `said` holds words and ids of ours, and what a reviewer gave as reason."""

    what: str
    by: By
    at: Instant
    who: OperatorId | TokenId | str = ""
    said: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """Something that the shop is told: a kind of facts/notices.py and its data."""

    kind: str
    data: Mapping[str, Any] = field(default_factory=dict)


# What must happen next. check: make a check of this kind; sign: the badge; list: a status list; document: look at it; drop: delete the file of a
# document that was taken away; forget: evidence and documents of a request are to be deleted.
@dataclass(frozen=True, slots=True, kw_only=True)
class Next:
    """One thing that must be done after the change, by the fact of its name (facts/verification.py)."""

    what: Literal["check", "sign", "list", "document", "drop", "forget"]
    of: str  # a kind of check, a badge's id, a list's name, a document's id, a request's id


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What one fact makes of a dossier. Where nothing follows `after` is the dossier as it was, and all else is empty."""

    after: Dossier
    entries: tuple[Entry, ...] = ()
    news: tuple[News, ...] = ()
    next: tuple[Next, ...] = ()
    ended: Badge | None = None  # a badge that stood before and does not stand any more: to be put on its status list
    suspended: Badge | None = None  # one that waits for a reviewer, on its status list too until it stands again
    restored: Badge | None = None  # one that stands again: off its list
    archived: Request | None = None  # a request that another takes the place of


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopNow:
    """A merchant as it is now, as the other contexts say: asked for through a port."""

    merchant: MerchantId
    name: str
    legal_name: str
    open: bool  # neither closed nor blocked
    country: str
    language: str = "en"
    handle: str = ""
    numbers: Mapping[tuple[str, str], str] = field(
        default_factory=dict
    )  # (kind of channel, address) -> as people dial it
    payees: frozenset[str] = frozenset()  # fingerprints of the UPI addresses of its live payee accounts
