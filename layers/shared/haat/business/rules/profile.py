"""What a shop says of itself: as it is written, and as it is shown."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Any, NamedTuple

from haat.business.model.merchant import Card, Merchant
from haat.business.rules.directory import PLACE, SEEN, fold
from haat.kernel.errors import Rejected
from haat.kernel.text import name_fault, too_long

# Letters as people count them. About and description: what WhatsApp's business profile takes (Cloud API, Business profiles).
LIMITS = {"name": 75, "place": PLACE, "about": 139, "description": 512, "address": 256}
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
SAID = "name language languages handle listed category place about description address email websites".split()
MIDNIGHT = 24 * 60


def change(before: Merchant, said: Mapping[str, Any]) -> Merchant:
    """The merchant with what it says of itself replaced; what is left out becomes empty. Raises Rejected naming each field.

    A `gstin` has been read before (service/profiles.py).
    """
    wrong = {
        name: f"must have at most {most} letters" for name, most in LIMITS.items() if too_long(said.get(name, ""), most)
    }
    if fault := name_fault(said["name"].strip(), LIMITS["name"]):
        wrong["name"] = fault
    if said.get("place", "").strip() and not fold(said["place"]):
        wrong["place"] = SEEN  # else the shop would be in no list
    handle, email = said.get("handle", ""), said.get("email", "")
    if handle and not is_handle(handle):
        wrong["handle"] = "must be 3 to 40 small letters, digits and hyphens, and begin and end with a letter or digit"
    if email and not _is_email(email):
        wrong["email"] = "is no e-mail address"
    wrong |= {
        f"websites.{i}": "is no address of a page, such as https://example.com"
        for i, site in enumerate(said.get("websites", ()))
        if not _is_site(site)
    }
    if said.get("listed") and not handle:
        wrong["listed"] = "needs a handle"
    if said.get("listed") and not (said.get("place") or said.get("category")):
        wrong["listed"] = "needs a place or a category"
    if wrong:
        raise Rejected("some fields are not as they should be", word="invalid", fields=wrong)
    return replace(
        before,
        version=before.version + 1,
        name=said["name"].strip(),
        language=said["language"],
        languages=tuple(said.get("languages", ())),
        handle=handle,
        listed=said.get("listed", False),
        category=said.get("category", ""),
        place=said.get("place", "").strip(),
        about=said.get("about", "").strip(),
        description=said.get("description", "").strip(),
        address=said.get("address", "").strip(),
        email=email,
        websites=tuple(said.get("websites", ())),
        gstin=said.get("gstin") or "",
    )


def shown(merchant: Merchant) -> dict[str, Any]:
    """The profile as its people see it."""
    said = {name: getattr(merchant, name) for name in SAID}
    own = {name: getattr(merchant, name) for name in ("id", "legal_name", "state", "country", "currency", "timezone")}
    return {
        name: list(value) if isinstance(value, tuple) else value for name, value in (own | said).items() if value != ""
    } | {"legal_name": merchant.legal_name, "gstin": merchant.gstin or None}


class Shared(NamedTuple):
    """What a shop's channels show of it."""

    about: str = ""
    description: str = ""
    address: str = ""
    email: str = ""
    websites: tuple[str, ...] = ()
    category: str = ""


def shared(merchant: Merchant) -> Shared:
    """What a shop's channels show of it."""
    return Shared(*(getattr(merchant, name) for name in Shared._fields))


def public(merchant: Merchant) -> dict[str, Any]:
    """The profile as anyone sees it: no e-mail address, no state, no name or number of the law."""
    named = ("handle", "name", "country", "timezone", "category", "place", "about", "description", "address")
    said: dict[str, Any] = {name: value for name in named if (value := getattr(merchant, name))}
    return said | {
        "languages": list(merchant.languages or (merchant.language,)),
        "websites": list(merchant.websites),
        "hours": hours_shown(merchant),
    }


def listed(card: Card, level: str) -> dict[str, Any]:
    """A shop as the directory lists it, with its level."""
    named = ("handle", "name", "category", "place", "about")
    return {name: value for name in named if (value := getattr(card, name))} | {"level": level}


def change_hours(before: Merchant, said: Mapping[str, Any]) -> Merchant:
    """The merchant with other hours. Raises Rejected where two ranges of a week overlap, or one has no length."""
    week: dict[int, tuple[tuple[int, int], ...]] = {}
    wrong: dict[str, str] = {}
    for number, day in enumerate(DAYS):
        ranges = []
        for said_range in said["week"].get(day, ()):
            opens, closes = _minute(said_range["opens"]), _minute(said_range["closes"])
            # What closes at or before it opens goes on after midnight; equal means round the clock.
            ranges.append((opens, closes if closes > opens else closes + MIDNIGHT))
        if ranges:
            week[number] = tuple(sorted(ranges))
    laid = sorted(
        (number * MIDNIGHT + opens, number * MIDNIGHT + closes, number)
        for number, day in week.items()
        for opens, closes in day
    )
    for (_, end, _), (begin, _, number) in pairwise(laid):
        if begin < end:
            wrong[f"week.{DAYS[number]}"] = "begins before the hours before it have ended"
    if laid and laid[-1][1] - 7 * MIDNIGHT > laid[0][0]:
        wrong[f"week.{DAYS[laid[0][2]]}"] = "begins before the hours before it have ended"
    closures = []
    for number, day in enumerate(said.get("closures", ())):
        try:
            closures.append(date.fromisoformat(day))
        except ValueError:
            wrong[f"closures.{number}"] = "is no day of the calendar"
    if wrong:
        raise Rejected("some fields are not as they should be", word="invalid", fields=wrong)
    return replace(before, version=before.version + 1, week=week, closures=tuple(sorted(closures)))


def hours_shown(merchant: Merchant) -> dict[str, Any]:
    """Opening hours as people write them."""
    week = {
        DAYS[number]: [{"opens": _clock(opens), "closes": _clock(closes)} for opens, closes in ranges]
        for number, ranges in sorted(merchant.week.items())
    }
    closures = [day.isoformat() for day in merchant.closures]
    return {"timezone": merchant.timezone, "week": week, "closures": closures}


def _minute(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


def _clock(minute: int) -> str:
    return f"{minute // 60 % 24:02d}:{minute % 60:02d}"


def is_handle(text: str) -> bool:
    """Whether a text can be a shop's handle."""
    plain = text.isascii() and all(char.islower() or char.isdigit() or char == "-" for char in text)
    return plain and 3 <= len(text) <= 40 and text[0] != "-" and text[-1] != "-"


def _is_email(text: str) -> bool:
    # As browsers take them (HTML, 4.10.5.1.5), in a domain of two names at least.
    local, _, domain = text.rpartition("@")
    return re.fullmatch(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+", local) is not None and _is_domain(domain)


def _is_domain(text: str) -> bool:
    return re.fullmatch(r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z0-9-]{2,63}", text) is not None


def _is_site(text: str) -> bool:
    """A web address whose machine has a name, without spaces and signs that no address has; a name in another script is taken."""
    found = re.fullmatch(r"https?://([^\s/?#@:\\<>\"{}|^`]+)(?::[0-9]{1,5})?(?:[/?#][^\s<>\"\\^`]*)?", text)
    if found is None:
        return False
    try:
        return _is_domain(found[1].encode("idna").decode())
    except UnicodeError:
        return False
