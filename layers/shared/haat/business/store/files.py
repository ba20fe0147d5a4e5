"""Pictures in a bucket of S3."""

from haat.aws.bucket import Bucket
from haat.business.ports.products import Seen, Upload
from haat.kernel.errors import Changed


class BucketFiles:
    """Fills the port Files."""

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket

    def form(self, key: str, type: str, most_bytes: int, seconds: int) -> Upload:
        url, fields = self._bucket.form(key, type, most_bytes, seconds)
        return Upload(url=url, fields=fields)

    def look(self, key: str, first: int) -> Seen | None:
        found = self._bucket.look(key, first)
        return Seen(size=found[0], start=found[1], tag=found[2]) if found else None

    def keep(self, source: str, target: str, tag: str, type: str) -> None:
        if not self._bucket.copy(source, target, tag, type):
            raise Changed("the file was replaced in between")

    def link(self, key: str, seconds: int) -> str:
        return self._bucket.link(key, seconds)

    def drop(self, key: str) -> None:
        self._bucket.drop(key)
