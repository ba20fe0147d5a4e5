"""Python runs this first in ministack's process and in those of the functions that it starts: it lies on their PYTHONPATH.

It gives them a clock that tests can move, and ministack itself a window. Time is read from a file: the machine's plus an
offset, or a moment at which it stands. Delays, visibility, time to live and what functions take for now follow it. Signatures
don't: they are dated with `datetime`, on both sides. Nor does ministack's own waiting for a function's process.

A function's process is kept as it is when its code has been loaded, and lives on in a copy of itself (`fork`), which may be
ended and made anew: a cold start without its price, as with Lambda's snapshots. It also says on stderr when it has printed all
that belongs to a call: ministack by itself waits 50 ms for lines that may never come.

The window answers on a socket file, one line of JSON for one word:

    look    what is still to be done, and when; what failed
    events  what the functions were given
    forget  end the functions' lives; forget their logs, what they were given, seen messages, transactions and requests
    asked   which permissions roles were asked for since the last such question, and whether they were granted
    restart end one function's processes: the next call loads its code anew
    slow    the next call that needs a permission takes so many seconds of the moved clock
    sleep   schedules sleep ("on", as in the beginning) or run ("off"), and count from now

It looks into ministack 1.5.33 as it is inside, and decides nothing. Three things that ministack leaves out are filled in:
`haat_layers.py`, `haat_leading.py`, `haat_stacks.py`; schedules are made to keep the moved clock: `haat_schedules.py`.
"""

import ctypes
import json
import mmap
import os
import signal
import socketserver
import struct
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from queue import Empty
from types import SimpleNamespace
from typing import Any

import haat_asked  # type: ignore[import-not-found]  # they lie beside this file, on the PYTHONPATH
import haat_layers  # type: ignore[import-not-found]
import haat_schedules  # type: ignore[import-not-found]
import haat_stacks  # type: ignore[import-not-found]

# Two looks this far apart must agree that all is quiet: work passes from queue to table to stream while one looks.
_AGAIN = 0.005
# A life that was ended is followed by the next within a millisecond (seconds).
_REBORN = 5.0
# The last line of a call; and how long it may take to come through the pipe, where it comes at all (seconds).
_END, _COMES = "\0", 1.0
# How often ministack looks into queues and streams while it is asked whether all is quiet (seconds).
_LOOK_AGAIN = 0.005
_PDEATHSIG = 1  # prctl's word for: a signal when my parent ends
_PLAIN = time.time
_SEEN: list[dict[str, str]] = []
_EVENTS: list[Any] = []
_COUNTS = {"carried": 0, "passes": 0}


def _take_time_from(path: Path) -> None:
    """Let this process's time be what the file says: how far the machine's is moved, or where it stands (0: it does not)."""
    with path.open("rb") as file:
        shown = mmap.mmap(file.fileno(), 16, access=mmap.ACCESS_READ)

    def now() -> float:
        offset, stands = struct.unpack("dd", shown[:16])
        at: float = stands or _PLAIN() + offset
        return at

    time.time = now


def _watch(lambda_svc: Any) -> None:
    """Count invocations and what they raised, and know when the poller of event sources is at work."""
    from ministack.core import lambda_runtime  # noqa: PLC0415  # only ministack's own process has it

    run, poll_queues, poll_streams = (
        lambda_svc._execute_function,
        lambda_svc._poll_sqs,
        lambda_svc._poll_dynamodb_streams,
    )

    def execute(func: Any, event: Any) -> Any:
        _EVENTS.append(event)
        result = run(func, event)
        _COUNTS["carried"] += 1
        if result.get("error"):
            body = result.get("body") if isinstance(result.get("body"), dict) else {}
            name = (func.get("config") or func).get("FunctionName", "")
            error = {"type": body.get("errorType", ""), "message": body.get("errorMessage", "")}
            _SEEN.append({"function": name, **error, "log": result.get("log", "")})
        return result

    def at_work(poll: Callable[[], bool]) -> Callable[[], bool]:
        def once() -> bool:
            _COUNTS["passes"] += 1
            try:
                return poll()
            finally:
                _COUNTS["passes"] -= 1

        return once

    lambda_runtime.time = SimpleNamespace(
        **{**vars(time), "time": _PLAIN}
    )  # or it would wait for ever where time stands
    lambda_runtime.Worker._drain_stderr_bounded = _printed
    lambda_svc._ESM_IDLE_WAKE_GAP_SECONDS = _LOOK_AGAIN
    _COUNTS["watched"] = 1
    lambda_svc._execute_function = execute
    lambda_svc._poll_sqs, lambda_svc._poll_dynamodb_streams = at_work(poll_queues), at_work(poll_streams)


def _printed(worker: Any) -> str:
    """Return what a function's process has printed in its last call."""
    lines, end = list[str](), time.monotonic() + _COMES
    with suppress(Empty):
        while (line := worker._stderr_queue.get(timeout=max(0.0, end - time.monotonic()))) != _END:
            lines.append(line)
    return "\n".join(lines)


def _due(lambda_svc: Any) -> Iterator[float]:
    """When each message that a mapping waits for can be received, each unread piece of a stream, each schedule."""
    from ministack.services import dynamodb, sqs  # noqa: PLC0415  # only ministack's own process has it

    yield from haat_schedules.due()
    now = time.time()
    for _, _, mapping in list(lambda_svc._iter_all_esms()):
        if not mapping.get("Enabled", True):
            continue
        source, pause = mapping.get("EventSourceArn", ""), lambda_svc._esm_backoff_until.get(mapping["UUID"], 0)
        if ":dynamodb:" in source:
            table = source.split(":table/")[1].split("/")[0]
            read = lambda_svc._dynamodb_stream_positions.get(mapping["UUID"], 0)
            if dynamodb.stream_end_position(table) > max(read, dynamodb.stream_start_position(table)):
                yield max(now, pause)
            continue
        queue = sqs._queues.get(sqs._queue_url(source.rpartition(":")[2])) or {"messages": ()}
        waiting = list(queue["messages"])
        held: dict[str | None, float] = {}
        for message in waiting:  # a group waits behind its message that somebody has received
            if message["visible_at"] > now and message["receive_count"] and message["group_id"]:
                held[message["group_id"]] = max(message["visible_at"], held.get(message["group_id"], 0))
        for message in waiting:
            yield max(message["visible_at"], held.get(message["group_id"], 0), pause)


