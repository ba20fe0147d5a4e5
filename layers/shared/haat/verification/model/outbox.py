"""What is written beside a change."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """An outbox row that is written with a change; `name` is unique for that change."""

    name: str
    row: Mapping[str, Any]
