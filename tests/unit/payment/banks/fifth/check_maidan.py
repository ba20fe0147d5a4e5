"""What is Maidan Co-operative Bank's own: its seal, its calls, its refusals, its settlement file."""

import json
from dataclasses import replace
from typing import Any

import pytest

from haat.payment.banks import BadRow, Failed, NotFound, Row
from haat.payment.banks.registry import bank
from haat.payment.model.evidence import Evidence, RefundEvidence, Refused
from tests.unit.payment.banks.kits import ASKED, AT, KITS, SECRETS, heard, written

KIT = KITS["maidan"]()
MAIDAN = bank("maidan")
HEAD = "Shop,UTR,Txn,Ref,Rupees,Kind,Fee,GST,Batch,When"
PAID = f"SHOP1,006110000001,pay_1,{ASKED.tr},250.00,PAY,1.00,0.18,B1,02/03/2026 10:01:00"


def rows(*lines: str, head: str = HEAD) -> Any:
    """What is read from a file of these lines."""
    return MAIDAN.read_settlement(KIT.account, "\r\n".join((head, *lines)).encode())


def refund(**said: Any) -> dict[str, Any]:
    """A refund as the bank tells it, with what is given in its place."""
    return {"maidan_refund": {**KIT.refund()["maidan_refund"], **said}}


def found(**said: Any) -> Any:
    """What is read of an answer that finds the payment, with what is given in its place."""
    raw = written({"found": [{**KIT.event()["maidan"], **said}]})
    return MAIDAN.read_pull(KIT.account, {}, ASKED, 200, raw)


@pytest.mark.parametrize("change", [str.lower, str.capitalize, str.swapcase, lambda seal: f"sha256={seal}"])
def test_seal_is_upper_hex_and_nothing_else(change: Any) -> None:
    """It has one spelling."""
    raw = KIT.body(KIT.event())
    headers = {name: change(seal) for name, seal in KIT.headers(raw).items()}
    assert MAIDAN.read_callback(KIT.account, KIT.keys, headers, raw) == Refused(reason="bad_signature")


def test_old_seal_opens_while_it_is_kept() -> None:
    """A day long both are keys of the account; a third one never is."""
    raw = KIT.body(KIT.event())
    for secret in SECRETS[:2]:
        said = MAIDAN.read_callback(KIT.account, KIT.door_keys(), KIT.headers(raw, secret), raw)
        assert isinstance(said, Evidence)
    said = MAIDAN.read_callback(KIT.account, KIT.door_keys(), KIT.headers(raw, SECRETS[2]), raw)
    assert said == Refused(reason="bad_signature")


def test_refund_told_in_a_callback_is_proof() -> None:
    """The seal is over it, too."""
    said = heard(KIT, KIT.refund())
    assert said == RefundEvidence(
        provider="maidan",
        provider_refund_id="rfnd_1",
        refund_id=ASKED.refund_id,
        amount=25000,
        status="DONE",
        status_word="GIVEN",
        trust="proof",
        rrn="006110000001",
        provider_txn_id="pay_1",
        merchant_id="SHOP1",
    )


@pytest.mark.parametrize(
    ("word", "status"), [("GIVEN", "DONE"), ("NOTGIVEN", "FAILED"), ("WAIT", "PENDING"), ("PAID", "PENDING")]
)
def test_refund_stands_as_its_word_says(word: str, status: str) -> None:
    """A word that nobody knows leaves it open."""
    for said in (
        heard(KIT, refund(result=word)),
        MAIDAN.read_refund(KIT.account, {}, ASKED, 200, written(refund(result=word))),
        MAIDAN.read_pull_refund(KIT.account, {}, ASKED, 200, written(refund(result=word))),
    ):
        assert isinstance(said, RefundEvidence)
        assert (said.status, said.status_word) == (status, word)


def test_time_is_an_indian_clocks_with_the_day_first() -> None:
    """Another form is none."""
    said = heard(KIT, KIT.event())
    assert isinstance(said, Evidence)
    assert said.occurred_at == AT * 1000
    for odd in ("03/31/2026 10:01:00", "2026-03-02 10:01:00", "02/03/2026", 1772425860, None):
        event = KIT.event()
        event["maidan"]["when"] = odd
        assert heard(KIT, event) == Refused(reason="malformed")


def test_calls_say_what_the_bank_wants_to_hear() -> None:
    """Each is a POST with the token of the calls, and amounts are whole paise."""
    wanted = {
        "pull": ("/find", {"ref": ASKED.tr}),
        "refund": ("/giveback", {"rid": ASKED.refund_id, "txn": "pay_1", "paisa": 25000}),
        "pull_refund": ("/giveback/find", {"rid": ASKED.refund_id}),
    }
    for name, (path, body) in wanted.items():
        call = getattr(MAIDAN, name)(KIT.account, KIT.call_keys(), ASKED)
        assert (call.method, call.url) == ("POST", KIT.account.base_url + path)
        assert call.headers["Authorization"] == "Bearer " + SECRETS[2]
        assert json.loads(call.body) == body


def test_link_is_enough_and_a_person_brings_the_file() -> None:
    """Nothing has to be created before one can pay."""
    assert MAIDAN.create(KIT.account, KIT.keys, ASKED) is None
    assert MAIDAN.CAPS.settlement_format == "csv"
    assert not MAIDAN.CAPS.fetches_settlement


def test_payment_of_another_reference_is_no_answer() -> None:
    """The bank was asked about one, and speaks of another: nobody knows."""
    assert isinstance(found(), tuple)
    for ref in ("H01JQ0000000000000000000002", "", None):
        assert found(ref=ref) == Failed(reason="malformed")


