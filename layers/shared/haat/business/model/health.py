"""How the market is."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Depth:
    """About how many messages a queue holds."""

    waiting: int
    in_hand: int  # of a function at this moment
    delayed: int
