"""Tests in two processes side by side, since a machine has two cores: `make test`, `make test-slow`, `make conform`.

    python -m infra.halves -v
    python -m infra.halves --slow -v

The first runs the tests of every day, the second the slow ones alone; `--all` is one after the other. What else is given goes to
both halves. Where it names a file or folder of tests, only that is run, in one process. The first one's output is shown as it
comes, the other's as it was when the first has ended. The status is 0 where no test failed.
"""

import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

# Nothing of the product is imported: each half finds it by pytest's own settings.
ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Which:
    """Tests that are run together: by which marks they are chosen, and how they are cut in two."""

    marks: str
    halves: Mapping[str, tuple[str, ...]]


def _cut(*first: str) -> Mapping[str, tuple[str, ...]]:
    """Return two halves: these folders and files of tests, and whatever they are not."""
    return {"first": first, "second": ("tests", *(f"--ignore={one}" for one in first))}


# Each is cut so that both halves take about as long.
EVERYDAY = Which(
    "not slow and not conform",
    _cut("tests/contract", "tests/security", "tests/stack/business", "tests/unit/conversation", "tests/unit/payment"),
)
SLOW = Which("slow and not conform", _cut("tests/load", "tests/stack/test_killed.py"))
WHICH: Mapping[str, tuple[Which, ...]] = {"--slow": (SLOW,), "--all": (EVERYDAY, SLOW)}
# pytest's own statuses.
_ALL_WELL, _NO_TESTS = 0, 5
_LOOK_EVERY = 0.2
# How long a half may take to put away what it has started (seconds).
_PATIENCE = 30.0

type Command = Callable[[str, Sequence[str]], Sequence[str]]


def run(halves: Mapping[str, Sequence[str]], command: Command) -> int:
    """Run all halves, show what they say, and return the worst of their statuses; no test at all is no success either."""
    with tempfile.TemporaryDirectory(prefix="haat-said-") as folder, ExitStack() as until:
        running = {}
        for half, paths in halves.items():
            said = Path(folder) / half
            running[half] = subprocess.Popen(
                command(half, paths),
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=until.enter_context(said.open("wb")),
                stderr=subprocess.STDOUT,
            )
            until.callback(_end, running[half])
        for half, process in running.items():
            print(f"== {' '.join(halves[half])}", flush=True)
            _show(Path(folder) / half, process)
    return status([process.returncode for process in running.values()])


def status(ended: Sequence[int]) -> int:
    """Return one status for several runs of pytest."""
    worst = [one for one in ended if one not in (_ALL_WELL, _NO_TESTS)]
    return worst[0] if worst else min(ended)


def own_cache(half: str) -> tuple[str, ...]:
    """Where a half remembers what failed: both would write one file."""
    return ("-o", f"cache_dir=.cache/pytest-{half}")


def guarded(main: Callable[[Sequence[str]], int]) -> int:
    """Run a program of this kind with the words that it was given, so that whoever ends it ends its halves, too."""
    # Also where whoever started this has Ctrl-C ignored: both halves are ended by it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        return main(sys.argv[1:])
    except KeyboardInterrupt:
        return 128 + signal.SIGINT


def _show(said: Path, process: subprocess.Popen[bytes]) -> None:
    """Show what a process says until it has ended."""
    with said.open("rb") as lines:
        over = False
        while not over:
            over = process.poll() is not None
            sys.stdout.buffer.write(lines.read())
            sys.stdout.flush()
            if not over:
                time.sleep(_LOOK_EVERY)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process that still runs, as Ctrl-C would, so that it takes with it what it has started; harder where it does not listen."""
    if process.poll() is not None:
        return
    process.send_signal(signal.SIGINT)
    for harder in (process.terminate, process.kill):
        try:
            process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            harder()
        else:
            return
    process.wait()


def _main(arguments: Sequence[str]) -> int:
    given = [word for word in arguments if word not in WHICH]
    asked = next((WHICH[word] for word in arguments if word in WHICH), (EVERYDAY,))
    return status([_tests(which, given) for which in asked])


def _tests(which: Which, given: Sequence[str]) -> int:
    pytest = (sys.executable, "-m", "pytest", "-m", which.marks)
    if any((ROOT / word.partition("::")[0]).exists() for word in given if not word.startswith("-")):
        return subprocess.run((*pytest, *given), cwd=ROOT, check=False).returncode
    return run(which.halves, lambda half, paths: (*pytest, *own_cache(half), *paths, *given))


if __name__ == "__main__":
    sys.exit(guarded(_main))
