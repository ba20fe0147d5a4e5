"""What an operator decides of a merchant: who it is, and whether it does business here.

| from | close | open | block | unblock |
| --- | --- | --- | --- | --- |
| open | closed | - | blocked | - |
| closed | - | open | blocked | - |
| blocked | refused | refused | - | what it was before |

`-`: it is so already, and nothing changes.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from haat.business.model.merchant import Merchant, State
from haat.business.rules.places import COUNTRIES, CURRENCIES
from haat.business.rules.profile import LIMITS
from haat.kernel.errors import Conflict, Rejected
from haat.kernel.ids import MerchantId
from haat.kernel.text import name_fault

Move = Literal["close", "open", "block", "unblock"]

# Files of the database that are no place's time, or this machine's own.
_NO_ZONES = frozenset({"Factory", "localtime", "posixrules"})
LEGAL_NAME = 160  # letters as people count them
_MOVES: Mapping[tuple[Move, State], State] = {
    ("close", "open"): "closed",
    ("close", "closed"): "closed",
    ("open", "open"): "open",
    ("open", "closed"): "open",
    ("block", "open"): "blocked",
    ("block", "closed"): "blocked",
    ("block", "blocked"): "blocked",
    ("unblock", "open"): "open",
    ("unblock", "closed"): "closed",
}


def move(before: Merchant, what: Move) -> Merchant:
    """The merchant after one step of the table; the same object where nothing changes. Raises Conflict where it is refused."""
    if what == "unblock" and before.state == "blocked":
        return replace(before, version=before.version + 1, state=before.blocked_from, blocked_from="open")
    state = _MOVES.get((what, before.state))
    if state is None:
        raise Conflict(f"the shop is {before.state}", word=f"shop-{before.state}")
    if state == before.state:
        return before
    was = before.state if before.state != "blocked" and state == "blocked" else "open"
    return replace(before, version=before.version + 1, state=state, blocked_from=was)


def begin(id: MerchantId, said: Mapping[str, Any]) -> Merchant:
    """A new merchant, open. Raises Rejected naming each field."""
    wrong = _wrong(said)
    if said["country"] not in COUNTRIES:
        wrong["country"] = "is no country of ISO 3166"
    if said["currency"] not in CURRENCIES:
        wrong["currency"] = "is no currency of ISO 4217"
    _refuse(wrong)
    return Merchant(
        id=id,
        name=said["name"].strip(),
        legal_name=said["legal_name"].strip(),
        country=said["country"],
        currency=said["currency"],
        timezone=said["timezone"],
        language=said["language"],
        languages=tuple(said.get("languages", ())),
        handle=said.get("handle", ""),
    )


def change(before: Merchant, said: Mapping[str, Any]) -> Merchant:
    """The merchant with other names, time zone, languages or handle. Country and currency stay: prices and orders hold them.

    A handle that is not said stays; an empty one is taken away, and the shop leaves the directory. Raises Rejected naming each field.
    """
    _refuse(_wrong(said))
    handle = said.get("handle", before.handle)
    return replace(
        before,
        version=before.version + 1,
        name=said["name"].strip(),
        legal_name=said["legal_name"].strip(),
        timezone=said["timezone"],
        language=said["language"],
        languages=tuple(said.get("languages", ())),
        handle=handle,
        listed=before.listed and bool(handle),
    )


def shown(merchant: Merchant) -> dict[str, Any]:
    """A merchant as operators see it."""
    return {
        "id": merchant.id,
        "state": merchant.state,
        "name": merchant.name,
        "legal_name": merchant.legal_name,
        "country": merchant.country,
        "currency": merchant.currency,
        "timezone": merchant.timezone,
        "language": merchant.language,
        "languages": list(merchant.languages),
        "handle": merchant.handle,
        "listed": merchant.listed,
    }


def _wrong(said: Mapping[str, Any]) -> dict[str, str]:
    wrong = {}
    for field, most in (("name", LIMITS["name"]), ("legal_name", LEGAL_NAME)):
        if fault := name_fault(said[field].strip(), most):
            wrong[field] = fault
    if not _is_zone(said["timezone"]):
        wrong["timezone"] = "is no time zone of the IANA database"
    return wrong


def _refuse(wrong: Mapping[str, str]) -> None:
    if wrong:
        raise Rejected("some fields are not as they should be", word="invalid", fields=wrong)


def _is_zone(name: str) -> bool:
    if name in _NO_ZONES or name.startswith(("posix/", "right/")):
        return False
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: a folder of the database, such as Asia
        return False
    return True
