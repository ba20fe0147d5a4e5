"""Where a module looks at the environment itself: `os.environ` and `os.getenv`."""

import ast
from collections.abc import Iterator
from functools import cache

from infra.lint.sources import Module


@cache
def reads(module: Module) -> tuple[tuple[int, str | None], ...]:
    """Each look at the environment: its line, and the variable's name if that stands there."""
    named = dict(_literal(module))
    return tuple(
        (node.lineno, named.get(id(node)))
        for node in module.nodes
        if isinstance(node, ast.expr) and (_is_os(module, node, "environ") or _is_os(module, node, "getenv"))
    )


def _literal(module: Module) -> Iterator[tuple[int, str]]:
    """The looks that name their variable, by the identity of the node that is `os.environ` or `os.getenv`."""
    for node in module.nodes:
        match node:
            case ast.Subscript(value=place, slice=ast.Constant(value=str(name))) if _is_os(module, place, "environ"):
                yield id(place), name
            case ast.Call(func=ast.Attribute(value=place, attr="get"), args=[ast.Constant(value=str(name)), *_]) if (
                _is_os(module, place, "environ")
            ):
                yield id(place), name
            case ast.Call(func=place, args=[ast.Constant(value=str(name)), *_]) if _is_os(module, place, "getenv"):
                yield id(place), name
            case _:
                pass


def _is_os(module: Module, node: ast.expr, name: str) -> bool:
    match node:
        case ast.Attribute(value=ast.Name(id="os"), attr=attr):
            return attr == name
        case ast.Name(id=local):
            return module.imported.get(local) == ("os", name)
        case _:
            return False
