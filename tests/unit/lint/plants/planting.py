"""Plants one violation in a copy of the real templates or of the real code."""

import shutil
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from infra.lint.rules import RULES, findings
from infra.lint.templates import House, load

ROOT = Path(__file__).parents[4]

type Documents = dict[str, Any]
type Edit = Callable[[Documents], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plant:
    """One violation: the rule that it breaks, what is changed in the templates, what in the code, and exactly what is found then."""

    rule: str
    found: tuple[str, ...]
    edits: tuple[Edit, ...] = ()
    code: Mapping[str, tuple[str, str]] = field(default_factory=dict)


@cache
def real() -> House:
    """The templates of the checkout."""
    return load(ROOT)


@cache
def found_in_real() -> frozenset[str]:
    """What breaks a rule before anything is planted."""
    return frozenset(map(str, findings(real())))


def new_findings(plant: Plant, scratch: Path) -> dict[str, set[str]]:
    """What is found with the plant and was not found without it, as "Resource: problem", by rule."""
    documents = deepcopy(dict(real().documents))
    for edit in plant.edits:
        edit(documents)
    folder = _changed(plant.code, scratch) if plant.code else ROOT
    house = House(folder, documents)
    found = {name: set(map(str, rule(house))) - found_in_real() for name, rule in RULES.items()}
    return {name: {line.partition(": ")[2] for line in lines} for name, lines in found.items() if lines}


def resource(documents: Documents, name: str) -> dict[str, Any]:
    """The one resource of this name, in whichever template."""
    (found,) = [each["Resources"][name] for each in documents.values() if name in each.get("Resources", {})]
    it: dict[str, Any] = found
    return it


def put(name: str, *path: str, value: Any) -> Edit:
    """Set something in a resource; `path` begins at its properties unless it says otherwise."""

    def edit(documents: Documents) -> None:
        place = resource(documents, name)
        *parents, last = _full(path)
        for key in parents:
            place = place.setdefault(key, {})
        place[last] = value

    return edit


def drop(name: str, *path: str) -> Edit:
    """Take something out of a resource, which must be there."""

    def edit(documents: Documents) -> None:
        place = resource(documents, name)
        *parents, last = _full(path)
        for key in parents:
            place = place[key]
        del place[last]

    return edit


def add(name: str, kind: str, *, file: str = "template.yaml", **properties: Any) -> Edit:
    """Add a resource."""

    def edit(documents: Documents) -> None:
        documents[file]["Resources"][name] = {"Type": kind, "Properties": properties}

    return edit


def allow(function: str, action: Any, place: Any) -> Edit:
    """Give a function one permission more."""

    def edit(documents: Documents) -> None:
        statements = resource(documents, function)["Properties"]["Policies"][0]["Statement"]
        statements.append({"Effect": "Allow", "Action": action, "Resource": place})

    return edit


def silence(of: str, metric: str | None = None) -> Edit:
    """Take away the alarms on one queue, function or service, or those on one metric of it."""

    def edit(documents: Documents) -> None:
        for document in documents.values():
            for name, each in list(document.get("Resources", {}).items()):
                properties = each.get("Properties", {})
                if of in str(properties.get("Dimensions")) and metric in {None, properties["MetricName"]}:
                    del document["Resources"][name]

    return edit


def _full(path: tuple[str, ...]) -> tuple[str, ...]:
    return (
        path
        if path[0] in {"Connectors", "DeletionPolicy", "Metadata", "UpdateReplacePolicy"}
        else ("Properties", *path)
    )


def _changed(code: Mapping[str, tuple[str, str]], scratch: Path) -> Path:
    ignored = shutil.ignore_patterns("__pycache__")
    for part in ("functions", "layers/shared"):
        shutil.copytree(ROOT / part, scratch / part, ignore=ignored)
    for file, (old, new) in code.items():
        text = (scratch / file).read_text()
        assert old in text, f"{file} has changed: plant somewhere else"
        (scratch / file).write_text(text.replace(old, new, 1))
    return scratch
