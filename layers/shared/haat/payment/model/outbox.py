"""What is written beside a change."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from haat.kernel.time import Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """An event id of a provider, as a first filter: who says it, and a hash of what exactly was said."""

    account: str
    event_id: str
    content: str
    at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """An outbox row that is written with a change; `name` is unique for that change."""

    name: str
    row: Mapping[str, Any]
