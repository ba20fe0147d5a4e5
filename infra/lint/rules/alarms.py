"""Alarms: each watches something, and is heard."""

from collections.abc import Iterator

from infra.lint.templates import FUNCTION, Finding, House, listed, variables
from infra.lint.values import pointed, text

ALARMS = ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm")
TOPIC = "AWS::SNS::Topic"


def alarms_act(house: House) -> Iterator[Finding]:
    """Every alarm tells a topic of these templates."""
    for alarm in house.of(*ALARMS):
        told = [pointed(house, alarm.stack, action) for action in listed(alarm.properties.get("AlarmActions"))]
        if alarm.properties.get("ActionsEnabled", True) is not True or not any(
            found and found.type == TOPIC for found in told
        ):
            yield alarm.breaks("rings and nobody hears it: AlarmActions with a topic of these templates")


def alarms_watch_what_is_there(house: House) -> Iterator[Finding]:
    """An alarm's queue, table, function or service is one of these templates; a name that nothing has is never in alarm."""
    known = {
        "QueueName": _names(house, "AWS::SQS::Queue", "QueueName"),
        "TableName": _names(house, "AWS::DynamoDB::Table", "TableName"),
        "FunctionName": _names(house, FUNCTION, "FunctionName"),
        "service": _told(house, "POWERTOOLS_SERVICE_NAME"),
    }
    for alarm in house.of("AWS::CloudWatch::Alarm"):
        for pair in listed(alarm.properties.get("Dimensions")):
            value = text(house, alarm.stack, pair["Value"])
            if value not in known.get(pair["Name"], {value}):
                yield alarm.breaks(f"watches {pair['Name']} {value}, which these templates do not have")


def alarms_count_what_functions_count(house: House) -> Iterator[Finding]:
    """An alarm's namespace is AWS's own, or the one into which the functions count."""
    ours = _told(house, "POWERTOOLS_METRICS_NAMESPACE")
    for alarm in house.of("AWS::CloudWatch::Alarm"):
        namespace = text(house, alarm.stack, alarm.properties.get("Namespace", "AWS/"))
        if not namespace.startswith("AWS/") and namespace not in ours:
            yield alarm.breaks(f"watches the namespace {namespace}; functions count in {', '.join(sorted(ours))}")


def _names(house: House, kind: str, key: str) -> set[str]:
    """The names of all resources of a kind, as an alarm would get them: a function without one is named by Lambda."""
    return {text(house, one.stack, one.properties.get(key, {"Ref": one.name})) for one in house.of(kind)}


def _told(house: House, variable: str) -> set[str]:
    """The values that the functions have in one environment variable."""
    return {
        text(house, function.stack, given[variable])
        for function in house.of(FUNCTION)
        if variable in (given := variables(function))
    }
