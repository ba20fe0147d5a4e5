"""What anyone may see: a shop's badge, the keys and the status lists by which it is checked."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from haat.kernel.errors import NotFound
from haat.kernel.ids import MerchantId
from haat.kernel.time import Instant, rfc3339
from haat.verification.model.badge import Badge, Level
from haat.verification.ports import Badges, Keys, Lists
from haat.verification.rules.bases import drawn
from haat.verification.rules.claims import e164

_LIST = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])")  # as rules/status.py names them


@dataclass(frozen=True, slots=True, kw_only=True)
class Levels:
    """What is drawn beside names of shops. A name comes with its merchant, and with its owner's where that is known."""

    badges: Badges

    def of(
        self, shops: Sequence[tuple[MerchantId, str, str | None]], now: Instant, *, fresh: bool
    ) -> Mapping[MerchantId, Level]:
        """Of each shop; may be a second old unless `fresh`. Raises Unavailable."""
        found = self.badges.of([merchant for merchant, _, _ in shops], fresh=fresh)
        return {merchant: drawn(found.get(merchant), name, legal, now) for merchant, name, legal in shops}


@dataclass(frozen=True, slots=True, kw_only=True)
class Showing:
    """For whoever checks a badge without trusting us."""

    badges: Badges
    lists: Lists
    keys: Keys

    def badge(self, merchant: MerchantId, name: str, legal_name: str, now: Instant) -> dict[str, Any]:
        """A shop's badge while it may be drawn beside its name; else its level is unconfirmed, and there is none. Raises Unavailable."""
        badge = self.badges.of([merchant]).get(merchant)
        level = drawn(badge, name, legal_name, now)
        if badge is None or level == "unconfirmed":
            return {
                "level": "unconfirmed",
                "name": name,
                "number": None,
                "issued_at": None,
                "expires_at": None,
                "badge": None,
            }
        return _shown(badge)

    def key_set(self) -> dict[str, Any]:
        """A JSON Web Key Set (RFC 7517, 5). Raises Unavailable."""
        return {"keys": self.keys.published()}

    def status_list(self, name: str) -> str:
        """A status list as it was signed last. Raises NotFound, Unavailable."""
        signed = self.lists.get(name) if _LIST.fullmatch(name) else None
        if signed is None or not signed.token:
            raise NotFound("status list")
        return signed.token


def _shown(badge: Badge) -> dict[str, Any]:
    own = {"e2ee_master_key": badge.e2ee_master_key} if badge.e2ee_master_key else {}
    return {
        "level": badge.level,
        "name": badge.basis.name,
        "number": e164(badge.basis.number) if badge.basis.number else None,
        "issued_at": rfc3339(badge.issued_at),
        "expires_at": rfc3339(badge.expires_at),
        "badge": badge.jws,
        **own,
    }
