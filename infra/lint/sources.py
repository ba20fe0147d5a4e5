"""A function's Python source and what it imports from us, as syntax trees: nothing is run."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path


@dataclass(frozen=True)
class Module:
    """One module; a function's own is named like its folder."""

    name: str
    tree: ast.Module

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """The whole tree, flat."""
        return tuple(ast.walk(self.tree))

    @cached_property
    def imported(self) -> Mapping[str, tuple[str, str]]:
        """What `from a import b as c` brings: c, with module and name."""
        return {
            alias.asname or alias.name: (node.module, alias.name)
            for node in self.nodes
            if isinstance(node, ast.ImportFrom) and node.module
            for alias in node.names
        }

    @cached_property
    def classes(self) -> Mapping[str, ast.ClassDef]:
        """The classes of the module itself."""
        return {node.name: node for node in self.tree.body if isinstance(node, ast.ClassDef)}

    @property
    def imports(self) -> Iterator[str]:
        """Every module that may be meant: `from a import b` may import a.b."""
        for node in self.nodes:
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                yield node.module
                yield from (f"{node.module}.{alias.name}" for alias in node.names)

    def origin(self, name: str) -> tuple[str, str]:
        """Module and name under which a class was written."""
        return self.imported.get(name, (self.name, name))


def reached(app: Path, library: Path) -> dict[str, Module]:
    """A function's own module, and every module of ours that it loads or may load, by name."""
    found = {app.parent.name: _module(app.parent.name, app)}
    waiting = list(found.values())
    while waiting:
        for name in waiting.pop().imports:
            if name not in found and (file := _file(library, name)) is not None:
                found[name] = _module(name, file)
                waiting.append(found[name])
    return found


def _file(library: Path, module: str) -> Path | None:
    path = library.joinpath(*module.split("."))
    return next((file for file in (path.with_suffix(".py"), path / "__init__.py") if file.is_file()), None)


@cache
def _module(name: str, file: Path) -> Module:
    return Module(name, ast.parse(file.read_text(encoding="utf-8")))
