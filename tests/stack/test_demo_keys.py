"""Keys of the stage's demo accounts at the simulated bank: real ones, the same in every process, and two sides that fit."""

import subprocess
import sys

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from haat.payment.banks.registry import NAMES, bank
from infra.local.bank_sides import DEMOS
from infra.local.demo_keys import BITS, hex_key, pair
from infra.local.payees import PAYEES, WHOSE
from infra.local.simulators.bank_formats import FORMATS, PROVIDERS, addressed, base_path
from infra.local.simulators.bank_world import Provider


def test_a_pair_is_two_halves_of_one_real_key() -> None:
    """Its primes are looked at here, as the stage's own loaders spare themselves that."""
    made = pair("test-real")
    private = load_pem_private_key(made.private.encode(), None)
    assert isinstance(private, RSAPrivateKey)
    assert private.key_size == BITS
    assert private.public_key() == load_pem_public_key(made.public.encode())
    assert pair("test-other") != made


def test_another_process_makes_the_same() -> None:
    """What was sealed before a restart can be opened after it."""
    say = "from infra.local.demo_keys import hex_key, pair; print(pair('test-real').private + hex_key('test-real'))"
    said = subprocess.run([sys.executable, "-c", say], capture_output=True, text=True, check=True, timeout=60)
    assert said.stdout.strip() == pair("test-real").private + hex_key("test-real")


def test_every_format_of_the_simulated_bank_has_an_account_on_the_stage() -> None:
    """In one order, simbank's first: an order's money goes there."""
    assert {payee.provider for payee in PAYEES} == set(FORMATS) == set(DEMOS) <= set(NAMES)
    assert PAYEES[0].provider == "simbank"
    assert len({payee.id for payee in PAYEES}) == len({payee.vpa for payee in PAYEES}) == len(PAYEES)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_both_sides_have_what_they_need(provider: Provider) -> None:
    """The shop's keys and settings are those that the product asks for; the bank has those of its line, and no private key twice."""
    caps, demo, sides = bank(provider).CAPS, DEMOS[provider], DEMOS[provider].keys(WHOSE)
    asked = {*caps.door_keys, *caps.settlement_keys, *caps.call_keys}
    assert asked - set(caps.optional_keys) <= set(sides.shop) <= asked
    assert set(caps.settings) - set(caps.optional_settings) <= set(demo.settings) <= set(caps.settings)
    assert set(sides.bank) == set(FORMATS[provider].keys)
    private = [key for side in (sides.shop, sides.bank) for key in side.values() if "PRIVATE" in key]
    assert len(set(private)) == len(private)
    assert bool(FORMATS[provider].file) == bool(caps.settlement_format)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_each_api_is_found_by_its_path(provider: Provider) -> None:
    """Those of simbank and Razorpay where they always were, the others' under their names; what is nobody's is not the bank's."""
    own = {"simbank": "/payments", "razorpay": "/v1/orders"}.get(provider, "/anything/at/all")
    assert addressed(base_path(provider) + own) == (provider, own)
    assert addressed("/v25.0/100000000000001/messages") is None
    assert addressed(f"/{provider}s/x") is None
