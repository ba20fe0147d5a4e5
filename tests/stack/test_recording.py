"""A stage writes down what its functions ask of AWS where it is told to, and `make permissions` judges it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.local.calls import Calls
from infra.local.http import Request
from infra.local.inprocess import InProcess
from infra.local.settings import ROOT
from infra.local.stage import Stage
from infra.permissions.__main__ import judge
from infra.permissions.actions import Unknown
from infra.permissions.granted import granted
from tests.stack.scratched import clock, scratch, send

QUESTION = b'{"TableName": "t", "Key": {"pk": {"S": "919800000001"}}}'


def recorded(folder: Path) -> list[dict[str, Any]]:
    """Everything that was written down, in the order of files and lines."""
    return [json.loads(line) for file in sorted(folder.glob("*")) for line in file.read_text().splitlines()]


@pytest.fixture
def listening(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """Return the small stack, writing into the test's folder."""
    monkeypatch.setenv("HAAT_CALLS", str(tmp_path))
    with scratch() as stage:
        yield stage
        clock(stage).stop()


def test_each_call_is_written_down_once(listening: Stage, tmp_path: Path) -> None:
    """Two writes to the same table are one line, which says who, what and where, and not what was written."""
    send(listening, "first", do="write")
    send(listening, "second", do="write")
    listening.drain()
    (table,) = listening.deployment.tables
    about = {"template": "tests/stack/scratch/template.yaml", "parameters": {}}
    worker = [call for call in recorded(tmp_path) if call["function"] == "worker"]
    assert worker == [
        {**about, "function": "worker", "service": "dynamodb", "operation": "PutItem", "names": {"TableName": table}}
    ]


def test_call_that_a_fault_stops_is_written_down(listening: Stage, tmp_path: Path) -> None:
    """What a function tried counts, as it needs the permission for trying."""
    send(listening, "first", do="write")
    with listening.faults.kill(function="worker", call=1):
        listening.drain()
    assert [call["operation"] for call in recorded(tmp_path)] == ["PutItem"]


def test_form_that_is_signed_for_others_is_written_down(listening: Stage, tmp_path: Path) -> None:
    """Whoever posts a file by it does so with the function's own right, and the function itself calls nobody."""
    s3, runner = listening.client("s3"), listening.runner
    assert isinstance(runner, InProcess)
    with runner.wire.of("door"):
        s3.generate_presigned_post("files-of-others", "secret")
    (call,) = recorded(tmp_path)
    assert (call["service"], call["operation"], call["names"]) == (
        "s3",
        "PutObject",
        {"Bucket": "files-of-others", "Signed": True},
    )


def test_nothing_is_written_where_nobody_asks(tmp_path: Path) -> None:
    """Without the variable there is no recorder."""
    assert Calls.wanted({}, ROOT / "template.yaml", {}) is None
    assert Calls.wanted({"HAAT_CALLS": ""}, ROOT / "template.yaml", {}) is None


@pytest.mark.parametrize(
    ("request_", "names"),
    [
        (Request(method="POST", path="/", body=QUESTION), {"TableName": "t"}),
        (
            Request(method="POST", path="/", body=b'{"TransactItems": [{"Put": {"TableName": "t", "Item": {}}}]}'),
            {"TransactItems": [["Put", "t"]]},
        ),
        (
            Request(method="POST", path="/", body=b'{"RequestItems": {"t": {"Keys": [{"pk": {"S": "secret"}}]}}}'),
            {"RequestItems": ["t"]},
        ),
        (Request(method="PUT", path="/bucket/key", body=b"<not json>"), {}),
        (Request(method="GET", path="/"), {}),
    ],
)
def test_only_names_of_resources_are_written_down(request_: Request, names: dict[str, Any], tmp_path: Path) -> None:
    """Of a request nothing is kept but what it names."""
    Calls(tmp_path, ROOT / "template.yaml", {}).note("f", "dynamodb", "GetItem", request_)
    (call,) = recorded(tmp_path)
    assert call["names"] == names


