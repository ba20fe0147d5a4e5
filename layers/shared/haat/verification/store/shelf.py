"""Documents in a bucket: what is posted waits in uploads/, what was looked at stays in kept/, where no form leads.

Both are encrypted with the key of evidence, the merchant as context: a file of one merchant can't be put in the place of another's.
"""

from typing import Final

from haat.aws.bucket import Bucket, Lock
from haat.kernel.ids import DocumentId, MerchantId, RequestId
from haat.verification.ports import Form, Seen
from haat.verification.rules.files import FORM_S, LINK_S, MOST_BYTES

FIRST: Final = 512  # bytes of a file that a look shows


class S3Shelf:
    """Fills the port Shelf. `key` is the ARN of the key of evidence."""

    def __init__(self, bucket: Bucket, key: str) -> None:
        self._bucket, self._key = bucket, key

    def form(self, merchant: MerchantId, request: RequestId, document: DocumentId, media: str) -> Form:
        name = _waits(merchant, request, document)
        url, fields = self._bucket.form(name, media, MOST_BYTES, FORM_S, lock=self._lock(merchant))
        return Form(url=url, fields=fields)

    def look(self, merchant: MerchantId, request: RequestId, document: DocumentId) -> Seen | None:
        seen = self._bucket.look(_waits(merchant, request, document), FIRST)
        return Seen(size=seen[0], start=seen[1], tag=seen[2]) if seen else None

    def keep(self, merchant: MerchantId, request: RequestId, document: DocumentId, tag: str, media: str) -> bool:
        waits, stays = _waits(merchant, request, document), _stays(merchant, request, document)
        return self._bucket.copy(waits, stays, tag, media, lock=self._lock(merchant))

    def link(self, merchant: MerchantId, request: RequestId, document: DocumentId) -> str:
        # Whoever opens it saves a file: nothing of it runs in a page.
        return self._bucket.link(_stays(merchant, request, document), LINK_S, saved=True)

    def drop(self, merchant: MerchantId, request: RequestId, document: DocumentId) -> None:
        self._bucket.drop(_waits(merchant, request, document))
        self._bucket.drop(_stays(merchant, request, document))

    def _lock(self, merchant: MerchantId) -> Lock:
        return Lock(key=self._key, context={"merchant": merchant})


def _waits(merchant: MerchantId, request: RequestId, document: DocumentId) -> str:
    return f"uploads/{merchant}/{request}/{document}"


def _stays(merchant: MerchantId, request: RequestId, document: DocumentId) -> str:
    return f"kept/{merchant}/{request}/{document}"
