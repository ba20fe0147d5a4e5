"""Signatures and keys as JOSE writes them, from how a key service gives them.

ECDSA on P-256 with SHA-256 ("ES256", RFC 7518, 3.4). A signature comes as DER (RFC 3279, 2.2.3) and is two whole numbers; a public key comes as
SubjectPublicKeyInfo (RFC 5480) and is a point. Both are read strictly: there is one way to write each, and another is refused.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from typing import Any

from haat.kernel.errors import Misconfigured, Rejected

SIZE = 32  # bytes of each number
# The order of the curve (SEC 2, 2.4.2): both numbers of a signature are at least 1 and less than it.
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
# A SEQUENCE of id-ecPublicKey with secp256r1, and the head of the BIT STRING that holds an uncompressed point.
_P256 = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d03010703420004")


def base64url(data: bytes) -> str:
    """Without padding (RFC 7515, 2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def raw(der: bytes) -> bytes:
    """A signature as JOSE has it, r and s of 32 bytes each, from DER. Raises Rejected."""
    # Both numbers are short, so each length is one byte (X.690, 10.1).
    if len(der) < 8 or der[0] != 0x30 or der[1] != len(der) - 2:
        raise Rejected("a signature that is no DER")
    r, rest = _number(der[2:])
    s, rest = _number(rest)
    if rest:
        raise Rejected("a signature with more behind it")
    return r.to_bytes(SIZE) + s.to_bytes(SIZE)


def _number(der: bytes) -> tuple[int, bytes]:
    if len(der) < 3 or der[0] != 0x02 or not 1 <= der[1] <= SIZE + 1 or len(der) < 2 + der[1]:
        raise Rejected("a signature that is no pair of numbers")
    octets, rest = der[2 : 2 + der[1]], der[2 + der[1] :]
    if octets[0] & 0x80 or (len(octets) > 1 and octets[0] == 0 and not octets[1] & 0x80):
        raise Rejected("a signature with a number that is negative, or longer than it need be")
    number = int.from_bytes(octets)
    if not 1 <= number < ORDER:
        raise Rejected("a signature with a number that the curve does not have")
    return number, rest


def public_key(spki: bytes) -> dict[str, Any]:
    """A public key as a JSON Web Key (RFC 7517; RFC 7518, 6.2.1), named by its thumbprint. Raises Misconfigured where it is not on P-256."""
    if len(spki) != len(_P256) + 2 * SIZE or not spki.startswith(_P256):
        raise Misconfigured("the key that signs badges is none of ECC_NIST_P256")
    point = spki[len(_P256) :]
    key = {"kty": "EC", "crv": "P-256", "x": base64url(point[:SIZE]), "y": base64url(point[SIZE:])}
    return {**key, "kid": thumbprint(key), "use": "sig", "alg": "ES256"}


def thumbprint(key: Mapping[str, str]) -> str:
    """The name of a key that follows from the key itself (RFC 7638)."""
    text = json.dumps({name: key[name] for name in ("crv", "kty", "x", "y")}, separators=(",", ":"))
    return base64url(hashlib.sha256(text.encode("ascii")).digest())
