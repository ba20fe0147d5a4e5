"""Channels with their tokens, and what a shop was taught."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

from cachetools import LRUCache, TTLCache

from haat.aws.table import Item, Put, Refused, Table, Update
from haat.aws.weather import answers
from haat.conversation.model import Channel, Entry, Manners, Taught, Texts
from haat.conversation.ports import Line
from haat.conversation.store.conversations import channel_key, read_channel
from haat.conversation.store.items import compact
from haat.facts.codec import from_plain, to_plain
from haat.kernel.errors import Conflict
from haat.kernel.ids import MerchantId
from haat.kernel.secret import Secret
from haat.kernel.time import Instant

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient

KEEP_S, MOST = 60, 2_000


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


class DynamoLines:
    """Fills the port Lines. A line is read again after KEEP_S; its token is decrypted again only when it changed."""

    def __init__(self, table: Table, sealer: Sealer | None, timer: Callable[[], float]) -> None:
        self._table, self._sealer = table, sealer
        self._lines: TTLCache[str, Line] = TTLCache(maxsize=MOST, ttl=KEEP_S, timer=timer)
        self._tokens: LRUCache[str, tuple[bytes, Secret[str]]] = LRUCache(maxsize=MOST)

    def line(self, kind: str, address: str) -> Line | None:
        key = channel_key(kind, address)
        if (known := self._lines.get(key)) is None:
            item = self._table.get(key, "CHANNEL", consistent=False)
            channel = read_channel(kind, address, item) if item else None
            if channel is None or not channel.token:
                return None
            known = self._lines[key] = Line(channel=channel, token=self._open(key, channel))
        return known

    def _open(self, key: str, channel: Channel) -> Secret[str]:
        assert self._sealer is not None, "only who speaks opens tokens"
        sealed, token = self._tokens.get(key, (b"", Secret("")))
        if sealed != channel.token:
            token = self._sealer.open(channel.merchant, channel.token)
            self._tokens[key] = (channel.token, token)
        return token

    def stop(self, kind: str, address: str, reason: str, now: Instant) -> None:
        key = channel_key(kind, address)
        self._lines.pop(key, None)
        try:
            self._table.update(
                Update(pk=key, sk="CHANNEL", set={"stopped": reason, "stopped_at": now}, when="attribute_exists(pk)")
            )
        except Refused:
            return  # the channel is gone: nothing can be sent there anyway


class DynamoTaught:
    """What a shop was taught: entries and texts, in one item."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def read(self, merchant: MerchantId) -> Taught:
        """Empty where nothing was taught."""
        item = self._table.get(f"TAUGHT#{merchant}", "TAUGHT", consistent=False)
        if item is None:
            return Taught()
        doc = {**json.loads(item["doc"]), "version": item["version"]}
        return from_plain(Taught, doc, {"entries": Entry, "texts": Texts, "manners": Manners})

    def write(self, merchant: MerchantId, taught: Taught) -> None:
        """Replace it. Raises Conflict when what is there does not have the version before."""
        item: Item = {
            "pk": f"TAUGHT#{merchant}",
            "sk": "TAUGHT",
            "version": taught.version,
            "doc": compact(to_plain(taught)),
        }
        try:
            self._table.put(
                Put(item=item, absent=True) if taught.version == 1 else Put(item=item, version=taught.version - 1)
            )
        except Refused:
            raise Conflict("what the shop taught was changed in between") from None

    def connect(self, channel: Channel) -> None:
        """Save a channel; a stop that lay on it is lifted."""
        doc = compact({"merchant": channel.merchant, "account": channel.account})
        key = channel_key(channel.kind, channel.address)
        self._table.put(Put(item={"pk": key, "sk": "CHANNEL", "doc": doc, "token": channel.token}))
