"""Which formats the simulated bank speaks: one line for each. A format is written in a file of its own, `bank_<provider>.py`.

    "icici": Known(Icici, ("merchant_public_key", "bank_private_key", "api_key")),

Its API stands under a prefix, `/icici/...`, as the stage's parameter BankUrls says; the format gets the path without it. simbank's
and Razorpay's have none. The keys are those of the bank's side: what it seals and proves callbacks with, opens calls with, and
knows its callers by. Both sides of a demo shop's keys are one line in `infra/local/bank_sides.py`, and its account on the stage
follows from it (`infra/local/payees.py`). What a file of a day has in it is `bank_files.lines_of`; what is told of a reference where
a bank tells one thing only, `BankWorld.standing`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from infra.local.simulators.bank_axis import Stacked
from infra.local.simulators.bank_axis_older import Summed
from infra.local.simulators.bank_hdfc import Piped
from infra.local.simulators.bank_hint import Hinting
from infra.local.simulators.bank_icici import Icici
from infra.local.simulators.bank_razorpay import Signing
from infra.local.simulators.bank_sbi import Sealing
from infra.local.simulators.bank_wire import Format
from infra.local.simulators.bank_world import Impossible, Provider

if TYPE_CHECKING:
    from infra.local.simulators.bank import BankSimulator


@dataclass(frozen=True, slots=True)
class Known:
    """A format: what makes it, the names of the keys that an account must have, and what its settlement file is ("": none)."""

    make: Callable[["BankSimulator"], Format]
    keys: tuple[str, ...]
    file: Literal["", "csv", "json"] = "csv"
    paths: tuple[str, ...] = ()  # how those of its API begin, where they are not under its prefix


FORMATS: Mapping[Provider, Known] = {
    "simbank": Known(Hinting, ("callback_token", "api_token"), file="", paths=("/payments", "/refunds", "/names")),
    "razorpay": Known(Signing, ("webhook_secret", "key_id", "key_secret"), file="json", paths=("/v1/",)),
    "icici": Known(Icici, ("merchant_public_key", "bank_private_key", "api_key")),
    "hdfc": Known(Piped, ("merchant_key",)),
    "sbi": Known(Sealing, ("merchant_key",)),
    "axis": Known(Stacked, ("psp_private_key", "merchant_public_key")),
    "axis_older": Known(Summed, ("data_key", "checksum_key")),
}
PROVIDERS: tuple[Provider, ...] = tuple(FORMATS)


def addressed(path: str) -> tuple[Provider, str] | None:
    """Say whose API a path is one of, and what it is called there; None where it is none of the bank's."""
    for provider, known in FORMATS.items():
        if known.paths:
            if path.startswith(known.paths):
                return provider, path
        elif path.startswith(f"/{provider}/"):
            return provider, path.removeprefix(f"/{provider}")
    return None


def base_path(provider: Provider) -> str:
    """Return what stands between the simulators' address and the paths of a provider's API."""
    return "" if FORMATS[provider].paths else f"/{provider}"


def checked(provider: Provider, *, merchant_id: str, vpa: str, webhook: str, keys: Mapping[str, str]) -> dict[str, str]:
    """Return those of the keys that a payee needs, if it can be known by all this. Raises Impossible."""
    if provider not in FORMATS:
        raise Impossible(f"the bank speaks {', '.join(FORMATS)}, not {provider}")
    if missing := [key for key in FORMATS[provider].keys if not keys.get(key)]:
        raise Impossible(f"the keys lack {', '.join(missing)}")
    if not webhook.startswith("/") or "@" not in vpa or not merchant_id:
        raise Impossible("a webhook is a path, an address has an @, and a payee has an id")
    return {key: keys[key] for key in FORMATS[provider].keys}
