"""What a shop is told of each check, badge, document and wanted field: what is so, and what to do, in its own language.

Bengali, Hindi, or English where a shop has another language. No sentence says that a machine has refused anybody: it never does.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

LANGUAGES: Final = ("en", "bn", "hi")

# What a shop can do about a check: nothing but withdraw ("sent", and "tried" where it is not tried again), give other evidence ("open"), or
# nothing any more ("over"): then only what is so is said.
type Stand = Literal["sent", "tried", "open", "over"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """One language. `checks` by "kind.word", "kind.passed", or a state; `{fix}`, `{again}` and so on are `tails`: what to do, by what can be done."""

    tails: Mapping[str, Mapping[str, str]]  # "sent", "open"
    papers: Mapping[str, Mapping[str, str]]  # what a number is called, and how it is built
    paper: Mapping[str, str]  # what can be said of any number on a paper
    checks: Mapping[str, str]
    badges: Mapping[str, str]
    documents: Mapping[str, str]
    missing: Mapping[str, str]
    wanted: Mapping[str, str]


def sentence(kind: str, state: str, word: str, language: str, stand: Stand = "sent") -> str:
    """What a check has shown, and what to do about it. A word that is not known gets what its state means."""
    said = _of(language)
    key = word if state in ("failed", "unreachable") else state
    template = said.checks.get(f"{kind}.{key}") or (said.paper.get(key) if kind in said.papers else None)
    template = template or said.checks[state]
    return " ".join(template.format(**_tails(said, stand), **said.papers.get(kind, {})).split())


def _tails(said: Words, stand: Stand) -> Mapping[str, str]:
    sent = said.tails["sent"]
    match stand:
        case "sent" | "open":
            return said.tails[stand]
        case "tried":
            return {**sent, "wait": sent["person"], "retry": sent["seen"]}
        case "over":
            return dict.fromkeys(sent, "")


def fallen(reason: str, language: str) -> str:
    """Why a badge is not drawn, or has fallen, and what to do."""
    said = _of(language).badges
    return said.get(reason) or said["other"]


def document(state: str, reason: str, language: str) -> str:
    """What became of a document, and what to do."""
    said = _of(language).documents
    return said.get(f"{state}.{reason}" if reason else state) or said[state]


def missing(what: str, language: str) -> str:
    """What must be given before a request can be sent (wants.lacking)."""
    return _of(language).missing[what]


def wanted(field: str, language: str) -> str:
    """What a reviewer asks for."""
    said = _of(language).wanted
    return said.get(field) or said["other"]


def _of(language: str) -> Words:
    # One language is enough for one answer.
    match language.partition("-")[0].lower():
        case "bn":
            from haat.verification.rules.words_bn import WORDS  # noqa: PLC0415
        case "hi":
            from haat.verification.rules.words_hi import WORDS  # noqa: PLC0415
        case _:
            from haat.verification.rules.words_en import WORDS  # noqa: PLC0415
    return WORDS
