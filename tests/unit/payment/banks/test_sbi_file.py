"""The file of a day of State Bank of India, in columns that are assumed."""

from typing import Any

import pytest

from haat.payment.banks import BadRow, Row, sbi, sbi_entities
from tests.unit.payment.banks.kits import ASKED, AT, KITS
from tests.unit.payment.banks.kits.sbi import MERCHANT

KIT = KITS["sbi"]()
HEAD = (
    "pgMerchantId,txnType,pspRefNo,npciTransId,custRefNo,amount,status,txnAuthDate,payeeVPA,charges,gst,"
    "settlementRefNo,orgCustRefNo,orgNpciTransId"
)
PAID = f"{MERCHANT},PAY,{ASKED.tr},pay_1,006110000001,250.00,S,2026-03-02 10:01:00 AM,shop@testsbi,1.00,0.18,SET1,,"


def rows(*lines: str, head: str = HEAD) -> Any:
    """What is read from a file of these lines."""
    return sbi.read_settlement(KIT.account, "\r\n".join((head, *lines)).encode())


def test_file_tells_what_was_paid() -> None:
    """Its columns by name; the fee is told with its tax."""
    found, bad = rows(PAID)
    assert bad == ()
    assert found == (
        Row(
            kind="payment",
            amount=25000,
            status="SUCCESS",
            line=2,
            tr=ASKED.tr,
            rrn="006110000001",
            provider_txn_id="pay_1",
            payee="shop@testsbi",
            occurred_at=found[0].occurred_at,
            status_word="S",
            settlement_id="SET1",
            fee=118,
            tax=18,
        ),
    )
    assert found[0].occurred_at == AT * 1000


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("S", "SUCCESS"),
        ("DEEMED", "SUCCESS"),
        ("deemed", "SUCCESS"),
        ("F", "FAILED"),
        ("P", "PENDING"),
    ],
)
def test_only_what_is_settled_is_money(word: str, status: str) -> None:
    """A deemed line of a file is settled; a collect that stands in one was paid."""
    for kind in ("PAY", "COLLECT"):
        found, _ = rows(PAID.replace(",S,", f",{word},").replace(",PAY,", f",{kind},"))
        assert [(row.kind, row.status) for row in found] == [("payment", status)]


def test_word_that_nobody_knows_is_shown() -> None:
    """It is neither money nor none."""
    assert rows(PAID.replace(",S,", ",Settled,"), PAID.replace(",S,", ",,")) == (
        (),
        tuple(BadRow(line=line, reason="unknown_status") for line in (2, 3)),
    )


def test_ids_are_no_longer_than_ids_are() -> None:
    """One that is can not be looked for, and is not kept; the money of the line is known by its RRN."""
    long = "x" * 3000
    found, bad = rows(
        PAID.replace(ASKED.tr, long),
        PAID.replace("pay_1", long),
        PAID.replace("SET1", long),
        PAID.replace("shop@testsbi", long),
    )
    assert bad == ()
    assert [(row.rrn, row.tr, row.provider_txn_id, row.settlement_id, row.payee) for row in found] == [
        ("006110000001", "", "pay_1", "SET1", "shop@testsbi"),
        ("006110000001", ASKED.tr, "", "SET1", "shop@testsbi"),
        ("006110000001", ASKED.tr, "pay_1", "", "shop@testsbi"),
        ("006110000001", ASKED.tr, "pay_1", "SET1", MERCHANT),
    ]
    back = f"{MERCHANT},REFUND,{long},{long},006110000009,100.00,S,,,,,,006110000001,{long}"
    ((given,), bad) = rows(back)
    assert bad == ()
    assert (given.refund_id, given.provider_refund_id, given.provider_txn_id) == ("", "006110000009", "")


def test_refund_and_chargeback_name_their_payment() -> None:
    """By its RRN and id; a refund brings our id of it."""
    own = (
        f"{ASKED.refund_id},rfnd_1,006110000009,100.00,S,2026-03-02 10:05:00 AM,shop@testsbi,,,SET1,006110000001,pay_1"
    )
    found, bad = rows(f"{MERCHANT},REFUND,{own}", f"{MERCHANT},CHARGEBACK,{own}")
    assert bad == ()
    refund, dispute = found
    assert (refund.kind, refund.refund_id, refund.provider_refund_id) == ("refund", ASKED.refund_id, "rfnd_1")
    assert (dispute.kind, dispute.refund_id, dispute.provider_refund_id) == ("dispute", "", "")
    for row in found:
        assert (row.rrn, row.provider_txn_id, row.amount, row.tr, row.line) == (
            "006110000001",
            "pay_1",
            10000,
            "",
            found.index(row) + 2,
        )


def test_line_that_can_not_be_used_stops_no_other() -> None:
    """Each says why: another merchant's, a spreadsheet's RRN, a kind that nobody knows, a sum that is none, a total."""
    odd = {
        "other_merchant": PAID.replace(MERCHANT, "SBI0000000000009"),
        "bad_rrn": PAID.replace("006110000001", "6.11E+09"),
        "unknown_type": PAID.replace(",PAY,", ",FEE,"),
        "bad_amount": PAID.replace("250.00", "250.001"),
    }
    found, bad = rows(*odd.values(), "TOTAL,,,,,250.00,,,,,,,,", PAID)
    assert [row.line for row in found] == [7]
    assert bad == tuple(BadRow(line=line, reason=reason) for line, reason in enumerate([*odd, "bad_rrn"], start=2))


def test_time_that_can_not_be_read_costs_no_money() -> None:
    """The line is without a time then."""
    found, bad = rows(PAID.replace("10:01:00 AM", "soon"))
    assert (bad, [row.occurred_at for row in found]) == ((), [None])


def test_other_headings_are_known_and_a_missing_one_refuses_the_file() -> None:
    """As people who write reports write them, in any order; without a column that is needed nothing is read."""
    head = "RRN,Txn Amount,TXN STATUS,Transaction Type,Merchant ID,Order No"
    line = f'\'006110000001,"1,00,250.00",S,PAY,{MERCHANT},{ASKED.tr}'
    found, bad = rows(line, head=head)
    assert bad == ()
    assert [(row.amount, row.tr, row.occurred_at, row.fee, row.payee) for row in found] == [
        (10025000, ASKED.tr, None, 0, MERCHANT)
    ]
    for name in sbi_entities.NEEDED:
        less = HEAD.replace(sbi_entities.COLUMNS[name][0], "other")
        assert rows(PAID, head=less) == ((), (BadRow(line=0, reason=f"no_{name}_column"),))
    assert rows(PAID.replace(",pay_1,", ",NA,"))[0][0].provider_txn_id == ""
