import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from infra.local.function import Function, InvocationFailed
from infra.local.logs import Logs
from infra.local.ric import Processes

HERE = Path(__file__).parent / "scratch" / "functions"


def function(name: str, timeout: float = 20) -> Function:
    """Return one of the scratch functions."""
    return Function(
        name=name,
        logical_id=name.title(),
        physical_name=f"haat-{name}",
        arn=f"arn:aws:lambda:ap-south-1:123456789012:function:{name}",
        handler="app.handler",
        code=HERE / name,
        layers=(),
        environment={"OWN": name},
        timeout=timeout,
        memory=256,
    )


@pytest.fixture
def logs() -> Logs:
    """Return where the processes' lines go."""
    return Logs()


@pytest.fixture
def processes(logs: Logs) -> Iterator[Processes]:
    """Return a runner; its processes end with the test."""
    runner = Processes({}, logs)
    yield runner
    runner.close()


def test_function_runs_in_a_process_of_its_own_with_its_own_environment(processes: Processes, logs: Logs) -> None:
    """The process is kept for the next event; what it prints is caught line by line."""
    first = processes.invoke(function("odd"), {"do": "answer"})
    second = processes.invoke(function("odd"), {"do": "answer"})
    assert first == second
    assert first["pid"] != os.getpid()
    assert (first["memory"], first["variable"]) == ("256", "odd")
    assert logs.lines("odd") == ["asked to answer"] * 2


def test_handler_that_raises_keeps_its_process(processes: Processes) -> None:
    """As on Lambda; the error's type comes through."""
    before = processes.invoke(function("odd"), {"do": "answer"})
    with pytest.raises(InvocationFailed, match="ValueError: asked to") as caught:
        processes.invoke(function("odd"), {"do": "raise"})
    assert not caught.value.died
    assert processes.invoke(function("odd"), {"do": "answer"}) == before


def test_death_is_noticed_at_once_and_the_next_event_finds_a_new_process(processes: Processes) -> None:
    """Not only when the timeout is over."""
    before = processes.invoke(function("odd"), {"do": "answer"})
    started = time.perf_counter()
    with pytest.raises(InvocationFailed, match="exit 3") as caught:
        processes.invoke(function("odd"), {"do": "exit"})
    assert time.perf_counter() - started < 2
    assert caught.value.died
    assert processes.invoke(function("odd"), {"do": "answer"})["pid"] != before["pid"]


def test_handler_that_hangs_is_killed_at_its_timeout(processes: Processes) -> None:
    """Its process is gone, as on Lambda."""
    pid = processes.invoke(function("odd", timeout=0.3), {"do": "answer"})["pid"]
    with pytest.raises(InvocationFailed, match=r"timed out after 0\.30 seconds"):
        processes.invoke(function("odd", timeout=0.3), {"do": "hang"})
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_function_that_can_not_start_says_why(processes: Processes) -> None:
    """At warming up as well as at its first event."""
    (failure,) = processes.warm_up([function("odd"), function("broken")])
    assert (failure.function, failure.kind) == ("broken", "Runtime.ImportModuleError")
    with pytest.raises(InvocationFailed, match="no_such_module"):
        processes.invoke(function("broken"), {})


def test_requests_at_the_same_time_have_processes_of_their_own(processes: Processes) -> None:
    """A process takes one event at a time."""
    with ThreadPoolExecutor(3) as threads:
        answers = list(threads.map(lambda _: processes.invoke(function("odd"), {"do": "answer"}), range(6)))
    assert 1 <= len({answer["pid"] for answer in answers}) <= 3


def test_closing_ends_all_processes_also_those_at_work(logs: Logs) -> None:
    """A hanging handler does not keep the stage up."""
    processes = Processes({}, logs)
    pid = processes.invoke(function("odd"), {"do": "answer"})["pid"]
    with ThreadPoolExecutor(1) as threads:
        hanging = threads.submit(processes.invoke, function("odd"), {"do": "hang"})
        while "asked to hang" not in logs.lines("odd"):
            pass
        processes.close()
        with pytest.raises(InvocationFailed):
            hanging.result(5)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    with pytest.raises(InvocationFailed, match="going down"):
        processes.invoke(function("odd"), {"do": "answer"})
