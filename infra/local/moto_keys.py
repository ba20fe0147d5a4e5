"""Makes moto's KMS (5.2.5, pinned) sign a digest as AWS does: plain moto takes it for the message and hashes it again."""

import base64
import json

from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.hashes import SHA256
from moto.kms.responses import KmsResponse
from moto.kms.utils import ECDSAPrivateKey

_plain = KmsResponse.sign


def _sign(self: KmsResponse) -> str:
    if self._get_param("MessageType") != "DIGEST" or self._get_param("SigningAlgorithm") != "ECDSA_SHA_256":
        return _plain(self)
    answer = json.loads(_plain(self))  # which refuses what AWS refuses
    key = self.kms_backend.describe_key(self._get_param("KeyId")).private_key
    assert isinstance(key, ECDSAPrivateKey), "no other key signs by this algorithm"
    signature = key.private_key.sign(self._get_param("Message"), ec.ECDSA(utils.Prehashed(SHA256())))
    return json.dumps({**answer, "Signature": base64.b64encode(signature).decode("ascii")})


def install() -> None:
    """Change moto in this process; a second call changes nothing."""
    KmsResponse.sign = _sign  # type: ignore[method-assign]  # moto has no other door
