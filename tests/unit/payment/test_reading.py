"""How what a bank writes is read: JSON within bounds, money without floats, words, times, ids."""

import json
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haat.kernel.errors import Rejected
from haat.payment.rules import reading

TEN = int(datetime(2026, 3, 2, 4, 30, tzinfo=UTC).timestamp() * 1000)  # ten o'clock in India
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**17), 10**17) | st.text(),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(), inside, max_size=3),
    max_leaves=8,
)


def why(read: Callable[[], Any]) -> str:
    """The word of a refusal."""
    with pytest.raises(Rejected) as caught:
        read()
    return caught.value.word


@given(st.dictionaries(st.text(), PLAIN, max_size=3))
def test_plain_document_is_read_as_anyone_reads_it(document: dict[str, Any]) -> None:
    """Text, whole numbers, true, false and null come out as they went in."""
    assert reading.document(json.dumps(document).encode()) == document


@given(st.binary(max_size=300))
def test_bytes_are_a_document_or_are_refused(raw: bytes) -> None:
    """Nothing else comes out, whatever goes in."""
    found: object
    try:
        found = reading.document(raw)
    except Rejected as refused:
        found = refused.word
    assert found == "malformed" or isinstance(found, dict)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"1",
        b'"text"',
        b"[]",
        b"null",
        b"{}{}",
        b"{'a':1}",
        b'{"a":NaN}',
        b'{"a":-Infinity}',
        b'{"a":1,"a":1}',
        b'{"x":{"a":1,"a":2}}',
        b'{"x":[{"a":1,"\\u0061":2}]}',
        b'{"a":"\xff"}',
        '{"a":1}'.encode("utf-16"),
        '{"a":1}'.encode("utf-32"),
        b"\xef\xbb\xbf{}",
        b'{"a":' * 20 + b"1" + b"}" * 20,
        b'{"a":' + b"[" * 50_000,
        b'{"a":' + b"[" * 20_000 + b"]" * 20_000 + b"}",
    ],
)
def test_what_is_no_plain_document_is_malformed(raw: bytes) -> None:
    """No object, a key twice, another encoding, a number that is none, too deep: all one word, and no crash."""
    assert why(lambda: reading.document(raw)) == "malformed"


def test_refusal_quotes_nothing() -> None:
    """Its text can be logged, and so can whatever Python chains to it."""
    with pytest.raises(Rejected) as caught:
        reading.document(b'{"vpa": canary@testpsp')
    assert "canary" not in str(caught.value)
    assert caught.value.__suppress_context__
    assert "canary" not in str(caught.value.__cause__)


def test_size_is_bounded_to_the_byte() -> None:
    """One byte more is too large, whatever it holds."""
    raw = b'{"a":1}'
    assert reading.document(raw, len(raw)) == {"a": 1}
    assert why(lambda: reading.document(raw, len(raw) - 1)) == "too_large"


def test_depth_is_bounded_to_the_level() -> None:
    """Objects and lists count alike."""
    for opened, closed, levels in ((b'{"a":', b"}", 1), (b'{"a":[', b"]}", 2)):
        most = reading.DEPTH // levels
        assert reading.document(opened * most + b"1" + closed * most)
        raw = opened * (most + 1) + b"1" + closed * (most + 1)
        assert why(lambda raw=raw: reading.document(raw)) == "malformed"  # type: ignore[misc]  # a default binds it


@pytest.mark.parametrize("number", ["1.0", "250.00", "1e3", "-0.0", "1E400", "9" * 19, "9" * 5_000, "-" + "9" * 5_000])
def test_number_that_is_no_small_integer_is_read_as_nothing(number: str) -> None:
    """It costs nothing, spoils nothing beside it, and is neither an amount nor a time nor a text."""
    found = reading.document(b'{"a":%s,"b":1}' % number.encode())
    assert found["b"] == 1
    assert why(lambda: reading.minor(found["a"])) == "bad_amount"
    assert why(lambda: reading.paise(found["a"])) == "bad_amount"
    assert why(lambda: reading.seconds(found["a"], "at")) == "malformed"
    assert reading.maybe_text(found["a"]) == ""


@given(st.integers(0, 10**14))
def test_rupees_read_back(amount: int) -> None:
    """What we write as rupees is read as the same paise."""
    assert reading.paise(reading.rupees(amount)) == amount


@pytest.mark.parametrize(
    ("text", "amount"), [("0", 0), ("0.5", 50), ("0.05", 5), ("250", 25000), ("250.5", 25050), ("100000.00", 10000000)]
)
def test_rupees_are_read_to_the_paisa(text: str, amount: int) -> None:
    """One place is tens of paise, none is none."""
    assert reading.paise(text) == amount


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "250 ",
        "250\n",
        "+250",
        "-250",
        "0250",
        "00",
        ".5",
        "250.",
        "250.000",
        "2,500",
        "2_500",
        "1e3",
        "0x1",
        "٢٥٠",
        "²",
        "9" * 14,
    ],
)
def test_text_that_is_no_amount_is_refused(text: str) -> None:
    """The grammar is narrow, and in ASCII."""
    assert why(lambda: reading.paise(text)) == "bad_amount"


