"""What the banks' modules share, where a bank's own checks would hide it."""

import base64
import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haat.kernel.errors import Misconfigured
from haat.kernel.secret import Secret
from haat.payment.banks import wire
from haat.payment.model.evidence import Refused


def test_signature_of_rfc_4231_holds() -> None:
    """Test case 2 of the standard."""
    signature = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    said, secrets = b"what do ya want for nothing?", ("Jefe",)
    assert wire.hmac_signed(said, signature, secrets)
    assert not wire.hmac_signed(said, signature.upper(), secrets)
    assert wire.hmac_signed(said, signature.upper(), secrets, upper=True)
    assert not wire.hmac_signed(said, signature, secrets, upper=True)


@given(
    raw=st.binary(max_size=50), given_=st.text(max_size=70), secrets=st.lists(st.text("abc", max_size=3), max_size=3)
)
def test_any_text_is_judged(raw: bytes, given_: str, secrets: list[str]) -> None:
    """Nothing raises, and an empty secret opens nothing, alone or beside others."""
    assert not wire.hmac_signed(raw, given_, tuple(secrets))
    assert wire.is_secret(given_, tuple(secrets)) is (given_ in secrets and given_ != "")
    assert not wire.hmac_signed(raw, hmac.new(b"", raw, hashlib.sha256).hexdigest(), ("", *secrets))
    if any(secrets):
        good = hmac.new(secrets[-1].encode(), raw, hashlib.sha256).hexdigest()
        assert wire.hmac_signed(raw, good, tuple(secrets)) is bool(secrets[-1])


def test_header_with_two_values_is_none() -> None:
    """Two proxies, two readers: what one of them checked the other need not have read."""
    assert wire.header({"X-A": "1", "x-a": "2"}, "x-a") is None
    assert wire.header({"X-A": "1", "x-a": "1"}, "x-a") == "1"
    assert wire.header({"X-B": "1"}, "x-a") is None


def test_credentials_are_written_as_their_standards_say() -> None:
    """RFC 7617, its own example, and RFC 6750."""
    assert wire.basic("Aladdin", "open sesame") == "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="
    assert base64.b64decode(wire.basic("a", "é").split()[1]).decode() == "a:é"
    assert wire.bearer("mF_9.B5f-4.1JqM") == "Bearer mF_9.B5f-4.1JqM"


@pytest.mark.parametrize("token", ["a b", "a\nb", "a\0", "é"])
def test_token_that_no_header_holds_stays_hidden(token: str) -> None:
    """The error of whoever sends it would quote it."""
    with pytest.raises(Misconfigured) as caught:
        wire.bearer(token)
    assert token not in str(caught.value)


def test_missing_key_is_named() -> None:
    """By its name in CAPS."""
    for keys in ({}, {"api_token": Secret("")}):
        with pytest.raises(Misconfigured, match="api_token"):
            wire.must_have(keys, "api_token")


def test_only_what_a_door_can_see_is_refused_at_the_door() -> None:
    """401 for who it is from, 413 for its size; all else is taken, and counted later."""
    answers = {
        why: wire.acknowledged(Refused(reason=why), b"ok")
        for why in (*wire.SEEN_AT_THE_DOOR, "malformed", "bad_amount")
    }
    assert {why: status for why, (status, _) in answers.items()} == {
        **dict.fromkeys(["missing_signature", "bad_signature", "missing_token", "bad_token"], 401),
        "too_large": 413,
        **dict.fromkeys(["malformed", "bad_amount"], 200),
    }
    assert answers["malformed"] == (200, b"ok")
