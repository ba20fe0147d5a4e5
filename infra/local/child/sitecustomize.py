"""Python imports this before anything else in a function's process that a test may kill, and in no other.

Each HTTP call that the process makes is told to the stage, before the first byte leaves and after the answer's head has
come; the stage says whether the process goes on or dies there. botocore and urllib3 pass through http.client; AWS's
runtime client does not, so that its own calls are no points. The process's clock is the stage's.
"""

import http.client
import mmap
import os
import signal
import socket
import struct
import time
from pathlib import Path
from typing import Any

GO_ON = b"."
# How AWS's JSON protocols name a call, and what the SDK calls the service.
_SERVICES = {
    "DynamoDB_20120810": "dynamodb",
    "AmazonSQS": "sqs",
    "AmazonSSM": "ssm",
    "TrentService": "kms",
}


class _Stage:
    """The stage, as this process reaches it; it is called only when the first call is made."""

    def __init__(self, function: str, port: int) -> None:
        self._function, self._port = function, port
        self._line: socket.socket | None = None

    def pass_point(self, when: str, service: str, operation: str) -> None:
        """Say where this process is, and die there if it is told to."""
        if self._line is None:
            self._line = socket.create_connection(("127.0.0.1", self._port))
            self._line.sendall(f"{self._function}\n".encode())
        self._line.sendall(f"{when}\t{service}\t{operation}\n".encode())
        if self._line.recv(1) != GO_ON:
            os.kill(os.getpid(), signal.SIGKILL)


def _named(head: list[bytes]) -> tuple[str, str]:
    """Return a call's service and operation, from the lines of a request's head."""
    method, target, _ = head[0].decode("latin-1").split(" ", 2)
    for line in head[1:]:
        name, _, value = line.decode("latin-1").partition(":")
        if name.lower() == "x-amz-target":
            service, _, operation = value.strip().rpartition(".")
            return _SERVICES.get(service, service), operation
    path = "/".join("{id}" if part.isdigit() else part for part in target.partition("?")[0].split("/"))
    return "http", f"{method} {path}"


def _watch_calls(stage: _Stage) -> None:
    plain_end, plain_answer = http.client.HTTPConnection.endheaders, http.client.HTTPConnection.getresponse
    last = ("", "")

    def endheaders(self: Any, *args: Any, **kwargs: Any) -> None:
        nonlocal last
        last = _named(self._buffer)
        stage.pass_point("before", *last)
        plain_end(self, *args, **kwargs)

    def getresponse(self: Any) -> http.client.HTTPResponse:
        answer = plain_answer(self)
        stage.pass_point("after", *last)
        return answer

    http.client.HTTPConnection.endheaders = endheaders  # type: ignore[method-assign]  # every client passes there
    http.client.HTTPConnection.getresponse = getresponse  # type: ignore[method-assign]  # every client passes there


def _take_time_from(path: Path) -> None:
    """Let this process's time be what the stage has written there; 0 is the real one."""
    with path.open("rb") as file:
        shown = mmap.mmap(file.fileno(), 8, access=mmap.ACCESS_READ)
    plain = time.time

    def now() -> float:
        at: float = struct.unpack("d", shown[:8])[0]
        return at or plain()

    time.time = now


if "HAAT_STAGE_PORT" in os.environ:
    _take_time_from(Path(os.environ["HAAT_STAGE_CLOCK"]))
    _watch_calls(_Stage(os.environ["HAAT_STAGE_FUNCTION"], int(os.environ["HAAT_STAGE_PORT"])))
