"""What a bank tells of a refund before it tells of its money: it waits, and is heard when the money comes; on memory and on the table."""

import base64
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from haat.aws.outbox import unfold
from haat.facts.payments import CallbackKept, is_one, load
from haat.kernel.errors import Changed
from haat.kernel.time import DAY
from haat.payment.model.account import PayeeAccount
from haat.payment.model.evidence import RefundEvidence
from haat.payment.ports import MOST_WAITING
from haat.payment.store.payments import DynamoPayments
from tests.contract.payment.test_one_money import House, house
from tests.invented import NOW

if TYPE_CHECKING:
    from tests.contract.tables import Tables

__all__ = ["house"]  # a fixture
LARGE = base64.b64encode(b"".join(sha256(b"%d" % n).digest() for n in range(2_800))).decode()


def told(number: int, raw: str = "") -> CallbackKept:
    """A callback of the bank about a refund."""
    return CallbackKept(id=f"{number:026d}", provider="razorpay", account="", raw=raw, headers={}, received_at=NOW)


def refunds(house: House, account: PayeeAccount, callback: CallbackKept) -> str:
    """The bank tells of a refund; what becomes of it."""
    said = RefundEvidence(
        provider="razorpay", provider_refund_id="rfnd_1", refund_id="", amount=500, status="DONE", status_word="processed",
        trust="proof", provider_txn_id="pay_412345678901",
    )  # fmt: skip
    return house.settling.refund_evidence(account, said, NOW, source=callback).word


def heard(house: House) -> list[CallbackKept]:
    """The callbacks that went on their way."""
    bodies = [unfold(row["body"]) for row in house.rows()]
    facts = [load(body) for body in bodies if is_one(body)]
    return sorted((fact for fact in facts if isinstance(fact, CallbackKept)), key=lambda fact: fact.id)


def test_so_many_wait_for_one_money_and_no_more(house: House) -> None:
    """The eleventh is kept aside; one that comes again is counted once. All that wait are heard when the money comes, the largest too."""
    account = house.account()
    callbacks = [told(number, LARGE) for number in range(MOST_WAITING + 1)]
    for callback in callbacks[:MOST_WAITING]:
        assert [refunds(house, account, callback) for _ in range(2)] == ["refund_waits"] * 2
    assert refunds(house, account, callbacks[-1]) == "refund_kept_aside"
    assert refunds(house, account, callbacks[0]) == "refund_waits"
    house.asks("H1", account)
    assert house.hears(account, "H1") == "paid"
    assert heard(house) == callbacks[:MOST_WAITING]
    with pytest.raises(Changed):
        house.payments.wait(account.id, "pay_412345678901", callbacks[-1])


def test_what_waits_is_gone_after_ninety_days(tables: "Tables") -> None:
    """As docs/privacy.md says of callbacks; and it is small."""
    DynamoPayments(tables.payment).wait("account", "pay_1", told(1, LARGE))
    rows = tables.payment.query("WAITING#account#pay_1")
    assert {row["ttl"] for row in rows} == {(NOW + 90 * DAY) // 1000}
    assert {row["sk"] for row in rows} == {"HEAD", told(1).id}
    assert len(next(row["told"] for row in rows if row["sk"] != "HEAD")) < len(LARGE) * 0.8


def test_money_that_was_given_back_pays_no_order(house: House) -> None:
    """The shop sees it; whoever assigns it is refused, and the money of a request is heard of all the same."""
    account = house.account()
    house.hears(account)
    house.hears(account, rrn="412345678902")
    orphans, _ = house.lists.orphans(account.id, None, 10)
    assert house.receipts.given_back(orphans) == set()
    refunds(house, account, told(1))
    assert house.receipts.given_back(orphans) == {(account.id, "412345678901")}
    assert house.assigns(account) == "refund-waits"
    assert house.assigns(account, rrn="412345678902") == "PAID"
    house.asks("H1", account)
    assert house.hears(account, "H1") == "paid"
    assert heard(house) == [told(1)]
