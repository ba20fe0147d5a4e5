"""Keys whose form is right and whose numbers are not: the check of their primes is skipped, so they show when they are used."""

import base64

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from haat.kernel.errors import Misconfigured, Rejected
from haat.payment.banks import ciphers
from haat.payment.rules.key_forms import written


def even() -> str:
    """A private key with an even modulus."""
    key = rsa.generate_private_key(65_537, 2_048)
    modulus = key.private_numbers().public_numbers.n
    der = key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).replace(modulus.to_bytes(256), (modulus - 1).to_bytes(256))
    return f"-----BEGIN PRIVATE KEY-----\n{base64.b64encode(der).decode()}\n-----END PRIVATE KEY-----"


def test_malformed_key_signs_and_opens_nothing() -> None:
    """The merchant hears that a key is wrong; whoever signs or opens with it sees no other error than for a key that is none."""
    pem, fault = written(even(), "private_pem")
    assert not fault
    with pytest.raises(Misconfigured) as caught:
        ciphers.pss_sign(pem, b"message")
    assert pem not in str(caught.value)
    with pytest.raises(Rejected) as refused:
        ciphers.rsa_open(pem, b"\x00" + b"\x11" * 255)
    assert refused.value.word == "undecryptable"


def test_what_has_no_room_is_not_sealed() -> None:
    """A key that is too small for it is one that can't be called with."""
    key = rsa.generate_private_key(65_537, 2_048).public_key()
    pem = key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()
    assert len(ciphers.rsa_seal(pem, b"1" * ciphers.rsa_room(pem))) == 256
    with pytest.raises(Misconfigured):
        ciphers.rsa_seal(pem, b"1" * (ciphers.rsa_room(pem) + 1))
