"""What each check makes of what was seen: one state and one word of ours. rules/words.py has a sentence for every pair of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from haat.kernel.time import Instant
from haat.verification.model.dossier import ShopNow
from haat.verification.model.evidence import Evidence
from haat.verification.model.request import Basis, CheckKind, CheckState, Likeness
from haat.verification.rules import papers
from haat.verification.rules.agreeing import agrees
from haat.verification.rules.papers import fault, pan_inside

Paper = Literal["gstin", "pan", "pan_in_gstin", "udyam", "licence"]
PAPERS: Final[tuple[Paper, ...]] = ("gstin", "pan", "pan_in_gstin", "udyam", "licence")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a check has shown. `final`: it is not tried again, a person looks instead."""

    state: CheckState
    word: str = ""
    final: bool = False


PASSED: Final = Found(state="passed")


def paper(kind: Paper, evidence: Evidence, now: Instant) -> Found:
    """A number by its structure."""
    match kind:
        case "gstin" | "pan" | "udyam":
            return _failed(
                fault(kind, {"gstin": evidence.gstin, "pan": evidence.pan, "udyam": evidence.udyam}[kind], now)
            )
        case "licence":
            if evidence.licence_kind == "fssai":
                return _failed(fault("fssai", evidence.licence, now))
            return Found(state="unreachable", word="form_unknown", final=True)
        case "pan_in_gstin":
            inside = pan_inside(evidence.gstin)
            if not inside:
                return _failed("no_pan_inside")
            return _failed("" if inside == papers.compact(evidence.pan) else "pan_differs")


def names(evidence: Evidence, basis: Basis) -> Found:
    """The names on the papers against those that the shop goes by here.

    Where the register knows no legal name the shop's own name must be one of the papers'.
    """
    if basis.legal_name and not agrees(evidence.legal_name, basis.legal_name):
        return _failed("legal_name_differs")
    if evidence.trade_name:
        return _failed("" if agrees(evidence.trade_name, basis.name) else "trade_name_differs")
    return _failed("" if agrees(evidence.legal_name, basis.name) else "trade_name_missing")


def payee(outcome: str, name: str, basis: Basis) -> Found:
    """Whose the bank says that the UPI address is. A bank that tells nobody is no fault of the shop's."""
    match outcome:
        case "named":
            known = agrees(name, basis.name) or (basis.legal_name and agrees(name, basis.legal_name))
            return _failed("" if known else "payee_differs")
        case "unknown_address":
            return _failed("unknown_address")
        case "not_told" | "no_account":
            return Found(state="unreachable", word=outcome, final=True)
        case _:
            return Found(state="unreachable", word="bank_silent")


def number(outcome: str, basis: Basis, shop: ShopNow | None) -> Found:
    """What the channel says of the number; it must be connected here still."""
    if not connected(basis, shop):
        return _failed("not_connected")
    match outcome:
        case "verified":
            return PASSED
        case "unverified" | "refused":
            return _failed(outcome)
        case _:
            return Found(state="unreachable", word="channel_silent")


def connected(basis: Basis, shop: ShopNow | None) -> bool:
    """Whether the number that is to be verified is one of the shop's now."""
    there = shop.numbers.get((basis.channel, basis.address)) if shop is not None and basis.address else None
    return there is not None and there == basis.number


def site(outcome: Literal["found", "not_found", "refused", "unreachable"], word: str) -> Found:
    """Whether the website shows the token."""
    match outcome:
        case "found":
            return PASSED
        case "not_found" | "refused":
            return _failed(word or outcome)
        case "unreachable":
            return Found(state="unreachable", word=word or outcome)


def likeness(likenesses: Sequence[Likeness]) -> Found:
    """Names that the shop's is like. `failed` says no more than that a person looks carefully."""
    if not likenesses:
        return PASSED
    return _failed("protected" if any(one.protected for one in likenesses) else "like_others")


def _failed(word: str) -> Found:
    return Found(state="failed", word=word) if word else PASSED


# Every word that a check may end with, beside passing.
_NO_ANSWER: Final = "no_answer"  # rules/machine.py: who was asked has not answered
FAILED: Final[Mapping[CheckKind, tuple[str, ...]]] = {
    "gstin": papers.WORDS,
    "pan": papers.WORDS,
    "pan_in_gstin": ("no_pan_inside", "pan_differs"),
    "udyam": papers.WORDS,
    "licence": papers.WORDS,
    "names": ("legal_name_differs", "trade_name_differs", "trade_name_missing"),
    "payee_name": ("payee_differs", "unknown_address"),
    "number": ("not_connected", "unverified", "refused"),
    "website": ("no_file", "no_token", "address_refused", "too_many_redirects"),
    "imitation": ("like_others", "protected"),
}
UNREACHABLE: Final[Mapping[CheckKind, tuple[str, ...]]] = {
    "licence": ("form_unknown",),
    "payee_name": ("not_told", "no_account", "bank_silent", _NO_ANSWER),
    "number": ("channel_silent", _NO_ANSWER),
    "website": (
        "timed_out",
        "not_connected",
        "certificate_refused",
        "broken_answer",
        "name_unknown",
        "site_error",
        "names_silent",
    ),
}
