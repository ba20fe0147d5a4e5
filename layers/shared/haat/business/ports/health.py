"""What the view of the market's health needs beside the merchants themselves."""

from collections.abc import Mapping
from typing import Protocol

from haat.business.model.health import Depth


class Queues(Protocol):
    """How full the stack's queues are."""

    def depths(self) -> Mapping[str, Depth | None]:
        """Each queue by its name without the stack's; None where nobody can say now."""
