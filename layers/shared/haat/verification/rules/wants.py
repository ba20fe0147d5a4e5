"""What a request must have, and what is checked of it."""

from collections.abc import Mapping, Sequence
from typing import Final, Literal

from haat.verification.model.request import CheckKind, Request

COUNTRIES: Final = frozenset({"IN"})  # whose papers are known here
MOST_DOCUMENTS: Final = 10
PAPERS: Final[tuple[CheckKind, ...]] = (
    "gstin",
    "pan",
    "udyam",
    "licence",
)  # any of these, or a document, proves that there is a business
# The fields of evidence that a check needs, all of them; the last two look at what the profile says.
NEEDS: Final[Mapping[CheckKind, tuple[str, ...]]] = {
    "gstin": ("gstin",),
    "pan": ("pan",),
    "pan_in_gstin": ("gstin", "pan"),
    "udyam": ("udyam",),
    "licence": ("licence",),
    "names": ("legal_name",),
    "payee_name": ("upi",),
    "number": ("phone",),
    "website": ("website",),
    "imitation": (),
}

type Lack = Literal["legal_name", "phone", "papers", "unread"]
LACKS: Final[Mapping[Lack, str]] = {
    "legal_name": "is needed: the name as it stands on the papers",
    "phone": "is needed: a number on which the shop is here",
    "papers": "are needed, or one of: " + ", ".join(PAPERS),
    "unread": "are not all there yet: post and have them read, or take them away",
}


def checks(given: Sequence[str]) -> dict[CheckKind, bool]:
    """Every kind of check, and whether there is something to look at."""
    return {kind: set(needed) <= set(given) for kind, needed in NEEDS.items()}


def lacking(request: Request) -> dict[str, Lack]:
    """What must be given before it can be sent, by field."""
    fields: dict[str, Lack] = {}
    if "legal_name" not in request.given:
        fields["legal_name"] = "legal_name"
    if "phone" not in request.given:
        fields["phone"] = "phone"
    papers = any(paper in request.given for paper in PAPERS)
    if not papers and not any(one.state in ("given", "kept") for one in request.documents):
        fields["documents"] = "papers"
    if any(one.state in ("announced", "given") for one in request.documents):
        fields["documents"] = "unread"
    return fields


def missing(request: Request) -> dict[str, str]:
    """The same in the words of a problem, which programs' authors read; shops read rules/words.py."""
    return {field: LACKS[lack] for field, lack in lacking(request).items()}


def proves(request: Request) -> bool:
    """Whether something proves that there is a business: a paper that did not fail, or a document that was kept."""
    if any(one.state == "kept" for one in request.documents):
        return True
    return any((check := request.check(kind)) is not None and check.state == "passed" for kind in PAPERS)
