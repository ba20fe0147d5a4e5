"""The templates of replies that come with Haat: files beside the code, which only the API loads."""

import json
from functools import cache
from pathlib import Path
from typing import Final

from haat.conversation.rules.starters import Starter, starter_of

TRADES: Final = ("sweets", "clothing", "services")  # in the order in which they are listed

_FOLDER: Final = Path(__file__).parent.parent / "starters"


@cache
def read_starter(trade: str) -> Starter | None:
    """The template of a trade, read once; None where there is none."""
    if trade not in TRADES:
        return None
    return starter_of(json.loads((_FOLDER / f"{trade}.json").read_text("utf-8")))


def starters() -> tuple[Starter, ...]:
    """All of them."""
    return tuple(starter for trade in TRADES if (starter := read_starter(trade)))
