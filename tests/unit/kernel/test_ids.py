import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haat.kernel.ids import Pepper, ulid, ulid_time

TIMES = st.integers(0, (1 << 48) - 1)
ENTROPY = st.binary(min_size=10, max_size=40)
FORM = re.compile("[0-7][0-9A-HJKMNP-TV-Z]{25}")
PARTS = st.lists(st.text(st.characters(exclude_categories=())), max_size=4)


@pytest.mark.parametrize(
    ("at", "entropy", "canonical"),
    [
        (1_469_918_176_385, bytes(10), "01ARYZ6S410000000000000000"),
        (1_469_922_850_259, bytes.fromhex("d6764c61efb99302bd5b"), "01ARZ3NDEKTSV4RRFFQ69G5FAV"),
        (0, bytes(10), "0" * 26),
        ((1 << 48) - 1, b"\xff" * 10, "7" + "Z" * 25),
    ],
)
def test_ulid_has_the_canonical_form_of_its_specification(at: int, entropy: bytes, canonical: str) -> None:
    """A time and chance are written as the specification writes them, first and last of all among them."""
    made = ulid(at, entropy)
    assert made == canonical
    assert FORM.fullmatch(made)


def test_ulid_of_the_specification_tells_its_time() -> None:
    """The example in the specification is read as the moment that it was made."""
    assert ulid_time("01ARZ3NDEKTSV4RRFFQ69G5FAV") == 1_469_922_850_259


@given(TIMES, ENTROPY)
def test_ulid_keeps_its_time_and_all_its_chance(at: int, entropy: bytes) -> None:
    """Nothing of the time or of ten bytes of chance is lost: two of either make two ids."""
    made = ulid(at, entropy)
    assert FORM.fullmatch(made)
    assert ulid_time(made) == at
    number = int.from_bytes(entropy[:10])
    other = ((number + 1) % (1 << 80)).to_bytes(10)
    assert ulid(at, other) != made


@given(TIMES, ENTROPY, TIMES, ENTROPY)
def test_ulids_sort_by_time_then_by_chance(at: int, one: bytes, then: int, other: bytes) -> None:
    """Sorting by text is sorting by time, so that a list of ids is a list in order."""
    assert (ulid(at, one) < ulid(then, other)) == ((at, one[:10]) < (then, other[:10]))


@pytest.mark.parametrize(("absurd", "clamped"), [(-1, 0), (1 << 48, (1 << 48) - 1), (1 << 70, (1 << 48) - 1)])
def test_time_outside_of_a_ulid_is_clamped(absurd: int, clamped: int) -> None:
    """A time of a provider that no ULID holds makes an id all the same."""
    assert ulid(absurd, bytes(10)) == ulid(clamped, bytes(10))


def test_short_entropy_makes_a_whole_ulid() -> None:
    """Too few bytes still make 26 letters."""
    assert ulid(0, b"\1") == "0000000000" + "0400000000000000"


@given(PARTS, PARTS)
def test_fingerprints_of_different_parts_differ(one: list[str], other: list[str]) -> None:
    """Only the same list of parts has the same fingerprint: no shop can be made to meet another's key."""
    pepper = Pepper(b"k")
    assert (pepper.digest(*one) == pepper.digest(*other)) == (one == other)


@pytest.mark.parametrize(
    ("one", "other"), [(("ab", "c"), ("a", "bc")), (("a",), ("a", "")), (("",), ()), (("a", "b"), ("b", "a"))]
)
def test_where_a_part_ends_is_part_of_the_fingerprint(one: tuple[str, ...], other: tuple[str, ...]) -> None:
    """Letters that move from one part to the next make another fingerprint."""
    pepper = Pepper(b"k")
    assert pepper.fingerprint(*one) != pepper.fingerprint(*other)


def test_fingerprint_is_128_bits_of_hex_and_hangs_on_the_pepper() -> None:
    """A fingerprint is 32 hex digits, and somebody without our pepper can't find the number behind it."""
    known = Pepper(b"k").fingerprint("919800000001")
    assert re.fullmatch("[0-9a-f]{32}", known)
    assert known == Pepper(b"k").fingerprint("919800000001") != Pepper(b"other").fingerprint("919800000001")


def test_lone_surrogate_has_a_fingerprint() -> None:
    """What is no text has a fingerprint too, and not that of what it looks like."""
    assert Pepper(b"k").fingerprint("\ud800") != Pepper(b"k").fingerprint("\ufffd")


@pytest.mark.parametrize("form", ["{}", "{!r}", "{!s:>20}", "{0} {0!r}"])
def test_pepper_never_prints(form: str) -> None:
    """The key of all fingerprints stands in no log, however it is shown."""
    pepper = Pepper(b"canary-key")
    shown = f"{form.format(pepper)} {[pepper]}"
    assert "***" in shown
    assert "canary" not in shown
