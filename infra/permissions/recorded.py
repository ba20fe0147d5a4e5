"""Reads what stages have written down of their functions' calls (infra/local/calls.py)."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from infra.permissions.actions import Place, needed
from infra.permissions.permission import Permission


@dataclass(slots=True)
class Used:
    """What a function's calls needed; `elsewhere` holds the actions on stages of other names."""

    here: set[Permission] = field(default_factory=set)
    elsewhere: set[str] = field(default_factory=set)


def read(folder: Path, template: str, place: Place) -> dict[str, Used]:
    """Return what each function of `template` used, by its name. Raises Unknown for a call that has no row.

    A stage may stand in any region: what it named is taken as if it stood at `place`.
    """
    found: dict[str, Used] = {}
    for call in _lines(folder):
        if call["template"] != template:
            continue
        used = found.setdefault(call["function"], Used())
        permissions = needed(call["service"], call["operation"], call["names"], place)
        if call["parameters"]:
            used.elsewhere |= {permission.action for permission in permissions}
        else:
            used.here |= permissions
    return found


def _lines(folder: Path) -> Iterator[dict[str, Any]]:
    for file in sorted(folder.glob("*.jsonl")):
        yield from map(json.loads, file.read_text(encoding="utf-8").splitlines())