@pytest.mark.parametrize("payments", [{}, None, "none", [KIT.event()], ["pay_1"], [None]])
def test_only_an_empty_list_is_nothing(payments: Any) -> None:
    """Whatever else stands there can't be read, and is asked for again."""
    said = MAIDAN.read_pull(KIT.account, {}, ASKED, 200, written({"found": payments}))
    assert said == Failed(reason="malformed")
    assert MAIDAN.read_pull(KIT.account, {}, ASKED, 200, written({"found": []})) == NotFound()


def test_refund_is_refused_in_its_own_words_only() -> None:
    """422 with its word refuses a call, and never a question; what a proxy writes under that number is none, nor is a word that nobody knows."""
    for known in ("too late", "too much", "unknown txn"):
        word = written({"no": known})
        assert MAIDAN.read_refund(KIT.account, {}, ASKED, 422, word) == Failed(reason="refused", refused=True)
    odd = [written({"no": said}) for said in ("", True, "busy", "unknown rid", "too late!")]
    for raw in (b"", b"<html>", *odd, written({"error": "too late"})):
        assert MAIDAN.read_refund(KIT.account, {}, ASKED, 422, raw) == Failed(reason="http_422")
    word = written({"no": "too late"})
    for status in (200, 400, 404, 409, 500):
        said = MAIDAN.read_refund(KIT.account, {}, ASKED, status, word)
        assert isinstance(said, Failed)
        assert not said.refused
    assert MAIDAN.read_pull_refund(KIT.account, {}, ASKED, 422, word) == Failed(reason="http_422")


def test_refund_is_unknown_in_its_own_words_only() -> None:
    """A 404 with another word, or none, is a proxy's; and it is no answer to a call."""
    nothing = written({"no": "unknown rid"})
    assert MAIDAN.read_pull_refund(KIT.account, {}, ASKED, 404, nothing) == NotFound()
    for status, raw in ((404, b""), (404, written({"no": "unknown path"})), (400, nothing), (410, nothing)):
        assert MAIDAN.read_pull_refund(KIT.account, {}, ASKED, status, raw) == Failed(reason=f"http_{status}")
    assert MAIDAN.read_refund(KIT.account, {}, ASKED, 404, nothing) == Failed(reason="http_404")


def test_answer_about_another_refund_is_none() -> None:
    """The bank was asked about one refund and speaks of another: nobody knows."""
    another = written(KIT.refund("another"))
    for read in (MAIDAN.read_refund, MAIDAN.read_pull_refund):
        assert read(KIT.account, {}, ASKED, 200, another) == Failed(reason="malformed")


def test_file_tells_what_was_paid() -> None:
    """Its columns by name; the fee is told with its tax."""
    (row,), bad = rows(PAID)
    assert bad == ()
    assert row == Row(
        kind="payment",
        amount=25000,
        line=2,
        tr=ASKED.tr,
        rrn="006110000001",
        provider_txn_id="pay_1",
        payee="SHOP1",
        occurred_at=row.occurred_at,
        status_word="PAY",
        settlement_id="B1",
        fee=118,
        tax=18,
    )
    assert row.occurred_at == AT * 1000


def test_refund_and_complaint_name_their_payment() -> None:
    """By its RRN and id; a refund brings our id of it."""
    back = PAID.replace(ASKED.tr, ASKED.refund_id)
    (given, complaint), bad = rows(back.replace("PAY", "BACK"), back.replace("PAY", "complaint"))
    assert bad == ()
    assert (given.kind, given.refund_id, complaint.kind, complaint.refund_id) == (
        "refund",
        ASKED.refund_id,
        "dispute",
        "",
    )
    for row in (given, complaint):
        assert (row.rrn, row.provider_txn_id, row.amount, row.tr) == ("006110000001", "pay_1", 25000, "")


def test_line_that_can_not_be_used_stops_no_other() -> None:
    """Each says why: another merchant's, a spreadsheet's RRN, a kind that nobody knows, a sum that is none, a total."""
    odd = {
        "other_merchant": PAID.replace("SHOP1", "SHOP2"),
        "bad_rrn": PAID.replace("006110000001", "6.11E+09"),
        "unknown_type": PAID.replace("PAY", "RENT"),
        "bad_amount": PAID.replace("250.00", "250.001"),
    }
    nobody, damaged = PAID.replace("SHOP1", ""), odd["bad_rrn"].replace("SHOP1", "SHOP2")
    good, bad = rows(*odd.values(), ",,,,250.00,,,,,", nobody, damaged, PAID)
    assert [row.line for row in good] == [9]
    reasons = [*odd, "bad_rrn", "other_merchant", "other_merchant"]
    assert bad == tuple(BadRow(line=line, reason=reason) for line, reason in enumerate(reasons, start=2))


def test_time_that_can_not_be_read_costs_no_money() -> None:
    """The line is without a time then."""
    (row,), bad = rows(PAID.replace("02/03/2026 10:01:00", "46083.4"))
    assert (bad, row) == ((), replace(rows(PAID)[0][0], occurred_at=None))


@pytest.mark.parametrize(
    ("column", "name"),
    [("Shop", "shop"), ("UTR", "rrn"), ("Txn", "txn"), ("Ref", "ref"), ("Rupees", "amount"), ("Kind", "kind")],
)
def test_file_without_a_column_that_is_needed_is_refused(column: str, name: str) -> None:
    """Without one of these a line says nothing that can be settled."""
    assert rows(PAID, head=HEAD.replace(column, "other")) == ((), (BadRow(line=0, reason=f"no_{name}_column"),))
