"""What the streams lost of badges is found by `make outbox-repair`, and then a repair finds nothing more of it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from haat.kernel.time import MINUTE, Instant
from haat.wiring.operate import Names, Repaired, repair_outbox
from infra.local.market import SWEETS
from infra.local.pumps import StreamPump
from infra.local.seed import seed
from infra.local.stage import Stage
from tests.stack.business.conftest import Api
from tests.stack.verification.badged import Market, open_market

pytestmark = pytest.mark.on_moto("streams that are lost")
SHOP = SWEETS.merchant.id


@pytest.fixture
def market(stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Market]:
    """Return the market, open."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", stage.region)
    seed(stage)
    with open_market(stage, Api(stage), tmp_path) as market:
        yield market


def repaired(market: Market) -> Repaired:
    """Say `make outbox-repair`, ten minutes later."""
    stage, outputs = market.stage, market.stage.deployment.outputs
    stage.run_for(600)
    dlq: str = stage.client("sqs").get_queue_url(QueueName="haat-local-outbox-dlq")["QueueUrl"]
    names = Names(
        conversation_table=outputs["ConversationTable"],
        business_table=outputs["BusinessTable"],
        payment_table=outputs["PaymentTable"],
        verification_table=outputs["VerificationTable"],
        queue_url_prefix=dlq.removesuffix("outbox-dlq"),
        outbox_dlq_url=dlq,
        outbox_queues=stage.functions["outbox_relay"].environment["OUTBOX_QUEUES"],
    )
    done = repair_outbox(names, Instant(market.now - 5 * MINUTE))
    stage.run_for(60)
    return done


def lose_the_streams(market: Market) -> None:
    """What the relay has not carried is forgotten."""
    assert sum(pump.lose() for pump in market.stage.pumps if isinstance(pump, StreamPump)) > 0


def test_badge_whose_signature_was_lost_is_signed_after_a_repair(market: Market) -> None:
    """It was given, and nobody was told to sign it."""
    market.stage.run_for(60)  # what the shop changed before its badge was given is none of the badge's
    with market.stage.faults.hold("outbox_relay"):
        market.gives(SHOP)
        lose_the_streams(market)
    assert market.shown(SHOP)["badge"] is None
    assert repaired(market).published > 0
    assert market.shown(SHOP)["badge"]
    assert repaired(market) == Repaired(published=0, parked=0)


def test_badge_of_a_shop_whose_change_was_lost_falls_after_a_repair(market: Market) -> None:
    """The shop has another name; its badge is drawn no more at once, and falls when verification hears of it."""
    market.gives(SHOP)
    answer = market.api.call("GET", "business-profile", as_=SHOP)
    shop = json.loads(answer.body)
    said = {name: shop[name] for name in ("language", "handle", "listed", "place")} | {"name": "Another Bank"}
    with market.stage.faults.hold("outbox_relay"):
        market.api.json("PUT", "business-profile", said, match=answer.headers["etag"], as_=SHOP)
        lose_the_streams(market)
    assert market.shown(SHOP)["level"] == "unconfirmed"
    assert market.badge(SHOP).state == "standing"
    assert repaired(market).published > 0
    fallen = market.badge(SHOP)
    assert (fallen.state, fallen.reason) == ("fallen", "name_changed")
    repaired(
        market
    )  # here no time goes by between the fall and its list: whether that was signed since can't be seen yet
    assert repaired(market) == Repaired(published=0, parked=0)
