from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haat.conversation.model import Entry
from haat.conversation.rules.learning import LookAlike, is_of, learn, look_alikes, version_of
from haat.conversation.rules.training import inverse
from haat.kernel.ids import CustomerId
from tests.unit.conversation import shops

ENTRIES = (
    Entry(id="hours", examples=("when are you open", "shop timing", "which street is your shop in"), replies={}),
    Entry(
        id="place", examples=("which street is the shop in", "your street please", "shop address street"), replies={}
    ),
    Entry(id="price", examples=("what does it cost", "দাম কত", "\ud800 odd"), replies={}),
)
LEARNT = learn(ENTRIES)


def test_same_entries_learn_the_same_bytes() -> None:
    """Nothing is drawn by chance, and what was learnt is of its entries, in any order."""
    assert learn(ENTRIES) == LEARNT
    assert is_of(LEARNT, ENTRIES)
    assert is_of(LEARNT, ENTRIES[::-1])
    assert is_of(learn(()), ())


def test_version_is_of_what_is_learnt_from() -> None:
    """Another id or example is another version; a reply, a title or an asker is not."""
    version = version_of(ENTRIES)
    first, *others = ENTRIES
    told = replace(
        first, replies={"en": "10"}, titles={"en": "Hours"}, askers={"shop timing": CustomerId("c")}, to_person=True
    )
    assert version_of((told, *others)) == version == version_of(ENTRIES[::-1])
    changed = [
        (replace(first, id="hour"), *others),
        (replace(first, examples=first.examples[1:]), *others),
        (replace(first, examples=(*first.examples, "x")), *others),
        (replace(first, examples=("when are you open?", *first.examples[1:])), *others),
        (first, replace(others[0], examples=()), others[1]),
        ENTRIES[1:],
        (*ENTRIES, Entry(id="new", examples=(), replies={})),
        (Entry(id="hours", examples=("ab", "c"), replies={}),),
        (Entry(id="hours", examples=("a", "bc"), replies={}),),
    ]
    versions = {version_of(entries) for entries in changed}
    assert len(versions | {version}) == len(changed) + 1
    assert not any(is_of(LEARNT, entries) for entries in changed)


@given(st.binary(max_size=80) | st.integers(0, len(LEARNT) - 1))
def test_damaged_or_foreign_bytes_are_of_nothing(harm: bytes | int) -> None:
    """Any byte that is not ours, and any that was turned, makes it nobody's; nothing is raised."""
    bad = harm if isinstance(harm, bytes) else LEARNT[:harm] + bytes([LEARNT[harm] ^ 1]) + LEARNT[harm + 1 :]
    assert not is_of(bad, ENTRIES)
    assert look_alikes(ENTRIES, bad) == look_alikes(ENTRIES)


def test_no_word_is_in_what_was_learnt() -> None:
    """It says nothing of what customers or the shop wrote: only numbers are kept."""
    assert all(word.encode() not in LEARNT for word in ("hours", "street", "কত"))


@pytest.mark.parametrize("learnt", [b"", LEARNT], ids=["nearest", "learnt"])
def test_example_of_another_entry_is_shown(learnt: bytes) -> None:
    """An example that another entry would answer is named with both entries; one that its own would answer is not."""
    found = look_alikes(ENTRIES, learnt)
    assert (
        LookAlike(example="which street is your shop in", entry="hours", other="place", confidence=found[0].confidence)
        == found[0]
    )
    assert found[0].confidence > 0.35
    assert "which street are you in" not in {each.example for each in found}
    assert sorted(found, key=lambda each: -each.confidence) == list(found)


def test_clear_entries_do_not_look_alike() -> None:
    """Entries that share no words are told apart; where there is one entry, or one example, there is none to mistake it for."""
    clear = (
        Entry(id="a", examples=("open on sunday", "sunday open today"), replies={}),
        Entry(id="b", examples=("home delivery charge", "charge for delivery"), replies={}),
    )
    for entries in (clear, clear[:1], (Entry(id="one", examples=("x",), replies={}),), ()):
        assert look_alikes(entries, learn(entries)) == look_alikes(entries) == ()


def test_few_examples_of_a_tidy_shop_look_alike() -> None:
    """What was learnt confuses fewer examples than their likeness alone."""
    entries = shops.entries("faq_rich")
    assert len(look_alikes(entries, learn(entries))) < len(look_alikes(entries)) < 40


@given(st.lists(st.lists(st.floats(-1, 1), min_size=6, max_size=6), min_size=1, max_size=6))
def test_inverse_is_one(rows: list[list[float]]) -> None:
    """A matrix of likenesses with a ridge, times its inverse, is the identity."""
    alike = [[sum(a * b for a, b in zip(one, other, strict=True)) for other in rows] for one in rows]
    found = inverse(alike, 0.3)
    size = range(len(rows))
    for i in size:
        for j in size:
            product = sum((alike[i][k] + 0.3 * (i == k)) * found[k][j] for k in size)
            assert product == pytest.approx(float(i == j), abs=1e-9)
