"""What is the own of Axis in its older form: a sealed body with a checksum inside, which proves nothing yet."""

import json
from dataclasses import replace
from typing import Any

import pytest

from haat.kernel.secret import Secret
from haat.payment.banks import Failed, NotFound, axis, axis_older, ciphers
from haat.payment.model.evidence import Evidence, RefundEvidence, Refused
from tests.unit.payment.banks.kits import ASKED, KITS, heard, keys, written
from tests.unit.payment.banks.kits.axis_older import (
    DATA_KEY,
    PAYMENT,
    REFUND,
    event,
    opened,
    refund,
    sealed,
    summed,
)

KIT = KITS["axis_older"]()


def hear(document: Any) -> Any:
    """What is read from a document that is sealed as it stands."""
    return axis_older.read_callback(KIT.account, KIT.settlement_keys(), {}, sealed(written(document)))


def test_form_is_the_accounts_and_not_the_messages() -> None:
    """A body of one form, in whatever it is sent, is nothing to the other."""
    signed = KITS["axis"]()
    raw = signed.body(signed.event())
    assert axis_older.read_callback(KIT.account, KIT.keys, signed.headers(raw), raw) == Refused(reason="malformed")
    for checked in (False, True):
        said = axis.read_callback(signed.account, signed.keys, {}, KIT.body(event()), checked=checked)
        assert said == Refused(reason="missing_signature")


@pytest.mark.parametrize("field", PAYMENT)
def test_checksum_is_over_every_field(field: str) -> None:
    """One that was changed behind it is seen, though whoever has both keys could make another."""
    told = summed(event(), PAYMENT)
    assert isinstance(hear(told), Evidence)
    other = {"transactionTimestamp": "2026-03-02 10:02:00", "transactionAmount": "251.00"}.get(field, "77")
    assert hear({**told, field: other}) == Refused(reason="bad_checksum")


def test_success_without_an_rrn_is_open() -> None:
    """The file names a payment by its RRN, and would tell of this one for a second time."""
    said = hear(summed({**event(), "rrn": ""}, PAYMENT))
    assert isinstance(said, Evidence)
    assert (said.status, said.rrn) == ("PENDING", "")


def test_checksum_that_is_none_is_refused() -> None:
    """Missing, of another kind, shorter, or made without the key. Hex is hex in either case."""
    told = summed(event(), PAYMENT)
    right = told["checksum"]
    assert isinstance(hear({**told, "checksum": right.upper()}), Evidence)
    for wrong in ("", None, 7, right[:-1], right + "0", "\u0661" * 64):
        assert hear({**told, "checksum": wrong}) == Refused(reason="bad_checksum")
    assert hear(event()) == Refused(reason="bad_checksum")
    assert axis_older.ack(Refused(reason="bad_checksum")) == (200, KIT.ack)


def test_right_checksum_proves_nothing() -> None:
    """Until the bank confirms the recipe it leads to a question, and to no state."""
    said = heard(KIT, event())
    assert isinstance(said, Evidence)
    assert said.trust == axis_older.CAPS.trust == "hint"


def test_blocks_from_two_messages_do_not_make_a_third() -> None:
    """Cut and pasted they open without an error, and the checksum sees it."""
    small, large = (json.loads(sealed({**event(amount=amount), "more": ""}))["data"] for amount in ("250.00", "999.99"))
    differ = [at for at in range(0, len(small), 32) if small[at : at + 32] != large[at : at + 32]]
    spliced = small[: differ[0]] + large[differ[0] : differ[0] + 32] + small[differ[0] + 32 :]
    assert spliced not in (small, large)
    ciphers.ecb_open(DATA_KEY, spliced)
    said = axis_older.read_callback(KIT.account, KIT.keys, {}, written({"data": spliced}))
    assert said == Refused(reason="bad_checksum")


@pytest.mark.parametrize("data", ["", "zz", "AB", "00" * 16, "AB " * 16, None, 7, ["00"]])
def test_data_that_is_not_sealed_is_refused(data: Any) -> None:
    """Noise, half a block, no hex: whatever it is, nothing raises."""
    said = axis_older.read_callback(KIT.account, KIT.keys, {}, written({"data": data}))
    assert isinstance(said, Refused)
    assert said.reason in ("undecryptable", "malformed")


def test_missing_or_wrong_key_opens_nothing() -> None:
    """An account whose keys are not there, or are none, reads nothing and raises nothing."""
    raw = KIT.body(event())
    for given, reason in (
        ({}, "undecryptable"),
        (keys(data_key="short", checksum_key="x"), "undecryptable"),
        (keys(data_key="ff" * 16, checksum_key="x"), "undecryptable"),
        (keys(data_key=DATA_KEY), "bad_checksum"),
        ({"data_key": Secret(DATA_KEY), "checksum_key": Secret("")}, "bad_checksum"),
    ):
        said = axis_older.read_callback(KIT.account, given, {}, raw)
        assert isinstance(said, Refused)
        assert said.reason in (reason, "malformed")  # of ECB under another key one in 256 ends as padding does
        assert isinstance(axis_older.read_pull(KIT.account, given, ASKED, 200, raw), Failed)


