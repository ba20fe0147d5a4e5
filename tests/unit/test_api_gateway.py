"""What API Gateway answers by itself: problem details of docs/api.md, as the stage's front gives them, too."""

import json
from functools import cache
from typing import Any

import pytest
import yaml
from botocore.session import get_session

from haat.edge.api.problems import PROBLEMS
from infra.api.compose import DOCUMENT
from infra.api.gateway import GATEWAY
from infra.local.gateway import GATEWAY_RESPONSES, Gateway
from infra.local.http import Request

PAGE = Request(method="GET", path="/v1/nothing", headers={"origin": "https://shop.example"})
# There is no authorizer, so that these are never said; DEFAULT_5XX would answer.
NEVER = {"API_CONFIGURATION_ERROR", "AUTHORIZER_CONFIGURATION_ERROR", "AUTHORIZER_FAILURE"}


@cache
def document() -> Any:
    """What is deployed."""
    return yaml.safe_load(DOCUMENT.read_text("utf-8"))[GATEWAY_RESPONSES]


def test_every_type_of_answer_has_words_of_its_own() -> None:
    """So that no other error is shown as one that it is not."""
    types: Any = get_session().get_service_model("apigateway").shape_for("GatewayResponseType")
    assert set(GATEWAY) == set(types.enum) - NEVER


@pytest.mark.parametrize("kind", GATEWAY)
def test_answer_is_a_problem_of_the_docs(kind: str) -> None:
    """Its type, status and title are those of docs/api.md; the request's id stands in it, and nothing that was sent."""
    said = document()[kind]
    body = json.loads(said["responseTemplates"]["application/json"])
    status, title = PROBLEMS[body["type"].removeprefix("urn:haat:problem:")]
    assert (said["statusCode"], body["status"], body["title"]) == (status, status, title)
    assert body["instance"] == "urn:haat:request:$context.requestId"
    headers = said["responseParameters"]
    assert headers["gatewayresponse.header.Content-Type"] == "'application/problem+json'"
    assert headers["gatewayresponse.header.Access-Control-Allow-Origin"] == "method.request.header.Origin"
    assert ("gatewayresponse.header.Retry-After" in headers) == (status == 429)


def test_stage_fills_the_documents_answer() -> None:
    """The id, the page's origin; a type that the document leaves out gets the default of its hundred."""
    answer = Gateway(document()).answer("MISSING_AUTHENTICATION_TOKEN", PAGE, "r-1")
    assert (answer.status, json.loads(answer.body)["instance"]) == (404, "urn:haat:request:r-1")
    assert answer.headers["access-control-allow-origin"] == "https://shop.example"
    assert answer.headers["content-type"] == "application/problem+json"
    assert Gateway(document()).answer("API_CONFIGURATION_ERROR", PAGE, "r-1").status == 500
    alone = Gateway(document()).answer("THROTTLED", Request(method="GET", path="/"), "r-1")
    assert "access-control-allow-origin" not in alone.headers, "whoever is no page is told of no page"
    assert alone.headers["retry-after"] == "1"


def test_gateway_without_a_document_has_words_of_its_own() -> None:
    """As API Gateway has them."""
    answer = Gateway({}).answer("MISSING_AUTHENTICATION_TOKEN", PAGE, "r-1")
    assert (answer.status, answer.body) == (403, b'{"message":"Missing Authentication Token"}')


def test_document_has_no_aliases() -> None:
    """CloudFormation's YAML knows none (User Guide, "CloudFormation template format")."""
    assert not [event for event in yaml.parse(DOCUMENT.read_text("utf-8")) if isinstance(event, yaml.AliasEvent)]