@pytest.mark.parametrize(
    ("host", "path", "source", "names"),
    [
        ("b-1.s3.ap-south-1.amazonaws.com", "/secret/key", None, {"Bucket": "b-1"}),
        ("b-1.s3.amazonaws.com", "/secret", "c-1/secret", {"Bucket": "b-1", "CopySource": "c-1"}),
        ("s3.ap-south-1.amazonaws.com", "/b-1/secret", "/c-1/secret", {"Bucket": "b-1", "CopySource": "c-1"}),
        ("127.0.0.1:5000", "/b-1/secret", None, {"Bucket": "b-1"}),
    ],
)
def test_bucket_is_written_down_and_no_file(
    host: str, path: str, source: str | None, names: dict[str, str], tmp_path: Path
) -> None:
    """S3's calls name a bucket in the host or in the path; which file is meant is not kept."""
    headers = {"host": host} | ({"x-amz-copy-source": source} if source else {})
    request = Request(method="PUT", path=path, headers=headers, body=b"a picture")
    Calls(tmp_path, ROOT / "template.yaml", {}).note("f", "s3", "CopyObject", request)
    (call,) = recorded(tmp_path)
    assert call["names"] == names


def test_session_of_flags_is_known_by_its_token(deployed: Stage, tmp_path: Path) -> None:
    """Whoever reads flags sends only a token; what is written down is the configuration that the session was begun for."""
    session = {"ApplicationIdentifier": "a", "EnvironmentIdentifier": "e", "ConfigurationProfileIdentifier": "Profile"}
    begin = Request(method="POST", path="/configurationsessions", body=json.dumps(session).encode())
    token = json.loads(deployed.flags.handle(begin).body)["InitialConfigurationToken"]
    for _ in range(2):  # each answer brings a token of the same session
        ask = Request(method="GET", path="/configuration", query={"configuration_token": token})
        Calls(tmp_path, ROOT / "template.yaml", {}).note("f", "appconfigdata", "GetLatestConfiguration", ask)
        token = deployed.flags.handle(ask).headers["next-poll-configuration-token"]
    assert [call["names"] for call in recorded(tmp_path)] == [session, session]


READ_BY_THE_RELAY = {
    "template": "template.yaml",
    "parameters": {},
    "function": "outbox_relay",
    "service": "dynamodb",
    "operation": "GetItem",
    "names": {"TableName": "haat-local-conversation"},
}


def write(folder: Path, **change: str) -> None:
    """Leave a record of one call in a folder."""
    (folder / "calls.jsonl").write_text(json.dumps(READ_BY_THE_RELAY | change) + "\n")


def test_difference_is_named_and_fails(deployed: Stage, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A call without a grant, and grants without a call, are told for the function, and the exit status is 1."""
    write(tmp_path)
    assert judge(deployed, tmp_path) == 1
    relay = capsys.readouterr().out.partition("\noutbox_relay\n")[2].partition("\n\n")[0]
    assert "! used and not granted: dynamodb:GetItem on arn:aws:dynamodb:" in relay
    grants = granted(deployed.deployment.roles["outbox_relay"].statements)
    assert relay.count("! granted and never used: sqs:SendMessage on ") == len(grants) > 0
    assert relay.endswith("= not equal")


def test_record_that_proves_nothing_fails(deployed: Stage, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An empty folder, another template's calls, a function that is gone and an unknown call are never a verdict."""
    assert judge(deployed, tmp_path) == 2
    write(tmp_path, template="other.yaml")
    assert judge(deployed, tmp_path) == 2
    assert capsys.readouterr().err.count("nothing was recorded") == 2
    write(tmp_path, function="gone")
    assert judge(deployed, tmp_path) == 2
    assert "no function of the template: gone" in capsys.readouterr().err
    write(tmp_path, operation="ExecuteStatement")
    with pytest.raises(Unknown, match=r"dynamodb\.ExecuteStatement"):
        judge(deployed, tmp_path)
