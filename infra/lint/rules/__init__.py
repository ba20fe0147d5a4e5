"""The house rules: each public function of a module in this folder is one, and its docstring says it.

A rule takes the templates and yields what breaks it, in plain words, with what to do.
"""

from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from inspect import getmembers, isfunction
from pkgutil import iter_modules

from infra.lint.templates import Finding, House

type Rule = Callable[[House], Iterator[Finding]]


def _all() -> Iterator[tuple[str, Rule]]:
    for info in iter_modules(__path__):
        module = import_module(f"{__name__}.{info.name}")
        for name, function in getmembers(module, isfunction):
            if function.__module__ == module.__name__ and not name.startswith("_"):
                yield f"{info.name}.{name}", function


RULES: Mapping[str, Rule] = dict(_all())


def findings(house: House) -> list[Finding]:
    """What breaks any rule, in the order of files and resources."""
    return sorted({finding for rule in RULES.values() for finding in rule(house)})
