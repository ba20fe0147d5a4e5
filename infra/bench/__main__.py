"""`make bench`: what a message asks of AWS, what a cold start costs, and what a million messages would. Loopback only."""

import argparse
import json
import os
import platform
import sys
import tempfile
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from infra.bench import cold, guessing, model, report
from infra.bench.measure import Measure
from infra.bench.meter import metered
from infra.bench.prices import FULL_CPU_MB
from infra.bench.requests import BAD, PILES, ROWS, Requests
from infra.bench.scenes import Scenes
from infra.bench.words import EITHER, SHORT, Words, many
from infra.local.settings import ROOT
from infra.local.stage import Stage

SHOPS, ROOM = 200, 50
LAYERS = {
    name: ROOT / ".cache" / "layers" / name for name in ("hot", "api", "chat", "crypto", "verification", "shared")
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure everything, print it, and return the exit status."""
    parser = argparse.ArgumentParser(prog="make bench", description="Calls, units, cold starts, prices.")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    parser.add_argument("--rounds", type=int, default=9, help="cold starts of each function")
    options = parser.parse_args(arguments)
    if missing := [name for name, folder in LAYERS.items() if not (folder / "python").is_dir()]:
        print(f"make bench: layers are not built: {', '.join(missing)} (make layers)", file=sys.stderr)
        return 2
    found: dict[str, Any] = {"machine": _machine()}
    print(found["machine"])
    with metered() as (stage, meter):
        scenes = Scenes(stage, meter)
        found["memory"] = {function.name: function.memory for function in stage.functions.values()}
        seen = _scenes(scenes, found)
        _messenger(Scenes(stage, meter, on_messenger=True), found)
        _market(scenes, found)
        _bills(stage, found, seen)
        _api(Requests(stage, meter), found)
        functions = list(stage.functions.values())
    found["guessing"] = [guessing.measure(count) for count in guessing.COUNTS]
    print(f"\n# What a message is of\n{report.guessing(found['guessing'])}")
    health = json.loads((ROOT / "events" / "public_api" / "health.json").read_text("utf-8"))
    events = {function.name: health for function in functions if function.name.endswith("_api")}
    found["cold starts"] = {}
    for bytecode in (True, False):
        with tempfile.TemporaryDirectory() as scratch:
            starts = cold.measure(functions, LAYERS, Path(scratch), options.rounds, bytecode=bytecode, events=events)
        name = "with bytecode, as shipped" if bytecode else "without bytecode"
        found["cold starts"][name] = starts
        print(f"\n# Cold starts, {name}: {options.rounds} of each, in turn")
        print(f"{report.starts(starts)}\n\n{report.answers(starts)}")
    print(f"Limits, as shipped: {report.CPU_LIMIT} of one client, {report.MEMORY_LIMIT_MB} MB.")
    if options.json:
        options.json.write_text(json.dumps(report.as_json(found), indent=2, ensure_ascii=False) + "\n")
    return 0


def _machine() -> str:
    versions = ", ".join(
        f"{name} {version(name)}" for name in ("boto3", "awslambdaric", "aws-lambda-powertools", "moto")
    )
    return f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores; {versions}"


def _scenes(scenes: Scenes, found: dict[str, Any]) -> dict[str, list[Measure]]:
    seen: dict[str, list[Measure]] = {}
    found["scenes"] = seen
    for words in EITHER:
        warm = scenes.answer(words)
        found.setdefault("weights", {})[words.name] = scenes.weigh()
        seen[words.name] = [
            warm,
            scenes.answer_uncached(words),
            scenes.answer_after_a_while(words),
            scenes.answer_cold(words),
            scenes.newcomer(words),
            scenes.question(words),
            scenes.duplicate(words),
            scenes.duplicate(words, cached=False),
            scenes.old_duplicate(words),
            scenes.status(words),
            scenes.statuses(words),
            scenes.crowds(words),
            scenes.webhook_of(words),
            scenes.batch_of(words),
        ]
        asked, answered = len(words.asked.encode()), len(words.answer.encode())
        print(f"\n# {words.name}: {asked} bytes in, {answered} bytes out")
        print(report.measures(seen[words.name]))
    for measure in (seen[SHORT.name][0], seen[SHORT.name][2], seen[SHORT.name][6]):
        print(f"\n{measure.name}\n{report.calls(measure)}")
    return seen


def _messenger(scenes: Scenes, found: dict[str, Any]) -> None:
    """The same by a page, where it could be otherwise."""
    seen: dict[str, list[Measure]] = {}
    found["on Messenger"] = seen
    for words in EITHER:
        seen[words.name] = [
            scenes.answer(words),
            scenes.answer_cold(words),
            scenes.newcomer(words),
            scenes.question(words),
            scenes.duplicate(words),
            scenes.old_duplicate(words),
            scenes.statuses(words),
        ]
        print(f"\n# On Messenger, {words.name}\n{report.measures(seen[words.name])}")


_COUNTED = (("kms",), ("ssm",), ("appconfigdata",), ("GetItem", "Query"))


def _market(scenes: Scenes, found: dict[str, Any]) -> None:
    rounds = [*scenes.market(many(SHOPS), SHORT), scenes.overflow(many(SHOPS), SHORT, ROOM)]
    found["market"] = rounds
    print(f"\n# {SHOPS} shops in turn: calls for each message")
    rows = [
        (
            each.name,
            report.number(each.calls / each.per),
            *(report.number(each.count(*kinds) / each.per) for kinds in _COUNTED),
        )
        for each in rounds
    ]
    print(report.table(("", "all", "KMS", "SSM", "AppConfig", "reads"), rows))


def _bills(stage: Stage, found: dict[str, Any], seen: dict[str, list[Measure]]) -> None:
    found["bills"] = []
    for words in EITHER:
        for bill in bills(seen[words.name], found["memory"], words):
            found["bills"].append(bill)
            print(f"\n{report.bill(bill)}")
    print("\nLimits: " + ", ".join(f"${most} at batches of {size}" for size, most in report.LIMITS.items()) + ".")
    every = [measure for some in seen.values() for measure in some]
    names = model.metric_names(every)
    queues = [source.source_arn for source in stage.deployment.sources if ":sqs:" in source.source_arn]
    fifo = sum(arn.endswith(".fifo") for arn in queues)
    alarms = sum(file.read_text().count("AWS::CloudWatch::Alarm") for file in (ROOT / "infra").glob("*.yaml"))
    weight, items = found["weights"][SHORT.name]
    for bill in (
        model.at_rest(fifo=fifo, standard=len(queues) - fifo, keys=len(stage.deployment.keys), alarms=alarms),
        model.at_load(len(names)),
        model.kept(weight, items),
    ):
        found["bills"].append(bill)
        print(f"\n{report.bill(bill)}")
    found["metrics"] = sorted(" ".join(name) for name in names)
    print(f"\nmetrics that these scenes have printed: {', '.join(found['metrics'])}")
    print(f"\n{report.prices()}")


def _api(requests: Requests, found: dict[str, Any]) -> None:
    """What the API's callers ask, and customers who order."""
    few, chat = requests.few(), requests.chat()
    found["requests"] = [*few, *chat]
    print(f"\n# Requests, and orders in the chat\n{report.measures(found['requests'], 'for one')}")
    found["pages"] = {path: both for kind in PILES for path, both in requests.pages(kind).items()}
    sizes = ", ".join(f"{kind} {few} and {many:,}" for kind, (few, many, _) in PILES.items())
    print(f"\n# Pages: {sizes}\n{report.pages(found['pages'])}")
    found["sheet"] = requests.sheet()
    print(f"\n# A table of {ROWS:,} rows, {BAD} of them bad\n{report.measures(found['sheet'], 'for all of it')}")
    for measure in found["sheet"]:
        own, waits = sum(seconds for _, seconds in measure.cpu), model.waits_s(measure)
        lambda_s = own * FULL_CPU_MB / found["memory"]["merchant_api"] + waits
        print(f"{measure.name}: {own:.1f} s of a processor, {waits:.1f} s of waiting: about {lambda_s:.0f} s in Lambda")
    directory = next(both[1] for path, both in found["pages"].items() if path.startswith("/v1/directory"))
    by_name = {measure.name: measure for measure in found["requests"]}
    asked = [by_name["GET product"], by_name["POST product"], directory, by_name["a cart and its confirmation"]]
    own_ms = model.own_ms([*found["requests"], directory])
    for measure in asked:
        bill = model.a_million(f"a million times: {measure.name}", [measure], found["memory"], own_ms)
        found["bills"].append(bill)
        print(f"\n{report.bill(bill)}")


def bills(seen: list[Measure], memory: dict[str, int], words: Words) -> list[model.Bill]:
    """What a million messages with three statuses each cost, at batches of one and of three."""
    by_name = {measure.name: measure for measure in seen}
    alone, statuses = by_name["the same, all caches out of date"], by_name["its three statuses"]
    three = next(measure for measure in seen if measure.name.endswith("messages to a batch"))
    crowd = next(measure for measure in seen if measure.name.startswith("three statuses of each"))
    own = model.own_ms(seen)
    said = f"a million of {words.name}"
    return [
        model.a_million(f"{said}, batches of 1, caches out of date", [alone, statuses], memory, own),
        model.a_million(f"{said}, batches of 3, all cached, statuses alone", [three, statuses], memory, own),
        model.a_million(f"{said}, batches of 3, all cached, statuses in tens", [three, crowd], memory, own),
    ]


if __name__ == "__main__":
    sys.exit(main())
