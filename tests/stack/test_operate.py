"""What an operator does when something was set aside or lost."""

import re
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from infra.conform.deployed import Deployed
from infra.local.clock import START
from infra.local.function import REGION
from infra.local.settings import ROOT
from tests.stack.conversation.conftest import SWEET_SHOP, Market, market
from tests.stack.conversation.posted import post, said, webhook
from tests.stack.operating import CLOCK, main

__all__ = ["market"]

BESIDE = "haat-local-conversation-restored"


@pytest.fixture(autouse=True)
def this_machine(monkeypatch: pytest.MonkeyPatch, stage: object, second_judge: Deployed | None) -> None:
    """Let the tool speak to the stack that stands, as it would to AWS."""
    environ = {"AWS_DEFAULT_REGION": REGION}
    if second_judge is not None:
        environ = second_judge.engine.environ | {CLOCK: str(second_judge.clock.path)}
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("infra.operate.__main__._use_this_machine", lambda: None)


def lose_the_queue(market: Market, name: str) -> int:
    """Empty a queue, as nobody should -> how many messages were lost."""
    sqs = boto3.client("sqs")
    url = sqs.get_queue_url(QueueName=f"haat-local-{name}")["QueueUrl"]
    lost = market.stage.queue_depth(name)
    sqs.purge_queue(QueueUrl=url)
    return lost


def test_what_was_set_aside_comes_back_and_is_answered(market: Market, capsys: pytest.CaptureFixture[str]) -> None:
    """Messages that could not be handled are answered after `redrive`, once, in order; a second `redrive` does nothing."""
    rina = market.customer()
    market.says(rina, "hours")
    with market.stage.faults.throttle("dynamodb", "TransactWriteItems", function="auto_reply", times=1000):
        rina.writes(SWEET_SHOP, "price")
        market.customer(2).writes(SWEET_SHOP, "hours")
        market.stage.run_for(3600)
    assert len(market.said()) == 1
    assert market.stage.queue_depth("conversation-inbound-dlq.fifo") == 2
    for expected in ("2 brought back to conversation-inbound", "0 brought back to conversation-inbound"):
        assert main(["redrive", "--queue", "conversation-inbound"]) == 0
        assert expected in capsys.readouterr().out
    market.stage.run_for(60)
    assert len(market.said()) == 3


def test_unknown_queue_is_named(market: Market, capsys: pytest.CaptureFixture[str]) -> None:
    """A queue that is none is refused with a list of those that are: each that has a queue for what is set aside, as the operator's page lists them."""
    assert main(["redrive", "--queue", "nonsense"]) == 2
    named = capsys.readouterr().err.partition("one of ")[2].strip().split(", ")
    page = (ROOT / "docs/operate.md").read_text().partition("`QUEUE` is one of")[2].partition(";")[0]
    assert sorted(re.findall(r"`([a-z-]+)`", page)) == named
    assert {"conversation-inbound", "payment-evidence", "payment-bank", "payment-due"} <= set(named)


def test_what_the_stream_lost_is_published(market: Market, capsys: pytest.CaptureFixture[str]) -> None:
    """Replies whose rows never reached their queue are sent after `outbox-repair`, each once; the next one finds nothing."""
    rina, amit = market.customer(1), market.customer(2)
    market.says(rina, "hours")
    with market.stage.faults.throttle("sqs", "SendMessageBatch", function="outbox_relay", times=100):
        rina.writes(SWEET_SHOP, "price")
        amit.writes(SWEET_SHOP, "hours")
        market.stage.drain()
        market.forget_the_stream()
    market.stage.failures.clear()
    market.stage.run_for(600)
    assert len(market.said()) == 1
    assert main(["outbox-repair"]) == 0
    assert "2 published" in capsys.readouterr().out
    market.stage.run_for(60)
    assert len(market.said()) == 3
    assert main(["outbox-repair"]) == 0
    assert "0 published" in capsys.readouterr().out


def test_row_that_nothing_would_take_is_parked_again(market: Market, capsys: pytest.CaptureFixture[str]) -> None:
    """`outbox-repair` says what it could not publish, and leaves it where the alarm rings, once."""
    market.stage.client("dynamodb").put_item(
        TableName="haat-local-conversation",
        Item={"pk": {"S": "ODD#1"}, "sk": {"S": "ODD"}, "queue": {"S": "no-such-queue"}, "body": {"S": "x"}},
    )
    market.stage.drain()
    for _ in range(2):
        assert main(["outbox-repair"]) == 0
        assert "0 published, 1 can't be published" in capsys.readouterr().out
        assert market.stage.queue_depth("outbox-dlq") == 1


def test_tool_without_a_stack_says_so(market: Market, capsys: pytest.CaptureFixture[str]) -> None:
    """A stage that does not exist is an error in words."""
    assert main(["outbox-repair", "--stage", "nowhere"]) == 2
    assert main(["redrive", "--stage", "nowhere", "--queue", "conversation-inbound"]) == 2
    assert "no such stack" in capsys.readouterr().err


