"""What every bank's module promises of the calls that it writes and of the answers that it reads, whichever bank it is."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from haat.kernel.errors import Misconfigured
from haat.kernel.secret import Secret
from haat.payment.banks import Call, Failed, NotFound
from haat.payment.model.evidence import Evidence, RefundEvidence
from tests.unit.payment.banks.kits import ASKED, Kit, heard, written


def test_pull_is_proof(kit: Kit) -> None:
    """Our own question over TLS proves what a callback need not: the same payment, now to be consumed."""
    told_of = [kit.event(word=kit.words["FAILED"]), kit.event()] if kit.many else [kit.event()]
    found = kit.bank.read_pull(kit.account, kit.settlement_keys(), ASKED, 200, kit.payments(told_of))
    assert isinstance(found, tuple)
    wanted = [("FAILED", "proof", ASKED.tr), ("SUCCESS", "proof", ASKED.tr)]
    assert [(each.status, each.trust, each.tr) for each in found] == wanted[-len(told_of) :]
    told = heard(kit, kit.event())
    assert isinstance(told, Evidence)
    assert replace(found[-1], trust=told.trust) == told


def test_pull_that_finds_nothing_says_so(kit: Kit) -> None:
    """Not found is an answer of the bank, and no failure."""
    assert kit.bank.read_pull(kit.account, kit.settlement_keys(), ASKED, 200, kit.payments([])) == NotFound()


def test_unreadable_payment_hides_no_other_and_is_not_nothing(kit: Kit) -> None:
    """Not found would close the request; what can't be read is asked for again."""
    odd = kit.event(amount=kit.bad_amounts[0])
    assert kit.bank.read_pull(kit.account, kit.settlement_keys(), ASKED, 200, kit.payments([odd])) == Failed(
        reason="malformed"
    )
    told = [odd, kit.event()] if kit.many else [kit.event()]
    found = kit.bank.read_pull(kit.account, kit.settlement_keys(), ASKED, 200, kit.payments(told))
    assert isinstance(found, tuple)
    assert [each.status for each in found] == ["SUCCESS"]


def test_answer_about_another_reference_is_no_evidence(kit: Kit) -> None:
    """We asked about one request; what a bank then says of another is nothing that we know of either, and is never "not found"."""
    asked = replace(ASKED, tr="H01JQ0000000000000000000002")
    assert kit.bank.read_pull(kit.account, kit.settlement_keys(), asked, 200, kit.payments([kit.event()])) == Failed(
        reason="malformed"
    )


def test_answer_about_another_refund_is_no_evidence(kit: Kit) -> None:
    """Nor is what it says of another refund than ours."""
    asked = replace(ASKED, refund_id="01JQ0000000000000000000RF2", provider_refund_id="")
    for made in (kit.made(kit.refund()), kit.refunded([kit.refund()])[1]):
        for read in (kit.bank.read_refund, kit.bank.read_pull_refund):
            assert not isinstance(read(kit.account, kit.settlement_keys(), asked, 200, made), RefundEvidence)


@pytest.mark.parametrize("status", [301, 400, 401, 403, 404, 409, 429, 500, 502, 503, 504])
def test_other_answer_to_a_pull_is_no_answer(kit: Kit, status: int) -> None:
    """Only the bank's own "nothing" is nothing; an error never is, whatever its body says."""
    for raw in (b"", b"<html>", kit.payments([]), kit.payments([kit.event()])):
        answer = kit.bank.read_pull(kit.account, kit.settlement_keys(), ASKED, status, raw)
        assert isinstance(answer, Failed)
        assert not answer.refused


