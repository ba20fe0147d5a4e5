"""What an operator sees: logs, alarms and the dashboard are about what is there and what is counted, and the runbook is about the alarms."""

import ast
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from haat.conversation.ports import STOPS
from infra.lint.alarms import ALARM, watches
from infra.lint.sources import reached
from infra.lint.templates import FUNCTION, Resource, load, variables
from infra.lint.values import pointed, text

ROOT = Path(__file__).parents[2]
LIBRARY = ROOT / "layers" / "shared"
HOUSE = load(ROOT)
FUNCTIONS = list(HOUSE.of(FUNCTION))
ALARMS = {text(HOUSE, alarm.stack, alarm.properties["AlarmName"]): alarm for alarm in HOUSE.of(ALARM)}
OURS = "Haat/${Stage}"
# What AWS itself counts, by namespace: only the figures that alarms and the dashboard may use.
AWS = {
    "AWS/SQS": {
        "ApproximateNumberOfMessagesVisible",
        "ApproximateNumberOfMessagesNotVisible",
        "ApproximateAgeOfOldestMessage",
        "NumberOfMessagesSent",
    },
    "AWS/Lambda": {"Errors", "Throttles", "Invocations", "IteratorAge"},
    "AWS/DynamoDB": {"ConsumedReadCapacityUnits", "ConsumedWriteCapacityUnits"},
    "AWS/Logs": {"IncomingBytes"},
}
# How words are counted in edge and in services: what holds the word in a call.
COUNTING = {"Answered", "Made", "Outcome", "Result", "add_metric", "_count", "_refuse", "_trouble", "_park", "told"}
TROUBLE = {"_trouble", "told"}
# Where a function that returns a text returns a word.
SAYING = ("haat.edge.trouble", "haat.conversation.service.", "haat.payment.service.", "haat.verification.service.")

each_function = pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.name)


def service(function: Resource) -> str:
    """The word under which a function counts."""
    return str(variables(function)["POWERTOOLS_SERVICE_NAME"])


def words(function: str, calls: set[str], *, returned: bool) -> set[str]:
    """Every word that a function's code counts, read from its source: in a call, or returned as a word, or a member of an enum."""
    found = set[str]()
    for module in reached(ROOT / "functions" / function / "app.py", LIBRARY).values():
        for node in ast.walk(module.tree):
            match node:
                case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if name in calls:
                    named = [keyword.value for keyword in node.keywords if keyword.arg in ("word", "name")]
                    found |= {word for value in (*node.args, *named) for word in _words(value)}
                case ast.ClassDef(bases=[ast.Name(id="StrEnum")]) if returned:
                    found |= {word for line in node.body if isinstance(line, ast.Assign) for word in _words(line.value)}
                # Words that are a type of their own: where it is named, or where it is said.
                case (
                    ast.Assign(value=ast.Subscript(value=ast.Name(id="Literal"), slice=said))
                    | ast.FunctionDef(returns=ast.Subscript(value=ast.Name(id="Literal"), slice=said))
                ) if returned and module.name.startswith(SAYING):
                    found |= {word for value in getattr(said, "elts", [said]) for word in _words(value)}
                case ast.FunctionDef(returns=ast.Name(id="str")) if returned and module.name.startswith(SAYING):
                    returns = [part.value for part in ast.walk(node) if isinstance(part, ast.Return) and part.value]
                    found |= {word for value in returns for word in _words(value)}
    return found


def _words(value: ast.expr) -> Iterator[str]:
    match value:
        case ast.Constant(value=str(word)) if re.fullmatch("[a-z_]+", word):
            yield word
        case ast.IfExp():
            yield from _words(value.body)
            yield from _words(value.orelse)
        case _:
            pass


@cache
def counted(function: str) -> set[str]:
    """All that a function may count."""
    return words(function, COUNTING, returned=True)


@each_function
def test_function_has_its_own_logs_for_thirty_days(function: Resource) -> None:
    """Its log group is made before it, under the name that Lambda would give it, and forgets after a month."""
    group = pointed(HOUSE, "", function.properties["LoggingConfig"]["LogGroup"])
    assert group is not None
    assert group.properties["RetentionInDays"] == 30
    name = text(HOUSE, "", function.properties["FunctionName"])
    assert text(HOUSE, group.stack, group.properties["LogGroupName"]) == f"/aws/lambda/{name}"
    assert (
        name == f"haat-${{Stage}}-{service(function)}" == f"haat-${{Stage}}-{Path(function.properties['CodeUri']).name}"
    )


@each_function
def test_function_has_alarms_on_errors_and_throttles(function: Resource) -> None:
    """What Lambda counts against a function rings at the first."""
    name = text(HOUSE, "", function.properties["FunctionName"])
    for metric in ("Errors", "Throttles"):
        assert watches(HOUSE, "AWS/Lambda", metric, name, at_most=1), metric


@each_function
def test_stream_that_falls_behind_rings(function: Resource) -> None:
    """A function that reads a stream has an alarm long before the stream forgets."""
    kinds = {event["Type"] for event in function.properties.get("Events", {}).values()}
    rings = watches(HOUSE, "AWS/Lambda", "IteratorAge", text(HOUSE, "", function.properties["FunctionName"]))
    assert bool(rings) == ("DynamoDB" in kinds)
    assert all(alarm.properties["Threshold"] <= 3_600_000 for alarm in rings)


