"""`make invoke FN=auto_reply CASE=hours_bengali`: one function, one sample event; what it answered, wrote and sent."""

import json
import sys
from collections.abc import Sequence
from typing import Any

from boto3.dynamodb.types import TypeDeserializer

from infra.local.samples import Item, NoSample, Outcome, Sample, load, perform
from infra.local.stage import Stage


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
        from infra.local.seed import seed

        seed(stage)
        outcome = perform(stage, sample)
        # By now the market's own time: what is printed below must not stand still.
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
    lines += [f"  to Meta: {text}" for text in outcome.said]
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
        lines += [f"  + {table} {_plain(item)}" for item in outcome.added[table]]
        for before, after in outcome.changed[table]:
            changes = {
                name: [_value(before.get(name)), _value(after.get(name))]
                for name in {**before, **after}
                if before.get(name) != after.get(name)
            }
            keys = {name: _value(after[name]) for name in ("pk", "sk") if name in after}
            lines.append(f"  ~ {table} {_json(keys)} {_json(changes)}")
        lines += [f"  - {table} {_plain(item)}" for item in outcome.removed[table]]
    return lines


def _plain(item: Item) -> str:
    return _json({name: _value(value) for name, value in item.items()})


def _value(value: dict[str, Any] | None) -> Any:
    """Take DynamoDB's type names off a value."""
    return None if value is None else TypeDeserializer().deserialize(value)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def _indented(value: Any) -> list[str]:
    return ["  " + line for line in json.dumps(value, ensure_ascii=False, indent=2, default=str).splitlines()]


if __name__ == "__main__":
    sys.exit(main())