def test_refund_is_the_same_call_for_ever(kit: Kit) -> None:
    """Whoever sends it again sends the same bytes under the same id, which the bank can know again."""
    call, again = (kit.bank.refund(kit.account, kit.call_keys(), ASKED) for _ in range(2))
    said = kit.opened(call)
    assert (call.method, call.url, said) == ("POST", again.url, kit.opened(again))
    assert ASKED.refund_id.encode() in said
    assert (kit.txn or ASKED.rrn) in call.url + said.decode()
    other = kit.bank.refund(kit.account, kit.call_keys(), replace(ASKED, refund_id="01JQ0000000000000000000RF2"))
    assert kit.opened(other) != said


def test_refund_that_is_made_is_known_by_our_id(kit: Kit) -> None:
    """Both the answer to the call and the answer to the question speak of the refund that we asked for."""
    made = kit.bank.read_refund(kit.account, kit.settlement_keys(), ASKED, 200, kit.made(kit.refund()))
    found = kit.bank.read_pull_refund(
        kit.account, kit.settlement_keys(), ASKED, *kit.refunded([kit.refund("another"), kit.refund()])
    )
    assert isinstance(made, RefundEvidence)
    assert made == found
    assert (made.refund_id, made.amount, made.status, made.trust) == (ASKED.refund_id, 25000, "DONE", "proof")
    assert made.provider_txn_id in ("", kit.txn)


def test_refund_that_is_not_there_is_not_found(kit: Kit) -> None:
    """Another refund of the same payment is not ours."""
    for there in ([], [kit.refund("another")]):
        assert kit.bank.read_pull_refund(kit.account, kit.settlement_keys(), ASKED, *kit.refunded(there)) == NotFound()


@pytest.mark.parametrize("status", [301, 401, 403, 404, 409, 429, 500, 502, 503, 504])
def test_refund_without_a_clear_answer_stays_open(kit: Kit, status: int) -> None:
    """A sum is freed by the bank's own refusal and by nothing else: not by a gateway's page, nor by "busy"."""
    for raw in (b"", b"<html>", written({"error": {"code": "GATEWAY_ERROR"}}), kit.made(kit.refund())):
        for read in (kit.bank.read_refund, kit.bank.read_pull_refund):
            answer = read(kit.account, kit.settlement_keys(), ASKED, status, raw)
            assert isinstance(answer, Failed)
            assert not answer.refused


def _calls(kit: Kit, keys: Any) -> list[Callable[[], Call | None]]:
    bank, account = kit.bank, kit.account
    return [
        lambda: bank.create(account, keys, ASKED),
        lambda: bank.pull(account, keys, ASKED),
        lambda: bank.refund(account, keys, ASKED),
        lambda: bank.pull_refund(account, keys, ASKED),
        lambda: bank.settlement(account, keys, date(2026, 3, 2)),
    ]


def test_calls_go_to_the_accounts_own_address(kit: Kit) -> None:
    """And carry credentials in a header only; none shows where a call is printed."""
    for call in filter(None, (make() for make in _calls(kit, kit.call_keys()))):
        assert call.url.startswith(kit.account.base_url + "/")
        assert call.url.isascii()
        assert " " not in call.url
        keys = [key.reveal() for key in kit.call_keys().values()]
        assert not any(key in call.url or key.encode() in call.body for key in keys)
        assert not any(said in repr(call) for said in (*keys, *call.headers.values()))
        assert bool(call.body) == (call.method == "POST")


def test_call_without_its_key_is_not_made(kit: Kit) -> None:
    """What is missing is named, and no key is."""
    for keys in ({}, dict.fromkeys(kit.bank.CAPS.call_keys, Secret(""))):
        for make in _calls(kit, keys):
            try:
                assert make() is None
            except Misconfigured as error:
                assert any(name in str(error) for name in kit.bank.CAPS.call_keys)  # noqa: PT017  # some make no call


def test_request_is_created_where_caps_say_so(kit: Kit) -> None:
    """Whoever reads CAPS knows whether a customer can pay before the bank was called."""
    assert (kit.bank.create(kit.account, kit.call_keys(), ASKED) is not None) is kit.bank.CAPS.creates
