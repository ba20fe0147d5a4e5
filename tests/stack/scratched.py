"""A small stack beside the real one, for tests of the stage itself."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from infra.local.aws import TAKEN
from infra.local.clock import TestClock
from infra.local.settings import Settings
from infra.local.stage import Stage

TEMPLATE = Path(__file__).parent / "scratch" / "template.yaml"
# moto keeps regions apart, so that several small stacks and the real one can stand together.
REGIONS = ("eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3")


@contextmanager
def scratch(template: Path = TEMPLATE, **parameters: str) -> Iterator[Stage]:
    """Deploy the small stack, where there is room for it."""
    settings = Settings(template=template)
    region = next(region for region in REGIONS if region not in TAKEN)
    with Stage.in_process(settings, region=region, parameters=parameters) as stage:
        stage.schedules_sleep = False
        yield stage


def send(stage: Stage, name: str, *, group: str | None = "g", do: str = "ok", delay: int = 0, **more: Any) -> None:
    """Send an order to the worker: to the FIFO queue, or without a group to the other one."""
    queue = stage.client("sqs").get_queue_url(QueueName="work.fifo" if group else "loose")["QueueUrl"]
    order = {"MessageBody": json.dumps({"name": name, "do": do, **more})}
    if group:
        order |= {"MessageGroupId": group, "MessageDeduplicationId": name}
    else:
        order |= {"DelaySeconds": delay}  # type: ignore[dict-item]  # the one number
    stage.client("sqs").send_message(QueueUrl=queue, **order)


def clock(stage: Stage) -> TestClock:
    """Return the clock that tests move."""
    assert isinstance(stage.clock, TestClock)
    return stage.clock


def saw(stage: Stage, function: str = "worker") -> list[str]:
    """Return what a function saw, in order."""
    return [line.get("saw") or line["row"] for line in map(_json, stage.logs.lines(function)) if line]


def _json(line: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(line)
    return {} if "errorType" in document else document
