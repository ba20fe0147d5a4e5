"""The stage itself: faults, time, and what it makes of a template."""

import json
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from infra.local.aws import RegionTaken
from infra.local.faults import NotStruck
from infra.local.function import InvocationFailed
from infra.local.http import Refused, TimedOut
from infra.local.resources import MADE_BY_MOTO
from infra.local.stage import NeverQuiet, Stage
from infra.local.template import TemplateError
from tests.stack.scratched import TEMPLATE, clock, saw, scratch, send


class TestFaults:
    """Functions that die and calls that fail."""

    def test_killed_function_loses_its_memory_and_its_batch_comes_again(self, small: Stage) -> None:
        """The call before which it died was not made; the next life is a cold start."""
        send(small, "m", do="write")
        with small.faults.kill(function="worker", call=1, when="before"):
            small.drain()
        assert small.items("scratch-local") == []
        assert small.failures[-1].died
        small.run_for(30)
        assert len(small.items("scratch-local")) == 1
        assert [json.loads(line)["cold"] for line in small.logs.lines("worker")] == [True, True]

    def test_call_after_which_it_died_was_made(self, small: Stage) -> None:
        """`points` lists both sides of every call."""
        send(small, "m", do="write")
        with small.faults.kill(function="worker", call=1, when="after"):
            small.drain()
        assert len(small.items("scratch-local")) == 1
        assert [point.name for point in small.faults.points("worker")] == [
            "before worker 1 dynamodb.PutItem",
            "after worker 1 dynamodb.PutItem",
        ]

    def test_dead_function_does_nothing_more_whatever_its_finally_tries(self, small: Stage) -> None:
        """A process that is gone writes no row and prints no line."""
        send(small, "m", do="write and tidy up")
        with small.faults.kill(function="worker", call=1, when="after"):
            small.drain()
        assert small.items("scratch-local") == []
        assert saw(small) == ["m"]
        assert [call.operation for call in small.faults.calls] == ["GetItem"]

    def test_killed_door_answers_502(self, small: Stage) -> None:
        """The caller sees what it would see on AWS."""
        with small.faults.kill(function="door", call=1):
            assert small.http("POST", "/door", {}, b"call").status == 502

    def test_fault_that_never_struck_fails_the_test(self, small: Stage) -> None:
        """A matrix with a point that nobody comes to proves nothing."""
        with pytest.raises(NotStruck), small.faults.kill(function="worker", call=7):
            small.drain()

    def test_throttled_call_is_tried_again_by_the_client_without_real_waiting(self, small: Stage) -> None:
        """The client's pauses move the clock."""
        send(small, "m", do="write")
        before = clock(small).now()
        with small.faults.throttle("dynamodb", "PutItem", function="worker", times=1):
            small.drain()
        assert len(small.items("scratch-local")) == 1
        assert clock(small).now() > before
        assert [call.operation for call in small.faults.calls] == ["PutItem", "PutItem"]

    def test_network_fault_of_a_simulator_reaches_the_handler_as_its_client_would_say_it(self, small: Stage) -> None:
        """Nobody else listens in a test."""
        assert small.http("POST", "/door", {}, b"elsewhere").body == b"refused"
        assert b"OAuth" in small.http("POST", "/door", {}, b"call").body
        with small.faults.fail(TimedOut("slow"), service="http"):
            assert small.http("POST", "/door", {}, b"call").body == b"ReadTimeoutError"
        with small.faults.fail(Refused("closed"), service="http"):
            assert small.http("POST", "/door", {}, b"call").body == b"NewConnectionError"

    def test_function_that_is_called_while_it_waits_has_a_second_life(self, small: Stage) -> None:
        """As in Lambda; and what happens meanwhile is over before the first one's call is made."""
        send(small, "first", do="write")
        record = {"messageId": "2", "body": json.dumps({"name": "second", "do": "write"})}
        event: Any = {"Records": [record | {"attributes": {"ApproximateReceiveCount": "1"}}]}
        there: list[str] = []

        def meanwhile() -> None:
            small.invoke("worker", event)
            there.extend(item["sk"]["S"] for item in small.items("scratch-local"))

        with small.faults.meanwhile(meanwhile, function="worker", service="dynamodb"):
            small.drain()
        assert there == ["second"]
        assert sorted(item["sk"]["S"] for item in small.items("scratch-local")) == ["first", "second"]
        assert [json.loads(line)["cold"] for line in small.logs.lines("worker")] == [True, True]

    def test_threads_take_turns(self, small: Stage) -> None:
        """Who calls from several threads at once leaves nothing behind that is the whole process's."""
        sleep = time.sleep  # noqa: TID251  # looked at, never called
        before = dict(os.environ), list(sys.path), sys.stdout
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _: small.http("POST", "/door", {}, b"call").status, range(24)))
        assert set(answers) == {200}
        assert (dict(os.environ), sys.path, sys.stdout) == before
        assert time.sleep is sleep  # noqa: TID251  # as above


