"""Both halves of a demo shop's keys at each simulated bank: what the shop holds, and what the bank does. One line for each provider.

They follow from the name of whoever has them, so that the stage, its tests, and a stage that is started again mean the same ones. They
are known to everybody, and good for the simulated bank alone.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from infra.local.demo_keys import hex_key, pair
from infra.local.simulators.bank_world import Provider


@dataclass(frozen=True, slots=True)
class Sides:
    """The shop's keys by the names of the provider's CAPS, and the bank's by those of its line in `bank_formats.FORMATS`."""

    shop: Mapping[str, str]
    bank: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Demo:
    """What a demo shop is at a provider: the end of its UPI address, its number, its keys, and what else it enters."""

    handle: str
    merchant_id: str
    keys: Callable[[str], Sides]
    settings: Mapping[str, str] = field(default_factory=dict)


def _simbank(whose: str) -> Sides:
    keys = {"callback_token": f"{whose}-callback-token", "api_token": f"{whose}-api-token"}
    return Sides(keys, keys)


def _razorpay(whose: str) -> Sides:
    keys = {
        "webhook_secret": f"{whose}-webhook-secret",
        "key_id": f"rzp_test_{whose.title().replace('-', '')}00001",
        "key_secret": f"{whose}-key-secret",
    }
    return Sides(keys, keys)


def _merchant_key(provider: str) -> Callable[[str], Sides]:
    """One AES key, which both sides hold."""

    def keys(whose: str) -> Sides:
        same = {"merchant_key": hex_key(f"{whose}-{provider}")}
        return Sides(same, same)

    return keys


def _icici(whose: str) -> Sides:
    """The shop's pair and the bank's; each has the other's public half."""
    shop, bank, api_key = pair(f"{whose}-icici"), pair("icici"), f"{whose}-icici-api-key"
    return Sides(
        {"merchant_private_key": shop.private, "bank_certificate": bank.public, "api_key": api_key},
        {"merchant_public_key": shop.public, "bank_private_key": bank.private, "api_key": api_key},
    )


def _axis(whose: str) -> Sides:
    """The shop signs calls, and the stack (the PSP) signs callbacks."""
    shop, stack = pair(f"{whose}-axis"), pair(f"{whose}-axis-psp")
    return Sides(
        {"psp_public_key": stack.public, "merchant_private_key": shop.private},
        {"psp_private_key": stack.private, "merchant_public_key": shop.public},
    )


def _axis_older(whose: str) -> Sides:
    """What both sides hold: one key that seals, one of the checksum."""
    same = {"data_key": hex_key(f"{whose}-axis-older"), "checksum_key": f"{whose}-axis-checksum-key"}
    return Sides(same, same)


DEMOS: Mapping[Provider, Demo] = {
    "simbank": Demo("simbank", "SIM0000001", _simbank),
    "razorpay": Demo("simrzp", "acc_HaatLocal00001", _razorpay),
    "icici": Demo("simicici", "1000001", _icici, {"terminal_id": "5411"}),
    "hdfc": Demo("simhdfc", "HDFC000000000001", _merchant_key("hdfc")),
    "sbi": Demo("simsbi", "SBI0000000000001", _merchant_key("sbi")),
    "axis": Demo("simaxis", "HAATLOCAL", _axis, {"channel_id": "HAATLOCALAPP"}),
    "axis_older": Demo("simaxisolder", "HAATOLDER", _axis_older, {"channel_id": "HAATOLDERAPP"}),
}
