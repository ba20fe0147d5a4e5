"""Which banks there are, by the name that stands in an account and in a webhook's path: every module of this folder is one, but for what they share.

Each is imported when it is first asked for: a function that settles one merchant's callback should not load every bank's formats and ciphers.
"""

from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Final, cast

from haat.kernel.errors import NotFound
from haat.payment.banks import Bank

SHARED: Final = frozenset({"ciphers", "registry", "tables", "wire"})
ENTITIES: Final = "_entities"  # how a module ends that holds what one bank's records say

NAMES: Final = tuple(
    sorted(
        found.name
        for found in iter_modules([str(Path(__file__).parent)])
        if not found.ispkg and found.name not in SHARED and not found.name.endswith(ENTITIES)
    )
)


def bank(name: str) -> Bank:
    """The module of a bank. Raises NotFound for a name that no bank has: it may have come from outside."""
    if name not in NAMES:
        raise NotFound("no such bank")
    return cast("Bank", import_module(f"haat.payment.banks.{name}"))  # a test holds each against Bank
