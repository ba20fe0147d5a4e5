"""S3 in the words that stores use. The client is made when it is first needed: it costs as much as a cold start."""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from haat.kernel.errors import Unavailable

_NO_RANGE = frozenset({"InvalidRange", "416"})
_NOT_THERE = frozenset({"NoSuchKey", "404", *_NO_RANGE})
_OTHER = frozenset({"PreconditionFailed", "412", *_NOT_THERE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """A KMS key, and the context that a file is encrypted with beside the file's own address, which S3 adds."""

    key: str
    context: Mapping[str, str]

    def _encoded(self) -> str:
        plain = json.dumps(self.context, separators=(",", ":"), sort_keys=True)
        return base64.b64encode(plain.encode()).decode()

    def fields(self) -> dict[str, str]:
        """As a form says it."""
        return {
            "x-amz-server-side-encryption": "aws:kms",
            "x-amz-server-side-encryption-aws-kms-key-id": self.key,
            "x-amz-server-side-encryption-context": self._encoded(),
        }

    def arguments(self) -> dict[str, str]:
        """As the SDK takes it."""
        return {
            "ServerSideEncryption": "aws:kms",
            "SSEKMSKeyId": self.key,
            "SSEKMSEncryptionContext": self._encoded(),
        }


class Bucket:
    """One bucket."""

    def __init__(self, client: Callable[[], Any], name: str) -> None:
        self._client, self._name = client, name

    def form(
        self, key: str, media: str, most_bytes: int, seconds: int, *, least_bytes: int = 1, lock: Lock | None = None
    ) -> tuple[str, dict[str, str]]:
        """Address and fields of a form by which one file of a media type and size may be posted; asks nobody.

        With a lock it can be posted only so encrypted.
        """
        fields = {"Content-Type": media, **(lock.fields() if lock else {})}
        made = self._client().generate_presigned_post(
            self._name,
            key,
            Fields=fields,
            Conditions=[
                *({name: value} for name, value in fields.items()),
                ["content-length-range", least_bytes, most_bytes],
            ],
            ExpiresIn=seconds,
        )
        return made["url"], made["fields"]

    def link(self, key: str, seconds: int, *, saved: bool = False) -> str:
        """An address at which anyone may read a file for a while; asks nobody. `saved`: browsers save it, and don't show it."""
        asked = {"Bucket": self._name, "Key": key}
        if saved:
            asked["ResponseContentDisposition"] = "attachment"
        url: str = self._client().generate_presigned_url("get_object", Params=asked, ExpiresIn=seconds)
        return url

    def look(self, key: str, first: int) -> tuple[int, bytes, str] | None:
        """Size, first bytes and tag of a file; None where there is none, or an empty one. Raises Unavailable."""
        try:
            got = self._client().get_object(Bucket=self._name, Key=key, Range=f"bytes=0-{first - 1}")
            start: bytes = got["Body"].read()
        except ClientError as error:
            _expected(error, _NOT_THERE)
            return None
        except BotoCoreError as error:
            raise Unavailable(f"bucket: {type(error).__name__}") from None
        whole = got.get("ContentRange", "").rpartition("/")[2]
        return int(whole) if whole.isdigit() else got["ContentLength"], start, got["ETag"]

    def read(self, key: str, most: int) -> bytes | None:
        """A file, cut past so many bytes; None where there is none. Raises Unavailable."""
        try:
            got = self._client().get_object(Bucket=self._name, Key=key, Range=f"bytes=0-{most - 1}")
            found: bytes = got["Body"].read()
        except ClientError as error:
            _expected(error, _NOT_THERE)
            # Of an empty file there is no first byte.
            return b"" if error.response["Error"]["Code"] in _NO_RANGE else None
        except BotoCoreError as error:
            raise Unavailable(f"bucket: {type(error).__name__}") from None
        return found

    def copy(self, source: str, target: str, tag: str, media: str, *, lock: Lock | None = None) -> bool:
        """Copy a file as one of a media type, if it still has this tag; with a lock, so encrypted. Raises Unavailable."""
        try:
            made = self._client().copy_object(
                Bucket=self._name,
                Key=target,
                CopySource={"Bucket": self._name, "Key": source},
                CopySourceIfMatch=tag,
                ContentType=media,
                MetadataDirective="REPLACE",
                **(lock.arguments() if lock else {}),
            )
        except ClientError as error:
            _expected(error, _OTHER)
            return False
        except BotoCoreError as error:
            raise Unavailable(f"bucket: {type(error).__name__}") from None
        # Said twice: not every S3 that one may run on heeds the condition. A copy of the same bytes has the same tag; but where they are
        # encrypted with a key of ours a tag says nothing of them, so that the source is looked at again.
        if lock is None:
            same = made["CopyObjectResult"]["ETag"] == tag
        else:
            seen = self.look(source, 1)
            same = seen is not None and seen[2] == tag
        if same:
            return True
        self.drop(target)
        return False

    def drop(self, key: str) -> None:
        """Remove a file; doing it again changes nothing. Raises Unavailable."""
        try:
            self._client().delete_object(Bucket=self._name, Key=key)
        except ClientError as error:
            _expected(error, _NOT_THERE)
        except BotoCoreError as error:
            raise Unavailable(f"bucket: {type(error).__name__}") from None


def _expected(error: ClientError, expected: frozenset[str]) -> None:
    code = error.response["Error"]["Code"]
    if code not in expected:
        raise Unavailable(f"bucket: {code}") from None
