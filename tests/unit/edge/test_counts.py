"""Metrics are printed where there are any, and cost no line where there are none."""

import json
from typing import Any

import pytest
from aws_lambda_powertools import Metrics
from aws_lambda_powertools.metrics import MetricUnit

from haat.edge.counts import printed


def handled(metrics: Metrics, name: str | None, *, fails: bool = False) -> Any:
    """Call a handler that counts `name`, if any, and may fail then."""

    @printed(metrics)
    def handler(event: dict[str, Any], context: Any) -> str:
        if name:
            metrics.add_metric(name=name, unit=MetricUnit.Count, value=1)
        if fails:
            raise RuntimeError(name)
        return "answer"

    return handler({}, None)


@pytest.fixture
def metrics() -> Metrics:
    """Return empty metrics of a service."""
    made = Metrics(namespace="Haat", service="it")
    made.clear_metrics()
    return made


def test_nothing_counted_prints_nothing(metrics: Metrics, capsys: pytest.CaptureFixture[str]) -> None:
    """A handler that counted nothing leaves no line, and no complaint."""
    assert handled(metrics, None) == "answer"
    assert capsys.readouterr() == ("", "")


def test_what_was_counted_is_printed_once(metrics: Metrics, capsys: pytest.CaptureFixture[str]) -> None:
    """What was counted is one line, and is not printed again by the next call."""
    assert (handled(metrics, "sent"), handled(metrics, None)) == ("answer", "answer")
    (line,) = capsys.readouterr().out.splitlines()
    assert json.loads(line)["sent"] == [1.0]


def test_failure_prints_what_was_counted(metrics: Metrics, capsys: pytest.CaptureFixture[str]) -> None:
    """A handler that raises has its metrics printed, and raises."""
    with pytest.raises(RuntimeError):
        handled(metrics, "failed", fails=True)
    assert '"failed":[1.0]' in capsys.readouterr().out
