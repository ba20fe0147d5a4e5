"""Lambda unpacks a function's layers over each other into one folder; ministack gives each a folder of its own: a part of its window.

A package that lies in two layers would be found in one of them only. And what is machine code for Lambda's processors can't be loaded by those
of another kind: there the same package of ministack's own venv, which is locked to the same version, stands for it.
"""

import os
import shutil
import sys
from collections.abc import Iterator, MutableMapping
from pathlib import Path

_NAME = "_LAMBDA_LAYERS_DIRS"


def lay(environment: MutableMapping[str, str]) -> None:
    """Lay all of a process's layers into the folder of the first, which is this process's own, in the function's order."""
    first, *others = environment.get(_NAME, "").split(os.pathsep)
    for other in others:
        shutil.copytree(other, first, copy_function=_linked, dirs_exist_ok=True)
    if others:
        environment[_NAME] = first
    if first:
        for package in _of_other_machines(Path(first)):
            shutil.rmtree(package) if package.is_dir() else package.unlink()


def _of_other_machines(layers: Path) -> Iterator[Path]:
    """The packages in which something was compiled for another processor than the one that runs this."""
    ours, root = _machine(Path(sys.executable)), layers / "python"
    found = {root / one.relative_to(root).parts[0] for one in root.rglob("*.so") if _machine(one) != ours}
    yield from sorted(found)


def _machine(program: Path) -> bytes:
    """Which processor an ELF file is for (System V ABI: `e_machine`)."""
    with program.open("rb") as file:
        return file.read(20)[18:]


def _linked(source: str, target: str) -> None:
    Path(target).unlink(missing_ok=True)
    os.link(source, target)
