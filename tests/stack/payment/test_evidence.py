"""Who told of a shop's money, as its people see it: the bank's own call, its answer to ours, or a hint that proved nothing."""

from collections.abc import Iterator
from typing import Any

import pytest

from infra.local.seed import seed
from infra.local.stage import Stage
from tests.stack.business.conftest import SWEET_SHOP, Api
from tests.stack.payment.paying import Purse
from tests.stack.payment.till import Till, payment_entity, scripted


@pytest.fixture
def till(stage: Stage) -> Iterator[Till]:
    """Return a shop's account with a gateway that answers by script."""
    seed(stage)
    with scripted(stage) as bank:
        yield Till.opened(stage, bank, merchant=SWEET_SHOP)


def told(evidence: dict[str, Any]) -> tuple[str, ...]:
    """Who said what."""
    return evidence["source"], evidence["trust"], evidence["status"], evidence["provider_word"]


def test_receipt_says_who_proved_it(till: Till) -> None:
    """By a callback with its event, and by the answer to our own question; an attempt that failed is of no receipt."""
    purse = Purse(Api(till.stage))
    asked = purse.asks(50_000, account_id=till.account.id)
    tr = asked["reference_id"]
    failed = till.event(
        "payment.failed",
        payment=payment_entity(tr, "412345678900", 50_000, at=till.now() // 1_000, status="failed"),
    )
    assert till.post(failed, "evt_1").status == 200
    till.stage.drain()
    assert till.post(till.paid(tr, "412345678901", 50_000), "evt_2").status == 200
    till.stage.drain()
    paid = purse.payment(asked)
    (receipt,) = paid["receipts"]
    (evidence,) = receipt["evidence"]
    assert told(evidence) == ("callback", "proof", "SUCCESS", "captured")
    assert (evidence["provider_event_id"], evidence["rrn"]) == ("evt_2", receipt["rrn"])
    (other,) = paid["other_evidence"]
    assert told(other) == ("callback", "proof", "FAILED", "failed")


def test_receipt_that_no_callback_told_of_says_so(till: Till) -> None:
    """The bank was asked after 90 seconds, and its answer is the proof."""
    purse = Purse(Api(till.stage))
    asked = purse.asks(50_000, account_id=till.account.id)
    entity = payment_entity(asked["reference_id"], "412345678901", 50_000, at=till.now() // 1_000)
    till.bank.puts("GET", "/v1/payments/qr_codes", {"entity": "collection", "count": 1, "items": [entity]})
    till.stage.run_for(120)
    paid = purse.payment(asked)
    (receipt,) = paid["receipts"]
    (evidence,) = receipt["evidence"]
    assert told(evidence) == ("pull", "proof", "SUCCESS", "captured")
    assert len(paid["asked_bank_at"]) == 1
    assert paid["other_evidence"] == []
