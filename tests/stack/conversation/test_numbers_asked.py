"""`verification` asks whether a number is its shop's own: Meta is asked with the shop's token, and the answer goes back by the outbox."""

from dataclasses import replace

import pytest

from haat.aws.table import Put, Table, unpack
from haat.facts import profiles, verification
from haat.facts.verification import NumberSeen
from haat.kernel.ids import RequestId
from haat.kernel.time import Instant
from infra.local.market import HARDWARE, SWEETS
from infra.local.seed import seed
from infra.local.stage import Stage
from tests.stack.business.conftest import SWEET_SHOP
from tests.stack.conversation.conftest import Market

REQUEST = RequestId("01KDVDNA00REQ000000000001A")
LONG = 7200.0


def ask(stage: Stage, *, address: str = SWEETS.phone_number_id, round: int = 1) -> None:
    """Lay the row that a check lays: it is in the outbox of `verification`."""
    at = Instant(int(stage.clock.now() * 1000))
    wanted = profiles.NumberWanted(
        merchant=SWEETS.merchant.id, request=REQUEST, round=round, channel="whatsapp", address=address, occurred_at=at
    )
    row = profiles.outbox_row(wanted, f"{REQUEST}-{round}-{at}")
    table = Table(stage.client("dynamodb"), stage.deployment.outputs["VerificationTable"])
    table.put(Put(item={"pk": f"MERCHANT#{wanted.merchant}", "sk": f"NEXT#{round}#{at}#number", **row}))


def told(stage: Stage) -> list[tuple[str, str]]:
    """What `verification` hears: outcome and word, in order."""
    items = [unpack(item) for item in stage.items("conversation") if item["pk"]["S"].startswith("NUMBERSEEN#")]
    facts = [verification.load(item["body"]) for item in sorted(items, key=lambda item: item["sk"])]
    assert all(isinstance(fact, NumberSeen) and fact.merchant == SWEET_SHOP for fact in facts)
    return [(fact.outcome, fact.word) for fact in facts if isinstance(fact, NumberSeen)]


def says(stage: Stage, word: str) -> None:
    """Let Meta say this of the sweet shop's number."""
    stage.graph.add(replace(stage.graph.shop(SWEETS.phone_number_id), verification=word))


@pytest.mark.parametrize(
    ("word", "outcome"),
    [("VERIFIED", "verified"), ("NOT_VERIFIED", "unverified"), ("EXPIRED", "unverified"), ("WAITING", "unknown")],
)
def test_shop_hears_what_meta_says(market: Market, word: str, outcome: str) -> None:
    """One call, which changes nothing at Meta."""
    says(market.stage, word)
    market.stage.faults.clear()
    ask(market.stage)
    market.stage.drain()
    assert told(market.stage) == [(outcome, word)]
    asked = [
        call for call in market.stage.faults.calls if (call.function, call.service) == ("outbound_message", "http")
    ]
    assert [call.operation for call in asked] == ["GET /v25.0/{id}"]


def test_number_of_another_shop_is_not_asked_about(market: Market) -> None:
    """No token of theirs is used for it."""
    ask(market.stage, address=HARDWARE.phone_number_id)
    market.stage.drain()
    assert told(market.stage) == [("refused", "not_connected")]


def test_dead_token_is_a_refusal(market: Market) -> None:
    """Waiting would not mend it."""
    market.stage.graph.faults.error(190, edge="number")
    ask(market.stage)
    market.stage.drain()
    assert told(market.stage) == [("refused", "bad_token")]


def test_trouble_at_meta_is_waited_out(market: Market) -> None:
    """Throttled, slow, broken: the answer comes when Meta answers, without anybody asking anew."""
    faults = market.stage.graph.faults
    faults.error(4, edge="number")
    faults.broken(502, edge="number")
    faults.time_out(edge="number")
    ask(market.stage)
    market.stage.run_for(60)
    assert told(market.stage) == [("verified", "VERIFIED")]
    assert market.counted("number_not_seen_yet", "outbound_message") == 3


def test_silence_is_said_after_some_minutes(market: Market) -> None:
    """It is unknown then, and the next question is asked anew."""
    with market.darkness():
        ask(market.stage)
        market.stage.run_for(300)
        assert told(market.stage) == []
        market.stage.run_for(400)
        assert told(market.stage) == [("unknown", "no_answer")]
    ask(market.stage)
    market.stage.drain()
    assert told(market.stage) == [("unknown", "no_answer"), ("verified", "VERIFIED")]


def test_death_at_any_call_asks_again_and_tells_once(stage: Stage) -> None:
    """Before and after each call of whoever asks and whoever publishes; and where the record comes twice."""

    def play() -> None:
        stage.reset()
        seed(stage)
        stage.faults.clear()

    play()
    ask(stage)
    stage.run_for(LONG)
    points = [point for point in stage.faults.points() if point.function in ("outbound_message", "outbox_relay")]
    assert len(points) >= 8
    for point in points:
        play()
        with stage.faults.kill(function=point.function, call=point.call, when=point.when):
            ask(stage)
            stage.run_for(LONG)
        assert told(stage) == [("verified", "VERIFIED")], point.name
        assert stage.queue_depth("conversation-profile.fifo") == 0, point.name
    play()
    with stage.without_deduplication(), stage.faults.twice("outbound_message"):
        ask(stage)
        stage.run_for(LONG)
    assert told(stage) == [("verified", "VERIFIED")]
