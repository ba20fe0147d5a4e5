"""What both keys promise, and what a stranger can check of the real one alone."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from joserfc.jwk import ECKey

from haat.kernel.errors import Unavailable
from haat.verification.memory.keys import MemorySigner
from haat.verification.ports import Keys, Signer
from haat.verification.store.signer import KmsKeys, KmsSigner
from tests.contract.tables import Tables

LONG = b"a" * 5_000  # more than KMS takes as a message


@pytest.fixture(params=["memory", "kms"])
def pair(request: pytest.FixtureRequest, tables: Tables) -> tuple[Signer, Keys]:
    """Return each signer, with those who show its key."""
    if request.param == "memory":
        memory = MemorySigner()
        return memory, memory
    key = tables._outputs["FirstBadgeKeyArn"]
    return KmsSigner(lambda: tables.kms, key), KmsKeys(lambda: tables.kms, [key])


def test_signature_is_two_numbers_under_a_key_that_is_shown(pair: tuple[Signer, Keys]) -> None:
    """64 bytes, however much is signed; the key keeps its name."""
    signer, keys = pair
    assert [len(signer.sign(text)) for text in (b"a", LONG)] == [64, 64]
    assert [key["kid"] for key in keys.published()] == [signer.key]


def test_signature_of_the_service_is_believed_by_another_library(tables: Tables) -> None:
    """The published key, and what was signed, are all that a stranger needs."""
    key = tables._outputs["SecondBadgeKeyArn"]
    signature = KmsSigner(lambda: tables.kms, key).sign(LONG)
    (shown,) = KmsKeys(lambda: tables.kms, [key]).published()
    public = ECKey.import_key(shown).public_key
    der = encode_dss_signature(int.from_bytes(signature[:32]), int.from_bytes(signature[32:]))
    public.verify(der, LONG, ec.ECDSA(SHA256()))


def test_key_that_is_not_there_is_unavailable(tables: Tables) -> None:
    """The service says no: the record comes again."""
    with pytest.raises(Unavailable):
        KmsSigner(lambda: tables.kms, "00000000-0000-4000-8000-000000000000").sign(b"a")
