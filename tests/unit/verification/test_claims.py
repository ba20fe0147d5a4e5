"""What is signed, byte for byte: signatures, keys, badges, status lists."""

import base64
import json
import zlib
from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from hypothesis import given, settings
from hypothesis import strategies as some
from joserfc.jwk import ECKey

from haat.kernel.errors import Misconfigured, Rejected
from haat.kernel.ids import BadgeId, MerchantId, RequestId
from haat.kernel.time import DAY, Instant, as_datetime
from haat.verification.model.badge import Badge
from haat.verification.model.request import Basis
from haat.verification.rules import claims, status
from haat.verification.rules.signatures import ORDER, base64url, public_key, raw, thumbprint

NOW = Instant(1_790_000_000_123)
BADGE = Badge(
    id=BadgeId("01B000000000000000000BADGE"),
    level="verified",
    basis=Basis(name="মা তারা Sweets", legal_name="Tara Devi", number="91 98000-00001"),
    request=RequestId("01Q0000000000000000000ASKS"),
    issued_at=NOW,
    expires_at=Instant(NOW + 365 * DAY),
    list="2026-09",
    index=77,
)
SHOP = MerchantId("01M0000000000000000000SHXP")
numbers = some.one_of(
    some.integers(1, ORDER - 1), some.sampled_from([1, 127, 128, 255, 256, 2**255 - 1, 2**255, ORDER - 1])
)


def read(part: str) -> Any:
    """A part of a token."""
    return json.loads(base64.urlsafe_b64decode(part + "=="))


@settings(max_examples=100)
@given(numbers, numbers)
def test_signature_is_the_same_two_numbers(r: int, s: int) -> None:
    """Whatever their lengths: 32 bytes each, as another library reads them from the same DER."""
    assert raw(encode_dss_signature(r, s)) == r.to_bytes(32) + s.to_bytes(32)


@settings(max_examples=200)
@given(numbers, numbers, some.integers(0, 200), some.integers(0, 255))
def test_changed_signature_is_read_as_what_it_is_or_refused(r: int, s: int, at: int, byte: int) -> None:
    """One changed byte never makes it read another thing than a strict reader does: what is taken can be written back the same."""
    der = bytearray(encode_dss_signature(r, s))
    der[at % len(der)] = byte
    try:
        taken = raw(bytes(der))
    except Rejected:
        return
    assert encode_dss_signature(int.from_bytes(taken[:32]), int.from_bytes(taken[32:])) == bytes(der)
    assert decode_dss_signature(bytes(der)) == (int.from_bytes(taken[:32]), int.from_bytes(taken[32:]))


@pytest.mark.parametrize(
    "der",
    [
        b"",
        b"\x30\x00",
        encode_dss_signature(5, 7)[:-1],
        encode_dss_signature(5, 7) + b"\0",
        encode_dss_signature(0, 7),
        encode_dss_signature(5, 0),
        encode_dss_signature(ORDER, 7),
        encode_dss_signature(5, 2**256 - 1),
        encode_dss_signature(5, 2**256),
        bytes.fromhex("3006020185020107"),  # negative
        bytes.fromhex("300702020005020107"),  # a zero too many
        bytes.fromhex("30810602010502 0107".replace(" ", "")),  # a length in two bytes
        bytes.fromhex("3009020105020107020101"),  # three numbers
    ],
)
def test_what_is_no_signature_is_refused(der: bytes) -> None:
    """Numbers that the curve does not have, and other ways to write the same ones."""
    with pytest.raises(Rejected):
        raw(der)


def test_key_is_what_another_library_makes_of_it() -> None:
    """Coordinates keep their leading zeros, and the name is the thumbprint of RFC 7638."""
    for secret in (1, 12_345, 2**200, ORDER - 1):
        key = ec.derive_private_key(secret, ec.SECP256R1()).public_key()
        spki = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
        shown = public_key(spki)
        point = key.public_numbers()
        assert (shown["x"], shown["y"]) == (base64url(point.x.to_bytes(32)), base64url(point.y.to_bytes(32)))
        assert shown["kid"] == ECKey.import_key(spki).thumbprint()


def test_thumbprint_is_of_the_key_alone() -> None:
    """What stands beside the key's own four members changes nothing."""
    key = {"kty": "EC", "crv": "P-256", "x": "a", "y": "b"}
    assert thumbprint(key) == thumbprint({**key, "use": "sig", "kid": "another"}) != thumbprint({**key, "x": "c"})


@pytest.mark.parametrize("curve", [ec.SECP256K1(), ec.SECP384R1()])
def test_key_on_another_curve_is_refused(curve: ec.EllipticCurve) -> None:
    """An operator has made a key of another kind: nothing is signed with it."""
    spki = ec.generate_private_key(curve).public_key()
    with pytest.raises(Misconfigured):
        public_key(spki.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo))


