"""`make conform`: the tests on the second judge, in two processes side by side, each with an engine of its own.

    python -m infra.conform -k scene

What is given goes to both. The first one's output is shown as it comes, the other's as it was when the first has ended. The
status is 0 where no test failed.
"""

import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

# Nothing of ours is imported: each half finds it by pytest's own settings.
ROOT = Path(__file__).resolve().parents[2]
# So that both take as long on two cores.
HALVES: Mapping[str, tuple[str, ...]] = {
    "stack": ("tests/stack",),
    "conform": ("tests/security", "tests/conform"),
}
# pytest's own statuses.
_ALL_WELL, _NO_TESTS = 0, 5
_LOOK_EVERY = 0.2
# How long a half may take to put its engine away (seconds).
_PATIENCE = 30.0


def main(arguments: Sequence[str]) -> int:
    """Run both halves, show what they say, and return the worst of their statuses; no test at all is no success either."""
    with tempfile.TemporaryDirectory(prefix="haat-conform-said-") as folder, ExitStack() as until:
        running = {}
        for half, paths in HALVES.items():
            said = Path(folder) / half
            running[half] = subprocess.Popen(
                _command(half, paths, arguments),
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=until.enter_context(said.open("wb")),
                stderr=subprocess.STDOUT,
            )
            until.callback(_end, running[half])
        for half, process in running.items():
            print(f"== {' '.join(HALVES[half])}", flush=True)
            _show(Path(folder) / half, process)
    return status([process.returncode for process in running.values()])


def status(ended: Sequence[int]) -> int:
    """Return one status for several runs of pytest."""
    worst = [one for one in ended if one not in (_ALL_WELL, _NO_TESTS)]
    return worst[0] if worst else min(ended)


def _command(half: str, paths: Sequence[str], arguments: Sequence[str]) -> list[str]:
    own = ("-o", f"cache_dir=.cache/pytest-{half}")  # both would write it
    return [sys.executable, "-m", "pytest", "--on=ministack", "-m", "", *own, *paths, *arguments]


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
    """End a process that still runs, as Ctrl-C would, so that it takes its engine with it; harder where it does not listen."""
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


if __name__ == "__main__":
    # Also where whoever started this has Ctrl-C ignored: both halves are ended by it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)
