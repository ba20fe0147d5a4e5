"""The signature of Axis on the stack of Juspay: what it is over, how it is spelled, and who else makes the same."""

import base64
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from haat.kernel.errors import Rejected
from haat.payment.banks import axis, axis_entities
from haat.payment.banks.ciphers import pss_sign
from haat.payment.model.evidence import Evidence, Refused, Said
from haat.payment.rules import reading
from tests.unit.payment.banks.kits import KITS, heard, written
from tests.unit.payment.banks.kits.axis import SIGNATURE, event, pair, signed

KIT = KITS["axis"]()
OPENSSL = shutil.which("openssl")


def hear(raw: bytes, message: bytes, **more: Any) -> Said:
    """What is read from a body under a signature over these bytes."""
    headers = {SIGNATURE: base64.b64encode(pss_sign(pair("psp")[0], message)).decode()}
    return axis.read_callback(KIT.account, KIT.door_keys(), headers, raw, **more)


def spelled(**more: str) -> tuple[bytes, bytes]:
    """A callback with fields as they are written here, and the same in the order of the signature."""
    fields = {name: json.dumps(value) for name, value in event().items() if isinstance(value, str)} | more
    body = ",".join(f"{json.dumps(name)}:{fields[name]}" for name in reversed(fields))
    ordered = ",".join(f"{json.dumps(name)}:{fields[name]}" for name in sorted(fields))
    return f"{{{body}}}".encode(), f"{{{ordered}}}".encode()


@pytest.mark.parametrize(
    ("raw", "form"),
    [
        (b'{"b":1,"a":2}', b'{"a":2,"b":1}'),
        (b' { "b" : [ 3 , 1 ] ,\n"a" : { } } ', b'{"a":{},"b":[3,1]}'),
        (b'{"z":{"b":[{"d":1,"c":null}],"a":true},"B":false}', b'{"B":false,"z":{"a":true,"b":[{"c":null,"d":1}]}}'),
        (b'{"a":1.50,"b":-0,"c":1E+05,"d":0.1e-7}', b'{"a":1.50,"b":-0,"c":1E+05,"d":0.1e-7}'),
        (b'{"a":' + b"9" * 5000 + b"}", b'{"a":' + b"9" * 5000 + b"}"),
        ('{"\u00e9":"\u0986"}'.encode(), '{"\u00e9":"\u0986"}'.encode()),
        (b'{"\\u0061":"\\u0986\\/\\u2028"}', '{"a":"\u0986/\u2028"}'.encode()),
        (b'{"a":"\\u0022\\\\\\n\\u001F\x7f"}', b'{"a":"\\"\\\\\\n\\u001f\x7f"}'),
        (b'{"\\ud83d\\ude4f":1,"\\uff5e":2}', '{"\uff5e":2,"\U0001f64f":1}'.encode()),
    ],
)
def test_signed_form_is_the_body_written_anew(raw: bytes, form: bytes) -> None:
    """Sorted at every depth and compact; letters unescaped, lists as they are, and no number read on the way."""
    assert axis_entities.signed_form(raw) == form


def deep(levels: int) -> bytes:
    """An object with so many levels, its own among them."""
    return b'{"a":' + b"[" * (levels - 1) + b"]" * (levels - 1) + b"}"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b"1",
        b'{"a":NaN}',
        b'{"a":-Infinity}',
        b'{"a":1,"a":1}',
        b'{"x":[{"a":1,"\\u0061":2}]}',
        b'{"a":"\\ud800"}',
        b'{"a":"\n"}',
        b"\xef\xbb\xbf{}",
        "{}".encode("utf-16"),
        b'{"a":"\xff"}',
        deep(reading.DEPTH + 1),
        deep(30_000),
        b'{"a":"' + b"a" * reading.CALLBACK + b'"}',
    ],
)
def test_what_has_no_signed_form_is_a_wrong_signature(raw: bytes) -> None:
    """Whatever was signed: what can't be read can't be verified. The door says 401, or that it is too large."""
    with pytest.raises(Rejected):
        axis_entities.signed_form(raw)
    said = hear(raw, raw)
    assert said == Refused(reason="too_large" if len(raw) > reading.CALLBACK else "bad_signature")
    assert axis.ack(said)[0] in (401, 413)


def test_deepest_body_that_is_read_is_verified() -> None:
    """The two bounds are one: what is verified is read."""
    assert axis_entities.signed_form(deep(reading.DEPTH)) == deep(reading.DEPTH)
    assert reading.document(deep(reading.DEPTH))


def test_numbers_of_fields_that_nobody_knows_change_nothing() -> None:
    """They are under the signature as they were written, and are passed over."""
    for number in ("1.50", "1e400", "-0.0", "9" * 6000, '{"deep":[0.10,2.0]}'):
        raw, message = spelled(mdrAmount=number)
        assert hear(raw, message) == heard(KIT, event())
        other, _ = spelled(mdrAmount=number.replace("0", "00").replace("9", "8"))
        assert hear(other, message) == Refused(reason="bad_signature")


def test_body_in_another_spelling_says_the_same() -> None:
    """The signature is over what it says: blanks, order and escapes are the sender's own."""
    raw = json.dumps(event(), indent=2).encode()
    assert hear(raw, axis_entities.signed_form(raw)) == heard(KIT, event())


