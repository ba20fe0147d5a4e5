"""How banks seal what they write: each recipe stands here once, and a bank's module names the one that it uses.

| recipe | used by | mark |
| --- | --- | --- |
| AES-128-ECB, PKCS#7, as hex | HDFC (looked up), SBI and the older form of Axis (assumed) | no proof: blocks can be cut and pasted |
| AES-128-CBC, PKCS#7 | ICICI's envelope (looked up) | no proof |
| RSA, PKCS#1 v1.5 | ICICI (looked up) | no proof: anyone has the public key; what was spoiled opens to noise, and no error says so |
| RSA-PSS, SHA-256, salt 32 | Axis on the stack of Juspay (looked up; salt assumed) | proof |

Source: reference on UPI and the banks, sections 9 to 12. The library is loaded when the first of these is called, as whoever only asks for a
bank's CAPS has no use for it. What can't be opened raises Rejected (undecryptable); a key that is none raises Misconfigured, and is not quoted.
"""

import secrets  # noqa: TID251  # what is sealed is other bytes each time anyway: RSA's padding draws chance itself
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from haat.kernel.errors import Misconfigured, Rejected

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

# ruff: noqa: PLC0415  # see above

BLOCK = 16  # bytes of AES
MOST_KEYS = 64  # that one process keeps parsed: a private key of 4096 bits takes a millisecond


def undecryptable() -> Rejected:
    """What to raise where something sealed can't be opened."""
    return Rejected("it can not be decrypted", word="undecryptable")


def ecb_seal(key_hex: str, plain: bytes) -> str:
    """AES-128-ECB in upper hex; the key in hex."""
    from cryptography.hazmat.primitives.ciphers import Cipher, modes

    pen = Cipher(_aes(_hex_key(key_hex)), modes.ECB()).encryptor()  # noqa: S305  # the bank's own choice
    return (pen.update(_padded(plain)) + pen.finalize()).hex().upper()


def ecb_open(key_hex: str, sealed: str) -> bytes:
    """The reverse, hex in either case."""
    from cryptography.hazmat.primitives.ciphers import Cipher, modes

    eye = Cipher(_aes(_hex_key(key_hex)), modes.ECB()).decryptor()  # noqa: S305  # as above
    return _unpadded(eye.update(_blocks(sealed)) + eye.finalize())


def cbc_seal(key: bytes, iv: bytes, plain: bytes) -> bytes:
    """AES-128-CBC."""
    from cryptography.hazmat.primitives.ciphers import Cipher, modes

    pen = Cipher(_aes(key), modes.CBC(iv)).encryptor()
    return pen.update(_padded(plain)) + pen.finalize()


def cbc_open(key: bytes, iv: bytes, sealed: bytes) -> bytes:
    """The reverse."""
    from cryptography.hazmat.primitives.ciphers import Cipher, modes

    if len(key) != BLOCK or len(iv) != BLOCK or not sealed or len(sealed) % BLOCK:
        raise undecryptable()
    eye = Cipher(_aes(key), modes.CBC(iv)).decryptor()
    return _unpadded(eye.update(sealed) + eye.finalize())


def rsa_seal(public_pem: str, plain: bytes) -> bytes:
    """RSA with PKCS#1 v1.5, for whoever has the private key. Other bytes each time: the padding is random."""
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15

    try:
        return _public(public_pem).encrypt(plain, PKCS1v15())
    except ValueError:  # as in `pss_sign`; or what is sealed has no room in it
        raise Misconfigured("a public key can not seal") from None


def rsa_open(private_pem: str, sealed: bytes) -> bytes:
    """The reverse. What was spoiled opens to noise without an error (implicit rejection): the reader of the plain text must catch it."""
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15

    key = _private(private_pem)
    try:
        return key.decrypt(sealed, PKCS1v15())
    except ValueError:  # of another length than the key
        raise undecryptable() from None


def digits(count: int = BLOCK) -> bytes:
    """A session key as ICICI's envelope wants it: random ASCII digits."""
    return "".join(secrets.choice("0123456789") for _ in range(count)).encode()


def rsa_room(public_pem: str) -> int:
    """How many bytes `rsa_seal` can seal."""
    return _public(public_pem).key_size // 8 - 11


def pss_sign(private_pem: str, message: bytes) -> bytes:
    """RSA-PSS with SHA-256 and a salt of 32 bytes. Other bytes each time: the salt is random."""
    from cryptography.hazmat.primitives.hashes import SHA256

    try:
        return _private(private_pem).sign(message, _pss(), SHA256())
    except ValueError:  # its form was right, its numbers are not
        raise Misconfigured("a private key can not sign") from None


def pss_signed(public_pem: str, message: bytes, signature: bytes) -> bool:
    """Whether the signature holds. A key that is none signs nothing."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.hashes import SHA256

    try:
        _public(public_pem).verify(signature, message, _pss(), SHA256())
    except (InvalidSignature, Misconfigured):
        return False
    return True


def _pss() -> Any:
    from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS
    from cryptography.hazmat.primitives.hashes import SHA256

    return PSS(mgf=MGF1(SHA256()), salt_length=32)


@lru_cache(maxsize=MOST_KEYS)
def _private(pem: str) -> "RSAPrivateKey":
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        # Only the check that its primes are primes is skipped (250 ms at 4096 bits). The merchant made it: a wrong one fails this merchant's calls
        # alone.
        found = load_pem_private_key(pem.encode(), None, unsafe_skip_rsa_key_validation=True)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise Misconfigured("a private key can not be read") from None
    if not isinstance(found, RSAPrivateKey):
        raise Misconfigured("a private key is none of RSA")
    return found


@lru_cache(maxsize=MOST_KEYS)
def _public(pem: str) -> "RSAPublicKey":
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key
    from cryptography.x509 import load_pem_x509_certificate

    try:
        raw = pem.encode()
        found = load_pem_x509_certificate(raw).public_key() if b"BEGIN CERTIFICATE" in raw else load_pem_public_key(raw)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise Misconfigured("a public key can not be read") from None
    if not isinstance(found, RSAPublicKey):
        raise Misconfigured("a public key is none of RSA")
    return found


def _aes(key: bytes) -> Any:
    from cryptography.hazmat.primitives.ciphers.algorithms import AES128

    return AES128(key)


def _hex_key(key_hex: str) -> bytes:
    try:
        key = bytes.fromhex(key_hex)
    except ValueError:
        key = b""
    if len(key) != BLOCK:
        raise Misconfigured("a key is not 32 hex digits")
    return key


def _blocks(sealed: str) -> bytes:
    """Hex as it comes from outside; bytes.fromhex would pass over blanks."""
    if not sealed or not sealed.isascii() or not sealed.isalnum():
        raise undecryptable()
    try:
        found = bytes.fromhex(sealed)
    except ValueError:
        raise undecryptable() from None
    if len(found) % BLOCK:
        raise undecryptable()
    return found


def _padded(plain: bytes) -> bytes:
    from cryptography.hazmat.primitives.padding import PKCS7

    pad = PKCS7(BLOCK * 8).padder()
    return pad.update(plain) + pad.finalize()


def _unpadded(padded: bytes) -> bytes:
    from cryptography.hazmat.primitives.padding import PKCS7

    strip = PKCS7(BLOCK * 8).unpadder()
    try:
        return strip.update(padded) + strip.finalize()
    except ValueError:
        raise undecryptable() from None
