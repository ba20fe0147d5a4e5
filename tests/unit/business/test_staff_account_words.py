"""What a shop's people are told of the accounts that take its money."""

import pytest

from haat.business.rules.staff_account_words import of_account
from haat.facts import notices
from haat.facts.notices import NoticeRaised
from haat.kernel.ids import NoticeId, ulid
from haat.payment.rules import account_changes
from tests.invented import MERCHANT, NOW

DONE = ("connected", "live", "tested", "confirmed", "keys", "address", "change_dropped", "closed")
ID = "01KDVDNA00ACC000000000001A"
UNKNOWN = "of tomorrow"
ALL = {notices.ACCOUNT_CHANGED: DONE, notices.ACCOUNT_CHANGE_WANTED: account_changes.WANTED}


def said(kind: str, what: str | None, language: str = "en") -> str:
    """What is told of it."""
    data = {"payee_account_id": ID} | ({"what": what} if what else {})
    id = NoticeId(ulid(NOW, b"a-notice--"))
    return of_account(NoticeRaised(id=id, merchant=MERCHANT, kind=kind, occurred_at=NOW, data=data), language)


@pytest.mark.parametrize("language", ["en", "bn", "hi"])
def test_every_change_has_words_of_its_own(language: str) -> None:
    """As the payment context says them, short enough for a template, without id and address."""
    told = {said(kind, what, language) for kind, whats in ALL.items() for what in (*whats, UNKNOWN)}
    assert len(told) == len(DONE) + len(account_changes.WANTED) + 2
    assert not [text for text in told if "@" in text or ID in text or "{" in text or len(text) > 1_000]
    others = {
        said(kind, what, other) for other in {"en", "bn", "hi"} - {language} for kind in ALL for what in ALL[kind]
    }
    assert not told & others


@pytest.mark.parametrize("kind", ALL)
def test_word_of_a_newer_version_is_told_in_general(kind: str) -> None:
    """Never not at all; in English where the language is not known."""
    assert said(kind, UNKNOWN) == said(kind, None) == said(kind, "wanted") == said(kind, UNKNOWN, "fr")
    assert "account that takes the shop's money" in said(kind, UNKNOWN)


def test_wish_says_how_long_there_is_time_and_what_to_do() -> None:
    """Who hears it did it, or knows what to do now."""
    assert said(notices.ACCOUNT_CHANGE_WANTED, "address_change_wanted") == (
        "Another UPI address is wanted for an account that takes the shop's money. It counts when an owner confirms it, "
        "24 hours after it was begun at the earliest. If none of you did this: drop it, and revoke the owner's tokens now."
    )
