"""Others who know Razorpay: its own SDK judges the same signatures, and the SDK's sample bodies are read."""

import hashlib
import hmac
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from haat.kernel.secret import Secret
from haat.payment.banks import Created, NotFound, razorpay
from haat.payment.model.evidence import Evidence, RefundEvidence, Refused
from tests.unit.payment.banks.kits import ASKED, KITS, written
from tests.unit.payment.banks.test_fixtures import CALLBACKS, SIGNATURES, account_of
from tests.upi_fixtures import UPI, UPSTREAM

pytestmark = pytest.mark.upi

SAMPLES = sorted(UPSTREAM.glob("*.json")) if UPSTREAM else []
WEBHOOK = "fake_payment_authorized_webhook.json"
# Published beside the sample in the SDK's tests, with the secret of their client.
WEBHOOK_SIGNATURE = "d60e67fd884556c045e9be7dad57903e33efc7172c17c6e3ef77db42d2b366e9"
KIT = KITS["razorpay"]()

needs_upstream = pytest.mark.skipif(
    not SAMPLES,
    reason="the SDK's sample bodies are not here: neither in this folder of fixtures nor beside the project",
)


def sample(name: str) -> bytes:
    """One of the SDK's sample bodies."""
    assert UPSTREAM is not None
    return (UPSTREAM / name).read_bytes()


@pytest.fixture(scope="module")
def sdk() -> Any:
    """Return the SDK's verifier, or skip aloud."""
    found = pytest.importorskip("razorpay", reason="the razorpay SDK is not installed: its verifier was not asked")
    return found.Client(auth=("k", "s")).utility


def agrees(sdk: Any, raw: bytes, signature: str, secret: str) -> bool:
    """What the SDK says of a signature. It takes text, so only bodies that are text."""
    errors = pytest.importorskip("razorpay").errors
    try:
        return bool(sdk.verify_webhook_signature(raw.decode(), signature, secret))
    except errors.SignatureVerificationError:
        return False


def test_sdk_judges_every_signature_as_we_do(sdk: Any) -> None:
    """Under the present secret or the one before, over the fixtures' own bodies."""
    rows = [row for row in SIGNATURES if row["provider"] == "razorpay"]
    account, keys = account_of("razorpay")
    assert len(rows) > 10
    for row in rows:
        raw = (UPI / row["body_file"]).read_bytes()
        ours = razorpay.read_callback(account, keys, {"X-Razorpay-Signature": row["signature"]}, raw)
        theirs = any(agrees(sdk, raw, row["signature"], secret.reveal()) for secret in keys.values())
        assert (ours != Refused(reason="bad_signature")) is theirs, row["id"]


def test_sdk_and_we_agree_on_spoiled_signatures(sdk: Any) -> None:
    """A digit more, a digit less, another case, another body."""
    row = next(row for row in CALLBACKS if row["id"] == "razorpay.payment.captured")
    raw, good = (UPI / row["body_file"]).read_bytes(), row["headers"]["X-Razorpay-Signature"]
    account, keys = account_of("razorpay")
    for body, signature in (
        (raw, good),
        (raw, good[:-1]),
        (raw, good + "0"),
        (raw, good.upper()),
        (raw + b" ", good),
        (b"{}", good),
    ):
        ours = razorpay.read_callback(account, keys, {"X-Razorpay-Signature": signature}, body)
        theirs = agrees(sdk, body, signature, keys["webhook_secret"].reveal())
        assert isinstance(ours, Evidence) is theirs


@needs_upstream
def test_sdks_sample_callback_is_read_by_its_entity() -> None:
    """The event's name says authorized, the entity captured: money came."""
    keys = {"webhook_secret": Secret("key_secret")}
    said = razorpay.read_callback(KIT.account, keys, {"x-razorpay-signature": WEBHOOK_SIGNATURE}, sample(WEBHOOK))
    assert isinstance(said, Evidence)
    assert (said.status, said.amount, said.provider_txn_id) == ("SUCCESS", 1000000, "pay_6koWN7bvxujzxM")


@needs_upstream
def test_sdks_sample_answers_are_read() -> None:
    """A payment, a refund, a QR code, as the provider itself wrote them."""
    paid = razorpay.read_pull(KIT.account, {}, ASKED, 200, sample("fake_captured_payment.json"))
    assert isinstance(paid, tuple)
    assert [(each.status, each.amount, each.tr) for each in paid] == [("SUCCESS", 500, ASKED.tr)]
    theirs = replace(
        ASKED, refund_id=json.loads(sample("fake_refund.json"))["receipt"]
    )  # we would have given it our own
    made = razorpay.read_refund(KIT.account, {}, theirs, 200, sample("fake_refund.json"))
    assert isinstance(made, RefundEvidence)
    assert (made.status, made.amount, made.provider_refund_id) == ("DONE", 300100, "rfnd_FP8DDKxqJif6ca")
    listed = written({"entity": "collection", "items": [json.loads(sample("fake_refund.json"))]})
    assert razorpay.read_pull_refund(KIT.account, {}, ASKED, 200, listed) == NotFound()
    code = razorpay.read_create(KIT.account, {}, ASKED, 200, sample("fake_qrcode.json"))
    assert code == Created(provider_ref="qr_HO2r1MDprYtWRT", picture="https://rzp.io/i/oCswTOcCo")


@needs_upstream
@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_no_sample_body_is_a_crash(path: Path) -> None:
    """Each of them, wherever it may turn up, and inside an event of its own entity."""
    raw = path.read_bytes()
    entity = json.loads(raw)
    name = entity.get("entity") or "payment_link"
    for body in (raw, written({"event": "x", "payload": {name: {"entity": entity}}})):
        headers = {"X-Razorpay-Signature": hmac.new(b"s", body, hashlib.sha256).hexdigest()}
        said = razorpay.read_callback(KIT.account, {"webhook_secret": Secret("s")}, headers, body)
        assert razorpay.ack(said)[0] == 200
        for read in (razorpay.read_pull, razorpay.read_refund, razorpay.read_pull_refund):
            read(KIT.account, {}, ASKED, 200, body)
        razorpay.read_create(KIT.account, {}, ASKED, 200, body)
        razorpay.read_settlement(KIT.account, body)
