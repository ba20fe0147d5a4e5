"""`make run`: the whole application on this machine, until Ctrl-C.

Each function has a process of its own, each event source a thread, and all of it is on loopback. What happened is
saved every few seconds and at the end, so that the next start goes on from there.
"""

import argparse
import logging
import os
import queue
import secrets
import signal
import sys
import threading
import time
import traceback
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from moto.server import ThreadedMotoServer

from infra.local import state
from infra.local.bell import BELL
from infra.local.clock import RealClock
from infra.local.function import ACCOUNT, REGION, InvocationFailed
from infra.local.http import Request, Response
from infra.local.logs import Logs
from infra.local.payees import open_accounts
from infra.local.pumps import Pump
from infra.local.ric import Processes
from infra.local.seed import seed
from infra.local.servers import HttpServer
from infra.local.settings import HOST, Settings, SettingsError
from infra.local.simulators.server import SimulatorServer
from infra.local.stage import Stage
from infra.local.template import TemplateError
from infra.local.verified import open_requests

SAVE_EVERY = 3.0
KEPT_LINES = 20_000
# Seconds until a reply is sent, delivered and read: so that one sees the ticks come.
TICKS = (0.3, 0.7, 1.0)


class Mover(threading.Thread):
    """Runs one pump for as long as the stage stands."""

    def __init__(self, pump: Pump, stopping: threading.Event) -> None:
        """Prepare; `start` begins."""
        super().__init__(name=pump.name, daemon=True)
        self._pump, self._stopping = pump, stopping

    def run(self) -> None:
        """Carry what is due, then wait for the bell or the next due time."""
        while not self._stopping.is_set():
            seen = BELL.rung
            try:
                if self._pump.once():
                    continue
                due = self._pump.next_due()
            except Exception:  # noqa: BLE001  # one pump's mistake must not stop the stage, and must be seen
                traceback.print_exc()
                due = time.time() + 1
            rest = 1.0 if due is None else min(1.0, max(0.005, due - time.time()))
            BELL.wait(seen, rest)


