"""What a schema refuses, in words for the caller: which field, and what it must be. Never the value: it may be a person's."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

MOST = 100  # faults that are told; a body can hold more than an answer
MOST_NAME = 80  # characters of a name that the caller made up
_TYPES = {
    "integer": "a whole number without a point",
    "string": "text",
    "boolean": "true or false",
    "array": "a list",
    "object": "an object",
    "null": "null",
}


def told(errors: Iterable[Any], whole: str) -> dict[str, str]:
    """What is wrong by field, from fastjsonschema's errors; `whole` is what the value is called where no part of it is meant."""
    said: dict[str, str] = {}
    for error in errors:
        place = [str(part) for part in list(error.path)[1:]]
        for names, what in _said(error, whole):
            said.setdefault(".".join([*place, *names]) or whole, what)
            if len(said) == MOST:
                return said
    return said


def _said(error: Any, whole: str) -> Iterator[tuple[list[str], str]]:
    """Names below the error's own place, and what is wrong there."""
    rule, wants, held = error.rule, error.rule_definition, error.value
    schema: Mapping[str, Any] = error.definition
    match rule:
        case "required":
            for name in wants:
                if name not in held:
                    yield [name], "is missing"
        case "additionalProperties":
            known = schema.get("properties", {})
            unknown = "is no parameter of this address" if whole == "query" else "is not known here"
            for name in held:
                if name not in known:
                    yield [name[:MOST_NAME]], unknown
        case "oneOf":
            # Every oneOf of the document offers one of several fields, maybe with others that it needs; a test holds it so.
            begun = [option["required"] for option in wants if isinstance(held, dict) and option["required"][0] in held]
            if len(begun) == 1:
                yield from (([name], "is missing") for name in begun[0] if name not in held)
            else:
                names = " or ".join(option["required"][0] for option in wants)
                yield [], f"needs either {names}, and not both"
        case "type":
            yield [], "must be " + " or ".join(_TYPES[kind] for kind in ([wants] if isinstance(wants, str) else wants))
        case "enum":
            yield [], "must be one of " + ", ".join(map(str, wants))
        case _:
            yield [], _limit(rule, wants, schema)


def _limit(rule: str, wants: Any, schema: Mapping[str, Any]) -> str:
    match rule:
        case "minLength":
            return "must not be empty" if wants == 1 else f"must have at least {wants} characters"
        case "maxLength":
            letters = schema.get("x-haat-letters")
            return f"must have at most {letters} letters" if letters else f"must have at most {wants} characters"
        case "minItems" | "minProperties":
            return "must not be empty" if wants == 1 else f"must have at least {wants} entries"
        case "maxItems" | "maxProperties":
            return f"must have at most {wants} entries"
        case "minimum":
            return f"must be at least {wants}"
        case "maximum":
            return f"must be at most {wants}"
        case "uniqueItems":
            return "must not hold the same twice"
        case "pattern":
            return str(schema.get("x-haat-says", "must not be empty"))
        case "format":
            return "is no day of the calendar, such as 2026-11-24"
        case _:
            return "is not as it should be"
