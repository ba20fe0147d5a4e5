"""Which environment variables a function's code reads, found in its source.

Two ways are known: a dataclass that `haat.edge.settings.read` fills, one variable for each field; and `os.environ` or `os.getenv` with
a literal name. Modules are followed from functions/<name>/app.py through all imports of ours.
"""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from infra.lint.environ import reads
from infra.lint.sources import Module, reached

SETTINGS = "haat.edge.settings"
# Who reads and is not ours: Powertools, by the name that a function imports from aws_lambda_powertools.
POWERTOOLS: Mapping[str, tuple[str, ...]] = {
    "Logger": ("POWERTOOLS_SERVICE_NAME",),
    "Metrics": ("POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_SERVICE_NAME"),
}

type Class = tuple[str, str]  # module and name


@dataclass(frozen=True, slots=True, kw_only=True)
class Readers:
    """The variables that a function's code reads, with who reads each; those that are kept and never looked at; what is unclear."""

    read: Mapping[str, str]
    unused: Mapping[str, str]
    unclear: tuple[str, ...]


@cache
def readers(app: Path, library: Path) -> Readers:
    """Look through a function's app.py and what it imports from `library`; once for each, as files don't change in a run."""
    modules = reached(app, library)
    found: dict[str, str] = {}
    unused: dict[str, str] = {}
    unclear: list[str] = []
    for module in modules.values():
        found |= dict(_powertools(module))
        if module.name != SETTINGS:
            found |= {name: module.name for _, name in reads(module) if name is not None}
            unclear += [f"{module.name}:{line}" for line, name in reads(module) if name is None]
        for cls in _filled(module):
            if not _known(modules, cls):
                unclear.append(f"{module.name}: read({cls[1]})")
                continue
            where = ".".join(cls)
            used = {name for each in modules.values() for name in _looked_at(each, cls)}
            fields = list(_fields(modules, cls))
            found |= {name.upper(): where for name in fields}
            unused |= {name.upper(): where for name in fields if name not in used}
    return Readers(read=found, unused=unused, unclear=tuple(unclear))


def _powertools(module: Module) -> Iterator[tuple[str, str]]:
    for package, name in module.imported.values():
        if package.split(".")[0] == "aws_lambda_powertools":
            yield from ((variable, f"Powertools' {name}") for variable in POWERTOOLS.get(name, ()))


def _filled(module: Module) -> Iterator[Class]:
    """The classes that a module fills from the environment."""
    for node in module.nodes:
        match node:
            case ast.Call(func=ast.Name(id=called), args=[argument, *_]) if module.imported.get(called) == (
                SETTINGS,
                "read",
            ):
                yield module.origin(ast.unparse(argument))
            case _:
                pass


def _known(modules: Mapping[str, Module], cls: Class) -> bool:
    return cls[0] in modules and cls[1] in modules[cls[0]].classes


def _fields(modules: Mapping[str, Module], cls: Class) -> Iterator[str]:
    """The fields of a dataclass and of what it extends."""
    module = modules[cls[0]]
    definition = module.classes[cls[1]]
    for base in definition.bases:
        if _known(modules, origin := module.origin(ast.unparse(base))):
            yield from _fields(modules, origin)
    for node in definition.body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield node.target.id


def _looked_at(module: Module, cls: Class) -> Iterator[str]:
    """The attributes that are looked at of things that a signature says to be of a class, or that `read` made of it."""
    for scope in module.nodes:
        holders = set(_holders(module, scope, cls))
        if holders:
            for node in ast.walk(scope):
                if isinstance(node, ast.Attribute) and ast.unparse(node.value) in holders:
                    yield node.attr


def _holders(module: Module, scope: ast.AST, cls: Class) -> Iterator[str]:
    """What holds settings of a class in a function (its arguments), an object (`self.kept`) or a module (what `read` gave)."""
    match scope:
        case ast.FunctionDef(args=arguments):
            yield from _given(module, arguments, cls)
        case ast.ClassDef(body=body):
            for method in body:
                if isinstance(method, ast.FunctionDef):
                    yield from _kept(method, set(_given(module, method.args, cls)))
        case ast.Module(body=body):
            for node in body:
                match node:
                    case ast.Assign(targets=[held], value=ast.Call(args=[argument])) if (
                        module.origin(ast.unparse(argument)) == cls
                    ):
                        yield ast.unparse(held)
                    case _:
                        pass
        case _:
            pass


def _given(module: Module, arguments: ast.arguments, cls: Class) -> Iterator[str]:
    for argument in [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]:
        if argument.annotation is not None and module.origin(ast.unparse(argument.annotation)) == cls:
            yield argument.arg


def _kept(method: ast.FunctionDef, given: set[str]) -> Iterator[str]:
    for node in ast.walk(method):
        match node:
            case ast.Assign(targets=[ast.Attribute() as kept], value=ast.Name() as value) if value.id in given:
                yield ast.unparse(kept)
            case _:
                pass
