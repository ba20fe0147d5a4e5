"""Deaths at every point, and lost streams and queues: no notice is lost."""

from typing import Any

import pytest

from haat.kernel.time import Instant
from haat.wiring.operate import Names, repair_outbox
from infra.local.pumps import StreamPump
from infra.local.simulators.listener import Heard
from tests.stack.business.conftest import EVERY, Api
from tests.stack.business.notified import HOUR, asks, log, opened


def second_try(api: Api, number: int) -> None:
    """One question of one customer, told to two endpoints, one of which refuses it first; all of it from cold starts."""
    seen: set[str] = set()

    def answer(heard: Heard) -> int:
        first = heard.path not in seen
        seen.add(heard.path)
        return 500 if first and heard.path == "/two" else 204

    api.stage.runner.forget()
    api.stage.listener.reset()
    api.stage.listener.answer = answer
    api.stage.faults.clear()
    asks(api, number=number)
    api.stage.run_for(HOUR)


def what_is_wrong(api: Api, endpoints: list[dict[str, Any]]) -> str:
    """What is not as it must be after `second_try`; nothing where all is well."""
    heard = api.stage.listener.heard
    shown = {one["id"]: one for one in api.json("GET", "notice-endpoints")["items"]}
    told = {
        "paths": {one.path for one in heard} == {"/one", "/two"},
        "ids": len({one.id for one in heard}) == 1,
        "states": all(log(api, one)[0]["state"] == "delivered" for one in endpoints),
        "counts": all(shown[one["id"]]["waiting"] == 0 for one in endpoints),
        "queues": api.stage.queue_depth("business-notice") + api.stage.queue_depth("business-notice-dlq") == 0,
    }
    return ", ".join(name for name, good in told.items() if not good)


@pytest.mark.parametrize("every", EVERY)
def test_death_at_every_point_loses_no_notice(api: Api, every: int) -> None:
    """Whichever call merchant_notice or the relay dies before or after, both endpoints take the notice, under one id."""
    endpoints = [opened(api, "/one"), opened(api, "/two")]
    second_try(api, 1)
    assert what_is_wrong(api, endpoints) == ""
    points = [p for p in api.stage.faults.points() if p.function in ("merchant_notice", "outbox_relay")]
    assert {point.function for point in points} == {"merchant_notice", "outbox_relay"}
    points = points[::every]
    wrong = {}
    for number, point in enumerate(points, start=2):
        with api.stage.faults.kill(function=point.function, call=point.call, when=point.when):
            second_try(api, number)
        if trouble := what_is_wrong(api, endpoints):
            wrong[point.name] = trouble
    assert not wrong, f"{len(wrong)} of {len(points)} points: {wrong}"


def test_what_the_streams_lost_is_told_after_a_repair(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """A notice and a delivery whose rows never reached their queue are told after `outbox-repair`; the next one finds nothing."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "ap-south-1")
    opened(api, "/one")
    opened(api, "/two")
    asks(api, number=1)
    names = Names(
        conversation_table=api.stage.deployment.outputs["ConversationTable"],
        business_table=api.stage.deployment.outputs["BusinessTable"],
        payment_table=api.stage.deployment.outputs["PaymentTable"],
        verification_table=api.stage.deployment.outputs["VerificationTable"],
        queue_url_prefix=_url(api, "outbox-dlq").removesuffix("outbox-dlq"),
        outbox_dlq_url=_url(api, "outbox-dlq"),
        outbox_queues="conversation-outbound.fifo,conversation-due,business-notice",
    )
    for lose in (_lose_streams, _lose_queue):
        before = len(api.stage.listener.heard)
        with api.stage.faults.hold("outbox_relay"):
            asks(api, number=before)
            lose(api)
        api.stage.run_for(600)
        at = Instant(api.now - 60_000)
        assert len(api.stage.listener.heard) == before
        assert repair_outbox(names, at).published > 0
        api.stage.run_for(60)
        assert len(api.stage.listener.heard) == before + 2
        assert repair_outbox(names, at).published == 0


def _url(api: Api, queue: str) -> str:
    url: str = api.stage.client("sqs").get_queue_url(QueueName=f"haat-local-{queue}")["QueueUrl"]
    return url


def _lose_streams(api: Api) -> None:
    assert sum(pump.lose() for pump in api.stage.pumps if isinstance(pump, StreamPump)) > 0


def _lose_queue(api: Api) -> None:
    for pump in api.stage.pumps:  # the notice reaches the queue, its deliveries never do
        if isinstance(pump, StreamPump) and pump.table.endswith("conversation"):
            pump.once()
    assert api.stage.queue_depth("business-notice") == 1
    api.stage.client("sqs").purge_queue(QueueUrl=_url(api, "business-notice"))
