"""The ports Shelf and Seals, in memory and on the bucket and key of the template."""

import base64
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest
import requests

from haat.aws.bucket import Bucket, Lock
from haat.kernel.errors import Unavailable
from haat.kernel.ids import DocumentId, RequestId
from haat.verification.memory.shelf import MemorySeals, MemoryShelf
from haat.verification.ports import Form, Seals, Shelf
from haat.verification.rules.files import MOST_BYTES
from haat.verification.store.seals import KmsSeals
from haat.verification.store.shelf import FIRST, S3Shelf
from tests.contract.verification.desk import shop

if TYPE_CHECKING:
    from tests.contract.tables import Tables

SHOP, OTHER = shop(1), shop(2)
REQUEST, PAPER = RequestId("01Q000000000000000000ASKED"), DocumentId("01D000000000000000000PAPER")
PDF, DATA = "application/pdf", b"%PDF-1.7\n" + b"paper " * 200

type Post = Callable[[bytes], None]


@pytest.fixture(params=["memory", "bucket"])
def shelf(request: pytest.FixtureRequest) -> tuple[Shelf, Post]:
    """Return each shelf in turn, empty, and what puts the paper there."""
    if request.param == "memory":
        memory = MemoryShelf()
        return memory, lambda data: memory.post(SHOP, REQUEST, PAPER, data)
    tables: Tables = request.getfixturevalue("tables")
    real = on_bucket(tables)
    return real, lambda data: posted(real.form(SHOP, REQUEST, PAPER, PDF), data)


def on_bucket(tables: "Tables") -> S3Shelf:
    """The real one."""
    return S3Shelf(Bucket(lambda: tables.s3, tables.evidence), tables.evidence_key)


def posted(form: Form, data: bytes) -> None:
    """Send a file as a browser does."""
    answer = requests.post(form.url, data=dict(form.fields), files={"file": ("paper.pdf", data)}, timeout=10)
    assert answer.status_code < 300, answer.text


def test_document_that_was_posted_is_seen_and_kept(shelf: tuple[Shelf, Post]) -> None:
    """As it was when it was looked at."""
    it, post = shelf
    assert it.look(SHOP, REQUEST, PAPER) is None
    post(DATA)
    seen = it.look(SHOP, REQUEST, PAPER)
    assert seen is not None
    assert (seen.size, seen.start) == (len(DATA), DATA[:FIRST])
    assert it.keep(SHOP, REQUEST, PAPER, seen.tag, PDF)
    assert it.look(OTHER, REQUEST, PAPER) is None


def test_document_that_was_replaced_since_is_not_kept(shelf: tuple[Shelf, Post]) -> None:
    """It must be looked at again."""
    it, post = shelf
    post(DATA)
    seen = it.look(SHOP, REQUEST, PAPER)
    assert seen is not None
    post(b"MZ something else")
    assert not it.keep(SHOP, REQUEST, PAPER, seen.tag, PDF)


def test_dropped_document_is_gone(shelf: tuple[Shelf, Post]) -> None:
    """However often it is dropped; one that never was can't be kept."""
    it, post = shelf
    post(DATA)
    seen = it.look(SHOP, REQUEST, PAPER)
    assert seen is not None
    for _ in range(2):
        it.drop(SHOP, REQUEST, PAPER)
        assert it.look(SHOP, REQUEST, PAPER) is None
    assert not it.keep(SHOP, REQUEST, PAPER, seen.tag, PDF)


def names(tables: "Tables") -> list[str]:
    """What lies in the bucket."""
    found: list[Any] = tables.s3.list_objects_v2(Bucket=tables.evidence).get("Contents", [])
    return sorted(item["Key"] for item in found)


def test_document_is_kept_where_no_form_leads(tables: "Tables") -> None:
    """And read by a link that is good for five minutes and has browsers save it; dropped from both places."""
    it = on_bucket(tables)
    posted(it.form(SHOP, REQUEST, PAPER, PDF), DATA)
    seen = it.look(SHOP, REQUEST, PAPER)
    assert seen is not None
    it.keep(SHOP, REQUEST, PAPER, seen.tag, PDF)
    waits, stays = f"uploads/{SHOP}/{REQUEST}/{PAPER}", f"kept/{SHOP}/{REQUEST}/{PAPER}"
    assert names(tables) == [stays, waits]
    link = it.link(SHOP, REQUEST, PAPER)
    asked = parse_qs(urlsplit(link).query)
    assert asked["X-Amz-Expires"] == ["300"]
    answer = requests.get(link, timeout=10)
    assert (answer.status_code, answer.content) == (200, DATA)
    assert (answer.headers["Content-Type"], answer.headers["Content-Disposition"]) == (PDF, "attachment")
    it.drop(SHOP, REQUEST, PAPER)
    assert names(tables) == []


