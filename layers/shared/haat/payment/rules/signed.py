"""Signed links: the only kind whose payee cannot be changed on the way.

ECDSA on P-256 with SHA-256, the DER form in base64 as `sign`, the last parameter. The message is the link as it is
handed on, byte for byte, up to and not including `&sign=`. So reads NPCI's UPI Linking Specifications in what is
public; the curve is known from public links alone, and that the very bytes are signed is assumed. Both are to be
settled with the payee's bank before such a link is used for money.
"""

import base64
import binascii

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from haat.kernel.errors import Rejected
from haat.kernel.secret import Secret
from haat.payment.model.link import Link, Unusable
from haat.payment.rules.links import LONGEST, read

_MARK = "&sign="


def sign(link: str, key: Secret[bytes]) -> str | Unusable:
    """The link with its signature. The same link and key always give the same (RFC 6979), so a repeat changes nothing.

    `key` is a private key in PEM (PKCS 8), else Rejected with the word bad_key. An unreadable link is refused with the
    words of links.read, one that has a signature with already_signed. The mode is the caller's: apps expect 02, 05 or 16.
    """
    said = read(link)
    if isinstance(said, Unusable):
        return said
    if any(name.lower() == "sign" for name in said.extra):
        return Unusable("already_signed")
    signature = _private(key).sign(link.encode(), ec.ECDSA(SHA256(), deterministic_signing=True))
    signed = link + _MARK + base64.b64encode(signature).decode()  # unencoded, as the links that are in use
    return signed if len(signed.encode()) <= LONGEST else Unusable("too_long")


def verify(link: str, public_key: bytes) -> Link | Unusable:
    """What a link says that is signed with this key. Any other is refused: missing_sign, bad_sign, the words of links.read.

    Takes the signature as it is or percent-encoded. `public_key` is PEM, else Rejected with the word bad_key.
    """
    trusted = _public(public_key)
    said = read(link)
    if isinstance(said, Unusable):
        return said
    message, mark, _ = link.rpartition(_MARK)
    if not mark or not said.extra.get("sign"):
        return Unusable("missing_sign")
    try:
        signature = base64.b64decode(said.extra["sign"], validate=True)
        trusted.verify(signature, message.encode(), ec.ECDSA(SHA256()))
    except (InvalidSignature, binascii.Error, ValueError):
        return Unusable("bad_sign")
    return said


def _private(key: Secret[bytes]) -> ec.EllipticCurvePrivateKey:
    try:
        loaded = load_pem_private_key(key.reveal(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        loaded = None
    if not isinstance(loaded, ec.EllipticCurvePrivateKey) or loaded.curve.name != "secp256r1":
        raise Rejected("the key that signs links must be a private key on P-256 in PEM", word="bad_key")
    return loaded


def _public(key: bytes) -> ec.EllipticCurvePublicKey:
    try:
        loaded = load_pem_public_key(key)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        loaded = None
    if not isinstance(loaded, ec.EllipticCurvePublicKey) or loaded.curve.name != "secp256r1":
        raise Rejected("the key that verifies links must be a public key on P-256 in PEM", word="bad_key")
    return loaded
