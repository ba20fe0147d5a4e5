"""Who may post to us: the signature over the raw bytes, and the handshake."""

import base64
import hashlib
import hmac
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from haat.conversation.channels.meta import handshake, signed
from haat.kernel.secret import Secret

VECTORS: dict[str, Any] = json.loads((Path(__file__).parents[2] / "fixtures" / "signature-vectors.json").read_text())
SECRET = Secret("a secret")
BODY = '{"text":"দাম কত?"}'.encode()


def sign(body: bytes, secret: str) -> str:
    """The header as Meta makes it."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


@pytest.mark.parametrize("vector", VECTORS["vectors"], ids=lambda vector: vector["name"])
def test_signature_vector_is_judged_as_it_says(vector: dict[str, Any]) -> None:
    """Each of the ten published cases is accepted or refused as its maker meant it."""
    body = base64.b64decode(vector["body_base64"])
    assert signed(body, vector["header"], [Secret(VECTORS["app_secret"])]) is vector["valid"]


def test_all_ten_vectors_are_there() -> None:
    """The copied file holds ten cases, three of them valid."""
    assert [v["valid"] for v in VECTORS["vectors"]].count(True) == 3
    assert len(VECTORS["vectors"]) == 10


@pytest.mark.parametrize("which", [0, 1])
def test_signature_under_either_secret_is_accepted(which: int) -> None:
    """While a secret is rotated, both the new and the old one sign."""
    secrets = ["new", "old"]
    assert signed(BODY, sign(BODY, secrets[which]), [Secret(secret) for secret in secrets])


def test_signature_without_any_secret_is_refused() -> None:
    """A stack that has no secret takes nothing."""
    assert not signed(BODY, sign(BODY, ""), [])


def test_signature_under_an_empty_secret_is_refused() -> None:
    """An empty secret, which anyone could sign with, signs nothing, and does not spoil the other one."""
    assert not signed(BODY, sign(BODY, ""), [Secret("")])
    assert signed(BODY, sign(BODY, "a secret"), [Secret(""), SECRET])


@pytest.mark.parametrize(
    "form",
    [
        "sha256={0}\n",
        " sha256={0}",
        "{0}",
        "SHA256={0}",
        "sha1={0}",
        "sha256={0}0",
        "sha256={0}é",
        "sha256={0},sha256={0}",
        "sha256=",
        "",
        "sha256=٣",
    ],
)
def test_header_in_another_form_is_refused(form: str) -> None:
    """Only the one form that Meta sends is read; a good digest in any other is refused without an error."""
    digest = sign(BODY, SECRET.reveal()).removeprefix("sha256=")
    assert not signed(BODY, form.format(digest), [SECRET])
    assert not signed(BODY, f"sha256={digest[:-1]}", [SECRET])


@settings(deadline=None)
@given(body=st.binary(max_size=200), header=st.none() | st.text(max_size=100), secret=st.text(max_size=20))
def test_signature_never_raises(body: bytes, header: str | None, secret: str) -> None:
    """Whatever the body and the header, the answer is yes or no; and what nobody signed is a no."""
    secret = secret.encode("utf-8", "replace").decode()
    assert signed(body, header, [Secret(secret)]) is False


HANDSHAKE = {"hub.mode": "subscribe", "hub.verify_token": "token", "hub.challenge": "1158201444"}


def test_handshake_answers_the_challenge() -> None:
    """With the right token the challenge comes back as it was."""
    assert handshake(HANDSHAKE, Secret("token")) == "1158201444"


@pytest.mark.parametrize(
    "change",
    [
        {"hub.mode": "unsubscribe"},
        {"hub.mode": ""},
        {"hub.verify_token": "tokem"},
        {"hub.verify_token": ""},
        {"hub.verify_token": "\ud800"},
    ],
)
def test_handshake_with_another_mode_or_token_is_refused(change: dict[str, str]) -> None:
    """Another mode, another token or none: refused."""
    assert handshake(HANDSHAKE | change, Secret("token")) is None


def test_handshake_without_its_parts_is_refused() -> None:
    """A request that lacks one of the three is refused without an error."""
    for name in HANDSHAKE:
        assert handshake({key: value for key, value in HANDSHAKE.items() if key != name}, Secret("token")) is None


def test_handshake_against_an_empty_token_is_refused() -> None:
    """A stack without a token does not take the empty one."""
    assert handshake(HANDSHAKE | {"hub.verify_token": ""}, Secret("")) is None
