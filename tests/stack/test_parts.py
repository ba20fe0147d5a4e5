"""The stage's parts that need no stage: filters, schedules, flags."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from infra.local.appconfig import AppConfig
from infra.local.filters import UnknownRule, wanted, wanted_message
from infra.local.http import Request
from infra.local.schedule import UnknownSchedule, next_time
from infra.local.standins import replace, stand_in


class TestFilters:
    """Which records a function wants to see."""

    @pytest.mark.parametrize(
        ("pattern", "record", "answer"),
        [
            ({"a": ["x"]}, {"a": "x"}, True),
            ({"a": ["x", "y"]}, {"a": "y"}, True),
            ({"a": ["x"]}, {"a": "z"}, False),
            ({"a": ["x"]}, {}, False),
            ({"a": [1]}, {"a": True}, False),
            ({"a": ["x"], "b": ["y"]}, {"a": "x", "b": "z"}, False),
            ({"a": {"b": ["x"]}}, {"a": {"b": "x"}}, True),
            ({"a": {"b": [{"exists": True}]}}, {"a": "text"}, False),
            ({"a": [{"exists": True}]}, {"a": None}, True),
            ({"a": [{"exists": False}]}, {}, True),
            ({"a": [{"prefix": "ab"}]}, {"a": "abc"}, True),
            ({"a": [{"suffix": "bc"}]}, {"a": "abd"}, False),
            ({"a": [{"equals-ignore-case": "ABC"}]}, {"a": "abc"}, True),
            ({"a": [{"anything-but": ["x"]}]}, {"a": "y"}, True),
            ({"a": [{"anything-but": ["x"]}]}, {}, False),
            ({"a": [{"numeric": [">", 1, "<=", 3]}]}, {"a": 3}, True),
            ({"a": [{"numeric": [">", 1, "<=", 3]}]}, {"a": 4}, False),
            ({"a": ["x"]}, {"a": ["w", "x"]}, True),
            ({"$or": [{"a": ["x"]}, {"b": ["y"]}]}, {"b": "y"}, True),
            ({"$or": [{"a": ["x"]}, {"b": ["y"]}]}, {"b": "z"}, False),
        ],
    )
    def test_rule_decides(self, pattern: dict[str, Any], record: dict[str, Any], *, answer: bool) -> None:
        """As EventBridge reads it."""
        assert wanted([pattern], record) is answer

    def test_no_pattern_takes_all_and_several_are_alternatives(self) -> None:
        """One that fits is enough."""
        assert wanted([], {"a": 1})
        assert wanted([{"a": ["x"]}, {"a": ["y"]}], {"a": "y"})

    def test_rule_that_is_not_known_stops(self) -> None:
        """A filter that is read wrong would lose messages in silence."""
        with pytest.raises(UnknownRule):
            wanted([{"a": [{"wildcard": "*"}]}], {"a": "x"})

    def test_body_is_read_as_json_only_where_the_pattern_looks_inside(self) -> None:
        """Text that is no JSON does not pass such a pattern."""
        inside, outside = [{"body": {"kind": ["x"]}}], [{"body": ["plain"]}]
        assert wanted_message(inside, {"body": '{"kind": "x"}'})
        assert not wanted_message(inside, {"body": "plain"})
        assert wanted_message(outside, {"body": "plain"})


class TestSchedules:
    """When a schedule is due."""

    @pytest.mark.parametrize(
        ("expression", "zone", "after", "due"),
        [
            ("rate(5 minutes)", "UTC", "2026-01-05T10:00", "2026-01-05T10:05"),
            ("rate(1 hour)", "UTC", "2026-01-05T10:00", "2026-01-05T11:00"),
            ("at(2026-02-01T09:00:00)", "Asia/Kolkata", "2026-01-05T10:00", "2026-02-01T03:30"),
            ("cron(0 10 * * ? *)", "UTC", "2026-01-05T10:00", "2026-01-06T10:00"),
            ("cron(30 6 * * ? *)", "Asia/Kolkata", "2026-01-05T00:00", "2026-01-05T01:00"),
            ("cron(0/15 * * * ? *)", "UTC", "2026-01-05T10:01", "2026-01-05T10:15"),
            ("cron(0 18 ? * MON-FRI *)", "UTC", "2026-01-09T18:00", "2026-01-12T18:00"),
            ("cron(0 0 ? * 1 *)", "UTC", "2026-01-05T00:00", "2026-01-11T00:00"),
            ("cron(0 8 1 JAN,JUL ? *)", "UTC", "2026-01-05T00:00", "2026-07-01T08:00"),
            ("cron(0 0 29 2 ? *)", "UTC", "2026-01-05T00:00", "2028-02-29T00:00"),
        ],
    )
    def test_next_time_is_as_eventbridge_counts(self, expression: str, zone: str, after: str, due: str) -> None:
        """In the schedule's own time zone."""
        moment = next_time(expression, _seconds(after), zone)
        assert moment is not None
        assert datetime.fromtimestamp(moment, UTC).isoformat(timespec="minutes").startswith(due)

    def test_moment_that_is_over_never_comes(self) -> None:
        """Nor does the 30th of February."""
        assert next_time("at(2020-01-01T00:00:00)", _seconds("2026-01-05T00:00")) is None
        assert next_time("cron(0 0 30 2 ? *)", _seconds("2026-01-05T00:00")) is None

    @pytest.mark.parametrize(
        "text", ["rate(1 fortnight)", "cron(0 0 L * ? *)", "cron(0 0 * * ?)", "cron(70 * * * ? *)"]
    )
    def test_expression_that_is_not_known_stops(self, text: str) -> None:
        """Better no stage than one that is late."""
        with pytest.raises(UnknownSchedule):
            next_time(text, 0.0)


