"""What is a key by its form: the clear error at once, before anything is sealed that nobody could read."""

import base64
from collections.abc import Callable
from functools import cache

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from haat.payment.banks.ciphers import rsa_open, rsa_seal
from haat.payment.model.bank import KeyForm
from haat.payment.rules.account_keys import MOST_SEALED, sealed_text
from haat.payment.rules.key_forms import written

PEM, PKCS8, PKCS1 = Encoding.PEM, PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL
HEX = "00112233445566778899aabbccddeeFF"


@cache
def pair(bits: int = 2_048) -> rsa.RSAPrivateKey:
    """A key of RSA, made for these tests."""
    return rsa.generate_private_key(65_537, bits)


def private(form: PrivateFormat = PKCS8, *, word: bytes = b"") -> str:
    """Its private half."""
    lock = BestAvailableEncryption(word) if word else NoEncryption()
    return pair().private_bytes(PEM, form, lock).decode()


def public(form: PublicFormat = PublicFormat.SubjectPublicKeyInfo) -> str:
    """Its public half."""
    return pair().public_key().public_bytes(PEM, form).decode()


def of_a_curve(*, whole: bool) -> str:
    """A key of another kind."""
    key = ec.generate_private_key(ec.SECP256R1())
    if whole:
        return key.private_bytes(PEM, PKCS8, NoEncryption()).decode()
    return key.public_key().public_bytes(PEM, PublicFormat.SubjectPublicKeyInfo).decode()


@pytest.mark.parametrize("form", [PKCS8, PKCS1])
@pytest.mark.parametrize(
    "pasted",
    [
        lambda text: text,
        lambda text: text.replace("\n", "\r\n"),
        lambda text: f"\n  {text}\n\n",
        lambda text: "\n".join(f"  {line}  " for line in text.splitlines()),
        lambda text: text.replace("-----\n", "-----").replace("\n-----", "-----").replace("\n", " "),
    ],
    ids=["as it is", "of Windows", "with room around it", "indented", "in one line"],
)
def test_key_opens_however_it_was_pasted(form: PrivateFormat, pasted: Callable[[str], str]) -> None:
    """It is kept as PEM is written, and the reader of the banks' ciphers reads it."""
    kept, fault = written(pasted(private(form)), "private_pem")
    whole, other_fault = written(pasted(public()), "public_pem")
    assert (fault, other_fault) == ("", "")
    assert (kept, whole) == (private(form), public())
    assert rsa_open(kept, rsa_seal(whole, b"word")) == b"word"


def test_public_key_may_stand_in_a_certificate(certificate: str) -> None:
    """Banks hand out certificates."""
    kept, fault = written(certificate, "public_pem")
    assert (kept, fault) == (certificate, "")
    assert rsa_open(private(), rsa_seal(kept, b"word")) == b"word"


def test_private_key_where_a_public_one_is_due_is_said_and_not_quoted() -> None:
    """Whoever mixes the two up has shown a secret: the words say what to do."""
    for key in (private(), private(PKCS1), private(word=b"x"), of_a_curve(whole=True)):
        kept, fault = written(key, "public_pem")
        assert kept == ""
        assert "is a private key" in fault
        assert not any(line in fault for line in key.splitlines())


def test_largest_keys_fit_into_what_can_be_sealed() -> None:
    """A key of 4096 bits with its name, as KMS takes it in one piece."""
    text = pair(4_096).private_bytes(PEM, PKCS8, NoEncryption()).decode()
    kept, fault = written(text, "private_pem")
    assert fault == ""
    assert 3_200 < len(sealed_text({"merchant_private_key": kept}).reveal()) < MOST_SEALED


def cut(text: str) -> str:
    """A key of which a line is missing."""
    lines = text.splitlines()
    return "\n".join(lines[:5] + lines[6:])


def nothing_in_it() -> str:
    """PEM of what is no key at all."""
    return f"-----BEGIN PUBLIC KEY-----{base64.b64encode(bytes(300)).decode()}-----END PUBLIC KEY-----"


WRONG: dict[str, tuple[KeyForm | None, Callable[[], str], str]] = {
    "nothing": (None, lambda: "", "must not be empty"),
    "two lines": (None, lambda: "two\nlines", "one line"),
    "another script": (None, lambda: "কী", "ASCII"),
    "short hex": ("hex32", lambda: HEX[:-1], "32 hex digits"),
    "no hex": ("hex32", lambda: HEX[:-1] + "g", "32 hex digits"),
    "hex in groups": ("hex32", lambda: f"{HEX[:16]} {HEX[16:]}", "32 hex digits"),
    "blank": ("private_pem", lambda: " ", "must not be empty"),
    "hex for PEM": ("private_pem", lambda: HEX, "-----BEGIN PRIVATE KEY-----"),
    "public": ("private_pem", public, "is a public key"),
    "older public": ("private_pem", lambda: public(PublicFormat.PKCS1), "is a public key"),
    "locked": ("private_pem", lambda: private(word=b"x"), "passphrase"),
    "older locked": ("private_pem", lambda: private(PKCS1, word=b"x"), "passphrase"),
    "cut": ("private_pem", lambda: cut(private()), "-----BEGIN PRIVATE KEY-----"),
    "two": ("private_pem", lambda: private() + private(), "one private key"),
    "spoiled": ("private_pem", lambda: private().replace("MII", "M-I", 1), "-----BEGIN PRIVATE KEY-----"),
    "of a curve": ("private_pem", lambda: of_a_curve(whole=True), "another kind than RSA"),
    "public of a curve": ("public_pem", lambda: of_a_curve(whole=False), "-----BEGIN line"),
    "empty block": ("public_pem", lambda: "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----", "-----BEGIN line"),
    "zeros": ("public_pem", nothing_in_it, "as PEM"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_no_key_is_named_by_what_it_must_be(case: str) -> None:
    """Cut, mixed up, locked, of another kind: and nothing of it is repeated."""
    form, make, said = WRONG[case]
    _, fault = written(value := make(), form)
    assert said in fault
    assert not [line for line in value.splitlines() if line.strip() and line in fault and "-----" not in line]


def test_hex_is_taken_in_either_case() -> None:
    """As the bank's page shows it."""
    assert written(f" {HEX}\n", "hex32") == (HEX, "")


@pytest.fixture(scope="module")
def certificate() -> str:
    """Return a certificate of the pair, signed by itself."""
    from datetime import UTC, datetime, timedelta  # noqa: PLC0415  # for this one thing

    from cryptography import x509  # noqa: PLC0415
    from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415

    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "bank.example")])
    begins = datetime(2026, 1, 1, tzinfo=UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(pair().public_key())
    made = made.serial_number(1).not_valid_before(begins).not_valid_after(begins + timedelta(days=365))
    return made.sign(pair(), SHA256()).public_bytes(PEM).decode()
