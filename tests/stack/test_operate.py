"""What an operator does when something was set aside or lost."""

import boto3
import pytest

from infra.operate.__main__ import main
from tests.stack.conversation.conftest import SWEET_SHOP, Market, market

__all__ = ["market"]


@pytest.fixture(autouse=True)
def this_machine(monkeypatch: pytest.MonkeyPatch, stage: object) -> None:
    """Let the tool speak to the stage of this process, as it would to AWS."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "ap-south-1")
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
    """A queue that is none is refused with a list of those that are."""
    assert main(["redrive", "--queue", "nonsense"]) == 2
    assert "conversation-inbound" in capsys.readouterr().err


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
