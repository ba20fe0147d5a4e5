"""What API Gateway answers by itself: in the words of the API's document, or in its own where the document has none.

Source: Amazon API Gateway Developer Guide, "Gateway response types". Assumed, since it does not say: the bytes of its own words, and which type
a function's death is. Throttling is done by hand, so that a test whose clock stands still can make any number of requests.
"""

import json
from collections.abc import Mapping
from typing import Any

from infra.local.http import Request, Response

GATEWAY_RESPONSES = "x-amazon-apigateway-gateway-responses"
_HEADER, _ASKED = "gatewayresponse.header.", "method.request.header."
_OWN_WORDS: Mapping[str, tuple[int, str]] = {
    # It knows no 404: what is not declared is not yours to call.
    "MISSING_AUTHENTICATION_TOKEN": (403, "Missing Authentication Token"),
    "REQUEST_TOO_LARGE": (413, "Request Too Long"),
    "THROTTLED": (429, "Too Many Requests"),
    "INTEGRATION_FAILURE": (502, "Internal server error"),
    "API_CONFIGURATION_ERROR": (502, "Internal server error"),
}


class Gateway:
    """Answers in front of the functions."""

    def __init__(self, responses: Mapping[str, Any]) -> None:
        """Know the document's GatewayResponses; nothing is throttled."""
        self._responses = responses
        self.throttled = False

    def answer(self, kind: str, request: Request, id: str) -> Response:
        """Answer a request that comes to no function, or whose function brought nothing; `id` is the request's."""
        status, words = _OWN_WORDS[kind]
        said = self._responses.get(kind) or self._responses.get(f"DEFAULT_{status // 100}XX")
        if said is None:
            body = json.dumps({"message": words}, separators=(",", ":")).encode()
            return Response(status=status, headers={"content-type": "application/json"}, body=body)
        headers = {"content-type": "application/json"}
        for name, value in said.get("responseParameters", {}).items():
            if (filled := _filled(value, request)) is not None:
                headers[name.removeprefix(_HEADER).lower()] = filled
        # The guide: simple replacement of variables, no template language.
        text = said["responseTemplates"]["application/json"].replace("$context.requestId", id)
        return Response(status=int(said.get("statusCode", status)), headers=headers, body=text.encode())


def _filled(value: str, request: Request) -> str | None:
    """A header's value: a word in quotes, or a header of the request; None where that has none."""
    if value.startswith(_ASKED):
        return request.headers.get(value.removeprefix(_ASKED).lower())
    return value.strip("'")
