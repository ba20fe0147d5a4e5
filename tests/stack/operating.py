"""The operator's tool, spoken to as a person does: in this process, or where a clock is named as a program that reads that clock."""

import os
import subprocess
import sys
from collections.abc import Sequence

from infra.conform.ministack import ENGINE
from infra.local.settings import ROOT
from infra.operate import __main__ as tool

CLOCK = "HAAT_ENGINE_CLOCK"
PROGRAM = "import sys; from infra.operate import __main__ as tool; tool._use_this_machine = lambda: None; sys.exit(tool.main())"


def main(arguments: Sequence[str]) -> int:
    """Say `make ...`; print what it prints, and return its exit status."""
    if CLOCK not in os.environ:
        return tool.main(arguments)
    path = os.pathsep.join(map(str, (ENGINE, ROOT, ROOT / "layers/shared")))
    command, environ = [sys.executable, "-c", PROGRAM, *arguments], {**os.environ, "PYTHONPATH": path}
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    sys.stdout.write(done.stdout)
    sys.stderr.write(done.stderr)
    return done.returncode
