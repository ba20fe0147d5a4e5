"""What is ICICI's own in what it sends and we send: two forms of a sealed message, neither of which proves anything."""

import base64
import json
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from haat.kernel.errors import Misconfigured, Rejected
from haat.kernel.secret import Secret
from haat.payment.banks import Failed, ciphers, icici
from haat.payment.model.evidence import Evidence, Refused, Said
from tests.unit.payment.banks.kits import ASKED, AT, KITS, written
from tests.unit.payment.banks.kits.icici import (
    OURS,
    OURS_PUBLIC,
    answer,
    banks_key,
    envelope,
    event,
    opened,
    ours_public,
    refund,
    short,
)

KIT = KITS["icici"]()


def heard(raw: bytes) -> Said:
    """What is read of a callback's bytes."""
    return icici.read_callback(KIT.account, KIT.settlement_keys(), {}, raw)


# What is sealed


def test_every_form_says_the_same() -> None:
    """Short, and long with the IV apart, before the data, or missing altogether; base64 in lines too."""
    wanted = heard(short(event()))
    assert isinstance(wanted, Evidence)
    raw = short(event())
    lines = b"\r\n".join(raw[at : at + 76] for at in range(0, len(raw), 76)) + b"\n"
    without = {name: value for name, value in json.loads(envelope(event())).items() if name != "iv"}
    forms = [envelope(event(), iv_apart=True), envelope(event()), written(without), lines, b"\n" + envelope(event())]
    assert [heard(form) for form in forms] == [wanted] * 5


def test_a_callback_that_anyone_could_have_made_is_a_hint() -> None:
    """Our public key is all that it takes: what it says is read, and proves nothing."""
    for raw in (short(event()), envelope(event())):
        forged = heard(raw)
        assert isinstance(forged, Evidence)
        assert (forged.trust, forged.status) == ("hint", "SUCCESS")
    assert icici.CAPS.trust == "hint"
    assert icici.CAPS.door_keys == ()


def test_no_spoiled_message_is_believed() -> None:
    """Fifty of them, in both forms, at fifty places. RSA gives noise back and no error, so the reader of the text must refuse it."""
    silent = 0
    for number in range(50):
        cipher = bytearray(base64.b64decode(short(event())))
        cipher[number * 10 + 1] ^= 1 << number % 8
        spoiled = base64.b64encode(cipher)
        try:
            ciphers.rsa_open(OURS.read_text(), bytes(cipher))
            silent += 1
        except Rejected:
            pass
        assert heard(spoiled) in (Refused(reason="malformed"), Refused(reason="undecryptable"))
        assert isinstance(
            icici.read_pull(KIT.account, KIT.settlement_keys(), ASKED, 200, spoiled), Failed
        )  # nor an answer
        wrapped = json.loads(envelope(event()))
        wrapped["encryptedKey"] = spoiled.decode()
        assert heard(written(wrapped)) in (Refused(reason="malformed"), Refused(reason="undecryptable"))
    assert silent > 40  # of a public exponent's worth of luck some are longer than the key


def test_message_in_the_clear_or_in_pieces_is_refused() -> None:
    """Not encrypted, cut short, a key twice in the envelope, another length of session key, fields of another type."""
    whole: dict[str, Any] = json.loads(envelope(event()))
    odd_fields: list[Any] = [None, 1, [], "", "é"]
    odd_ivs: list[Any] = [1, [""], "AAAA", "!"]
    other_key = base64.b64encode(ours_public().encrypt(b"123", PKCS1v15())).decode()
    raws = [
        b"",
        written(event()),
        short(event())[:-4],
        short(event())[1:],
        b"not base64 at all!",
        envelope(event())[:-1] + b',"iv":""}',
        *(written(whole | {name: odd}) for name in ("encryptedKey", "encryptedData") for odd in odd_fields),
        *(written(whole | {"iv": odd}) for odd in odd_ivs),
        written(whole | {"encryptedKey": other_key}),
        written(whole | {"encryptedData": whole["encryptedData"][:-8]}),
    ]
    for raw in raws:
        said = heard(raw)
        assert isinstance(said, Refused), raw
        assert said.reason in ("malformed", "undecryptable"), raw


def test_without_its_key_nothing_is_read_and_nothing_raised() -> None:
    """An account whose key is missing, or is none, refuses; and says so in one word."""
    for keys in ({}, {"merchant_private_key": Secret("")}, {"merchant_private_key": Secret("no key")}):
        assert icici.read_callback(KIT.account, keys, {}, short(event())) == Refused(reason="no_key")
        assert icici.read_pull(KIT.account, keys, ASKED, 200, short(answer(event()))) == Failed(reason="no_key")
        assert icici.read_refund(KIT.account, keys, ASKED, 200, short(refund())) == Failed(reason="no_key")


def test_the_key_is_loaded_without_a_look_at_its_primes() -> None:
    """It came from our own storage. A key whose numbers do not fit each other, which the library's check refuses, is loaded here unseen."""
    numbers = banks_key().private_numbers()
    pem = banks_key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    body, size = base64.b64decode("".join(pem.splitlines()[1:-1])), (numbers.dmp1.bit_length() + 7) // 8
    right, wrong = (value.to_bytes(size) for value in (numbers.dmp1, numbers.dmp1 ^ 2))
    assert body.count(right) == 1
    odd = base64.encodebytes(body.replace(right, wrong)).decode()
    odd_pem = f"-----BEGIN PRIVATE KEY-----\n{odd}-----END PRIVATE KEY-----\n"
    with pytest.raises(ValueError, match="key"):
        load_pem_private_key(odd_pem.encode(), None)
    keys = {"merchant_private_key": Secret(odd_pem)}
    said = icici.read_callback(KIT.account, keys, {}, base64.b64encode(bytes(256)))
    assert said != Refused(reason="no_key")


