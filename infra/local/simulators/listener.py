"""A merchant's own system: takes what it is told, checks the signature as Standard Webhooks says, and answers as a test wants.

It reads the secret as merchants get it (`whsec_` and base64), and has its own reading of the signature: nothing of the product is used.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from infra.local.http import Request, Response


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One POST that came."""

    path: str
    id: str
    timestamp: int
    signatures: tuple[str, ...]
    raw: bytes

    @property
    def body(self) -> dict[str, Any]:
        """What it said."""
        said: dict[str, Any] = json.loads(self.raw)
        return said

    def signed_with(self, secret: str) -> bool:
        """Whether one of its signatures is this secret's."""
        key = base64.b64decode(secret.removeprefix("whsec_"))
        content = f"{self.id}.{self.timestamp}.".encode() + self.raw
        mine = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
        return f"v1,{mine}" in self.signatures


@dataclass
class Listener:
    """Keeps what came to `url`. `answer` decides the status, or raises a NetworkFault; whatever it does, it has heard."""

    url: str
    answer: Callable[[Heard], int] = lambda _: 204
    headers: dict[str, str] = field(default_factory=dict)
    heard: list[Heard] = field(default_factory=list)

    def handle(self, request: Request) -> Response:
        """Take one request."""
        came = Heard(
            path=request.path,
            id=request.headers["webhook-id"],
            timestamp=int(request.headers["webhook-timestamp"]),
            signatures=tuple(request.headers["webhook-signature"].split(" ")),
            raw=request.body,
        )
        self.heard.append(came)
        return Response(status=self.answer(came), headers=dict(self.headers))

    def reset(self) -> None:
        """Forget all, and answer as at first."""
        self.heard.clear()
        self.headers.clear()
        self.answer = lambda _: 204
