"""Which banks there are, by the name that stands in an account and in a webhook's path.

Each is imported when it is first asked for: a function that settles one merchant's callback should not load every bank's formats and ciphers.
"""

from collections.abc import Callable, Mapping
from typing import Final

from haat.kernel.errors import NotFound
from haat.payment.banks import Bank


def _razorpay() -> Bank:
    from haat.payment.banks import razorpay  # noqa: PLC0415  # see above

    return razorpay


def _simbank() -> Bank:
    from haat.payment.banks import simbank  # noqa: PLC0415  # see above

    return simbank


_BANKS: Final[Mapping[str, Callable[[], Bank]]] = {"razorpay": _razorpay, "simbank": _simbank}
NAMES: Final = tuple(_BANKS)


def bank(name: str) -> Bank:
    """The module of a bank. Raises NotFound for a name that no bank has: it may have come from outside."""
    found = _BANKS.get(name)
    if found is None:
        raise NotFound("no such bank")
    return found()
