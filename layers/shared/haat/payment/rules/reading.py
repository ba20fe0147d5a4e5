"""Reading what a bank writes. Anything may be missing, of another type, or made to hurt, and none of it may stop us.

Every function here raises `Rejected` and nothing else; its `word` is the reason in one word: too_large, malformed or bad_amount. Its text never
quotes what was read. Money is whole minor units throughout: no float is ever made, not even on the way.
"""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Final

from haat.kernel.errors import Rejected
from haat.kernel.text import clean
from haat.kernel.time import SECOND, Instant
from haat.payment.model.evidence import Status

CALLBACK: Final = 64 * 1024  # bytes of one callback; the largest that a provider documents has about ten thousand
ANSWER: Final = 1024 * 1024  # bytes of one answer; a hundred payments of Razorpay are about a tenth of it
FILE: Final = 8 * 1024 * 1024  # bytes of one settlement report
MOST_LINES: Final = 50_000  # of one settlement report: each is kept, and held against our books
MOST_VALUES: Final = 12 * MOST_LINES  # in one, counted by commas or lines: Razorpay's largest has two thirds of it
MOST_OBJECTS: Final = 4 * MOST_LINES  # in one, counted by braces: a line is one, and some hold another
DEPTH: Final = 16  # levels of objects and lists; the deepest format that we read has six
INDIA: Final = timezone(timedelta(hours=5, minutes=30))  # no daylight saving since 1945, so no table of zones is needed

_RUPEES: Final = re.compile(
    r"(0|[1-9][0-9]{0,12})(?:\.([0-9]{1,2}))?"
)  # reference, section 2; [0-9], as \d is any script
_DIGITS: Final = 15  # of an amount in minor units: ten lakh crore rupees
_LAST_SECOND: Final = 253402300799  # of the year 9999


class _Unusable:
    """Stands where JSON had a number with a fraction or an exponent, or an absurdly long one. Nothing that we read is such a number."""

    def __repr__(self) -> str:
        return "a number that is not read"


UNUSABLE: Final = _Unusable()


def malformed(what: str) -> Rejected:
    """What to raise when something is missing or of another kind. `what` is our name for it."""
    return Rejected(f"{what} can not be read", word="malformed")


def too_many() -> Rejected:
    """What to raise when a settlement report has more lines than are read."""
    return Rejected("it has more lines than any such thing", word="too_many_lines")


def document(raw: bytes, limit: int = CALLBACK) -> Mapping[str, Any]:
    """One JSON object in UTF-8, of at most `limit` bytes and DEPTH levels, without a key twice in any object (two readers would read two things)."""
    if len(raw) > limit:
        raise Rejected("it is larger than any such thing", word="too_large")
    try:
        found = json.loads(
            raw.decode(),  # json.loads would take UTF-16 and UTF-32 too, and so would not read what others read
            object_pairs_hook=_object,
            parse_int=_whole,
            parse_float=lambda _: UNUSABLE,
            parse_constant=_refuse,
        )
    except (ValueError, RecursionError):
        raise malformed("the JSON") from None  # the error would quote the body
    if not isinstance(found, dict) or _deeper_than(found, DEPTH):
        raise malformed("the JSON")
    return found