class TestClockAndSchedules:
    """Time."""

    def test_waiting_of_a_handler_moves_the_clock(self, small: Stage) -> None:
        """No test sleeps."""
        before = clock(small).now()
        send(small, "m", do="sleep", seconds=40)
        small.drain()
        assert clock(small).now() == pytest.approx(before + 40, abs=0.01)

    def test_schedule_comes_at_its_time_and_not_once_for_each_missed_period(self) -> None:
        """A clock that jumps an hour finds one invocation due."""
        with scratch(Timers="ENABLED") as stage:
            stage.drain()
            assert saw(stage) == []
            clock(stage).advance(3600)
            stage.drain()
            assert saw(stage) == ["timer"]
            stage.run_for(180)
            assert saw(stage) == ["timer"] * 4

    def test_two_functions_that_feed_each_other_are_noticed(self, small: Stage) -> None:
        """`drain` ends, one way or the other."""

        class Circle:
            name = "circle"

            def once(self) -> bool:
                return True

            def next_due(self) -> float | None:
                return 0.0

            def reset(self) -> None:
                pass

        small.pumps.append(Circle())
        try:
            with pytest.raises(NeverQuiet, match="circle"):
                small.drain()
        finally:
            small.pumps.pop()


class TestTemplate:
    """What is made of a template, and what is refused."""

    @pytest.mark.parametrize(
        ("addition", "complaint"),
        [
            ("  Odd:\n    Type: AWS::Kinesis::Stream\n", r"AWS::Kinesis::Stream \(Odd\)"),
            ("  Odd:\n    Type: AWS::Lambda::Vurl\n", r"AWS::Lambda::Vurl \(Odd\)"),
        ],
    )
    def test_unknown_resource_type_stops_the_stage_by_name(self, addition: str, complaint: str, tmp_path: Path) -> None:
        """A template never says more than the stage is true to."""
        for name in ("functions", "kept.yaml"):
            (tmp_path / name).symlink_to(TEMPLATE.parent / name)
        (tmp_path / "template.yaml").write_text(TEMPLATE.read_text() + addition)
        with pytest.raises(TemplateError, match=complaint), scratch(tmp_path / "template.yaml"):
            pass

    def test_resource_that_moto_leaves_out_in_silence_stops_the_stage(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """What was asked is compared with what was made: moto says CREATE_COMPLETE in any case."""
        kind = "AWS::SQS::QueuePolicy"
        monkeypatch.setattr("infra.local.template.MADE_BY_MOTO", MADE_BY_MOTO | {kind})
        for name in ("functions", "kept.yaml"):
            (tmp_path / name).symlink_to(TEMPLATE.parent / name)
        (tmp_path / "template.yaml").write_text(TEMPLATE.read_text() + f"  Silent:\n    Type: {kind}\n")
        with (
            pytest.warns(UserWarning, match=kind),
            pytest.raises(TemplateError, match=r"moto did not make Silent \(AWS::SQS::QueuePolicy\)"),
            scratch(tmp_path / "template.yaml"),
        ):
            pass

    def test_two_stages_do_not_stand_in_one_region(self, small: Stage) -> None:
        """They would share tables without knowing."""
        with pytest.raises(RegionTaken, match=small.region):
            Stage.in_process(region=small.region)

    def test_left_out_resources_are_listed_with_the_reason(self, small: Stage) -> None:
        """What is ignored is ignored on purpose."""
        assert "who may call" in next(
            reason for name, reason in small.deployment.left_out.items() if "Permission" in name
        )

    def test_keys_are_of_the_kind_that_the_template_asks(self, small: Stage) -> None:
        """Plain moto makes symmetric ones only."""
        kms = small.client("kms")
        keys = small.deployment.keys
        assert kms.describe_key(KeyId=keys["Kept/Signer"])["KeyMetadata"]["KeySpec"] == "ECC_NIST_P256"
        assert kms.describe_key(KeyId=keys["Kept/Key"])["KeyMetadata"]["KeySpec"] == "SYMMETRIC_DEFAULT"

    def test_a_function_that_does_not_exist_is_a_mistake(self, small: Stage) -> None:
        """As is an event that breaks it."""
        with pytest.raises(KeyError):
            small.invoke("nobody", {})
        with pytest.raises(InvocationFailed, match="KeyError"):
            small.invoke("worker", {})


def test_time_to_live_is_switched_on(small: Stage) -> None:
    """Moto's CloudFormation passes over it."""
    description = small.client("dynamodb").describe_time_to_live(TableName="scratch-local")["TimeToLiveDescription"]
    assert description == {"TimeToLiveStatus": "ENABLED", "AttributeName": "ttl"}
