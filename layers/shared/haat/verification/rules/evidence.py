"""What a shop says of itself, as it is written, kept and shown.

A number is put into one form here, and that is all: whether it can be one is a check, which the shop sees and a person weighs.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Final, Literal

from haat.facts.codec import from_plain, to_plain
from haat.kernel.errors import Rejected
from haat.kernel.text import clean, name_fault
from haat.verification.model.dossier import ShopNow
from haat.verification.model.evidence import Evidence

MOST_LETTERS: Final = 75  # of a name, as people count them
# Of a name as it is sealed: KMS seals 4,096 bytes (API reference, Encrypt), and the other fields together have less than 1,500.
MOST_BYTES: Final = 1_200
HIDDEN: Final = "••••"
_UDYAM = re.compile(r"(UDYAM)([A-Z]{2})([0-9]{2})([0-9]{7})")
_SITE = re.compile(r"(?:https?://)?([^\s/?#@:\\<>\"{}|^`\[\]]+)(:[0-9]{1,5})?(?:[/?#].*)?", re.IGNORECASE | re.DOTALL)
_HOST = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z0-9-]{1,63}")


def cleaned(said: Mapping[str, Any], read_phone: Callable[[str, str], str], shop: ShopNow) -> Evidence:
    """What the shop said, each part in the form in which it is kept; what was not said is empty.

    `read_phone` makes digits of a number as people write it, in a country (ISO 3166), and raises Rejected (field phone); a number
    that is connected needs no such proof that it can be one.
    Raises Rejected naming each field that can't be kept.
    """
    wrong: dict[str, str] = {}
    names = {field: said.get(field, "").strip() for field in ("legal_name", "trade_name")}
    wrong |= {field: fault for field, name in names.items() if name or field in said if (fault := _name_fault(name))}
    website = phone = ""
    own = {number for shown in shop.numbers.values() if (number := digits(shown))}
    if "website" in said and not (website := _site(said["website"].strip())):
        wrong["website"] = "is no address of a website, such as https://shop.example"
    if "phone" in said:
        try:
            phone = dialled if (dialled := digits(said["phone"])) in own else read_phone(said["phone"], shop.country)
        except Rejected as refused:
            wrong |= refused.fields
    licence: Mapping[str, Any] = said.get("licence") or {}
    kind: Literal["shop_act", "fssai", ""] = licence.get("kind", "")
    number = licence.get("registration", "")
    if wrong:
        raise Rejected("some fields are not as they should be", word="invalid", fields=wrong)
    return Evidence(
        **names,
        gstin=_compact(said.get("gstin", "")),
        pan=_compact(said.get("pan", "")),
        udyam=_udyam(said.get("udyam", "")),
        licence_kind=kind,
        # Authorities of shops number as they like, with strokes that count; FSSAI gives out digits.
        licence=_compact(number) if kind == "fssai" else re.sub(r"\s", "", number).upper(),
        website=website,
        upi=said.get("upi", "").strip().lower(),
        phone=phone,
    )


def digits(number: str) -> str:
    """A number of a telephone without anything else that people write in it."""
    return "".join(char for char in number if char in "0123456789")


def said_again(evidence: Evidence) -> dict[str, Any]:
    """The evidence as its shop may send it again: what is not there is left out."""
    held = {
        field: value
        for field, value in to_plain(evidence).items()
        if value and field not in ("licence_kind", "licence")
    }
    if evidence.phone:
        held["phone"] = f"+{evidence.phone}"
    if evidence.licence:
        held["licence"] = {"kind": evidence.licence_kind, "registration": evidence.licence}
    return held


def to_text(evidence: Evidence) -> str:
    """What is sealed: one JSON object, of at most 4,096 bytes in UTF-8."""
    return json.dumps(to_plain(evidence), ensure_ascii=False, separators=(",", ":"))


def from_text(text: str) -> Evidence:
    """What was sealed, by this version or another. Raises Rejected where it is no evidence; never says what it is."""
    try:
        held = json.loads(text)
    except ValueError:
        raise Rejected("sealed evidence can't be read") from None
    if not isinstance(held, dict):
        raise Rejected("sealed evidence can't be read")
    return from_plain(Evidence, held)


def hidden(evidence: Evidence) -> dict[str, str]:
    """Each field that is there, mostly hidden: enough for its shop to know it again, too little to guess it by.

    A website is shown whole: it is public, and the shop must see where its token is looked for.
    """
    shown = {
        "legal_name": _initials(evidence.legal_name),
        "trade_name": _initials(evidence.trade_name),
        "gstin": _end(evidence.gstin),
        "pan": _end(evidence.pan),
        "udyam": _end(evidence.udyam),
        "licence": _end(evidence.licence),
        "website": evidence.website,
        "upi": _upi(evidence.upi),
        "phone": _end(evidence.phone),
    }
    return {field: text for field, text in shown.items() if text}


def _name_fault(name: str) -> str:
    if len(json.dumps(name, ensure_ascii=False).encode()) > MOST_BYTES:
        return f"must have at most {MOST_LETTERS} letters"
    return name_fault(name, MOST_LETTERS)


def _compact(number: str) -> str:
    return re.sub(r"[\s./-]", "", number).upper()


def _udyam(number: str) -> str:
    """UDYAM-WB-10-0012345, as the certificate has it, where it is one; else what was said, in capitals."""
    found = _UDYAM.fullmatch(_compact(number))
    return "-".join(found.groups()) if found else re.sub(r"\s", "", number).upper()


def _site(said: str) -> str:
    """Its host, with a port where one is said; empty where it names none."""
    found = _SITE.fullmatch(said)
    if found is None:
        return ""
    host = clean(found[1]).lower().rstrip(".")
    try:
        plain = host.encode("idna").decode()
    except UnicodeError:
        return ""
    if len(plain) > 253 or _HOST.fullmatch(plain) is None:
        return ""
    return host + (found[2] or "")


def _initials(name: str) -> str:
    return " ".join(word[0] + HIDDEN if len(word) > 2 else HIDDEN for word in name.split()[:8])


def _end(number: str) -> str:
    if not number:
        return ""
    return HIDDEN + number[len(number) - (4 if len(number) >= 12 else 2 if len(number) >= 8 else 0) :]


def _upi(address: str) -> str:
    name, at, bank = address.rpartition("@")
    return f"{_end(name)}{at}{bank}" if address else ""