def test_each_queue_that_is_worked_off_rings_when_it_gets_old() -> None:
    """The oldest message of each queue that a function reads is watched."""
    sources = [
        pointed(HOUSE, "", event["Properties"]["Queue"])
        for function in FUNCTIONS
        for event in function.properties.get("Events", {}).values()
        if event["Type"] == "SQS"
    ]
    assert sources
    for queue in sources:
        assert queue is not None
        name = text(HOUSE, queue.stack, queue.properties["QueueName"])
        assert watches(HOUSE, "AWS/SQS", "ApproximateAgeOfOldestMessage", name), name


@each_function
def test_trouble_that_asks_for_a_person_rings(function: Resource) -> None:
    """What a function says it could not do for trouble, what nobody foresaw and what stops a shop: an alarm each."""
    loaded = reached(ROOT / "functions" / service(function) / "app.py", LIBRARY)
    asking = words(service(function), TROUBLE, returned=False)
    if "haat.edge.batch" in loaded:
        asking.add("broken")
    if any("lines.stop(" in ast.unparse(module.tree) for module in loaded.values()):
        asking |= set(STOPS)
    assert asking
    assert asking <= {
        alarm.properties["MetricName"]
        for alarm in ALARMS.values()
        if alarm.properties["Dimensions"] == [{"Name": "service", "Value": service(function)}]
    }


@pytest.mark.parametrize("alarm", ALARMS.values(), ids=list(ALARMS))
def test_alarm_watches_what_is_counted(alarm: Resource) -> None:
    """Its metric is one that AWS counts, or that the code of its service does."""
    properties = alarm.properties
    namespace, metric = text(HOUSE, alarm.stack, properties["Namespace"]), properties["MetricName"]
    if namespace != OURS:
        assert metric in AWS[namespace]
        return
    (dimension,) = properties["Dimensions"]
    assert dimension["Name"] == "service"
    assert metric in counted(dimension["Value"])


def drawn() -> Iterator[tuple[str, str, str, str]]:
    """Each line of the dashboard: namespace, metric, dimension, value."""
    (dashboard,) = HOUSE.of("AWS::CloudWatch::Dashboard")
    body = text(HOUSE, dashboard.stack, dashboard.properties["DashboardBody"])
    for widget in json.loads(body)["widgets"]:
        before: list[str] = []
        for line in widget["properties"]["metrics"]:
            named = [part for part in line if isinstance(part, str)]
            if named[0] == "...":
                named = [*before[:-1], named[1]]
            before = [old if part == "." else part for part, old in zip(named, before or named, strict=True)]
            yield before[0], before[1], before[2], before[3]


def test_dashboard_shows_what_is_counted_of_what_is_there() -> None:
    """Each line is a metric that somebody counts, of a queue, function, table, log or service of these templates."""
    names = {
        "QueueName": {text(HOUSE, queue.stack, queue.properties["QueueName"]) for queue in HOUSE.of("AWS::SQS::Queue")},
        "FunctionName": {text(HOUSE, "", function.properties["FunctionName"]) for function in FUNCTIONS},
        "TableName": {text(HOUSE, t.stack, t.properties["TableName"]) for t in HOUSE.of("AWS::DynamoDB::Table")},
        "LogGroupName": {text(HOUSE, g.stack, g.properties["LogGroupName"]) for g in HOUSE.of("AWS::Logs::LogGroup")},
        "service": {service(function) for function in FUNCTIONS},
    }
    for namespace, metric, dimension, value in drawn():
        assert value in names[dimension], value
        assert metric in (counted(value) if namespace == OURS else AWS[namespace]), metric


def test_dashboard_leaves_out_no_queue_and_no_function() -> None:
    """Whatever can hold a message or run is somewhere on it."""
    seen = {value for _, _, _, value in drawn()}
    assert {text(HOUSE, queue.stack, queue.properties["QueueName"]) for queue in HOUSE.of("AWS::SQS::Queue")} <= seen
    assert {text(HOUSE, "", function.properties["FunctionName"]) for function in FUNCTIONS} <= seen


def entries() -> list[tuple[set[str], str]]:
    """The runbook's entries: the alarms that each is about, and what it says."""
    parts = re.split(r"^### ", (ROOT / "docs" / "runbook.md").read_text(), flags=re.MULTILINE)[1:]
    return [(set(re.findall(r"`(haat-STAGE-[a-z_-]+)`", part.split("- **Seen:**")[0])), part) for part in parts]


def test_each_alarm_has_one_entry_of_the_runbook() -> None:
    """Each alarm is explained once, and nothing is explained that never rings."""
    told = [alarm for alarms, _ in entries() for alarm in alarms]
    assert sorted(told) == sorted(name.replace("${Stage}", "STAGE") for name in ALARMS)


def test_each_entry_says_what_an_operator_needs() -> None:
    """What is seen, what it means for customers, where to look, what to do, how to know that it is over; and about which alarm."""
    for alarms, part in entries():
        assert alarms, part
        assert re.findall(r"^- \*\*(Seen|Customers|Look|Do|Over):\*\* \S", part, re.MULTILINE) == [
            "Seen", "Customers", "Look", "Do", "Over",
        ], part  # fmt: skip