@pytest.mark.parametrize("field", event())
def test_every_field_is_under_the_signature(field: str) -> None:
    """Any other value, and the same without the field, is refused."""
    message = axis_entities.signed_form(written(event()))
    for changed in ({**event(), field: "another"}, {name: value for name, value in event().items() if name != field}):
        assert hear(written(changed), message) == Refused(reason="bad_signature")


def test_signature_is_read_in_four_spellings_and_no_fifth() -> None:
    """Base64 and base64url, with all of the padding or none."""
    raw = written(event())
    tries = (signed(raw)[SIGNATURE] for _ in range(100))
    plain = next(one for one in tries if "+" in one and "/" in one)  # both letters in which the two differ
    url = plain.replace("+", "-").replace("/", "_")
    for given in (plain, plain.rstrip("="), url, url.rstrip("=")):
        assert isinstance(axis.read_callback(KIT.account, KIT.keys, {SIGNATURE: given}, raw), Evidence)
    bare = plain.rstrip("=")
    loose = bare[:-1] + chr(ord(bare[-1]) + 1)  # other bits that no byte needs
    for given in (
        plain.replace("+", "-"),
        f" {plain}",
        f"{plain}\n",
        f"{bare[:40]}\n{bare[40:]}",
        plain[:-1],
        f"{plain}=",
        loose,
        base64.b64decode(plain).hex(),
        "=" * 8,
        "A" * 100_000,
    ):
        refused = axis.read_callback(KIT.account, KIT.keys, {SIGNATURE: given}, raw)
        assert refused == Refused(reason="bad_signature"), given[:50]


def test_other_padding_of_the_same_key_is_no_signature() -> None:
    """PKCS#1 v1.5, of which older pages speak, and a salt of another length."""
    pytest.importorskip("cryptography")
    from cryptography.hazmat.primitives.asymmetric import padding  # noqa: PLC0415  # the test's own
    from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import load_pem_private_key  # noqa: PLC0415

    key: Any = load_pem_private_key(pair("psp")[0].encode(), None)
    raw = written(event())
    message = axis_entities.signed_form(raw)
    for pad in (padding.PKCS1v15(), padding.PSS(padding.MGF1(SHA256()), 20)):
        headers = {SIGNATURE: base64.b64encode(key.sign(message, pad, SHA256())).decode()}
        assert axis.read_callback(KIT.account, KIT.keys, headers, raw) == Refused(reason="bad_signature")


def test_two_keys_open_the_door_while_one_is_changed() -> None:
    """Signed under the next key or under the one before; under a stranger's, or our own, it is refused."""
    raw = written(event())
    for private, opens in ((pair("psp")[0], True), (pair("psp before")[0], True), (pair("merchant")[0], False)):
        said = axis.read_callback(KIT.account, KIT.door_keys(), signed(raw, private), raw)
        assert isinstance(said, Evidence) is opens
    alone = {"psp_public_key": KIT.keys["psp_public_key"]}
    old = axis.read_callback(KIT.account, alone, signed(raw, pair("psp before")[0]), raw)
    assert old == Refused(reason="bad_signature")


def test_checked_callback_is_spared_its_signature_and_nothing_else() -> None:
    """The door has verified it; what it says is read as strictly as before."""
    raw = written(event())
    none: dict[str, Any] = {}
    said = axis.read_callback(KIT.account, none, {SIGNATURE: "AAAA"}, raw, checked=True)
    assert said == heard(KIT, event())
    for body, headers, reason in (
        (raw, {}, "missing_signature"),
        (raw + b" " * reading.CALLBACK, {SIGNATURE: "AAAA"}, "too_large"),
        (b'{"a":1,"a":1}', {SIGNATURE: "AAAA"}, "malformed"),
        (b"\xff", {SIGNATURE: "AAAA"}, "malformed"),
    ):
        assert axis.read_callback(KIT.account, none, headers, body, checked=True) == Refused(reason=reason)


@pytest.mark.skipif(OPENSSL is None, reason="openssl is not installed: its PSS was not asked")
def test_openssl_and_we_sign_alike(tmp_path: Path) -> None:
    """What its command line signs we verify, and what we sign it verifies: the same padding, hash and salt."""
    raw = written(event())
    (tmp_path / "message").write_bytes(axis_entities.signed_form(raw))
    (tmp_path / "private.pem").write_text(pair("psp")[0])
    (tmp_path / "public.pem").write_text(pair("psp")[1])
    pss = ["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:32", "-sigopt", "rsa_mgf1_md:sha256"]

    def openssl(*words: str) -> str:
        done = subprocess.run(
            [OPENSSL or "", "dgst", "-sha256", *pss, *words, "message"], cwd=tmp_path, capture_output=True, check=True
        )
        return done.stdout.decode().strip()

    openssl("-sign", "private.pem", "-out", "theirs")
    theirs = {SIGNATURE: base64.b64encode((tmp_path / "theirs").read_bytes()).decode()}
    assert axis.read_callback(KIT.account, KIT.door_keys(), theirs, raw) == heard(KIT, event())
    (tmp_path / "ours").write_bytes(base64.b64decode(signed(raw)[SIGNATURE]))
    assert openssl("-verify", "public.pem", "-signature", "ours") == "Verified OK"
