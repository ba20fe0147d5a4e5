"""The keys that sign badges, in KMS: the secret half never leaves it."""

import hashlib
from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from haat.aws.weather import answers
from haat.verification.rules.signatures import public_key, raw

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient


class KmsSigner:
    """Fills the port Signer. The client is made when something is to be signed: most records ask for no signature. The public key is asked for once in a process: a key in KMS is the same for ever."""

    def __init__(self, client: "Callable[[], KMSClient]", key: str) -> None:
        self._made, self._id, self._key = cache(client), key, ""

    @property
    def key(self) -> str:
        if not self._key:
            self._key = _shown(self._made(), self._id)["kid"]
        return self._key

    def sign(self, signed: bytes) -> bytes:
        # The digest, since KMS takes 4,096 bytes at the most and a status list is longer.
        with answers("keys"):
            got = self._made().sign(
                KeyId=self._id,
                Message=hashlib.sha256(signed).digest(),
                MessageType="DIGEST",
                SigningAlgorithm="ECDSA_SHA_256",
            )
        return raw(got["Signature"])


class KmsKeys:
    """Fills the port Keys. The client is made when somebody asks: most processes of a public API are never asked."""

    def __init__(self, client: "Callable[[], KMSClient]", keys: Sequence[str]) -> None:
        self._client, self._ids = client, tuple(keys)
        self._shown: list[dict[str, Any]] = []

    def published(self) -> list[dict[str, Any]]:
        if not self._shown:
            client = self._client()
            self._shown = [_shown(client, id) for id in self._ids]
        return self._shown


def _shown(client: "KMSClient", id: str) -> dict[str, Any]:
    with answers("keys"):
        got = client.get_public_key(KeyId=id)
    return public_key(got["PublicKey"])
