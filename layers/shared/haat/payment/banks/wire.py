"""What the banks' modules share: headers, signatures, credentials, and answers that hold nothing."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from haat.kernel.errors import Misconfigured, Rejected
from haat.kernel.text import clean
from haat.payment.banks import Failed, Keys, Named, NotFound
from haat.payment.model.evidence import Evidence, Refused, Said, Status

LONGEST_NAME = 200  # code points of a name: what is longer is cut
SEEN_AT_THE_DOOR: Mapping[str, int] = {
    "missing_signature": 401,
    "bad_signature": 401,
    "missing_token": 401,
    "bad_token": 401,
    "too_large": 413,
}
# Codes of UPI that leave a payment open, whatever the word beside them: pending, deemed, or timed out somewhere on the way (reference, section 7).
# 91 and 09 are of ISO 8583, on which UPI's own are built: no answer from the other side, and still in progress [R].
OPEN_CODES: frozenset[str] = frozenset({"01", "RB", "96", "BT", "UT", "U31", "U67", "U68", "UP", "UB", "91", "09"})
# Those that say for good that no money moved (the same section). A code in neither is asked after.
FINAL_CODES: frozenset[str] = frozenset(
    {
        "U16", "U17", "U28", "U30", "U48", "U66", "U69", "Z6", "Z7", "Z8", "Z9", "ZA", "ZE", "ZG", "ZH", "ZM", "ZU", "ZX",
        "ZY", "YE", "YF", "XB", "XC", "XE", "XH", "XI", "B1", "B6", "59",
    }
)  # fmt: skip


def settleable(status: Status, rrn: str) -> Status:
    """A payment's status at a bank whose file names each by its RRN: a success without one is open, and asked after until it has it.

    Taken as money it would be told a second time by the file, which could not know it again.
    """
    return "PENDING" if status == "SUCCESS" and not rrn else status


def header(headers: Mapping[str, str], name: str) -> str | None:
    """One header's value; names are compared without case. None too where it stands twice with two values: nobody can say which is meant."""
    found = {value for given, value in headers.items() if given.lower() == name}
    return found.pop() if len(found) == 1 else None


def hmac_signed(raw: bytes, given: str, secrets: tuple[str, ...], *, upper: bool = False) -> bool:
    """Whether `given` is the HMAC-SHA256 of the bytes as they came, in lower hex (`upper`: in upper hex), under one of the secrets.

    A signature has the one spelling that its bank writes. In constant time, and every secret is tried whatever the others said. An empty
    secret, which anyone could sign with, signs nothing.
    """
    right = [hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest() for secret in secrets if secret]
    return _one_of(given, [one.upper() for one in right] if upper else right)


def is_secret(given: str, secrets: tuple[str, ...]) -> bool:
    """Whether `given` is one of the secrets, in constant time. An empty one is none."""
    return _one_of(given, [secret for secret in secrets if secret])


def may_have(keys: Keys, *names: str) -> tuple[str, ...]:
    """Those of the keys that are there: two while one is rotated."""
    return tuple(keys[name].reveal() for name in names if name in keys)


def must_have(keys: Keys, name: str) -> str:
    """A key that a call can not do without."""
    found = may_have(keys, name)
    if not found or not found[0]:
        raise Misconfigured(f"the account has no {name}")
    return found[0]


def basic(user: str, password: str) -> str:
    """The Authorization header of RFC 7617."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def bearer(token: str) -> str:
    """The Authorization header of RFC 6750. Raises Misconfigured as `in_header` does."""
    return f"Bearer {in_header(token)}"


def in_header(token: str) -> str:
    """A token as it is. Misconfigured for one that no header can hold: http.client would quote it in its error."""
    if not (token.isascii() and token.isprintable()) or " " in token:
        raise Misconfigured("a token can not stand in a header")
    return token


def as_json(content: Mapping[str, Any]) -> bytes:
    """The same bytes for the same content: whoever keeps a first answer under an id compares them."""
    return json.dumps(content, separators=(",", ":")).encode()


def acknowledged(said: Said, body: bytes) -> tuple[int, bytes]:
    """The answer to a callback: 401 or 413 for what a door can see to be wrong, 200 for all else.

    A body that is proven and can not be read is answered 200 too: it would be the same when it is sent again, and some providers switch a
    callback off that keeps failing.
    """
    refused = SEEN_AT_THE_DOOR.get(said.reason) if isinstance(said, Refused) else None
    return (200, body) if refused is None else (refused, b"")


def unanswered(status: int) -> Failed:
    """An answer that says nothing about what was asked."""
    match status:
        case 401 | 403:
            return Failed(reason="credentials")
        case 409:
            return Failed(reason="busy")
        case 429:
            return Failed(reason="throttled")
        case _:
            return Failed(reason=f"http_{status}")


def whose(said: Any) -> Named | Failed:
    """The name in an answer. None there, or what can be none: a bank that will not tell it. No text at all: an answer that can't be read."""
    if said is None:
        return Failed(reason="no_name", refused=True)
    if not isinstance(said, str):
        return Failed(reason="malformed")
    name = clean(said)
    return Named(name=name[:LONGEST_NAME]) if name else Failed(reason="no_name", refused=True)


def every[T](items: Iterable[T], read: Callable[[T], Evidence]) -> tuple[Evidence, ...] | NotFound | Failed:
    """All that can be read. What can't (`read` raises Rejected) hides nothing else, and is never "not found", which closes a request."""
    found, unread = [], False
    for item in items:
        try:
            found.append(read(item))
        except Rejected:
            unread = True
    if unread and not found:
        return Failed(reason="malformed")
    return tuple(found) or NotFound()


def _one_of(given: str, right: list[str]) -> bool:
    found = False
    for one in right:
        found |= hmac.compare_digest(
            one.encode(), given.encode(errors="replace")
        )  # as bytes: it takes no other text than ASCII
    return found