def test_time_is_read_with_and_without_its_fraction() -> None:
    """Both are seen; a time of any other form is none."""
    for at in ("2026-03-02 10:01:00.0", "2026-03-02 10:01:00"):
        said = heard(KIT, {**event(), "transactionTimestamp": at})
        assert isinstance(said, Evidence)
        assert said.occurred_at == 1772425860000
    assert heard(KIT, {**event(), "transactionTimestamp": "02/03/2026"}) == Refused(reason="malformed")


def test_calls_are_sealed_and_summed() -> None:
    """Merchant, channel and our reference in each; the checksum over the call's own values in their order."""
    base = {"merchantId": "MERCHANT1", "merchantChannelId": "SHOPAPP", "merchantTransactionId": ASKED.tr}
    wanted: list[tuple[Any, str, dict[str, str]]] = [
        (axis_older.pull, "/status", base),
        (axis_older.pull_refund, "/refund/status", {**base, "txnRefundId": ASKED.refund_id}),
        (
            axis_older.refund,
            "/refund",
            {
                **base,
                "gatewayTransactionId": "pay_1",
                "rrn": ASKED.rrn,
                "txnRefundId": ASKED.refund_id,
                "txnRefundAmount": "125.50",
                "refundReason": "Refund",
            },
        ),
    ]
    for make, path, says in wanted:
        call = make(KIT.account, KIT.call_keys(), replace(ASKED, amount=12550))
        assert call.url == KIT.account.base_url + path
        assert list(json.loads(call.body)) == ["data"]
        assert json.loads(opened(call)) == summed(says, list(says))


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("00", "DONE"),
        ("01", "PENDING"),
        ("RB", "PENDING"),
        ("96", "PENDING"),
        ("U68", "PENDING"),
        ("Q7", "PENDING"),
        ("ZX", "FAILED"),
    ],
)
def test_refund_that_is_not_over_is_open(code: str, status: str) -> None:
    """Pending, deemed, a timeout, and a code that nobody knows: the sum stays reserved."""
    raw = KIT.made(refund(word=code))
    for read in (axis_older.read_refund, axis_older.read_pull_refund):
        said = read(KIT.account, KIT.settlement_keys(), ASKED, 200, raw)
        assert isinstance(said, RefundEvidence)
        assert (said.status, said.rrn, said.provider_refund_id) == (status, ASKED.rrn, "AXIREFUND1")


def test_nothing_is_said_of_what_was_asked_or_not_at_all() -> None:
    """Transaction not found closes a request, so it must name the reference, and its checksum must hold."""
    said = {"merchantId": "MERCHANT1", "merchantTransactionId": ASKED.tr, "gatewayResponseCode": "U48"}
    settle = KIT.settlement_keys()
    assert axis_older.read_pull(KIT.account, settle, ASKED, 200, sealed(said)) == NotFound()
    for other in ({**said, "merchantTransactionId": "another"}, {**event(), "merchantTransactionId": "another"}):
        assert axis_older.read_pull(KIT.account, settle, ASKED, 200, sealed(other)) == Failed(reason="malformed")
    unsummed = sealed(written(said))
    assert axis_older.read_pull(KIT.account, settle, ASKED, 200, unsummed) == Failed(reason="bad_checksum")
    back = {"txnRefundId": ASKED.refund_id, "gatewayResponseCode": "U48"}
    assert axis_older.read_refund(KIT.account, settle, ASKED, 200, sealed(back)) == Failed(reason="not_found")
    told = summed(refund(), REFUND)
    changed = sealed(written({**told, "txnRefundAmount": "1.00"}))
    assert axis_older.read_refund(KIT.account, settle, ASKED, 200, changed) == Failed(reason="bad_checksum")


def test_refund_that_does_not_fit_its_payment_is_refused() -> None:
    """By the call's answer only, and only where none was begun; the answer to a question never is."""
    none = {**refund(word="B6"), "gatewayRefundTransactionId": ""}
    settle = KIT.settlement_keys()
    assert axis_older.read_refund(KIT.account, settle, ASKED, 200, sealed(none)) == Failed(
        reason="refused", refused=True
    )
    for read, document in ((axis_older.read_refund, refund(word="B6")), (axis_older.read_pull_refund, none)):
        said = read(KIT.account, settle, ASKED, 200, sealed(document))
        assert isinstance(said, RefundEvidence)
        assert said.status == "FAILED"
