"""What a shop's people are told of its badge."""

from typing import Any, get_args

import pytest

from haat.business.rules.staff_badge_words import KINDS, LONGEST, WHYS, of_badge
from haat.facts import notices
from haat.facts.notices import NoticeRaised
from haat.kernel.ids import NoticeId, ulid
from haat.verification.model.badge import FallReason
from haat.verification.rules import news
from tests.invented import MERCHANT, NOW

ID = "01KDVDNA00BADGE0000000001A"
CASES: list[tuple[str, dict[str, Any]]] = [
    (notices.VERIFICATION_CHECKED, {"passed": ["gstin", "pan"], "failed": [], "unreachable": ["number"]}),
    (notices.VERIFICATION_MORE_WANTED, {"wanted": ["pan"], "reason": ""}),
    (notices.VERIFICATION_MORE_WANTED, {"wanted": ["profile"], "why": "name_changed"}),
    (notices.VERIFICATION_REFUSED, {"reason": "", "can_appeal": False}),
    (notices.VERIFICATION_REFUSED, {"reason": "", "can_appeal": True}),
    *((notices.BADGE_ISSUED, {"level": level}) for level in ("verified", "confirmed")),
    *((notices.BADGE_FALLEN, {"level": "verified", "why": why}) for why in (*WHYS, "of tomorrow")),
    (notices.BADGE_EXPIRING, {"level": "verified", "expires_at": "2027-11-26T04:30:00Z"}),
    (notices.BADGE_IN_REVIEW, {"level": "verified"}),
    (notices.BADGE_RESTORED, {"level": "verified"}),
]


def said(kind: str, language: str = "en", **data: Any) -> str:
    """What is told of it."""
    id = NoticeId(ulid(NOW, b"a-notice--"))
    held = {"badge_id": ID, "request_id": ID} | data
    return of_badge(NoticeRaised(id=id, merchant=MERCHANT, kind=kind, occurred_at=NOW, data=held), language)


@pytest.mark.parametrize("language", ["en", "bn", "hi"])
def test_each_news_has_words_of_its_own(language: str) -> None:
    """In each language others, short enough for a template, without an id."""
    told = [said(kind, language, **data) for kind, data in CASES]
    assert len(set(told)) == len(CASES)
    assert not [text for text in told if ID in text or "{" in text or "\n" in text or len(text) > 300]
    others = {said(kind, other, **data) for other in {"en", "bn", "hi"} - {language} for kind, data in CASES}
    assert not set(told) & others
    assert said(*CASES[0][:1], "fr", **CASES[0][1]) == said(CASES[0][0], "en", **CASES[0][1])


def test_all_that_verification_raises_is_told_but_an_approval() -> None:
    """That one comes with its badge, and one decision shall ring once. Each reason for a fall has words, but that another took its place."""
    raised = set(news._KINDS.values())  # what it raises, said once
    assert raised - set(KINDS) == {notices.VERIFICATION_APPROVED}
    assert {kind for kind, _ in CASES} == set(KINDS)
    assert set(get_args(FallReason)) - set(WHYS) == {"replaced"}


@pytest.mark.parametrize("kind", [notices.VERIFICATION_MORE_WANTED, notices.VERIFICATION_REFUSED, notices.BADGE_FALLEN])
def test_reviewers_words_are_told_in_one_line_and_cut(kind: str) -> None:
    """They are for the shop; a template takes no line breaks, and a page of them belongs into the request."""
    assert said(kind, reason="Send the\n\n  licence\tanew.").count("The reviewer writes: Send the licence anew.") == 1
    for reason in ("word " * 400, "ক" * 4_000):
        long = said(kind, reason=reason)
        assert long.count("…") == 1
        assert len(long) < LONGEST + 200
    assert "{name}" in said(kind, reason="{name}")
    assert "reviewer" not in said(kind, reason=None)


def test_checks_are_counted() -> None:
    """Which they are the request says."""
    assert said(CASES[0][0], **CASES[0][1]) == (
        "The checks for the shop's badge are done: 2 passed, 0 did not, 1 without an answer. A person looks at it now."
    )
    assert "on 2027-11-26." in said(notices.BADGE_EXPIRING, expires_at="2027-11-26T04:30:00Z")