class TestFlags:
    """AppConfig's two calls."""

    def start(self, config: AppConfig, profile: str = "flags") -> str:
        """Begin a session and return its token."""
        body = json.dumps({"ConfigurationProfileIdentifier": profile}).encode()
        answer = config.handle(Request(method="POST", path="/configurationsessions", body=body))
        return str(json.loads(answer.body)["InitialConfigurationToken"])

    def test_content_comes_once_and_again_when_it_has_changed(self) -> None:
        """Nothing new is an empty body; by name and by id it is the same profile."""
        config = AppConfig({"flags": b'{"a": 1}', "Profile": b'{"a": 1}'})
        token, seen = self.start(config, "Profile"), []
        for change in (None, None, {"a": 2}):
            if change is not None:
                config.set("flags", change)
            answer = config.handle(Request(method="GET", path="/configuration", query={"configuration_token": token}))
            token = answer.headers["next-poll-configuration-token"]
            seen.append(answer.body)
        assert seen == [b'{"a": 1}', b"", b'{"a": 2}']
        config.reset()
        assert config.read("flags") == {"a": 1}

    def test_unknown_profile_and_odd_token_are_refused(self) -> None:
        """As AWS refuses them."""
        config = AppConfig({"flags": b"{}"})
        body = json.dumps({"ConfigurationProfileIdentifier": "other"}).encode()
        assert config.handle(Request(method="POST", path="/configurationsessions", body=body)).status == 404
        odd = Request(method="GET", path="/configuration", query={"configuration_token": "x"})
        assert config.handle(odd).status == 400
        assert config.handle(Request(method="GET", path="/else")).status == 404


class TestStandIns:
    """References to what moto does not make."""

    STAND_INS = {  # noqa: RUF012  # nobody changes it
        name: stand_in(name, f"AWS::Lambda::{name}", {"FunctionName": {"Ref": "Worker"}}, "http://stage")
        for name in ("Alias", "Version")
    }

    @pytest.mark.parametrize("name", ["Alias", "Version"])
    def test_alias_is_the_arn_of_its_function(self, name: str) -> None:
        """As on AWS, where whoever calls an alias calls it by its ARN, also from inside a text."""
        assert replace({"Ref": name}, self.STAND_INS) == {"Fn::GetAtt": ["Worker", "Arn"]}
        text = {"Fn::Sub": f"functions/${{{name}}}/invocations"}
        assert replace(text, self.STAND_INS) == {"Fn::Sub": "functions/${Worker.Arn}/invocations"}

    def test_version_has_a_number(self) -> None:
        """What an alias points at is a number, the same always: the stage publishes none."""
        assert replace({"Fn::GetAtt": ["Version", "Version"]}, self.STAND_INS) == "1"


def _seconds(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()
