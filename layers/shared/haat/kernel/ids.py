"""Names of things. All of them are ULIDs or fingerprints: none can be read back into a person's data.

A ULID is 48 bits of UTC milliseconds and 80 bits of anything, as 26 letters of Crockford's base 32 (the ULID specification).
"""

import hashlib
import hmac
from typing import NewType

MerchantId = NewType("MerchantId", str)
CustomerId = NewType("CustomerId", str)
ConversationId = NewType("ConversationId", str)
MessageId = NewType("MessageId", str)  # ours, for a message in or out; a provider's own id is a ProviderId
ProviderId = NewType("ProviderId", str)  # e.g. a wamid: it holds the phone number, so it is personal data
CorrelationId = NewType("CorrelationId", str)
TokenId = NewType("TokenId", str)
OperatorId = NewType("OperatorId", str)  # a person who runs the market
ProductId = NewType("ProductId", str)
OrderId = NewType("OrderId", str)
CollectionId = NewType("CollectionId", str)
PictureId = NewType("PictureId", str)
EndpointId = NewType("EndpointId", str)  # where a merchant's own system is told
NoticeId = NewType("NoticeId", str)  # something that a merchant is told
RequestId = NewType("RequestId", str)  # to be verified
DocumentId = NewType("DocumentId", str)  # a file of evidence
BadgeId = NewType("BadgeId", str)
Fingerprint = NewType("Fingerprint", str)  # 32 hex digits of an HMAC

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MAX_TIME = (1 << 48) - 1


def ulid(at_ms: int, entropy: bytes) -> str:
    """A ULID for a time (UTC milliseconds; clamped to what a ULID can hold) and at least ten bytes of entropy."""
    number = (min(max(at_ms, 0), _MAX_TIME) << 80) | int.from_bytes(entropy[:10].ljust(10, b"\0"))
    return "".join(_ALPHABET[(number >> shift) & 31] for shift in range(125, -1, -5))


def ulid_time(value: str) -> int:
    """The UTC milliseconds inside a ULID."""
    number = 0
    for letter in value[:10]:
        number = number << 5 | _ALPHABET.index(letter)
    return number


class Pepper:
    """The stack's secret key for fingerprints. It never prints."""

    __slots__ = ("_key",)

    def __init__(self, key: bytes) -> None:
        self._key = key

    def __repr__(self) -> str:
        return "Pepper(***)"

    def digest(self, *parts: str) -> bytes:
        """32 bytes that stand for the parts; parts are length-prefixed so that no two lists collide."""
        mac = hmac.new(self._key, digestmod=hashlib.sha256)
        for part in parts:
            raw = part.encode("utf-8", "surrogatepass")
            mac.update(len(raw).to_bytes(4) + raw)
        return mac.digest()

    def fingerprint(self, *parts: str) -> Fingerprint:
        """128 bits of the digest, as hex: for keys, groups, deduplication and logs."""
        return Fingerprint(self.digest(*parts).hex()[:32])
