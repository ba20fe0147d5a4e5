"""Secrets that an operator keeps in Parameter Store, read once in a while."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from cachetools import TTLCache

from haat.aws.weather import answers
from haat.kernel.errors import Misconfigured
from haat.kernel.secret import Secret

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient

KEEP_S = 300  # a secret that was rotated is seen everywhere after so long


class Parameters:
    """SecureStrings, decrypted, at most KEEP_S old."""

    def __init__(self, client: "SSMClient", timer: Callable[[], float]) -> None:
        self._client = client
        self._kept: TTLCache[str, Secret[str]] = TTLCache(maxsize=16, ttl=KEEP_S, timer=timer)

    def get(self, name: str) -> Secret[str]:
        """Raises Misconfigured when there is none of that name, Unavailable when Parameter Store does not answer."""
        kept = self._kept.get(name)
        if kept is None:
            with answers("parameters"):
                try:
                    kept = Secret(self._client.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"])
                except self._client.exceptions.ParameterNotFound:
                    raise Misconfigured(f"there is no parameter {name}") from None
            self._kept[name] = kept
        return kept
