"""What a cold start of each function costs: processor time and memory until it asks for its first event, and until it has answered one.

Each life is a fresh process under AWS's runtime client, which finds the Runtime API here, on loopback, and so does its
SDK: what it asks for while it starts is answered at once. The processor's time is that of the child alone, so a busy
machine disturbs it little; what is compared has run in the same round.
"""

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import median

from infra.local.function import Function, Json
from infra.local.settings import HOST

SECONDS = 20.0  # a start that takes longer than this has failed
_YARDSTICK = "one boto3 client"
_ROUTES = ", with all of its routes"
# Routes are loaded when they are first asked for (edge/api/later.py); this asks for all of them.
_ASK_ALL = """
routes = build(read(Settings), logger, metrics).routes
for one in routes:
    routes[one]
"""
_PLAIN = """import boto3

client = boto3.client("dynamodb")


def handler(event, context):
    return None
"""


class NoStart(Exception):
    """A function never asked for an event."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """One cold start. `answered_ms` is what it took until the first event was answered, from the very beginning; 0 where there was none."""

    cpu_ms: float
    peak_mb: float
    answered_ms: float = 0.0


@dataclass(slots=True, kw_only=True)
class Starts:
    """All cold starts of one function."""

    name: str
    seen: list[Start] = field(default_factory=list)

    @property
    def least_ms(self) -> float:
        """The fastest: what is left when nobody disturbs."""
        return min(start.cpu_ms for start in self.seen)

    @property
    def median_ms(self) -> float:
        """The one in the middle."""
        return median(start.cpu_ms for start in self.seen)

    @property
    def answered_ms(self) -> float:
        """The fastest until an event was answered."""
        return min(start.answered_ms for start in self.seen)

    @property
    def answered_median_ms(self) -> float:
        """The one in the middle of these."""
        return median(start.answered_ms for start in self.seen)

    @property
    def peak_mb(self) -> float:
        """The most memory that any of them held."""
        return max(start.peak_mb for start in self.seen)


def measure(
    functions: Sequence[Function],
    layers: Mapping[str, Path],
    scratch: Path,
    rounds: int,
    *,
    bytecode: bool,
    events: Mapping[str, Json],
) -> list[Starts]:
    """Start each function, and one with a single client, `rounds` times in turn; the yardstick is the first of the answer.

    `layers` are the built ones, by the name of their folder in `layers/`. Without bytecode theirs is left out, as it would be
    where nobody compiles; that of the SDK, which the runtime brings along, stays. `events` are what some functions are then
    asked, by their names; the yardstick answers the first of them with nothing.
    """
    built = {name: _copy(folder, scratch / f"layer-{name}", bytecode=bytecode) for name, folder in layers.items()}
    shipped = [
        replace(
            function,
            code=_copy(
                function.code, scratch / function.name, bytecode=False
            ),  # nothing compiles a function's own file
            layers=tuple(built[layer.name] for layer in function.layers),
        )
        for function in functions
    ]
    shipped += [_with_all_routes(function, scratch) for function in shipped if function.name == "merchant_api"]
    plain = scratch / "plain"
    plain.mkdir()
    (plain / "app.py").write_text(_PLAIN)
    yardstick = replace(shipped[0], name=_YARDSTICK, code=plain, layers=(), environment={})
    asked = {_YARDSTICK: next(iter(events.values()), None), **events}
    found = [Starts(name=function.name) for function in (yardstick, *shipped)]
    for _ in range(rounds):
        for starts, function in zip(found, (yardstick, *shipped), strict=True):
            starts.seen.append(_start(function, asked.get(function.name)))
    return found


def _with_all_routes(function: Function, scratch: Path) -> Function:
    code = _copy(function.code, scratch / f"{function.name}-routes", bytecode=False)
    with (code / "app.py").open("a") as file:
        file.write(_ASK_ALL)
    return replace(function, name=function.name + _ROUTES, code=code)


def _copy(folder: Path, to: Path, *, bytecode: bool) -> Path:
    shutil.copytree(folder, to, ignore=None if bytecode else shutil.ignore_patterns("__pycache__"))
    return to


class _Awaited(ThreadingHTTPServer):
    """The Runtime API and all of AWS, for one process."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__((HOST, 0), _Answers)
        self.asked, self.answered, self.go, self.done = (threading.Event() for _ in range(4))
        self.event: Json = None
        self.answer: Json = None
        self.complaint = ""

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a process that is killed leaves its connections."""


class _Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Awaited  # type: ignore[mutable-override]  # nobody sets another one

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        """The function has started and wants an event: it gets the one there is, and waits in vain for another."""
        first = not self.server.asked.is_set()
        (self.server.asked if first else self.server.answered).set()
        if first and self.server.event is not None:
            self.server.go.wait()
            headers = {"Lambda-Runtime-Aws-Request-Id": "of-the-bench", "Content-Type": "application/json"}
            self._say(json.dumps(self.server.event).encode(), headers)
            return
        self.server.done.wait()
        self.close_connection = True

    def do_POST(self) -> None:
        """A secret is asked for, or the function answers, or says why it can't start."""
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        if self.path.endswith("/error"):
            self.server.complaint = body.decode("utf-8", "replace")
            self.server.asked.set()
            self.server.answered.set()
        elif self.path.endswith("/response"):
            self.server.answer = json.loads(body)
        self._say(
            json.dumps({"Parameter": {"Name": "secret", "Type": "SecureString", "Value": "of the bench"}}).encode(), {}
        )

    def _say(self, answer: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(200)
        for name, value in {"Content-Type": "application/x-amz-json-1.1", **headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)


@contextmanager
def _awaited() -> Iterator[_Awaited]:
    server = _Awaited()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.go.set()
        server.done.set()
        server.shutdown()
        server.server_close()
        thread.join()


def _start(function: Function, event: Json) -> Start:
    with _awaited() as server:
        server.event = event
        address = f"{HOST}:{server.server_address[1]}"
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL") if name in os.environ}
        environment = {
            **kept,
            **function.runtime_environment,
            "PYTHONPATH": os.pathsep.join(function.import_path),
            "PYTHONDONTWRITEBYTECODE": "1",  # /var/task and /opt can't be written
            "AWS_LAMBDA_RUNTIME_API": address,
            "AWS_ENDPOINT_URL": f"http://{address}",
        }
        program = [sys.executable, "-m", "awslambdaric", function.handler]
        with subprocess.Popen(
            program,
            cwd=function.code,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as child:
            try:
                _wait(server, server.asked, function)
                cpu_ms, answered_ms = _cpu_ms(child.pid), 0.0
                if event is not None:
                    server.go.set()
                    _wait(server, server.answered, function)
                    answered_ms = _cpu_ms(child.pid)
                    if (
                        isinstance(server.answer, dict)
                        and server.answer["statusCode"] >= HTTPStatus.INTERNAL_SERVER_ERROR
                    ):
                        raise NoStart(f"{function.name}: {server.answer}")
                return Start(cpu_ms=cpu_ms, peak_mb=_peak_mb(child.pid), answered_ms=answered_ms)
            finally:
                child.kill()


def _wait(server: _Awaited, for_: threading.Event, function: Function) -> None:
    if not for_.wait(SECONDS) or server.complaint:
        raise NoStart(f"{function.name}: {server.complaint or f'no event was asked for in {SECONDS:.0f} s'}")


def _cpu_ms(pid: int) -> float:
    """User and system time of all threads of a process, as the scheduler counts it (Linux)."""
    times = [int((task / "schedstat").read_text().split()[0]) for task in Path(f"/proc/{pid}/task").iterdir()]
    return sum(times) / 1e6


def _peak_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024
