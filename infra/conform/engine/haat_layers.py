"""Lambda unpacks a function's layers over each other into one folder; ministack gives each a folder of its own: a part of its window.

A package that lies in two layers would be found in one of them only.
"""

import os
import shutil
from collections.abc import MutableMapping
from pathlib import Path

_NAME = "_LAMBDA_LAYERS_DIRS"


def lay(environment: MutableMapping[str, str]) -> None:
    """Lay all of a process's layers into the folder of the first, which is this process's own, in the function's order."""
    first, *others = environment.get(_NAME, "").split(os.pathsep)
    for other in others:
        shutil.copytree(other, first, copy_function=_linked, dirs_exist_ok=True)
    if others:
        environment[_NAME] = first


def _linked(source: str, target: str) -> None:
    Path(target).unlink(missing_ok=True)
    os.link(source, target)
