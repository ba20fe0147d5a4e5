"""Reading JSON that others wrote: any level may be missing, of another type, or absurd, and none of it may stop us.

What comes out of `decode` is safe to store: text is cleaned, numbers are finite, nothing is deeper than DEPTH. Nothing here knows a channel.
"""

import json
import math
from collections.abc import Mapping
from typing import Any

from haat.kernel.errors import Rejected
from haat.kernel.text import clean
from haat.kernel.time import SECOND, Instant

DEPTH = 24  # levels that are kept; the formats that we read need ten
ID_LIMIT = 512  # characters of an id; a wamid has about 70, a business-scoped user id at most 131
CUT = {"truncated": True}  # stands where something was left out


def decode(body: bytes) -> Mapping[str, Any]:
    """One JSON object. Raises Rejected for anything else, and for JSON nested deeper than Python can read."""
    try:
        document = json.loads(body, parse_int=_integer, parse_float=_fraction, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise Rejected("the body is no JSON that can be read") from None  # the error would quote the body
    if not isinstance(document, dict):
        raise Rejected("the body is no JSON object")
    return as_object(_tidy(document, DEPTH))


def as_object(value: Any) -> Mapping[str, Any]:
    """The value if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def objects(value: Any) -> tuple[list[Mapping[str, Any]], list[Any]]:
    """Those members of a list that are objects, and the odd ones; a value that is no list is odd as a whole."""
    if value is None:
        return [], []
    if not isinstance(value, list):
        return [], [value]
    return [item for item in value if isinstance(item, dict)], [item for item in value if not isinstance(item, dict)]


def word(value: Any, limit: int = ID_LIMIT) -> str | None:
    """An id or a word of a vocabulary, as text. None when it is missing, empty, longer than any such thing, or of another type."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        return None
    value = value.strip()
    return value if 0 < len(value) <= limit else None


def digits(value: Any) -> str | None:
    """A phone number as digits only; what is none (test data has placeholders) stays as it came."""
    given = word(value)
    if given is None:
        return None
    bare = given.translate(_PUNCTUATION)
    return bare if bare.isascii() and bare.isdecimal() else given


def instant(value: Any, received_at: Instant, tick: int = SECOND) -> Instant:
    """Ticks of so many ms (seconds) since 1970, as a number or as text. Missing, absurd or in the future: the time of receipt."""
    if isinstance(value, str) and value.isascii() and value.strip().isdecimal() and len(value) <= 20:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        return received_at
    return received_at if value * tick >= received_at else Instant(int(value * tick))


def code(value: Any) -> int | None:
    """A number that names something: an error code."""
    given = word(value, 12)
    return int(given) if given is not None and given.isascii() and given.removeprefix("-").isdecimal() else None


def canonical(value: Any) -> str:
    """The same text for the same content, in whichever order its fields came."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def size(value: Any) -> int:
    """Bytes of the value as compact JSON."""
    return len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


def shortened(text: str, limit: int) -> str:
    """The text if its JSON takes at most `limit` bytes, else so much of its beginning."""
    while len(text) * 6 + 2 > limit and (taken := size(text)) > limit:  # a control character takes six
        text = text[: len(text) * limit // taken - 1]
    return text


def bounded(content: Mapping[str, Any], limit: int) -> Mapping[str, Any]:
    """The content if its JSON takes at most `limit` bytes; else its long parts are cut, what still has no room goes, and `truncated` says so."""
    if size(content) <= limit:
        return content
    kept: dict[str, Any] = dict(CUT)
    room = limit - size(kept)
    for name, value in content.items():
        small = _small(value)
        cost = size({name: small})
        if name not in kept and cost <= room:
            kept[name] = small
            room -= cost
    return kept


def _small(value: Any) -> Any:
    match value:
        case str():
            return value if len(value) <= 1_000 else value[:1_000] + "…"
        case list():
            return [_small(item) for item in value[:20]]
        case dict():
            return {name[:100]: _small(item) for name, item in list(value.items())[:50]}
        case _:
            return value


def _tidy(value: Any, depth: int) -> Any:
    match value:
        case str():
            return clean(value)
        case dict() if depth:
            return {clean(name): _tidy(item, depth - 1) for name, item in value.items()}
        case list() if depth:
            return [_tidy(item, depth - 1) for item in value]
        case dict() | list():
            return dict(CUT)
        case _:
            return value


def _integer(text: str) -> int | str:
    """A number beyond 64 bits stays text: Python refuses to read thousands of digits, and no store would hold them."""
    return int(text) if len(text) < 20 else text


def _fraction(text: str) -> float | str:
    number = float(text)
    return number if math.isfinite(number) else text[:ID_LIMIT]


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


_PUNCTUATION = str.maketrans("", "", "+ -().")
