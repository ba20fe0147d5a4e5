import pytest

from haat.conversation.model import Entry
from haat.conversation.rules.guessing import Guess, columns_of, guesses
from haat.conversation.rules.saying import sorted_out

COLUMNS = columns_of(
    sorted_out((Entry(id="a", examples=("one", "two"), replies={}), Entry(id="b", examples=("six",), replies={})))[0]
)


def test_votes_rank_and_the_nearest_example_confirms() -> None:
    """What was learnt decides which entry it is; how sure that is, is half from the votes and half from the nearest example."""
    assert guesses([0.5, 0.7, 0.2], COLUMNS, [0.3, 0.4]) == [
        Guess(column=1, confidence=0.3, nearest=2),
        Guess(column=0, confidence=0.5, nearest=1),
    ]


def test_nearest_example_decides_alone_but_less_surely() -> None:
    """Without votes the likeness ranks, and four fifths of it is believed."""
    assert guesses([0.5, 0.7, 0.2], COLUMNS, None) == [
        Guess(column=0, confidence=0.56, nearest=1),
        Guess(column=1, confidence=0.16, nearest=2),
    ]


@pytest.mark.parametrize("votes", [None, [0.4, 0.4]])
def test_equals_go_by_id_and_unlike_entries_are_none(votes: list[float] | None) -> None:
    """Of equally good guesses the first by id wins; an entry without any likeness is no guess, whatever was learnt."""
    assert [guess.column for guess in guesses([0.0, 0.3, 0.3], COLUMNS, votes)] == [0, 1]
    assert [guess.column for guess in guesses([0.0, 0.0, 0.3], COLUMNS, votes)] == [1]
    assert guesses([0.0, 0.0, 0.0], COLUMNS, votes) == []


def test_confidence_stays_between_none_and_all() -> None:
    """Votes may lie outside of 0 to 1; a confidence does not, and has four places."""
    found = guesses([1.0, 0.0, 0.1], COLUMNS, [1.2, -0.6])
    assert [guess.confidence for guess in found] == [1.0, 0.0]
    assert guesses([1 / 3, 0.0, 0.0], COLUMNS, [1 / 3, 0.0])[0].confidence == 0.3333
