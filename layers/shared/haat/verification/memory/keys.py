"""A key in memory, for who wants to see what is signed and not whether a stranger believes it."""

import hashlib
from typing import Any


class MemorySigner:
    """Fills the ports Signer and Keys. Its signatures are digests under the key's name: nobody outside believes them."""

    def __init__(self, key: str = "key-1") -> None:
        self.key = key

    def sign(self, signed: bytes) -> bytes:
        return hashlib.sha512(self.key.encode() + b"\0" + signed).digest()

    def published(self) -> list[dict[str, Any]]:
        return [{"kid": self.key}]
