"""The webhook door: whatever becomes of a request is one answer, one metric and one line, of the same word."""

import hashlib
import hmac
import io
import json
from itertools import count
from typing import Any

import pytest
from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import EphemeralMetrics

from haat.conversation.channels.meta import Envelope
from haat.edge.webhook import BODY_LIMIT, Way, Webhook
from haat.kernel.errors import Misconfigured, Rejected, Unavailable
from haat.kernel.secret import Secret
from tests.invented import NOW

NUMBERS = count()  # a Logger of a name that is known keeps the stream that it had
SECRET, TOKEN = "app-secret", "verify-token"


class Door:
    """A door, and what it counted and logged."""

    def __init__(self, keeps: Envelope | Exception) -> None:
        self.out = io.StringIO()
        self.metrics = EphemeralMetrics(namespace="Tests", service="tests")
        self.webhook = Webhook(
            ways={
                "/webhooks/whatsapp": Way(
                    secrets=lambda: [Secret(SECRET)], token=lambda: Secret(TOKEN), keep=lambda *_: self._keep(keeps)
                )
            },
            now=lambda: NOW,
            logger=Logger(service=f"door-{next(NUMBERS)}", stream=self.out, level="INFO"),
            metrics=self.metrics,  # type: ignore[arg-type]  # the same methods
        )

    @staticmethod
    def _keep(keeps: Envelope | Exception) -> Envelope:
        if isinstance(keeps, Exception):
            raise keeps
        return keeps

    @property
    def log(self) -> list[dict[str, Any]]:
        """The lines that were logged."""
        return [json.loads(line) for line in self.out.getvalue().splitlines()]

    @property
    def counted(self) -> dict[str, float]:
        """What was counted, by its word."""
        return {word: sum(metric["Value"]) for word, metric in self.metrics.metric_set.items()}


def posted(body: str = "{}", *, method: str = "POST", path: str = "/webhooks/whatsapp", signed: bool = True) -> Any:
    """An event of a function URL."""
    signature = hmac.new(SECRET.encode(), body.encode(), hashlib.sha256).hexdigest() if signed else "0"
    return {
        "rawPath": path,
        "headers": {"x-hub-signature-256": f"sha256={signature}"},
        "requestContext": {"http": {"method": method}, "requestId": "request-1"},
        "body": body,
    }


def asked(token: str) -> Any:
    """Meta's handshake."""
    query = {"hub.mode": "subscribe", "hub.verify_token": token, "hub.challenge": "42"}
    return posted(method="GET") | {"queryStringParameters": query}


@pytest.mark.parametrize(
    ("word", "status", "event", "keeps"),
    [
        ("handshake", 200, asked(TOKEN), Envelope()),
        ("handshake_refused", 403, asked("another"), Envelope()),
        ("not_found", 404, posted(path="/else"), Envelope()),
        ("method_refused", 405, posted(method="PUT"), Envelope()),
        ("too_large", 413, posted("x" * (BODY_LIMIT + 1)), Envelope()),
        ("signature_refused", 401, posted(signed=False), Envelope()),
        ("malformed", 400, posted(), Rejected("no JSON")),
        ("not_kept", 500, posted(), Unavailable("queue: Throttling")),
        ("misconfigured", 500, posted(), Misconfigured("there is no parameter x")),
        ("broken", 500, posted(), KeyError("x")),
        ("ignored", 200, posted(), Envelope(ignored={"foreign_status": 3})),
    ],
)
def test_outcome_is_one_answer_one_metric_and_one_line(
    word: str, status: int, event: Any, keeps: Envelope | Exception
) -> None:
    """An operator finds each outcome under one word, in the metrics and in the log, with our id of the request."""
    door = Door(keeps)
    assert door.webhook.serve(event)["statusCode"] == status
    assert door.counted == {word: 3 if word == "ignored" else 1}
    ((line),) = door.log
    assert (line["message"], line["request"]) == (word, "request-1")


def test_webhook_of_statuses_alone_is_silent() -> None:
    """The common webhook is counted by Lambda itself, and costs no line."""
    door = Door(Envelope())
    assert door.webhook.serve(posted())["statusCode"] == 200
    assert (door.log, door.counted) == ([], {})
