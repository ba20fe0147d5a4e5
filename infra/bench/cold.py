"""What a cold start of each function costs: processor time and memory until it asks for its first event.

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
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import median

from infra.local.function import Function
from infra.local.settings import HOST

SECONDS = 20.0  # a start that takes longer than this has failed
_YARDSTICK = "one boto3 client"
_PLAIN = """import boto3

client = boto3.client("dynamodb")


def handler(event, context):
    return None
"""


class NoStart(Exception):
    """A function never asked for an event."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """One cold start."""

    cpu_ms: float
    peak_mb: float


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
    def peak_mb(self) -> float:
        """The most memory that any of them held."""
        return max(start.peak_mb for start in self.seen)


def measure(
    functions: Sequence[Function], layers: Mapping[str, Path], scratch: Path, rounds: int, *, bytecode: bool
) -> list[Starts]:
    """Start each function, and one with a single client, `rounds` times in turn; the yardstick is the first of the answer.

    `layers` are the built ones, by the name of their folder in `layers/`. Without bytecode theirs is left out, as it would be
    where nobody compiles; that of the SDK, which the runtime brings along, stays.
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
    plain = scratch / "plain"
    plain.mkdir()
    (plain / "app.py").write_text(_PLAIN)
    yardstick = replace(shipped[0], name=_YARDSTICK, code=plain, layers=(), environment={})
    found = [Starts(name=function.name) for function in (yardstick, *shipped)]
    for _ in range(rounds):
        for starts, function in zip(found, (yardstick, *shipped), strict=True):
            starts.seen.append(_start(function))
    return found


def _copy(folder: Path, to: Path, *, bytecode: bool) -> Path:
    shutil.copytree(folder, to, ignore=None if bytecode else shutil.ignore_patterns("__pycache__"))
    return to


class _Awaited(ThreadingHTTPServer):
    """The Runtime API and all of AWS, for one process."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__((HOST, 0), _Answers)
        self.asked, self.done = threading.Event(), threading.Event()
        self.complaint = ""


class _Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Awaited  # type: ignore[mutable-override]  # nobody sets another one

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        """The function has started and wants an event: there will be none."""
        self.server.asked.set()
        self.server.done.wait()
        self.close_connection = True

    def do_POST(self) -> None:
        """A secret is asked for, or the function says why it can't start."""
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        if "/runtime/init/error" in self.path:
            self.server.complaint = body.decode("utf-8", "replace")
            self.server.asked.set()
        answer = json.dumps({"Parameter": {"Name": "secret", "Type": "SecureString", "Value": "of the bench"}}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/x-amz-json-1.1")
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
        server.done.set()
        server.shutdown()
        server.server_close()
        thread.join()


def _start(function: Function) -> Start:
    with _awaited() as server:
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
                if not server.asked.wait(SECONDS) or server.complaint:
                    raise NoStart(
                        f"{function.name}: {server.complaint or f'no event was asked for in {SECONDS:.0f} s'}"
                    )
                return Start(cpu_ms=_cpu_ms(child.pid), peak_mb=_peak_mb(child.pid))
            finally:
                child.kill()


def _cpu_ms(pid: int) -> float:
    """User and system time of all threads of a process, as the scheduler counts it (Linux)."""
    times = [int((task / "schedstat").read_text().split()[0]) for task in Path(f"/proc/{pid}/task").iterdir()]
    return sum(times) / 1e6


def _peak_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024