def _look(lambda_svc: Any) -> dict[str, Any]:
    from ministack.core import concurrency, lambda_runtime  # noqa: PLC0415  # as above

    concurrency.esm_wake.set()
    busy, due = 0, None
    for _ in range(2):
        times = list(_due(lambda_svc))
        due = min(times, default=None)
        busy = sum(lambda_svc._esm_inflight.values()) + lambda_runtime.workers_in_use() + _COUNTS["passes"]
        if busy or (due is not None and due <= time.time()):
            break
        time.sleep(_AGAIN)
    return {"busy": busy, "due": due, "carried": _COUNTS["carried"], "failures": list(_SEEN)}


def _forget(lambda_svc: Any) -> dict[str, Any]:
    from ministack.core import lambda_runtime  # noqa: PLC0415  # as above
    from ministack.services import apigateway_v1, cloudwatch_logs, dynamodb, sqs  # noqa: PLC0415  # as above

    _end_lives(lambda_runtime)
    lambda_svc._esm_backoff_until.clear()
    for queue in list(sqs._queues._data.values()):
        queue["dedup_cache"].clear()
    for group in list(cloudwatch_logs._log_groups._data.values()):
        group["streams"].clear()
    dynamodb._txn_idempotency.clear()
    apigateway_v1._throttle_state.clear()
    haat_schedules.begin()
    for known in (_SEEN, _EVENTS):
        known.clear()
    return {}


def _end_lives(lambda_runtime: Any) -> None:
    """Let each function's process go back to where its code was loaded; one that can't is ended."""
    workers = [worker for entries in list(lambda_runtime._workers.values()) for worker in entries if worker._proc]
    lives = {worker._proc.pid: _copies(worker._proc.pid) for worker in workers if worker._proc.poll() is None}
    if not all(lives.values()):
        lambda_runtime.reset()
        return
    for copy in (copy for copies in lives.values() for copy in copies):
        with suppress(ProcessLookupError):
            os.kill(copy, signal.SIGKILL)
    end = time.monotonic() + _REBORN
    while any(not (now := _copies(pid)) or now & lives[pid] for pid in lives) and time.monotonic() < end:
        time.sleep(0.001)


def _copies(pid: int) -> set[int]:
    try:
        return {int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()}
    except OSError:  # the process is gone, or this machine does not tell
        return set()


class _Calls:
    """What a function's process reads: the first line has its code loaded, each later one is a call, read by a copy."""

    def __init__(self) -> None:
        self._lines, self._read = sys.stdin, 0

    def readline(self) -> str:
        """Return the next line."""
        self._read += 1
        if self._read > 2:
            print(_END, file=sys.stderr, flush=True)
        elif self._read == 2 and sys.platform == "linux" and threading.active_count() == 1:
            _live_in_copies()
        return self._lines.readline()


def _live_in_copies() -> None:
    """Return in a copy of this process, and in another one as often as one is ended from outside; end as the last one did."""
    libc, original = ctypes.CDLL(None), os.getpid()
    while copy := os.fork():
        _, status = os.waitpid(copy, 0)
        if not (os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL):
            os._exit(abs(os.waitstatus_to_exitcode(status)))
    libc.prctl(_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != original:
        os._exit(1)


class _Window(socketserver.StreamRequestHandler):
    """One question, one answer."""

    def handle(self) -> None:
        from ministack.services import lambda_svc  # noqa: PLC0415  # as above

        if "watched" not in _COUNTS:  # at the first word, which comes before anything is deployed
            _watch(lambda_svc)
            haat_asked.listen()
            haat_stacks.mend()
            haat_schedules.mend()
        word, *more = self.rfile.readline().decode().split()
        answer = _WORDS[word](lambda_svc, *more)
        self.wfile.write(json.dumps(answer).encode() + b"\n")


_WORDS: dict[str, Callable[..., dict[str, Any]]] = {
    "look": _look,
    "events": lambda _: {"events": list(_EVENTS)},
    "forget": _forget,
    "restart": haat_asked.restart,
    "asked": haat_asked.asked,
    "slow": haat_asked.slow,
    "sleep": haat_schedules.sleep,
}


def _end_with(parent: int) -> None:
    """End this process when whoever started it is gone: nobody else would."""
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)


def _open_window(path: str) -> None:
    window = socketserver.ThreadingUnixStreamServer(path, _Window)
    window.daemon_threads = True
    threading.Thread(target=window.serve_forever, name="window", daemon=True).start()
    threading.Thread(target=_end_with, args=(os.getppid(),), name="orphan", daemon=True).start()


if "HAAT_ENGINE_CLOCK" in os.environ:
    _take_time_from(Path(os.environ["HAAT_ENGINE_CLOCK"]))
if "HAAT_ENGINE_WINDOW" in os.environ and "AWS_LAMBDA_FUNCTION_NAME" not in os.environ:
    _open_window(os.environ["HAAT_ENGINE_WINDOW"])
elif "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
    haat_layers.lay(os.environ)
    sys.stdin = _Calls()
