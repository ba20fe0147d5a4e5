"""Facts as JSON: how they lie in queues and tables.

A reader ignores fields that it does not know and fills those that are missing from the defaults of its own version, so a
queue may hold what the version before or after ours wrote (design.md, 8.8). Fields are only ever added, with a default.
"""

import json
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from typing import Any

from haat.kernel.errors import Rejected


def to_json(fact: Any, name: str, version: int) -> str:
    """One compact JSON object. Letters stay letters: a Bengali text costs its UTF-8 bytes, not six for each letter."""
    return json.dumps({"fact": name, "v": version, **to_plain(fact)}, ensure_ascii=False, separators=(",", ":"))


def to_plain(value: Any) -> Any:
    """Dataclasses become objects; a field that holds its default is left out."""
    if is_dataclass(value) and not isinstance(value, type):
        held = ((field, getattr(value, field.name)) for field in fields(value))
        return {field.name: to_plain(inner) for field, inner in held if inner != _default(field)}
    if isinstance(value, tuple):
        return [to_plain(item) for item in value]
    return value


def _default(field: Field[Any]) -> Any:
    """What a field holds where nothing is said; MISSING where something must be."""
    return field.default if field.default_factory is MISSING else field.default_factory()


def check_version(data: Mapping[str, Any], version: int) -> None:
    """Raises Rejected unless this version wrote it, the one before or the one after: further off nothing is promised."""
    written = data.get("v")
    if not isinstance(written, int) or not max(1, version - 1) <= written <= version + 1:
        raise Rejected("written by a version too far from this one")


def from_plain[T](cls: type[T], data: Mapping[str, Any], nested: Mapping[str, type] | None = None) -> T:
    """Build a fact from an object. `nested` names the fields that are facts themselves.

    Raises Rejected when a field without a default is missing; says which, never what was in it.
    """
    known: dict[str, Any] = {}
    for field in fields(cls):  # type: ignore[arg-type]  # every fact is a dataclass
        if field.name in data:
            value = data[field.name]
            inner = (nested or {}).get(field.name)
            if isinstance(value, list):
                value = tuple(from_plain(inner, item) if inner else item for item in value)
            elif inner is not None and isinstance(value, Mapping):
                value = from_plain(inner, value)
            known[field.name] = value
    try:
        return cls(**known)
    except TypeError:
        missing = [f.name for f in fields(cls) if f.name not in known and _default(f) is MISSING]  # type: ignore[arg-type]  # as above
        raise Rejected(f"{cls.__name__} lacks {', '.join(missing)}") from None