@pytest.mark.parametrize("value", [True, False, None, -1, "1", 1.0, 10**15, [], {}])
def test_value_that_is_no_whole_amount_is_refused(value: Any) -> None:
    """A bool is an int to Python, and no money to us."""
    assert why(lambda: reading.minor(value)) == "bad_amount"


def test_whole_amount_is_taken_as_it_is() -> None:
    """From nothing to the largest."""
    assert [reading.minor(value) for value in (0, 1, 10**15 - 1)] == [0, 1, 10**15 - 1]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("S", "SUCCESS"),
        (" s\t", "SUCCESS"),
        ("fail", "FAILED"),
        ("", "UNKNOWN"),
        ("SS", "UNKNOWN"),
        ("ſ", "UNKNOWN"),
        ("faıl", "UNKNOWN"),
        ("Ｓ", "UNKNOWN"),
        ("S\u00a0", "UNKNOWN"),
    ],
)
def test_word_is_trimmed_and_upper_cased_in_ascii(said: str, meant: str) -> None:
    """A letter that only becomes an S is no S."""
    assert reading.status({"S": "SUCCESS", "FAIL": "FAILED"}, said) == meant


@pytest.mark.parametrize(
    "value", [None, "", 606110000501, 6.0611e11, True, "a\nb", "a\0", "\ud800", "x" * 129, "e\u0301", ["a"]]
)
def test_value_that_is_no_text_is_refused_or_empty(value: Any) -> None:
    """A number is no id: its zeros would be lost. What no table could hold is none either."""
    assert why(lambda: reading.text(value, "id")) == "malformed"
    assert reading.maybe_text(value) == ""


def test_text_stays_as_it_came() -> None:
    """Zeros before it and blanks about it are kept."""
    for value in ("006110000501", " x ", "दुकान", "a@b"):
        assert reading.text(value, "id") == value == reading.maybe_text(value)


@pytest.mark.parametrize(
    "value", ["2026-03-02T10:00:00+05:30", "2026-03-02T04:30:00Z", "2026-03-02T04:30:00.000+00:00"]
)
def test_time_with_an_offset_is_read(value: str) -> None:
    """Whichever offset it has."""
    assert reading.moment(value, "at") == TEN


@pytest.mark.parametrize(
    "value", [None, 5, "", "now", "2026-03-02", "2026-03-02T10:00:00", "1969-12-31T23:59:59Z", "٢026-03-02T10:00:00Z"]
)
def test_time_without_an_offset_is_no_moment(value: Any) -> None:
    """Nobody knows whose ten o'clock it is."""
    assert why(lambda: reading.moment(value, "at")) == "malformed"


@pytest.mark.parametrize(
    ("value", "form"),
    [
        ("2026-03-02 10:00:00 AM", "%Y-%m-%d %I:%M:%S %p"),
        ("20260302100000", "%Y%m%d%H%M%S"),
        ("2026:03:02 10:00:00", "%Y:%m:%d %H:%M:%S"),
    ],
)
def test_indian_clock_is_five_and_a_half_hours_ahead(value: str, form: str) -> None:
    """Banks write it in their own ways."""
    assert reading.india(value, form, "at") == TEN
    for odd in (value + " ", value[:-1] + "x", value.replace("2", "２"), "", 5, None):
        assert why(lambda odd=odd: reading.india(odd, form, "at")) == "malformed"  # type: ignore[misc]  # a default binds it


@given(st.integers(1, 253402300799))
def test_seconds_become_milliseconds(value: int) -> None:
    """To the end of the year 9999."""
    assert reading.seconds(value, "at") == value * 1000


@pytest.mark.parametrize("value", [0, -1, True, "5", None, 253402300800])
def test_value_that_is_no_second_is_refused(value: Any) -> None:
    """Zero is what is written for never."""
    assert why(lambda: reading.seconds(value, "at")) == "malformed"


@given(st.datetimes(datetime(1970, 1, 2), datetime(9999, 12, 30)), st.integers(-840, 840))  # noqa: DTZ001  # made aware below
def test_any_moment_is_what_datetime_says(when: datetime, minutes: int) -> None:
    """To the millisecond, rounded down."""
    aware = when.replace(tzinfo=UTC)
    told = (aware + timedelta(minutes=minutes)).replace(tzinfo=None).isoformat()
    sign = "-" if minutes < 0 else "+"
    offset = f"{sign}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
    assert reading.moment(told + offset, "at") == (aware - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(
        milliseconds=1
    )


@pytest.mark.parametrize("item", [b"1", b"{}", b'{"type":"payment"}', b'{"a":[],"b":[],"c":1}', b'"text"', b"[]"])
def test_report_of_too_many_lines_is_refused_at_little_cost(item: bytes) -> None:
    """The largest file of the shortest lines: its values are not made only to be counted."""
    for count in (reading.MOST_LINES + 1, (reading.FILE - 20) // (len(item) + 1)):
        raw = b'{"items":[' + (item + b",") * (count - 1) + item + b"]}"
        tracemalloc.start()
        try:
            assert why(partial(reading.lines, raw, "items")) == "too_many_lines"
            assert tracemalloc.get_traced_memory()[1] < 12 * reading.FILE
        finally:
            tracemalloc.stop()
    assert len(reading.lines(b'{"items":[' + b"1," * (reading.MOST_LINES - 1) + b"1]}", "items")) == reading.MOST_LINES
