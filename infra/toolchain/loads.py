"""Loads every module of ours with what is in the built layers and in Lambda's own runtime, and nothing else.

Tests run where more is installed, so what a layer lacks would only be missed in Lambda. To be run with `-I -S`; arguments: the
folder of the installed SDK, then the layers' folders. With `--of APP`, once or more in front of them, only what these files ask
of us is loaded: what functions load that have not all layers.
"""

import ast
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from pkgutil import walk_packages

# What AWS puts into its Python runtime: the SDK, and what the SDK needs.
RUNTIME = {"boto3", "botocore", "dateutil", "jmespath", "s3transfer", "six", "urllib3"}


class Sdk:
    """Finds the SDK in a folder in which much else lies."""

    def __init__(self, folder: str) -> None:
        self._folder = folder

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: object = None) -> ModuleSpec | None:  # noqa: ARG002  # as importlib asks
        """Only the SDK's packages themselves: their modules are found beside them."""
        return PathFinder.find_spec(name, [self._folder]) if path is None and name in RUNTIME else None


def main(arguments: Sequence[str]) -> None:
    """Load everything, and say how much it was. Raises ImportError with the module that is missing."""
    apps: list[Path] = []
    while arguments[0] == "--of":
        apps, arguments = [*apps, Path(arguments[1])], arguments[2:]
    sdk, *layers = arguments
    sys.path[:0] = [f"{layer}/python" for layer in layers]
    sys.meta_path.append(Sdk(sdk))
    names = sorted({name for app in apps for name in _asked(app)}) or _all()
    for name in names:
        import_module(name)
    loaded = sum(name.partition(".")[0] == "haat" for name in sys.modules)
    print(f"build-check: {loaded} modules of ours load with {', '.join(Path(layer).name for layer in layers)}")


def _all() -> list[str]:
    return [found.name for found in walk_packages(import_module("haat").__path__, "haat.", onerror=_raise)]


def _asked(app: Path) -> list[str]:
    nodes = ast.walk(ast.parse(app.read_text(encoding="utf-8")))
    asked = [node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module]
    return [name for name in asked if name.partition(".")[0] == "haat"]


def _raise(name: str) -> None:
    raise ImportError(name)


if __name__ == "__main__":
    main(sys.argv[1:])
