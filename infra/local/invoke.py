"""`make invoke FN=auto_reply CASE=hours_bengali`: one function, one sample event; what it answered, wrote and sent."""

import json
import sys
from collections.abc import Sequence
from contextlib import suppress
from decimal import Decimal
from typing import Any, cast

from boto3.dynamodb.types import Binary, TypeDeserializer

from haat.aws.outbox import unfold
from infra.local.samples import Item, NoSample, Outcome, Sample, load, perform
from infra.local.seed import seed
from infra.local.stage import Stage

_KEYS = ("pk", "sk")


def main(arguments: Sequence[str] | None = None) -> int:
    """Perform the sample on a fresh stage with the market in it; return the exit status."""
    function, case = arguments if arguments is not None else sys.argv[1:]
    try:
        sample = load(function, case)
    except NoSample as error:
        print(f"make invoke: {error}", file=sys.stderr)
        return 2
    with Stage.in_process() as stage:
        if function not in stage.functions:
            print(f"make invoke: no function {function}; there are: {', '.join(stage.functions)}", file=sys.stderr)
            return 2
        seed(stage)
        outcome = perform(stage, sample)
    print(render(sample, outcome))
    return 0 if outcome.failure is None and (not sample.has_expected or outcome.answer == sample.expected) else 1


def render(sample: Sample, outcome: Outcome) -> str:
    """Return what a person wants to read about it."""
    lines = [f"{sample.function} with events/{sample.function}/{sample.case}.json", "", "answered"]
    if outcome.failure is not None:
        lines += [f"  nothing: {outcome.failure.kind}: {outcome.failure.message}"]
    else:
        lines += _indented(outcome.answer)
    if sample.has_expected:
        same = outcome.failure is None and outcome.answer == sample.expected
        lines += ["  as expected"] if same else ["  but expected was", *_indented(sample.expected)]
    lines += ["", "called", *(f"  {call.number:>2} {call.service} {call.operation}" for call in outcome.calls)]
    lines += ["", "wrote", *_written(outcome)]
    lines += ["", "sent"]
    lines += [f"  to Meta: {_json(text)}" for text in outcome.said]
    for queue, bodies in outcome.queued.items():
        lines += [f"  to {queue}: {body}" for body in bodies]
    lines += ["", "logged", *(f"  {line}" for line in outcome.lines)]
    return "\n".join(_nothing_said(lines))


def _nothing_said(lines: list[str]) -> list[str]:
    """Put a word under each heading that has nothing under it."""
    filled = []
    for number, line in enumerate(lines):
        filled.append(line)
        is_heading = line in ("answered", "called", "wrote", "sent", "logged")
        if is_heading and (number + 1 == len(lines) or not lines[number + 1]):
            filled.append("  nothing")
    return filled


def _written(outcome: Outcome) -> list[str]:
    lines = []
    for table in outcome.added:
        for item in outcome.added[table]:
            lines += [f"  + {table} {_key(item)}", *_attributes({name: _value(item[name]) for name in item})]
        for before, after in outcome.changed[table]:
            names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
            changes = {name: [_value(before.get(name)), _value(after.get(name))] for name in names}
            lines += [f"  ~ {table} {_key(after)}", *_attributes(changes)]
        lines += [f"  - {table} {_key(item)}" for item in outcome.removed[table]]
    return lines


def _key(item: Item) -> str:
    return " | ".join(str(_value(item[name])) for name in _KEYS if name in item)


def _attributes(values: dict[str, Any]) -> list[str]:
    return [f"      {name}: {_json(value)}" for name, value in values.items() if name not in _KEYS]


def _value(value: Any) -> Any:
    """Take DynamoDB's type names off a value, and read text that is itself JSON."""
    if value is None:
        return None
    plain = TypeDeserializer().deserialize(value)
    if isinstance(plain, Binary):
        raw = bytes(cast("Any", plain))  # the stubs don't know that it can
        try:
            plain = unfold(raw)
        except ValueError:
            return f"<{len(raw)} bytes>"
    if isinstance(plain, str) and plain.startswith("{"):
        with suppress(ValueError):
            return json.loads(plain)
    return plain


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=_number)


def _number(value: Decimal) -> float:
    return int(value) if value == int(value) else float(value)


def _indented(value: Any) -> list[str]:
    return ["  " + line for line in json.dumps(value, ensure_ascii=False, indent=2, default=str).splitlines()]


if __name__ == "__main__":
    sys.exit(main())
