"""What the API answers where its routes raise: each error as the document has it."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from aws_lambda_powertools import Logger, Metrics

from haat.edge.api.api import Api
from haat.edge.api.call import Call
from haat.edge.api.operations import operations
from haat.kernel.errors import Changed, Conflict, NotFound, Rejected, Unavailable
from haat.kernel.ids import CorrelationId
from haat.kernel.once import Answer
from haat.kernel.time import Instant


def answered(error: Exception, **about: Any) -> Answer:
    """The answer to an operation for everyone whose route raises."""

    def route(_: Call) -> Answer:
        raise error

    operation = replace(operations("public_api")["health"], **about)
    api = Api(
        function="public_api",
        gate=None,
        routes={"health": route},
        origins=frozenset(),
        now=lambda: Instant(0),
        draw=lambda: "",
        logger=Logger(service="t"),
        metrics=Metrics(namespace="t", service="t"),
    )
    request = SimpleNamespace(uri_params={}, query_params=None, raw_body=b"")
    headers = {"if-match": '"1"', "idempotency-key": "k"}
    return api.answer(operation, headers, request, CorrelationId("r"), lambda: 1_000)


def word(answer: Answer) -> tuple[int, str]:
    """Status and type."""
    return answer.status, answer.body["type"].removeprefix("urn:haat:problem:")


def test_lost_race_is_412_only_for_who_sent_if_match() -> None:
    """RFC 9110: 412 answers a condition of the request. Whoever sent none is told to send the same again: 409."""
    changed = Changed("the product was changed in between")
    assert word(answered(changed, match=True)) == (412, "changed")
    told = answered(changed, once=True)
    assert word(told) == (409, "conflict")
    assert "send the same request again" in told.body["detail"]
    assert word(answered(changed)) == (409, "conflict")


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NotFound("notice endpoint"), 404),
        (Conflict("the shop is closed"), 409),
        (Rejected("x y"), 422),
        (Unavailable("x y"), 503),
    ],
)
def test_detail_is_a_sentence(error: Exception, status: int) -> None:
    """Not the one word by which our code knows the thing."""
    answer = answered(error)
    assert answer.status == status
    assert " " in answer.body["detail"]


def test_what_broke_tells_its_id_and_nothing_else() -> None:
    """The words of an error of ours may be a customer's."""
    answer = answered(TypeError("an item holds no Decimal"))
    assert word(answer) == (500, "broken")
    assert "detail" not in answer.body
    assert answer.body["instance"] == "urn:haat:request:r"