class Saver:
    """Writes the state when something has changed."""

    def __init__(self, stage: Stage) -> None:
        """Save at the first call."""
        self._stage = stage
        self._lock = threading.Lock()
        self._saved: object = None

    def try_to_save(self) -> None:
        """Save; a disk that is full is said, and does not end the stage."""
        try:
            self.save()
        except OSError as error:
            print(f"! the state was not saved: {error}", file=sys.stderr, flush=True)

    def save(self) -> None:
        """Save, if there is anything new."""
        with self._lock:
            now = (BELL.rung, self._stage.graph.world.revision, self._stage.bank.world.revision)
            if now != self._saved:
                state.save(self._stage, self._stage.settings.state_dir)
                self._saved = now


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the stage; return the exit status."""
    parser = argparse.ArgumentParser(prog="make run", description="Haat on this machine.")
    parser.add_argument("--reset", action="store_true", help="forget what happened before, and do no more")
    options = parser.parse_args(arguments)
    started = time.monotonic()
    # The one thing that a signal handler may safely do to a waiting main thread.
    signals: queue.SimpleQueue[int] = queue.SimpleQueue()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, _: signals.put(number))
    try:
        settings = Settings.from_environ(os.environ)
        settings.require_free_ports()
        with ExitStack() as things:
            things.enter_context(state.held(settings.state_dir))
            if options.reset:
                _forget(settings.state_dir)
                print(f"{settings.state_dir} is forgotten; `make run` begins anew")
                return 0
            saved = state.read(settings.state_dir)
            settings = settings.with_pepper(_pepper(settings.state_dir))
            stage, saver = _bring_up(settings, saved, things)
            _welcome(stage, time.monotonic() - started)
            if settings.scene:
                threading.Thread(target=_play, args=(stage,), name="scene", daemon=True).start()
            while not _waited(signals, SAVE_EVERY):
                saver.try_to_save()
                stage.tidy()
    except (SettingsError, TemplateError, state.StateError) as error:
        print(f"make run: {error}", file=sys.stderr)
        return 2
    return 0


def _waited(signals: "queue.SimpleQueue[int]", seconds: float) -> bool:
    """Wait for a signal; say whether one came."""
    try:
        signals.get(timeout=seconds)
    except queue.Empty:
        return False
    return True


def _bring_up(settings: Settings, saved: state.Saved | None, things: ExitStack) -> tuple[Stage, Saver]:
    """Start everything, in an order in which whatever is called is there; ExitStack ends it backwards."""
    # It writes a line for each call to AWS.
    logging.getLogger("werkzeug").setLevel(logging.CRITICAL)
    stopping = threading.Event()
    logs = Logs(settings.state_dir / "logs", keep=KEPT_LINES)

    def read_flags(request: Request) -> Response:
        return stage.flags.handle(request)  # the stage is made below: it needs this address

    flags = HttpServer(read_flags).start()
    things.callback(flags.close)
    where = {"AWS_ENDPOINT_URL": settings.moto_url, "AWS_ENDPOINT_URL_APPCONFIGDATA": flags.url}
    processes = Processes(where, logs)
    stage = things.enter_context(Stage(settings, RealClock(), logs, lambda _: processes, on_failure=_say))
    stage.graph.delays = TICKS
    moto = ThreadedMotoServer(ip_address=HOST, port=settings.moto_port, verbose=False)
    moto.start()
    things.callback(moto.stop)

    if saved is not None:
        for lost in saved.put_back(stage):
            print(f"kept from before, but without a place in today's template: {lost}", file=sys.stderr)
    seed(stage)
    open_accounts(stage)
    open_requests(stage)
    if saved is not None:
        saved.put_back_chats(stage)

    saver = Saver(stage)
    things.callback(saver.try_to_save)  # last of all, when nothing moves any more
    for failure in processes.warm_up(stage.functions.values()):
        print(f"{failure} (see {logs.path(failure.function)})", file=sys.stderr)

    movers = [Mover(pump, stopping) for pump in stage.pumps]
    things.callback(_join, movers, stopping)
    for mover in movers:
        mover.start()
    front = HttpServer(lambda request: stage.doors.handle(request, now=stage.clock.now()), settings.port).start()
    things.callback(front.close)
    simulators = SimulatorServer(stage.graph, settings.sim_port, settings.url, stage.bank).start()
    things.callback(simulators.stop)
    return stage, saver


def _join(movers: Sequence[Mover], stopping: threading.Event) -> None:
    """Let each pump finish the batch that it is carrying, but not for ever."""
    stopping.set()
    BELL.ring()
    end = time.monotonic() + 5
    for mover in movers:
        mover.join(max(0.0, end - time.monotonic()))


def _say(failure: InvocationFailed) -> None:
    """Tell the terminal that something went wrong; the log has the rest."""
    print(f"! {failure.function}: {failure.kind}", file=sys.stderr, flush=True)


def _welcome(stage: Stage, seconds: float) -> None:
    """Print where everything is; the last line begins with `ready`."""
    settings = stage.settings
    table = stage.deployment.outputs.get("ConversationTable", "")
    command = (
        f"AWS_ACCESS_KEY_ID=x AWS_SECRET_ACCESS_KEY=x aws --endpoint-url {settings.moto_url} --region {REGION}"
        f" dynamodb scan --table-name {table}"
    )
    lines = {
        "webhook": f"{settings.url}/webhooks/whatsapp",
        "messenger": f"{settings.url}/webhooks/messenger",
        "verify token": settings.verify_token,
        "phone": f"{settings.sim_url}/",
        "payer": f"{settings.sim_url}/bank",
        "AWS": f"{settings.moto_url} (account {ACCOUNT})",
        "  for example": command,
        "state": f"{settings.state_dir} (`make run-reset` forgets it)",
        "logs": f"{settings.state_dir / 'logs'}",
    }
    for name, value in lines.items():
        print(f"{name:<14}{value}")
    print(f"ready after {seconds:.1f} s; Ctrl-C stops", flush=True)


def _play(stage: Stage) -> None:
    """Play the scene; if it breaks, the stage still stands."""
    from infra.local.scene import play  # noqa: PLC0415  # only when it is played

    try:
        play(stage)
    except Exception:  # noqa: BLE001  # shown in full; the stage goes on
        traceback.print_exc()


def _pepper(directory: Path) -> str:
    """Return this machine's pepper, made at the first start: without it no stored fingerprint is found again."""
    path = directory / "pepper"
    if not path.exists():
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(32))
    return path.read_text()


def _forget(directory: Path) -> None:
    """Remove what earlier runs have left, and nothing else that may lie there."""
    names = (state.FILE, f"{state.FILE}.new", "state.before.json", "pepper")
    for path in (*(directory / name for name in names), *(directory / "logs").glob("*.log")):
        path.unlink(missing_ok=True)


if __name__ == "__main__":
    sys.exit(main())