def part(of: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """The object under a name; Rejected where there is none."""
    found = of.get(name)
    if not isinstance(found, dict):
        raise malformed(name)
    return found


def parts(of: Mapping[str, Any], name: str) -> list[Any]:
    """The list under a name; Rejected where there is none."""
    found = of.get(name)
    if not isinstance(found, list):
        raise malformed(name)
    return found


def lines(raw: bytes, name: str) -> list[Any]:
    """The lines of a settlement report as JSON, in the list under a name. Rejected (too_many_lines) too, before millions of values are made of it."""
    if len(raw) <= FILE and (raw.count(b",") > MOST_VALUES or raw.count(b"{") > MOST_OBJECTS):
        raise too_many()
    found = parts(document(raw, FILE), name)
    if len(found) > MOST_LINES:
        raise too_many()
    return found


def maybe_part(of: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """The object under a name, an empty one where there is none (PHP writes an empty object as a list)."""
    found = of.get(name)
    return found if isinstance(found, dict) else {}


def text(value: Any, what: str, limit: int = 128) -> str:
    """An id or a word of theirs, exactly as it came: a number is none, so the zeros of an RRN stay. Rejected for anything else."""
    if isinstance(value, str) and 0 < len(value) <= limit and value.isprintable() and clean(value) == value:
        return value
    raise malformed(what)


def maybe_text(value: Any, limit: int = 128) -> str:
    """The same, and "" where it is missing or no such text: for what we can do without."""
    try:
        return text(value, "", limit)
    except Rejected:
        return ""


def minor(value: Any) -> int:
    """An amount that comes as a JSON integer in minor units. A bool is none, though Python says that it is an int."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**_DIGITS:
        return value
    raise Rejected("an amount is no whole number", word="bad_amount")


def paise(value: Any) -> int:
    """An amount that comes as text in rupees: 250, 250.5 or 250.00, in ASCII digits and nothing else."""
    found = _RUPEES.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise Rejected("an amount is not written as rupees are", word="bad_amount")
    return int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))


def rupees(amount: int) -> str:
    """Paise as a bank writes them: always two places."""
    return f"{amount // 100}.{amount % 100:02}"


def status(words: Mapping[str, Status], said: str) -> Status:
    """What a status word of a payment means. A word that is not listed is UNKNOWN."""
    return meaning(words, said, "UNKNOWN")


def meaning[T](words: Mapping[str, T], said: str, otherwise: T) -> T:
    """What a word means: trimmed and upper-cased, then looked up.

    Only ASCII is upper-cased: the Turkish dotless i becomes an I, the long s an S, and S is success at one bank.
    """
    return words.get(said.strip().upper(), otherwise) if said.isascii() else otherwise


def seconds(value: Any, what: str) -> Instant:
    """A time in whole seconds since 1970."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value <= _LAST_SECOND:
        return Instant(value * SECOND)
    raise malformed(what)


def moment(value: Any, what: str) -> Instant:
    """A time as in ISO 8601, with its offset from UTC."""
    try:
        found = datetime.fromisoformat(_plain(value, what))
    except ValueError:
        raise malformed(what) from None
    if found.tzinfo is None:
        raise malformed(what)
    return _instant(found, what)


def india(value: Any, form: str, what: str) -> Instant:
    """A time of an Indian clock without an offset, in a form of `strptime`, e.g. `%Y-%m-%d %I:%M:%S %p`."""
    try:
        found = datetime.strptime(_plain(value, what), form).replace(tzinfo=INDIA)
    except ValueError:
        raise malformed(what) from None
    return _instant(found, what)


def _plain(value: Any, what: str) -> str:
    found = text(value, what, 64)
    if not found.isascii():  # strptime takes the digits of any script
        raise malformed(what)
    return found


def _instant(found: datetime, what: str) -> Instant:
    since = found - datetime(1970, 1, 1, tzinfo=UTC)
    if since < timedelta():
        raise malformed(what)
    return Instant(since // timedelta(milliseconds=1))


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands twice")
    return found


def _whole(written: str) -> int | _Unusable:
    return int(written) if len(written.lstrip("-")) <= 18 else UNUSABLE  # thousands of digits cost seconds, or an error


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def _deeper_than(value: Any, levels: int) -> bool:
    """Not by recursion: what is measured here may be as deep as Python can read."""
    row = [value]
    for _ in range(levels):
        inside = [
            list(item.values()) if isinstance(item, dict) else item for item in row if isinstance(item, dict | list)
        ]
        row = [item for items in inside for item in items]
    return any(isinstance(item, dict | list) for item in row)
