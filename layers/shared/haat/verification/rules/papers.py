"""What can be said of a number on a paper without asking anybody: its structure, and its check digit where it has one.

It says that a number can be one, not that it is this shop's: that is what a reviewer looks at.
"""

import re
from collections.abc import Callable, Mapping
from typing import Final

from haat.kernel.time import Instant, as_datetime
from haat.verification.model.evidence import PaperKind

# States and territories that stdnum 2.2 does not know yet, by their code of the GST: Ladakh (since 2019), "other territory" (offshore).
_NEWER: Final = ("38", "97")
_GSTIN: Final = re.compile(r"[0-9]{2}[A-Z]{5}[0-9]{4}[A-Z][1-9A-Z]Z[0-9A-Z]")
_ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
# Udyam portal, "URN": UDYAM, two letters of the state, two digits of the district, seven digits.
_UDYAM: Final = re.compile(r"UDYAM([A-Z]{2})([0-9]{2})([0-9]{7})")
_UDYAM_LENGTH: Final = 16
# FSSAI, "How to read the number": licence or registration, state (00: licensed by the centre), year, officer, number.
_FSSAI: Final = re.compile(r"([12])([0-9]{2})([0-9]{2})([0-9]{3})([0-9]{6})")
_FSSAI_LENGTH: Final = 14
_LAST_STATE: Final = 38  # of the codes that are given out
_FIRST_YEAR: Final = 6  # the Food Safety and Standards Act is of 2006

# Why a number can't be one.
WORDS: Final = ("wrong_length", "wrong_form", "unknown_part", "wrong_checksum")


def fault(kind: PaperKind, number: str, now: Instant) -> str:
    """One of WORDS for what is wrong with it; empty where it can be one."""
    return _FAULTS[kind](compact(number), now)


def compact(number: str) -> str:
    """As it is compared: without what people write between its parts, in capitals."""
    return re.sub(r"[\s\-/.]", "", number).upper()


def pan_inside(gstin: str) -> str:
    """The PAN that a GSTIN holds (its 3rd to 12th character); empty where it is too short for that."""
    whole = compact(gstin)
    return whole[2:12] if len(whole) == 15 else ""  # a GSTIN's length


def _gstin(number: str, now: Instant) -> str:  # noqa: ARG001  # as all are called
    # Most records need no number's rules.
    from stdnum import luhn  # noqa: PLC0415
    from stdnum.in_ import gstin, pan  # noqa: PLC0415

    def newer(number: str) -> None:
        pan.validate(number[2:12])
        luhn.validate(number, _ALPHABET)

    return _said(newer if number[:2] in _NEWER and _GSTIN.fullmatch(number) else gstin.validate, number)


def _pan(number: str, now: Instant) -> str:  # noqa: ARG001  # as all are called
    from stdnum.in_ import pan  # noqa: PLC0415

    return _said(pan.validate, number)


def _said(validate: Callable[[str], object], number: str) -> str:
    from stdnum import exceptions  # noqa: PLC0415

    try:
        validate(number)
    except exceptions.InvalidLength:
        return "wrong_length"
    except exceptions.InvalidChecksum:
        return "wrong_checksum"
    except exceptions.InvalidComponent:
        return "unknown_part"
    except exceptions.ValidationError:
        return "wrong_form"
    return ""


def _udyam(number: str, now: Instant) -> str:  # noqa: ARG001  # as all are called
    if len(number) != _UDYAM_LENGTH:
        return "wrong_length"
    if (parts := _UDYAM.fullmatch(number)) is None:
        return "wrong_form"
    # Which letters a state has is written down nowhere by the portal itself, so any two may be one.
    _, district, serial = parts.groups()
    return "unknown_part" if district == "00" or int(serial) == 0 else ""


def _fssai(number: str, now: Instant) -> str:
    if len(number) != _FSSAI_LENGTH:
        return "wrong_length"
    if (parts := _FSSAI.fullmatch(number)) is None:
        return "wrong_form"
    _, state, year, _, serial = parts.groups()
    known = int(state) <= _LAST_STATE and _FIRST_YEAR <= int(year) <= as_datetime(now).year % 100
    return "" if known and int(serial) else "unknown_part"


def _shop_act(number: str, now: Instant) -> str:  # noqa: ARG001  # as all are called
    # Each state, some of them each town, writes these in its own way.
    return "" if number else "wrong_length"


_FAULTS: Final[Mapping[PaperKind, Callable[[str, Instant], str]]] = {
    "gstin": _gstin,
    "pan": _pan,
    "udyam": _udyam,
    "fssai": _fssai,
    "shop_act": _shop_act,
}
