"""Sentences for shops: every case that can occur has one of its own, in each language, and none is there that nothing leads to."""

import string
from collections.abc import Iterator
from typing import get_args

import pytest

from haat.verification.model.badge import FallReason
from haat.verification.model.evidence import DocumentState
from haat.verification.model.request import CheckKind, CheckState
from haat.verification.rules import deciding, files, looking, wants, words
from haat.verification.rules.words_bn import WORDS as BN
from haat.verification.rules.words_en import WORDS as EN
from haat.verification.rules.words_hi import WORDS as HI

KINDS: tuple[CheckKind, ...] = get_args(CheckKind)
STATES: tuple[CheckState, ...] = get_args(CheckState)
LANGUAGES = {"en": EN, "bn": BN, "hi": HI}
NOT_DRAWN = ("none", "unsigned", "review", "shop_closed", *get_args(FallReason))


def outcomes() -> Iterator[tuple[CheckKind, CheckState, str]]:
    """All that a check can come to."""
    for kind in KINDS:
        yield kind, "passed", ""
        yield from ((kind, "failed", word) for word in looking.FAILED[kind])
        yield from ((kind, "unreachable", word) for word in looking.UNREACHABLE.get(kind, ()))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_outcome_has_a_sentence_of_its_own(language: str) -> None:
    """Not that which stands for any outcome of its state; and no two outcomes of a check read alike."""
    for kind in KINDS:
        mine = [(state, word) for of, state, word in outcomes() if of == kind]
        said = {words.sentence(kind, state, word, language) for state, word in mine}
        assert len(said) == len(mine)
        assert not said & {words.sentence("?", state, "?", language) for state in STATES}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_document_and_wish_has_words(language: str) -> None:
    """Why a badge is not drawn, what became of a document, what a reviewer asks for."""
    known = LANGUAGES[language]
    assert set(known.badges) == {*NOT_DRAWN, "other"}
    assert set(known.wanted) == {*deciding.WANTED, "other"}
    assert set(known.missing) == set(wants.LACKS)
    assert set(known.documents) == {*get_args(DocumentState), *(f"refused.{why}" for why in files.REFUSALS)}
    assert len({words.fallen(why, language) for why in NOT_DRAWN}) == len(NOT_DRAWN)
    assert len({words.document("refused", why, language) for why in ("", *files.REFUSALS)}) == 4


def test_languages_say_the_same_things() -> None:
    """Each key is in all three, with the same places to fill, and every key is one that something leads to."""
    reached = {f"{kind}.{word or state}" for kind, state, word in outcomes()} | set(STATES)
    papers = {f"{kind}.{word}" for kind in EN.papers for word in EN.paper}
    for other in LANGUAGES.values():
        for mine, theirs in ((EN.checks, other.checks), (EN.paper, other.paper)):
            assert set(mine) == set(theirs)
            assert {key: _places(text) for key, text in mine.items()} == {
                key: _places(text) for key, text in theirs.items()
            }
        assert set(other.checks) <= reached
        assert reached <= set(other.checks) | papers


@pytest.mark.parametrize("language", LANGUAGES)
def test_sentence_tells_only_what_can_be_done_now(language: str) -> None:
    """A request that was sent can only be withdrawn; one that is given back is sent again; of one that is over only the fact is told."""
    tails = LANGUAGES[language].tails
    assert set(tails["sent"]) == set(tails["open"]) == set(EN.tails["sent"])
    withdrawn = [tails["sent"][name] for name in ("fix", "again", "anew", "token")]
    for kind, state, word in outcomes():
        sent, opened, over, tried = (
            words.sentence(kind, state, word, language, stand) for stand in ("sent", "open", "over", "tried")
        )
        assert not any(tail in told for tail in withdrawn for told in (opened, over))
        assert not any(tail in over for tails_of in tails.values() for tail in tails_of.values())
        assert len(over) <= len(sent)
        assert not any(tails["sent"][name] in tried for name in ("wait", "retry"))
    for word in ("no_file", "no_token"):
        told = words.sentence("website", "failed", word, language)
        assert told.endswith(tails["sent"]["token"]), "the next request has another token"


def _places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("language", ["bn", "bn-IN", "hi", "en", "ta", ""])
@pytest.mark.parametrize("state", STATES)
def test_word_that_is_not_known_gets_what_its_state_means(language: str, state: str) -> None:
    """A newer version may have written it; and a language that is not ours gets English."""
    says = words.sentence("gstin", state, "a word of tomorrow", language)
    assert says
    assert "{" not in says
    assert says.isascii() is (language[:2] not in ("bn", "hi"))
    assert words.fallen("a reason of tomorrow", language) == words.fallen("other", language)
    assert words.wanted("a field of tomorrow", language) == words.wanted("other", language)
    assert words.document("refused", "tomorrow", language) == words.document("refused", "", language)


def test_sentences_are_short_enough_to_be_read_on_a_phone() -> None:
    """Two or three lines, not a letter."""
    for language in LANGUAGES:
        for kind, state, word in outcomes():
            assert len(words.sentence(kind, state, word, language)) <= 320
