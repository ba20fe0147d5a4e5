"""How the API reads a JSON body: nothing in it is a float."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haat.edge.api.bodies import FAR, NotWhole, read_json
from haat.kernel.errors import Rejected


def read(written: str) -> object:
    """One number, as it comes in."""
    (value,) = read_json(f"[{written}]".encode())
    return value


@pytest.mark.parametrize(("written", "value"), [("0", 0), ("-7", -7), ("-0", 0), ("99999999999", 99_999_999_999)])
def test_whole_number_is_an_int(written: str, value: int) -> None:
    """As it is written."""
    assert (read(written), type(read(written))) == (value, int)


@pytest.mark.parametrize(
    "written", ["3.0", "1e3", "1E+3", "-0.0", "120e-1", "2.5", "1e-40", "1e999", "1e999999999", "0." + "1" * 100_000]
)
def test_number_with_a_point_or_an_exponent_is_of_no_type(written: str) -> None:
    """OpenAPI 3.0: it is no whole number, whatever its value; and nothing is made of it, which would be work or a float."""
    assert isinstance(read(written), NotWhole)


@pytest.mark.parametrize(("written", "value"), [("9" * 21, FAR), ("-" + "9" * 20, -FAR), ("9" * 100_000, FAR)])
def test_number_without_measure_is_out_of_all_bounds(written: str, value: int) -> None:
    """Its field refuses it; nobody reads all its digits."""
    assert read(written) == value


@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity"])
def test_what_is_no_number_is_refused(word: str) -> None:
    """Python reads these words; JSON has none of them (RFC 8259)."""
    with pytest.raises(Rejected, match="is no number of JSON"):
        read(word)


@given(st.floats(allow_nan=False, allow_infinity=False) | st.integers())
def test_no_body_brings_a_float(number: float) -> None:
    """Whatever number is sent."""
    written = repr(number)
    assert type(read(written)) is (NotWhole if {".", "e"} & set(written) else int)


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "no JSON"),
        (b"{", "no JSON"),
        (b"\xff\xfe\xff", "no JSON"),
        (b'{"a": 1, "a": 2}', "twice"),
        (b"[" * 25 + b"]" * 25, "too deep"),
        (b"[" * 100_000, "no JSON"),
    ],
)
def test_body_that_is_no_document_is_refused_in_a_sentence(raw: bytes, said: str) -> None:
    """Without what stood in it."""
    with pytest.raises(Rejected, match=said):
        read_json(raw)


def test_text_is_as_haat_keeps_it() -> None:
    """Names and values are NFC and hold no NUL."""
    assert read_json('{"cafe\u0301\\u0000": "\u09a1\u09bc"}'.encode()) == {"café": "\u09a1\u09bc"}