def test_form_takes_a_document_only_encrypted_for_its_shop(tables: "Tables") -> None:
    """Each field is held by the signed policy: key, context, type, size, and a quarter of an hour."""
    fields = dict(on_bucket(tables).form(SHOP, REQUEST, PAPER, PDF).fields)
    policy = json.loads(base64.b64decode(fields["policy"]))
    held = {name: value for one in policy["conditions"] if isinstance(one, dict) for name, value in one.items()}
    assert {name: value for name, value in fields.items() if name.startswith("x-amz-server")} == {
        "x-amz-server-side-encryption": "aws:kms",
        "x-amz-server-side-encryption-aws-kms-key-id": tables.evidence_key,
        "x-amz-server-side-encryption-context": base64.b64encode(f'{{"merchant":"{SHOP}"}}'.encode()).decode(),
    }
    unsigned = {"policy", "x-amz-signature"}
    assert {name: value for name, value in fields.items() if name not in unsigned} == {
        name: value for name, value in held.items() if name != "bucket"
    }
    assert ["content-length-range", 1, MOST_BYTES] in policy["conditions"]
    assert (held["key"], held["Content-Type"]) == (f"uploads/{SHOP}/{REQUEST}/{PAPER}", PDF)


def test_copy_is_encrypted_for_its_shop(tables: "Tables") -> None:
    """What S3 is asked for: moto keeps no context, so the request itself is looked at."""
    client = boto3.client("s3", region_name="eu-central-1")
    asked: list[dict[str, Any]] = []
    client.meta.events.register(
        "before-parameter-build.s3.CopyObject", lambda params, **_: asked.append(dict(params)), unique_id="seen"
    )
    bucket = Bucket(lambda: client, tables.evidence)
    client.put_object(Bucket=tables.evidence, Key="from", Body=DATA)
    seen = bucket.look("from", 1)
    assert seen is not None
    assert bucket.copy("from", "to", seen[2], PDF, lock=Lock(key=tables.evidence_key, context={"merchant": SHOP}))
    (params,) = asked
    context = json.loads(base64.b64decode(params["SSEKMSEncryptionContext"]))
    assert (params["ServerSideEncryption"], params["SSEKMSKeyId"]) == ("aws:kms", tables.evidence_key)
    assert context == {"merchant": SHOP}


class Heedless:
    """An S3 that heeds no condition, and gives each file that it encrypts a tag of its own."""

    def __init__(self, *tags: str) -> None:
        self.tags, self.gone = list(tags), list[str]()

    def copy_object(self, **_: Any) -> Any:
        """Copy whatever is there."""
        return {"CopyObjectResult": {"ETag": '"of the copy"'}}

    def get_object(self, **_: Any) -> Any:
        """A file of the next tag."""
        return {"Body": self, "ContentLength": 1, "ETag": self.tags.pop(0)}

    def read(self) -> bytes:
        """Its bytes."""
        return b"x"

    def delete_object(self, *, Key: str, **_: Any) -> None:  # noqa: N803  # as S3 calls it
        """Remember what went."""
        self.gone.append(Key)


@pytest.mark.parametrize(("there", "kept"), [('"seen"', True), ('"another"', False)])
def test_copy_whose_source_was_replaced_is_taken_back(there: str, kept: bool) -> None:  # noqa: FBT001  # one of two cases
    """A tag of a file that is encrypted with a key says nothing of its bytes, so that a copy's own is not compared."""
    s3 = Heedless(there)
    done = Bucket(lambda: s3, "bucket").copy("from", "to", '"seen"', PDF, lock=Lock(key="key", context={}))
    assert (done, s3.gone) == (kept, [] if kept else ["to"])


# Seals


@pytest.fixture(params=["memory", "key"])
def seals(request: pytest.FixtureRequest) -> Seals:
    """Return each in turn."""
    if request.param == "memory":
        return MemorySeals()
    tables: Tables = request.getfixturevalue("tables")
    return KmsSeals(lambda: tables.kms, tables.evidence_key)


def test_evidence_is_opened_for_its_shop_alone(seals: Seals) -> None:
    """In any script; what was sealed for another can't be opened."""
    sealed = seals.seal(SHOP, '{"legal_name":"মিষ্টি ভাণ্ডার"}')
    assert seals.open(SHOP, sealed) == '{"legal_name":"মিষ্টি ভাণ্ডার"}'
    with pytest.raises(Unavailable):
        seals.open(OTHER, sealed)


def test_evidence_can_not_be_read_without_its_key(tables: "Tables") -> None:
    """Nothing of it lies in what is kept."""
    sealed = KmsSeals(lambda: tables.kms, tables.evidence_key).seal(SHOP, "Tara Devi")
    assert b"Tara" not in sealed
