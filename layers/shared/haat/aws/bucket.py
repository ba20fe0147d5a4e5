"""S3 in the words that stores use. The client is made when it is first needed: it costs as much as a cold start."""

from collections.abc import Callable
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from haat.kernel.errors import Unavailable

_NO_RANGE = frozenset({"InvalidRange", "416"})
_NOT_THERE = frozenset({"NoSuchKey", "404", *_NO_RANGE})
_OTHER = frozenset({"PreconditionFailed", "412", *_NOT_THERE})


class Bucket:
    """One bucket."""

    def __init__(self, client: Callable[[], Any], name: str) -> None:
        self._client, self._name = client, name

    def form(
        self, key: str, media: str, most_bytes: int, seconds: int, *, least_bytes: int = 1
    ) -> tuple[str, dict[str, str]]:
        """Address and fields of a form by which one file of a media type and size may be posted; asks nobody."""
        made = self._client().generate_presigned_post(
            self._name,
            key,
            Fields={"Content-Type": media},
            Conditions=[{"Content-Type": media}, ["content-length-range", least_bytes, most_bytes]],
            ExpiresIn=seconds,
        )
        return made["url"], made["fields"]

    def link(self, key: str, seconds: int) -> str:
        """An address at which anyone may read a file for a while; asks nobody."""
        asked = {"Bucket": self._name, "Key": key}
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

    def copy(self, source: str, target: str, tag: str, media: str) -> bool:
        """Copy a file as one of a media type, if it still has this tag. Raises Unavailable."""
        try:
            made = self._client().copy_object(
                Bucket=self._name,
                Key=target,
                CopySource={"Bucket": self._name, "Key": source},
                CopySourceIfMatch=tag,
                ContentType=media,
                MetadataDirective="REPLACE",
            )
        except ClientError as error:
            _expected(error, _OTHER)
            return False
        except BotoCoreError as error:
            raise Unavailable(f"bucket: {type(error).__name__}") from None
        # Said twice: not every S3 that one may run on heeds the condition. A copy of the same bytes has the same tag.
        if made["CopyObjectResult"]["ETag"] == tag:
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
