"""A stage for tests with each function in a process of its own, which a test can really kill.

    with in_processes() as stage:
        with stage.faults.kill(function="auto_reply", call=3, when="after"):
            ...
            stage.run_for(3600)

The words are those of the stage in one process. There a function dies of an exception; here its process gets SIGKILL,
at the same point each time: it asks the stage before and after each HTTP call whether it may live on
(`child/sitecustomize.py`; the product knows nothing of it). Everything still moves only when the test moves it, and the
processes' time is the stage's. Other faults than death are for the stage in one process.
"""

import logging
import mmap
import socketserver
import struct
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from moto.server import ThreadedMotoServer

from infra.local.clock import TestClock
from infra.local.faults import Call, Faults, Killed, Meanwhile, Refusal, Slow, When
from infra.local.function import REGION, Function, Json, Runner
from infra.local.http import Request, Response
from infra.local.logs import Logs
from infra.local.ric import Processes
from infra.local.runtime_api import FunctionProcess
from infra.local.servers import HttpServer
from infra.local.settings import HOST, Settings
from infra.local.stage import Stage

CHILD = Path(__file__).parent / "child"
_GO_ON, _DIE = b".", b"x"


@contextmanager
def in_processes(settings: Settings | None = None, *, region: str = REGION) -> Iterator[Stage]:
    """Deploy the template for processes that may be killed; the clock stands still until it is moved."""
    # It writes a line for each call to AWS.
    logging.getLogger("werkzeug").setLevel(logging.CRITICAL)
    with ExitStack() as things:
        clock, logs = SharedClock(Path(things.enter_context(tempfile.TemporaryDirectory())) / "clock"), Logs()
        things.callback(clock.close)
        clock.start()
        things.callback(clock.stop)

        def read_flags(request: Request) -> Response:
            return stage.flags.handle(request)  # the stage is made below: it needs these addresses

        def call_others(request: Request) -> Response:
            return stage.others.handle(request)

        flags, others = (HttpServer(answer).start() for answer in (read_flags, call_others))
        things.callback(flags.close)
        things.callback(others.close)
        moto = ThreadedMotoServer(ip_address=HOST, port=0, verbose=False)
        moto.start()
        things.callback(moto.stop)

        def runner(stage: Stage) -> Runner:
            witness = Witness(stage.faults)
            things.callback(witness.close)
            where = {
                "AWS_ENDPOINT_URL": "http://{}:{}".format(*moto.get_host_and_port()),
                "AWS_ENDPOINT_URL_APPCONFIGDATA": flags.url,
                "HAAT_STAGE_PORT": str(witness.port),
                "HAAT_STAGE_CLOCK": str(clock.path),
            }
            return MortalProcesses(where, logs, witness)

        settings = replace(settings or Settings(), graph_url=others.url, bank_url=others.url)
        stage = things.enter_context(Stage(settings, clock, logs, runner, region=region))
        stage.schedules_sleep = True
        yield stage


class SharedClock(TestClock):
    """The tests' clock, which other processes read too: from a file that they have in their memory."""

    def __init__(self, path: Path) -> None:
        """Show the real time, until it is started."""
        super().__init__()
        self.path = path
        path.write_bytes(bytes(8))
        with path.open("r+b") as file:
            self._shown = mmap.mmap(file.fileno(), 8)

    def start(self) -> None:
        """Take over the time of this process and of the others."""
        super().start()
        self._show()

    def stop(self) -> None:
        """Give all their real time back."""
        super().stop()
        self._show()

    def set(self, moment: datetime) -> None:
        """Move to `moment`."""
        super().set(moment)
        self._show()

    def advance(self, seconds: float) -> None:
        """Move forward by `seconds`."""
        super().advance(seconds)
        self._show()

    def close(self) -> None:
        """Show nothing more."""
        self._shown.close()

    def _show(self) -> None:
        self._shown[:8] = struct.pack("d", self.now() if self.running else 0.0)


class Witness:
    """Hears of each call from the process that makes it, and says whether that process lives on."""

    def __init__(self, faults: Faults) -> None:
        """Listen on a port of its own."""
        self._faults = faults
        self._misused: Refusal | Slow | Meanwhile | BaseException | None = None
        self._lock = threading.Lock()
        self._server = _Listener(self)
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @property
    def port(self) -> int:
        """Where processes report."""
        port: int = self._server.server_address[1]
        return port

    def begins(self, function: str, service: str, operation: str) -> Call:
        """Note a call that is about to be made."""
        with self._lock:
            return self._faults.record(function, 0, service, operation)

    def spares(self, call: Call, when: When) -> bool:
        """Say whether the caller lives on."""
        try:
            with self._lock:
                self._misused = self._faults.strike(call, when) or self._misused
        except Killed:
            return False
        except BaseException as effect:  # noqa: BLE001  # what a test wanted to see raised inside the client
            self._misused = effect
        return True

    def complain(self) -> None:
        """Raise if a fault was set that can't be brought about here."""
        misused, self._misused = self._misused, None
        if misused is not None:
            raise NotImplementedError(f"functions in processes can die and nothing else: {misused!r}")

    def close(self) -> None:
        """Hear nothing more."""
        self._server.shutdown()
        self._server.server_close()


class MortalProcesses(Processes):
    """Runs functions in processes that report to a witness."""

    def __init__(self, environment: Mapping[str, str], logs: Logs, witness: Witness) -> None:
        """Add `environment` to what each function gets from the template."""
        super().__init__(environment, logs)
        self._witness = witness

    def invoke(self, function: Function, event: Json) -> Json:
        """Return the handler's answer, or raise InvocationFailed."""
        try:
            return super().invoke(function, event)
        finally:
            self._witness.complain()

    def _start(self, function: Function) -> FunctionProcess:
        watched = replace(function, layers=(*function.layers, CHILD))
        environment = {**self._environment, "HAAT_STAGE_FUNCTION": function.name}
        return FunctionProcess(watched, environment, lambda line: self._logs.add(function.name, line))


class _Listener(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, witness: Witness) -> None:
        self.witness = witness
        super().__init__((HOST, 0), _Report)

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a process that is killed leaves its connection open."""


class _Report(socketserver.StreamRequestHandler):
    """One process, for as long as it lives."""

    disable_nagle_algorithm = True
    server: _Listener  # type: ignore[mutable-override]  # nobody sets another one

    def handle(self) -> None:
        """Answer each point with whether the process lives on; a point "after" is that of the call before."""
        witness, function = self.server.witness, self.rfile.readline().decode().strip()
        call: Call | None = None
        for line in self.rfile:
            when, service, operation = line.decode().rstrip("\n").split("\t")
            if when == "before" or call is None:
                call = witness.begins(function, service, operation)
            spared = witness.spares(call, "before" if when == "before" else "after")
            self.wfile.write(_GO_ON if spared else _DIE)
