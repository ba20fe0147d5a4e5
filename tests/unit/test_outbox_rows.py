"""Rows of the outbox: a body may be folded, the relay unfolds it, and what it can't read it sets aside."""

import base64
import json
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haat.aws.outbox import Outbox, fold, unfold
from haat.aws.queue import BATCH_BYTES
from haat.aws.table import pack, unpack

PREFIX = "https://sqs.invalid/haat-"


class Queues:
    """SQS, which takes everything."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, dict[str, Any]]] = []

    def send_message_batch(self, *, QueueUrl: str, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803
        """Keep what is sent."""
        self.sent += [(QueueUrl.removeprefix(PREFIX), entry) for entry in Entries]
        return {}


def publish(**body: Any) -> tuple[Queues, tuple[int, int]]:
    """Publish one row with this body as the stream brings it: as JSON, bytes as base64."""
    queues = Queues()
    row = {"pk": "p", "sk": "s", "queue": "out.fifo", "group": "g", "dedupe": "d", **body}
    image = json.loads(json.dumps(pack(row), default=lambda held: base64.b64encode(held).decode()))
    outbox = Outbox(cast("Any", queues), PREFIX, PREFIX + "dlq", frozenset({"out.fifo"}))
    return queues, outbox.publish([image])


@given(st.text())
def test_folded_body_is_the_body(body: str) -> None:
    """What was folded comes back letter for letter; what was not is left as it is."""
    text = body.encode("utf-8", "replace").decode()  # a lone surrogate is no body of ours
    assert unfold(fold(text)) == text
    assert unfold(text) == text


def test_folded_body_is_smaller() -> None:
    """A reply of Bengali letters takes less than half of its bytes."""
    body = json.dumps({"text": "নলেন গুড়ের সন্দেশ কুড়ি টাকা, রসগোল্লা পনেরো টাকা একটি। " * 6}, ensure_ascii=False)
    assert len(fold(body)) < len(body.encode()) / 2


@pytest.mark.parametrize(
    "held",
    [
        b"",
        b"no deflate",
        fold("cut short" * 99)[:-3],
        fold("\u0000" * (BATCH_BYTES + 1)),
        b"\x01\x01\x00\xfe\xff\xff",
        None,
        7,
    ],
    ids=["nothing", "something else", "cut short", "too large", "no text", "none", "a number"],
)
def test_unreadable_body_is_refused(held: Any) -> None:
    """What is no folded text of ours raises ValueError, however large it would become."""
    with pytest.raises(ValueError, match=r"body|decode"):
        unfold(held)


@pytest.mark.parametrize("body", ["plain ক", fold("plain ক")], ids=["text", "folded"])
def test_relay_publishes_the_text(body: Any) -> None:
    """A queue gets the text, whether the row holds it folded or not."""
    queues, counted = publish(body=body)
    assert counted == (1, 0)
    assert [(queue, entry["MessageBody"]) for queue, entry in queues.sent] == [("out.fifo", "plain ক")]


@pytest.mark.parametrize("body", [b"no deflate", fold(""), 7])
def test_row_that_cannot_be_read_is_set_aside(body: Any) -> None:
    """A row whose body is none goes to the relay's own DLQ, by its key alone."""
    queues, counted = publish(body=body)
    assert counted == (0, 1)
    assert [queue for queue, _ in queues.sent] == ["dlq"]


def test_bytes_of_a_stream_are_those_of_the_table() -> None:
    """Lambda's stream events hold bytes as base64, the SDK as they are: stores read the same."""
    assert unpack({"b": {"B": "AP8="}}) == unpack({"b": {"B": b"\x00\xff"}}) == {"b": b"\x00\xff"}
