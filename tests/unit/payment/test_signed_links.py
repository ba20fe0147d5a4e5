"""Signed links."""

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from haat.kernel.errors import Rejected
from haat.kernel.secret import Secret
from haat.payment.model.link import Link, Unusable
from haat.payment.rules.links import LONGEST, read
from haat.payment.rules.signed import sign, verify
from tests.upi_fixtures import UPI, upi_json

pytestmark = pytest.mark.upi

VECTORS = upi_json("vectors/signed-uri.json")
PUBLIC = (UPI / VECTORS["public_key"]).read_bytes()
PRIVATE = Secret((UPI / VECTORS["public_key"].replace(".pub.pem", ".pem")).read_bytes())
SIGNED = next(vector["uri"] for vector in VECTORS["vectors"] if vector["id"] == "good")
MESSAGE = SIGNED.partition("&sign=")[0]


@pytest.mark.parametrize("vector", [pytest.param(one, id=one["id"]) for one in VECTORS["vectors"]])
def test_only_the_holder_of_the_key_is_believed(vector: dict[str, Any]) -> None:
    """A link verifies where its very bytes were signed with the key, and is refused in every other case."""
    said = verify(vector["uri"], PUBLIC)
    assert isinstance(said, Link if vector["valid"] else Unusable)
    if vector["valid"]:
        assert said == read(vector["uri"])


def test_signing_gives_the_published_link() -> None:
    """Our signature of the vectors' link is theirs, letter for letter, as often as it is made."""
    assert sign(MESSAGE, PRIVATE) == sign(MESSAGE, PRIVATE) == SIGNED


@given(st.integers(0, len(MESSAGE) - 1), st.characters(codec="utf-8"))
def test_no_letter_of_a_signed_link_can_be_changed(place: int, letter: str) -> None:
    """Any other letter at any place before the signature makes the link worthless."""
    changed = MESSAGE[:place] + letter + MESSAGE[place + 1 :] + SIGNED[len(MESSAGE) :]
    assert isinstance(verify(changed, PUBLIC), Link if changed == SIGNED else Unusable)


@given(st.text() | st.builds(lambda text: f"{MESSAGE}&sign={text}", st.text()))
def test_verifying_never_raises(link: str) -> None:
    """Whatever comes in place of a link or a signature is refused with a word."""
    assert isinstance(verify(link, PUBLIC), Unusable)


def test_why_a_link_is_not_believed_is_told() -> None:
    """A link without a signature, with a wrong one, or with something behind it is told apart from one that is no link."""
    assert verify(MESSAGE, PUBLIC) == Unusable("missing_sign")
    assert verify(SIGNED.replace("&sign=", "&sign=!"), PUBLIC) == Unusable("bad_sign")
    assert verify(f"{SIGNED}&tn=x", PUBLIC) == Unusable("sign_not_last")
    assert verify("https://example.com", PUBLIC) == Unusable("bad_scheme")


def test_what_cannot_be_signed_is_refused() -> None:
    """No signature is put under what is no link, under a signed link, or where it would make the link too long."""
    assert sign("upi://pay?pn=Shop", PRIVATE) == Unusable("missing_pa")
    assert sign(SIGNED, PRIVATE) == Unusable("already_signed")
    assert sign(MESSAGE + "&tn=" + "x" * (LONGEST - len(MESSAGE) - 5), PRIVATE) == Unusable("too_long")


def pem(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> tuple[bytes, bytes]:
    """A key's two halves."""
    return (
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
    )


@pytest.mark.parametrize(
    ("private", "public"),
    [
        (b"", b""),
        (b"no key", b"no key"),
        pem(ec.generate_private_key(ec.SECP384R1())),
        pem(ec.generate_private_key(ec.SECP256K1())),
        pem(rsa.generate_private_key(65537, 2048)),
        (PUBLIC, PRIVATE.reveal()),
    ],
    ids=["empty", "garbage", "P-384", "secp256k1", "RSA", "the other half"],
)
def test_wrong_key_is_rejected_unquoted(private: bytes, public: bytes) -> None:
    """A key of another kind is the configuration's mistake, and the error holds nothing of it."""
    with pytest.raises(Rejected) as signing:
        sign(MESSAGE, Secret(private))
    with pytest.raises(Rejected) as verifying:
        verify(SIGNED, public)
    for error in (signing.value, verifying.value):
        assert error.word == "bad_key"
        assert error.__context__ is None
        assert error.__cause__ is None
