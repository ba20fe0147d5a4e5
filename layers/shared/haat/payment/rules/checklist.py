"""What must be had from a bank before real money goes by it, in words, and what follows while something is missing.

What stands in `banks/` is complete by its formats, and no bank has certified it: a person looks at the papers, and ticks them off.
"""

from collections.abc import Mapping
from typing import Any, Final

from haat.kernel.errors import Conflict
from haat.kernel.text import name_fault
from haat.kernel.time import rfc3339
from haat.payment.model.bank import Caps, Needed
from haat.payment.model.checklist import Tick
from haat.payment.rules.account_keys import asked, known

NOTE: Final = 500  # letters
CERTIFICATION: Final = "format-complete, not bank-certified"
WHAT: Final[Mapping[Needed, str]] = {
    "kit": "The bank's own integration kit has come, and its formats, words and codes were compared with what Haat reads and writes.",
    "test_environment": "In the bank's test environment a request was paid, asked after and given back, and a settlement file was read.",
    "certificates": "The keys and certificates of both sides are exchanged, are the ones for real money, and their last days are in a calendar.",
    "listed_addresses": "The bank has listed the address from which this deployment calls, and has ours for callbacks; both are tried.",
    "sign_off": "The bank has said in writing that this deployment may go live.",
}

Ticks = Mapping[Needed, Tick]


def missing(caps: Caps, ticks: Ticks) -> tuple[Needed, ...]:
    """What is still to be had, in the bank's order."""
    return tuple(item for item in caps.before_money if item not in ticks)


def shut(provider: str, items: tuple[Needed, ...]) -> Conflict:
    """The refusal of whatever would ask for money at a bank that is not open."""
    said = ", ".join(item.replace("_", " ") for item in items)
    return Conflict(
        f"{provider} is not open for real money here yet: an operator of the market must first tick off {said}",
        word="bank-not-open",
    )


def note_fault(note: str) -> str:
    """What is wrong with the note of a tick; nothing: ""."""
    return name_fault(note, NOTE) if note else ""


def shown(provider: str, caps: Caps, ticks: Ticks) -> dict[str, Any]:
    """A bank's checklist as operators see it."""
    return {
        "provider": provider,
        "open": not missing(caps, ticks),
        "certification": certification(caps),
        "checklist": [
            {"item": item, "what": WHAT[item], "ticked": _ticked(ticks.get(item))} for item in caps.before_money
        ],
    }


def offered(provider: str, caps: Caps, ticks: Ticks) -> dict[str, Any]:
    """A bank as a shop's people see it: what it wants of them, so that a page can draw the form."""
    return {
        "provider": provider,
        "open": not missing(caps, ticks),
        "missing": list(missing(caps, ticks)),
        "certification": certification(caps),
        "callbacks": caps.trust,
        "keys": [
            {
                "name": name,
                "form": caps.key_forms.get(name, "text"),
                "optional": name in caps.optional_keys,
                "used_for": [purpose for purpose, names in asked(caps).items() if name in names],
            }
            for name in known(caps)
        ],
        "settings": [{"name": name, "optional": name in caps.optional_settings} for name in caps.settings],
        "gives_parts_back": caps.partial_refund,
        "settlement": "fetched" if caps.fetches_settlement else "file" if caps.settlement_format else "none",
    }


def certification(caps: Caps) -> str:
    """What can be said of how it was tried."""
    return "simulated, no real money" if caps.simulated else CERTIFICATION


def _ticked(tick: Tick | None) -> dict[str, Any] | None:
    return None if tick is None else {"by": tick.by, "at": rfc3339(tick.at), "note": tick.note or None}
