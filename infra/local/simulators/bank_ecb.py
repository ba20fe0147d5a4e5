"""AES-128-ECB as hex, as banks seal it under one key that the merchant has too: written here anew, so that the product's own meets another."""

from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.ciphers.algorithms import AES128
from cryptography.hazmat.primitives.padding import PKCS7


def sealed(key: str, plain: bytes) -> str:
    """Seal; the key as 32 hex digits."""
    pad, pen = PKCS7(128).padder(), Cipher(AES128(bytes.fromhex(key)), modes.ECB()).encryptor()  # noqa: S305  # the bank's choice
    padded = pad.update(plain) + pad.finalize()
    return (pen.update(padded) + pen.finalize()).hex().upper()


def opened(key: str, given: object) -> bytes | None:
    """Open; None where it is nothing of this key. Another key's opens to noise, now and then."""
    if not isinstance(given, str):
        return None
    strip, eye = PKCS7(128).unpadder(), Cipher(AES128(bytes.fromhex(key)), modes.ECB()).decryptor()  # noqa: S305  # as above
    try:
        padded = eye.update(bytes.fromhex(given)) + eye.finalize()
        return strip.update(padded) + strip.finalize()
    except ValueError:
        return None
