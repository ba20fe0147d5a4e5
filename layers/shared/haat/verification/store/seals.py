"""Seals evidence with the key of the stack's own for it."""

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from haat.aws.sealer import Sealer
from haat.kernel.ids import MerchantId
from haat.kernel.secret import Secret

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient


class KmsSeals:
    """Fills the port Seals. The client is made when it is first needed; KMS takes 4,096 bytes at once."""

    def __init__(self, client: Callable[[], "KMSClient"], key: str) -> None:
        self._client, self._key = client, key

    @cached_property
    def _sealer(self) -> Sealer:
        return Sealer(self._client(), self._key)

    def seal(self, merchant: MerchantId, text: str) -> bytes:
        return self._sealer.seal(merchant, Secret(text))

    def open(self, merchant: MerchantId, sealed: bytes) -> str:
        return self._sealer.open(merchant, sealed).reveal()
