"""How Meta's bytes look: the escaped JSON form, its signature, and its message ids.

Source: Cloud API, Webhooks (meta-platform, section 1) and recorded bodies. Pure functions.
"""

import base64
import hashlib
import hmac
import json
from typing import Any, Literal

# JSON objects as they come from the wire: their values are looked at before they are trusted.
type Json = dict[str, Any]

_ESCAPED = {"/": r"\/", "<": r"\u003C", "%": r"\u0025", "@": r"\u0040"}


def escape(document: object) -> bytes:
    r"""Write `document` as Meta does: compact ASCII, `\u09a6` in lower case, and `\/ \u003C \u0025 \u0040`."""
    text = json.dumps(document, ensure_ascii=True, separators=(",", ":"))
    # These four stand inside strings only, so replacing them in the whole text is safe.
    for plain, escaped in _ESCAPED.items():
        text = text.replace(plain, escaped)
    return text.encode("ascii")


def sign(secret: str, text: str) -> str:
    """Return 40 hex digits that only the holder of `secret` can make for `text`: what guards a media URL."""
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()[:40]


def signatures(secret: str, body: bytes) -> dict[str, str]:
    """Return both signature headers over the raw bytes; the SHA-1 one is history and is still sent."""
    key = secret.encode()
    return {
        "X-Hub-Signature-256": "sha256=" + hmac.new(key, body, hashlib.sha256).hexdigest(),
        "X-Hub-Signature": "sha1=" + hmac.new(key, body, hashlib.sha1).hexdigest(),
    }


def wamid(phone: str, serial: str, direction: Literal["in", "out"]) -> str:
    """Make a message id as Meta's are made: base64 around the *customer's phone number* and a hex serial.

    The layout is read off recorded ids: 1c 18 <length> <digits> 15 02 00 <12 in | 11 out> 18 <length> <hex> 00.
    The number is inside also where the customer hides it from the business.
    """
    hexadecimal = hashlib.sha256(serial.encode()).hexdigest().upper()[: 20 if direction == "in" else 18]
    inside = b"\x1c\x18" + bytes([len(phone)]) + phone.encode("ascii")
    inside += b"\x15\x02\x00" + (b"\x12" if direction == "in" else b"\x11")
    inside += b"\x18" + bytes([len(hexadecimal)]) + hexadecimal.encode("ascii") + b"\x00"
    return "wamid." + base64.b64encode(inside).decode("ascii")


def digits(seed: str, length: int) -> str:
    """Derive `length` decimal digits from `seed`, the same for ever; the first is not 0."""
    value = int.from_bytes(hashlib.sha256(seed.encode()).digest())
    return str(10 ** (length - 1) + value % (9 * 10 ** (length - 1)))


def chosen(known: Json, fields: str | None) -> Json:
    """Return what a call's `fields` ask for, comma-separated; all of it where they are absent."""
    if fields is None:
        return known
    wanted = {name.strip() for name in fields.split(",")}
    return {name: value for name, value in known.items() if name in wanted}