# What a callback says


@pytest.mark.parametrize(
    "odd", ["2026030210010", "202603021001000", "20261302100100", "2026-03-02", "", 20260302100100]
)
def test_a_time_that_is_none_is_refused(odd: Any) -> None:
    """Fourteen digits, by India's clock; when it began stands in for an end that is not there yet."""
    begun = heard(short({**event(), "TxnCompletionDate": ""}))
    assert isinstance(begun, Evidence)
    assert begun.occurred_at == (AT - 20) * 1000
    assert heard(short({**event(), "TxnInitDate": "", "TxnCompletionDate": odd})) == Refused(reason="malformed")


def test_payment_without_a_reference_of_ours_is_read() -> None:
    """A static code: the payer's own, or none."""
    for odd in ("", None, "X" * 36):
        said = heard(short({**event(), "merchantTranId": odd}))
        assert isinstance(said, Evidence)
        assert (said.tr, said.rrn) == ("", "006110000001")


# What is sealed for the bank


def test_short_calls_are_sealed_by_rsa_alone() -> None:
    """Up to what the key has room for: 501 bytes at 4096 bits, so there a refund is short too."""
    keys = {**KIT.call_keys(), "bank_certificate": Secret(OURS_PUBLIC.read_text())}
    assert ciphers.rsa_room(OURS_PUBLIC.read_text()) == 501
    call = icici.refund(KIT.account, keys, ASKED)
    assert call.headers["Content-Type"] == "text/plain"
    said = json.loads(ciphers.rsa_open(OURS.read_text(), base64.b64decode(call.body)))
    assert said["merchantTranId"] == ASKED.refund_id


def test_the_banks_key_may_come_in_a_certificate() -> None:
    """As the bank gives it."""
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "bank.example")])
    begins = datetime(2026, 1, 1, tzinfo=UTC)
    made = x509.CertificateBuilder(name, name, banks_key().public_key(), 1, begins, begins + timedelta(days=365))
    pem = made.sign(banks_key(), SHA256()).public_bytes(Encoding.PEM).decode()
    call = icici.pull(KIT.account, {**KIT.call_keys(), "bank_certificate": Secret(pem)}, ASKED)
    assert opened(call) == opened(icici.pull(KIT.account, KIT.call_keys(), ASKED))


def test_api_key_that_no_header_can_hold_is_named_and_not_shown() -> None:
    """It was pasted with a line break."""
    keys = {**KIT.call_keys(), "api_key": Secret("abc\ndef")}
    with pytest.raises(Misconfigured) as error:
        icici.pull(KIT.account, keys, ASKED)
    assert "abc" not in str(error.value)


# Another program


@pytest.fixture
def openssl() -> str:
    """Where OpenSSL is; without it this test says that it was not asked."""
    found = shutil.which("openssl")
    if found is None:
        pytest.skip("openssl is not installed: nothing but our own library has opened what we seal")
    return found


def test_openssl_seals_what_we_open(openssl: str) -> None:
    """A callback encrypted by OpenSSL with our public key, in both forms."""
    rsa = [openssl, "pkeyutl", "-encrypt", "-pubin", "-inkey", str(OURS_PUBLIC), "-pkeyopt", "rsa_padding_mode:pkcs1"]
    wanted = heard(short(event()))
    assert isinstance(wanted, Evidence)
    cipher = subprocess.run(rsa, input=written(event()), capture_output=True, check=True).stdout
    assert heard(base64.b64encode(cipher)) == wanted
    key, iv = b"0123456789012345", b"5432109876543210"
    aes = [openssl, "enc", "-aes-128-cbc", "-K", key.hex(), "-iv", iv.hex()]
    data = subprocess.run(aes, input=written(event()), capture_output=True, check=True).stdout
    sealed = subprocess.run(rsa, input=key, capture_output=True, check=True).stdout
    parts = {"encryptedKey": sealed, "encryptedData": iv + data}
    long = {name: base64.b64encode(part).decode() for name, part in parts.items()}
    assert heard(written({**long, "iv": ""})) == wanted


def test_openssl_opens_what_we_seal(openssl: str, tmp_path: Path) -> None:
    """A call of each form, opened by OpenSSL with the bank's private key."""
    private = tmp_path / "bank.pem"
    private.write_bytes(banks_key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    rsa = [openssl, "pkeyutl", "-decrypt", "-inkey", str(private), "-pkeyopt", "rsa_padding_mode:pkcs1"]

    def by_rsa(sealed: bytes) -> bytes:
        return subprocess.run(rsa, input=base64.b64decode(sealed), capture_output=True, check=True).stdout

    call = icici.pull(KIT.account, KIT.call_keys(), ASKED)
    assert json.loads(by_rsa(call.body))["merchantTranId"] == ASKED.tr
    sent = json.loads(icici.refund(KIT.account, KIT.call_keys(), ASKED).body)
    key, iv = by_rsa(sent["encryptedKey"]), base64.b64decode(sent["iv"])
    aes = [openssl, "enc", "-d", "-aes-128-cbc", "-K", key.hex(), "-iv", iv.hex()]
    data = base64.b64decode(sent["encryptedData"])
    plain = subprocess.run(aes, input=data, capture_output=True, check=True).stdout
    assert json.loads(plain)["merchantTranId"] == ASKED.refund_id
