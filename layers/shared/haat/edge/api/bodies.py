"""A JSON body as Python values: text in NFC, numbers as ints or not at all.

To OpenAPI 3.0, in which our document is written, a whole number has neither a point nor an exponent (JSON Schema, Wright draft 00,
4.2). The library that checks bodies takes 3.0 for one and would let it through as a float, to where money, stock and times are counted.
"""

import json
from typing import Any

from haat.kernel.errors import Rejected
from haat.kernel.text import clean

MOST_DEEP = 20
MOST_DIGITS = 20  # no field takes more than 11
FAR: int = 10**MOST_DIGITS  # beyond every field's bounds


class NotWhole:
    """Stands for a number with a point or an exponent: a value of no type, which every schema refuses by its field."""


def read_json(raw: bytes) -> Any:
    """What a body says. Raises Rejected with a sentence for the caller."""
    try:
        said = json.loads(
            raw,
            object_pairs_hook=_object,
            parse_constant=_no_number,
            parse_float=lambda _: NotWhole(),
            parse_int=_whole,
        )
    except (ValueError, RecursionError):
        raise Rejected("the body is no JSON") from None
    return _clean(said, MOST_DEEP)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    named = dict(pairs)
    if len(named) != len(pairs):
        raise Rejected("a name stands twice in one object")
    return named


def _no_number(word: str) -> Any:
    raise Rejected(f"{word} is no number of JSON")


def _whole(text: str) -> int:
    """The number, or one that is out of all bounds: reading digits without end is work that a caller could ask for."""
    if len(text) <= MOST_DIGITS:
        return int(text)
    return -FAR if text.startswith("-") else FAR


def _clean(value: Any, deep: int) -> Any:
    if deep == 0:
        raise Rejected("the body is too deep")
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list):
        return [_clean(item, deep - 1) for item in value]
    if isinstance(value, dict):
        return {clean(name): _clean(item, deep - 1) for name, item in value.items()}
    return value
