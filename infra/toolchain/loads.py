"""Loads every module of ours with what is in the built layers and in Lambda's own runtime, and nothing else.

Tests run where more is installed, so what a layer lacks would only be missed in Lambda. To be run with `-I -S`; arguments: the
folder of the installed SDK, then the layers' folders. With `--of APP`, once or more in front of them, only what these files ask
of us is loaded, also what is loaded later, inside a function: what functions load that have not all layers. Whoever can find a
bank by its name loads every bank.
"""

import ast
import sys
from collections.abc import Container, Sequence
from importlib import import_module
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import find_spec
from pathlib import Path
from pkgutil import walk_packages
from shutil import copytree
from tempfile import TemporaryDirectory

# What AWS puts into its Python runtime: the SDK, and what the SDK needs.
RUNTIME = {"boto3", "botocore", "dateutil", "jmespath", "s3transfer", "six", "urllib3"}


# What is machine code in a layer, made for Lambda's processors: here this machine's own stands for it.
COMPILED = {"cryptography", "cffi", "_cffi_backend"}


class Beside:
    """Finds some packages in a folder in which much else lies: the SDK there."""

    def __init__(self, folder: str, names: Container[str]) -> None:
        self._folder, self._names = folder, names

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: object = None) -> ModuleSpec | None:  # noqa: ARG002  # as importlib asks
        """Only the SDK's packages themselves: their modules are found beside them."""
        return PathFinder.find_spec(name, [self._folder]) if path is None and name in self._names else None


def main(arguments: Sequence[str]) -> None:
    """Load everything, and say how much it was. Raises ImportError with the module that is missing."""
    apps: list[Path] = []
    while arguments[0] == "--of":
        apps, arguments = [*apps, Path(arguments[1])], arguments[2:]
    sdk, *layers = arguments
    with TemporaryDirectory() as opt:
        for layer in layers:  # Lambda unpacks them into one folder, in the function's order
            copytree(layer, opt, dirs_exist_ok=True)
        sys.path.insert(0, f"{opt}/python")
        _load(apps, sdk, layers)


def _load(apps: Sequence[Path], sdk: str, layers: Sequence[str]) -> None:
    compiled = COMPILED if any(Path(layer, "python", "cryptography").is_dir() for layer in layers) else ()
    sys.meta_path.insert(0, Beside(sdk, compiled))
    sys.meta_path.append(Beside(sdk, RUNTIME))
    wanted = sorted({name for app in apps for name in _asked(app)}) or _all()
    looked_at: set[str] = set()
    while wanted:
        for name in wanted:
            import_module(name)
        there = {name: module.__file__ for name, module in sys.modules.items() if name.partition(".")[0] == "haat"}
        files = [Path(file) for name, file in there.items() if file and name not in looked_at]
        looked_at |= there.keys()
        wanted = sorted(({name for file in files for name in _asked(file)} | _by_name()) - there.keys())
    loaded = sum(name.partition(".")[0] == "haat" for name in sys.modules)
    print(f"build-check: {loaded} modules of ours load with {', '.join(Path(layer).name for layer in layers)}")


def _all() -> list[str]:
    return [found.name for found in walk_packages(import_module("haat").__path__, "haat.", onerror=_raise)]


def _by_name() -> set[str]:
    """The modules that ours may load by a name which comes from outside: no import says which."""
    registry = sys.modules.get("haat.payment.banks.registry")
    return {f"haat.payment.banks.{name}" for name in registry.NAMES} if registry else set()


def _asked(file: Path) -> list[str]:
    """The modules of ours that a file imports; what only a type checker sees is not among them."""
    asked: list[str] = []
    waiting: list[ast.AST] = [ast.parse(file.read_text(encoding="utf-8"))]
    while waiting:
        match waiting.pop():
            case ast.If(test=ast.Name(id="TYPE_CHECKING"), orelse=other):
                waiting += other
            case ast.ImportFrom(module=str(module), names=names) if module.partition(".")[0] == "haat":
                asked += _modules(module, [alias.name for alias in names])
            case node:
                waiting += ast.iter_child_nodes(node)
    return asked


def _modules(package: str, names: Sequence[str]) -> list[str]:
    """What is imported may be the module's, or modules below it."""
    below = [f"{package}.{name}" for name in names]
    return [package, *(name for name in below if find_spec(name) is not None)] if _is_package(package) else [package]


def _is_package(name: str) -> bool:
    found = find_spec(name)
    return found is not None and found.submodule_search_locations is not None


def _raise(name: str) -> None:
    raise ImportError(name)


if __name__ == "__main__":
    main(sys.argv[1:])