def test_badge_says_this_and_nothing_else() -> None:
    """Seconds, a number with its plus, and no name of its owner."""
    head, body = claims.to_sign(claims.TYPE, "kid-1", claims.claims(BADGE, SHOP, "https://market.example")).split(".")
    assert read(head) == {"alg": "ES256", "kid": "kid-1", "typ": "haat-badge+jwt"}
    assert read(body) == {
        "iss": "https://market.example",
        "sub": SHOP,
        "jti": BADGE.id,
        "iat": 1_790_000_000,
        "exp": 1_790_000_000 + 365 * 86_400,
        "name": "মা তারা Sweets",
        "level": "verified",
        "number": "+919800000001",
        "status": {
            "status_list": {"idx": 77, "uri": "https://market.example/v1/badge-status-lists/2026-09"},
        },
    }
    without = replace(BADGE, basis=replace(BADGE.basis, number=""), e2ee_master_key="bWFzdGVy")
    said = claims.claims(without, SHOP, "https://market.example")
    assert ("number" in said, said["e2ee_master_key"]) == (False, "bWFzdGVy")


def test_signed_text_is_believed_by_another_library() -> None:
    """Header, claims and signature together are a token of RFC 7519."""
    from joserfc import jwt  # noqa: PLC0415  # only here

    key = ec.generate_private_key(ec.SECP256R1())
    text = claims.to_sign(claims.TYPE, "kid-1", claims.claims(BADGE, SHOP, "https://market.example"))
    token = claims.compact(text, raw(key.sign(text.encode(), ec.ECDSA(SHA256()))))
    found = jwt.decode(token, ECKey.import_key(_pem(key)), algorithms=["ES256"])
    assert found.claims["name"] == BADGE.basis.name


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


@settings(max_examples=30)
@given(some.dictionaries(some.integers(0, status.PLACES - 1), some.sampled_from([1, 2]), max_size=40))
def test_each_place_has_its_own_two_bits(statuses: dict[int, int]) -> None:
    """Read back place by place, each has what was written, its neighbours nothing; so do the first and the last of a list."""
    bits = status.packed(statuses)
    assert len(bits) == 2**18
    for index in {*statuses, *(near for one in statuses for near in (one - 1, one + 1)), 0, status.PLACES - 1}:
        if 0 <= index < status.PLACES:
            assert bits[index // 4] >> index % 4 * 2 & 3 == statuses.get(index, 0)


def test_list_is_packed_as_the_drafts_example() -> None:
    """draft-ietf-oauth-status-list, 4.1: twelve statuses of two bits are the bytes c9 44 f9, the first one in the lowest bits."""
    said = [1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3]
    packed = zlib.decompress(base64.urlsafe_b64decode("eNo76fITAAPfAgc="))
    assert status.packed(dict(enumerate(said)))[:3] == packed == bytes.fromhex("c944f9")


def test_list_says_whose_and_until_when() -> None:
    """Two days from now, kept for a quarter of an hour; a million good badges are a few hundred bytes."""
    said = status.claims("2026-09", "https://market.example", {5: 1}, NOW)
    packed = said.pop("status_list")
    assert said == {
        "iss": "https://market.example",
        "sub": "https://market.example/v1/badge-status-lists/2026-09",
        "iat": 1_790_000_000,
        "exp": 1_790_172_800,
        "ttl": 900,
    }
    assert packed["bits"] == 2
    assert len(packed["lst"]) < 600
    assert zlib.decompress(base64.urlsafe_b64decode(packed["lst"] + "=="))[1] == 4


@settings(max_examples=60)
@given(some.integers(0, 4 * 365 * DAY))
def test_list_outlives_every_badge_on_it(after: int) -> None:
    """A badge that is issued on the last moment of a month is on a list that is signed as long as it lives."""
    now = Instant(NOW + after)
    name = status.list_of(now)
    assert name == f"{as_datetime(now):%Y-%m}"
    assert now + 365 * DAY < status.ends(name) <= now + (365 + 31 + 1) * DAY
    last = Instant(now + 365 * DAY - 1)
    assert status.again_at(name, last) == last + status.AGAIN_MS
    assert status.again_at(name, status.ends(name)) == 0


@pytest.mark.parametrize(
    ("name", "ends"), [("2026-12", "2028-01-02"), ("2027-02", "2028-03-01"), ("2027-11", "2028-12-01")]
)
def test_list_ends_in_its_year(name: str, ends: str) -> None:
    """December goes on in the next year."""
    assert f"{as_datetime(status.ends(name)):%Y-%m-%d}" == ends