def test_what_was_said_long_ago_is_not_said_again(market: Market, capsys: pytest.CaptureFixture[str]) -> None:
    """A reply whose send state has been forgotten, as all are after thirty days, is not published by `outbox-repair`."""
    rina = market.customer()
    market.says(rina, "hours")
    market.stage.run_for(31 * 86_400)
    for state in market.items("SEND#"):
        forget(market, state)
    market.says(rina, "price")
    before = market.said()
    assert main(["outbox-repair"]) == 0
    assert "0 published" in capsys.readouterr().out
    market.stage.run_for(60)
    assert market.said() == before


# A table restored beside the one that lost rows


@pytest.fixture
def beside(market: Market) -> Iterator[Any]:
    """Return a way to restore the conversation table, as it is now, into a table of its own."""
    dynamodb = boto3.client("dynamodb")

    def restored() -> None:
        dynamodb.restore_table_to_point_in_time(
            SourceTableName="haat-local-conversation", TargetTableName=BESIDE, UseLatestRestorableTime=True
        )

    yield restored
    dynamodb.delete_table(TableName=BESIDE)


def forget(market: Market, item: dict[str, Any]) -> None:
    """Take a row out of the conversation table."""
    market.stage.client("dynamodb").delete_item(
        TableName="haat-local-conversation", Key={"pk": item["pk"], "sk": item["sk"]}
    )


def restore() -> int:
    """Bring back what the conversation table lacks."""
    return main(["restore", "--table", "conversation", "--source", BESIDE])


def test_lost_rows_come_back_and_nobody_is_answered_for_it(
    market: Market, beside: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """All lost rows come back as they were, but nothing is published; the same again finds them all there."""
    rina = market.customer()
    market.says(rina, "hours")
    rows = market.stage.items("conversation")
    beside()
    for row in rows:
        forget(market, row)
    before = market.said()
    for expected in (f"{len(rows)} rows came back", "0 rows came back"):
        assert restore() == 0
        assert expected in capsys.readouterr().out
        market.stage.run_for(60)
    back = {row["pk"]["S"]: row for row in market.stage.items("conversation")}
    assert back == {row["pk"]["S"]: {name: row[name] for name in row if name != "queue"} for row in rows}
    assert market.said() == before


def test_restored_marker_keeps_a_message_answered_once(market: Market, beside: Any) -> None:
    """After a restore a message that Meta brings again is known, and a new one is answered in the same conversation."""
    rina = market.customer()
    market.says(rina, "price")
    body = webhook({"messages": [said("hours", by=rina.phone, id="wamid.X", at=START.timestamp())]}, shop=SWEET_SHOP)
    assert post(market.stage, body).status == 200
    market.stage.drain()
    beside()
    for row in market.stage.items("conversation"):
        if not row["pk"]["S"].startswith("CHANNEL"):
            forget(market, row)
    restore()
    market.stage.run_for(600)
    assert len(market.said()) == 2
    post(market.stage, body)
    market.stage.drain()
    assert len(market.said()) == 2
    assert len(market.says(rina, "price")) == 1
    assert len(market.items("CUSTOMER#")) == 1


def test_message_whose_marker_is_gone_is_answered_again(market: Market) -> None:
    """A table of an older moment does not know what came since: if Meta brings it again it is answered again (docs/restore.md)."""
    rina = market.customer()
    market.says(rina, "price")
    body = webhook({"messages": [said("hours", by=rina.phone, id="wamid.X", at=START.timestamp())]}, shop=SWEET_SHOP)
    for answers in (2, 3):
        post(market.stage, body)
        market.stage.run_for(600)
        assert len(market.said()) == answers
        for row in market.stage.items("conversation"):
            if not row["pk"]["S"].startswith(("CHANNEL", "TAUGHT")):
                forget(market, row)


def test_newer_row_stays(market: Market, beside: Any) -> None:
    """A row that has changed since the moment that was restored is not set back."""
    rina = market.customer()
    market.says(rina, "hours")
    beside()
    market.says(rina, "price")
    now = market.items("CUSTOMER#")
    restore()
    assert market.items("CUSTOMER#") == now


def test_expired_row_stays_away(market: Market, beside: Any) -> None:
    """A row whose time was over is not brought back: the restored table has no time to live."""
    market.says(market.customer(), "hours")
    beside()
    for state in market.items("SEND#"):
        forget(market, state)
    market.stage.run_for(31 * 86_400)
    restore()
    assert market.items("SEND#") == []


def test_restore_asks_for_what_it_needs(market: Market, capsys: pytest.CaptureFixture[str]) -> None:
    """Without the two tables nothing is done; a table that is not there is an error in words."""
    assert main(["restore"]) == 2
    assert "FROM=" in capsys.readouterr().err
    assert main(["restore", "--table", "business", "--source", "nowhere"]) == 1
    assert "ResourceNotFoundException" in capsys.readouterr().err
