"""Loads every module of ours with what is in the built layers and in Lambda's own runtime, and nothing else.

Tests run where more is installed, so what a layer lacks would only be missed in Lambda. To be run with `-I -S`; arguments: the
folder of the installed SDK, then the layers' folders.
"""

import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.machinery import ModuleSpec, PathFinder
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


def main(sdk: str, *layers: str) -> None:
    """Load everything, and say how much it was. Raises ImportError with the module that is missing."""
    sys.path[:0] = [f"{layer}/python" for layer in layers]
    sys.meta_path.append(Sdk(sdk))
    names = [found.name for found in walk_packages(import_module("haat").__path__, "haat.", onerror=_raise)]
    for name in names:
        import_module(name)
    print(f"build-check: {len(names)} modules of ours load with what is in the layers")


def _raise(name: str) -> None:
    raise ImportError(name)


if __name__ == "__main__":
    main(*sys.argv[1:])
