"""One function in a process of its own, under AWS's own runtime client (awslambdaric).

The process asks this side for events over the Lambda Runtime API, as it would inside Lambda. A process answers one
event at a time; when it dies or runs out of time it is not used again.
"""

import json
import os
import queue
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Literal

from infra.local.function import Function, InvocationFailed, Json
from infra.local.settings import HOST

INIT_SECONDS = 10.0  # Lambda gives a function as long to start
_KEPT = ("PATH", "LANG", "LC_ALL")


@dataclass(frozen=True, slots=True)
class _News:
    """What happened to the process: it is ready, it answered, it complained, or it is gone."""

    kind: Literal["ready", "answer", "error", "init error", "gone"]
    request_id: str = ""
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class _Order:
    """One event on its way to the handler."""

    request_id: str
    body: bytes
    deadline: float


class FunctionProcess:
    """One life of a function."""

    def __init__(self, function: Function, environment: Mapping[str, str], say: Callable[[str], None]) -> None:
        """Start the process; `say` gets each line that it prints."""
        self.function = function
        self._orders: queue.SimpleQueue[_Order | None] = queue.SimpleQueue()
        self._news: queue.SimpleQueue[_News] = queue.SimpleQueue()
        self._ready = False
        self._server = _RuntimeApi(self._orders, self._news, function.arn)
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "awslambdaric", function.handler],
            cwd=function.code,
            env={
                **kept,
                "HOME": "/tmp",  # noqa: S108  # as in Lambda
                "PYTHONPATH": os.pathsep.join(function.import_path),
                "PYTHONUNBUFFERED": "1",
                **function.runtime_environment,
                **environment,
                "AWS_LAMBDA_RUNTIME_API": f"{HOST}:{self._server.server_address[1]}",
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            # Ctrl-C is for the stage, which ends its functions itself.
            process_group=0,
        )
        self._reader = threading.Thread(target=self._read, args=(say,), daemon=True)
        self._reader.start()
        threading.Thread(target=self._watch, daemon=True).start()

    @property
    def alive(self) -> bool:
        """Whether it can take another event."""
        return self._process.poll() is None

    def wait_ready(self) -> None:
        """Wait for the end of its cold start; raise InvocationFailed if it comes to none."""
        if self._ready:
            return
        news = self._next(time.monotonic() + INIT_SECONDS)
        if news is None:
            self.close()
            raise self._failure("Sandbox.Timedout", f"not ready after {INIT_SECONDS:.0f} s")
        if news.kind != "ready":
            self.close()
            raise self._complaint(news, died=True)
        self._ready = True

    def invoke(self, event: Json) -> Json:
        """Give it one event and return its answer; kill it at its timeout."""
        self.wait_ready()
        limit = self.function.timeout
        order = _Order(str(uuid.uuid4()), json.dumps(event).encode(), time.time() + limit)
        self._orders.put(order)
        end = time.monotonic() + limit
        while True:
            news = self._next(end)
            if news is None:
                self.close()
                raise self._failure("Sandbox.Timedout", f"Task timed out after {limit:.2f} seconds")
            match news.kind:
                case "answer" if news.request_id == order.request_id:
                    return json.loads(news.body or b"null")
                case "error" if news.request_id == order.request_id:
                    raise self._complaint(news, died=False)
                case "gone" | "init error":
                    self.close()
                    raise self._complaint(news, died=True)
                case _:
                    pass  # "ready" again: it has come back for the next event

    def close(self) -> None:
        """End it, as Lambda does: without a word."""
        if self.alive:
            self._process.kill()
        self._process.wait()
        self._reader.join(2)
        self._orders.put(None)
        self._server.shutdown()
        self._server.server_close()

    def _next(self, end: float) -> _News | None:
        try:
            return self._news.get(timeout=max(0.0, end - time.monotonic()))
        except queue.Empty:
            return None

    def _read(self, say: Callable[[str], None]) -> None:
        with self._process.stdout as lines:  # type: ignore[union-attr]  # it is a pipe, see above
            for line in lines:
                say(line.decode("utf-8", "replace").rstrip("\n"))

    def _watch(self) -> None:
        code = self._process.wait()
        self._news.put(
            _News("gone", body=json.dumps({"errorType": "Runtime.ExitError", "errorMessage": f"exit {code}"}).encode())
        )

    def _failure(self, kind: str, message: str) -> InvocationFailed:
        return InvocationFailed(self.function.name, kind, message, died=True)

    def _complaint(self, news: _News, *, died: bool) -> InvocationFailed:
        said = json.loads(news.body or b"{}")
        kind, message = str(said.get("errorType")), str(said.get("errorMessage"))
        return InvocationFailed(self.function.name, kind, message, died=died)


class _RuntimeApi(ThreadingHTTPServer):
    """The Runtime API for one process."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, orders: "queue.SimpleQueue[_Order | None]", news: "queue.SimpleQueue[_News]", arn: str) -> None:
        super().__init__((HOST, 0), _Conversation)
        self.orders, self.news, self.arn = orders, news, arn

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: a process that is killed leaves its connection open."""


class _Conversation(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: _RuntimeApi  # type: ignore[mutable-override]  # nobody sets another one

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        """Hand out the next event, when there is one."""
        self.server.news.put(_News("ready"))
        order = self.server.orders.get()
        if order is None:
            self.close_connection = True
            return
        self._reply(
            200,
            order.body,
            {
                "Content-Type": "application/json",
                "Lambda-Runtime-Aws-Request-Id": order.request_id,
                "Lambda-Runtime-Deadline-Ms": str(int(order.deadline * 1000)),
                "Lambda-Runtime-Invoked-Function-Arn": self.server.arn,
            },
        )

    def do_POST(self) -> None:
        """Take an answer or a complaint."""
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        self._reply(202, b'{"status":"OK"}', {"Content-Type": "application/json"})
        *_, request_id, kind = Path(self.path).parts
        match kind:
            case "response":
                self.server.news.put(_News("answer", request_id, body))
            case "error" if request_id != "init":
                self.server.news.put(_News("error", request_id, body))
            case _:
                self.server.news.put(_News("init error", body=body))

    def _reply(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
