"""The only clock."""

import time

from haat.kernel.time import Instant


def now() -> Instant:
    """Now, in UTC milliseconds."""
    return Instant(int(time.time() * 1000))


def seconds() -> float:
    """Now in seconds, for caches: it moves with the stage's clock."""
    return time.time()
