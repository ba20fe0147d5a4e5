"""Secrets that are kept encrypted."""

from typing import TYPE_CHECKING

from haat.aws.weather import answers
from haat.kernel.ids import MerchantId
from haat.kernel.secret import Secret

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient


class Sealer:
    """Encrypts a merchant's secrets with KMS, the merchant as context: one merchant's cannot be opened as another's."""

    def __init__(self, client: "KMSClient", key: str) -> None:
        self._client, self._key = client, key

    def seal(self, merchant: MerchantId, secret: Secret[str]) -> bytes:
        """Raises Unavailable."""
        with answers("keys"):
            return self._client.encrypt(
                KeyId=self._key, Plaintext=secret.reveal().encode(), EncryptionContext={"merchant": merchant}
            )["CiphertextBlob"]

    def open(self, merchant: MerchantId, sealed: bytes) -> Secret[str]:
        """Raises Unavailable, also when it was sealed for somebody else."""
        with answers("keys"):
            answer = self._client.decrypt(
                KeyId=self._key, CiphertextBlob=sealed, EncryptionContext={"merchant": merchant}
            )
        return Secret(answer["Plaintext"].decode())
