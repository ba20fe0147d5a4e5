"""Which alarm watches which figure."""

from infra.lint.templates import House, Resource, listed
from infra.lint.values import text

ALARM = "AWS::CloudWatch::Alarm"


def watches(house: House, namespace: str, metric: str, of: str, *, at_most: float | None = None) -> list[Resource]:
    """The alarms on one metric with one dimension's value, and with a threshold that is not higher than `at_most`."""
    return [
        alarm
        for alarm in house.of(ALARM)
        if alarm.properties.get("Namespace") == namespace
        and alarm.properties.get("MetricName") == metric
        and of in [text(house, alarm.stack, pair["Value"]) for pair in listed(alarm.properties.get("Dimensions"))]
        and (at_most is None or _rings_at(alarm) <= at_most)
    ]


def _rings_at(alarm: Resource) -> float:
    """The least count, in whole numbers, at which an alarm rings."""
    threshold = float(alarm.properties["Threshold"])
    return threshold + 1 if alarm.properties["ComparisonOperator"] == "GreaterThanThreshold" else threshold
