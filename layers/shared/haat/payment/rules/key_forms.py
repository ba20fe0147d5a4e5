"""How a key must be written to be one, by its form alone: who takes keys in can't use them, and has no library that could.

A PEM block (RFC 7468) is kept in lines of 64 letters that end with a line feed, however it was pasted. Of what stands in it only the outermost
frame is looked at (X.690: a SEQUENCE of just that length) and, but in the older forms of PKCS#1, whether it says RSA.
"""

import base64
import binascii
import re
from typing import Final

from haat.payment.model.bank import KeyForm

_HEX: Final = re.compile(r"[0-9A-Fa-f]{32}")
_BLOCK: Final = re.compile(r"-----BEGIN ([A-Z0-9 ]{1,40})-----([^-]*)-----END \1-----")
_RSA: Final = bytes.fromhex(
    "06092a864886f70d010101"
)  # the object identifier rsaEncryption, as DER writes it (RFC 8017, A.1)
_WIDTH: Final = 64
_PRIVATE: Final = frozenset({"PRIVATE KEY", "RSA PRIVATE KEY"})
_PUBLIC: Final = frozenset({"PUBLIC KEY", "RSA PUBLIC KEY", "CERTIFICATE"})
_IN_WORDS: Final[dict[KeyForm, str]] = {
    "hex32": "must be 32 hex digits",
    "private_pem": "must be one private key of RSA as PEM, from -----BEGIN PRIVATE KEY----- to -----END PRIVATE KEY-----",
    "public_pem": "must be one public key of RSA or one certificate as PEM, from its -----BEGIN line to its -----END line",
}


def written(value: str, form: KeyForm | None) -> tuple[str, str]:
    """The key as it is kept, and what is wrong with it; nothing: "". What is said of it quotes nothing."""
    # Who copies a key from a page often takes the end of its line with it.
    value = value.strip()
    if not value:
        return "", "must not be empty"
    match form:
        case None:
            return value, "" if value.isascii() and value.isprintable() else "is no key: these are one line of ASCII"
        case "hex32":
            return value, "" if _HEX.fullmatch(value) else _IN_WORDS[form]
        case "private_pem" | "public_pem":
            return _pem(value, form)


def _pem(value: str, form: KeyForm) -> tuple[str, str]:
    label, wanted = _label(value), _PRIVATE if form == "private_pem" else _PUBLIC
    if form == "public_pem" and "PRIVATE KEY" in label:
        return (
            "",
            "is a private key: the public one is due here. Whoever has seen the private one may use it: have a new pair made",
        )
    if form == "private_pem" and label in _PUBLIC:
        return "", "is a public key or a certificate: the private key is due here"
    if label == "ENCRYPTED PRIVATE KEY" or "ENCRYPTED" in value:
        return "", "is a private key under a passphrase: give it without one"
    found = _BLOCK.fullmatch(value)
    raw = _decoded(found[2]) if found and label in wanted else b""
    if not _framed(raw):
        return "", _IN_WORDS[form]
    if not label.startswith("RSA ") and _RSA not in raw:
        return "", "is a key of another kind than RSA"
    text = base64.b64encode(raw).decode()
    lines = (text[at : at + _WIDTH] for at in range(0, len(text), _WIDTH))
    return "\n".join((f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", "")), ""


def _label(value: str) -> str:
    found = re.search(r"-----BEGIN ([A-Z0-9 ]{1,40})-----", value)
    return found[1] if found else ""


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except binascii.Error:
        return b""


def _framed(raw: bytes) -> bool:
    """Whether it is a SEQUENCE that ends where the bytes do, of 128 bytes or more: a key of RSA is never shorter."""
    if len(raw) < 4 or raw[0] != 0x30 or raw[1] not in (0x81, 0x82):
        return False
    head = 2 + (raw[1] & 0x7F)
    return int.from_bytes(raw[2:head]) == len(raw) - head
