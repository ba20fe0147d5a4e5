"""Joins the keys of payee accounts to KMS: each function opens those that are sealed for it."""

import json
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from cachetools import LRUCache

from haat.aws.sealer import Sealer
from haat.kernel.secret import Secret
from haat.payment.model.account import PayeeAccount
from haat.payment.model.bank import Keys

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_kms import KMSClient

MOST = 2_000  # accounts whose keys one process keeps open


class SealedKeys:
    """Fills the port KeyRing: asks KMS once for each sealed set."""

    def __init__(
        self, client: "Callable[[], KMSClient]", key: str, purpose: Literal["door", "settlement", "call"]
    ) -> None:
        self._client, self._key, self._purpose = client, key, purpose
        self._open: LRUCache[bytes, Keys] = LRUCache(maxsize=MOST)

    def keys(self, account: PayeeAccount) -> Keys:
        """Those of this purpose; none where the account has none. Raises Unavailable."""
        sealed: bytes = getattr(account.sealed, self._purpose)
        if not sealed:
            return {}
        if (known := self._open.get(sealed)) is None:
            opened = json.loads(self._sealer.open(account.merchant, sealed).reveal())
            known = self._open[sealed] = {name: Secret(value) for name, value in opened.items()}
        return known

    @cached_property
    def _sealer(self) -> Sealer:
        return Sealer(self._client(), self._key)
