"""What API Gateway itself answers in front of the functions, as problem details: part of the document that compose.py writes.

Sources: Amazon API Gateway Developer Guide, "Gateway response types" and "x-amazon-apigateway-gateway-responses" (a body is text in which
variables are replaced, and no more; a header is a word in quotes or something of the request).

Assumed, since the guide is silent: an address that is not declared, asked for with `Authorization: Bearer`, is an incomplete signature and so
DEFAULT_4XX (ministack has measured the same), which is why that one says that nothing is there; a function that dies is
INTEGRATION_FAILURE; a body of more than Lambda's 6 MB is REQUEST_TOO_LARGE, as one of more than API Gateway's 10 MB is.
"""

import json
from collections.abc import Mapping
from typing import Any

# word, status and title: as in haat/edge/api/problems.py, which a test compares.
_NOTHING = ("not-found", 404, "Nothing is known under that name")
_UNREADABLE = ("malformed", 400, "The request can't be read")
_FORBIDDEN = ("forbidden", 403, "This token may not do that")
_MANY = ("too-many-requests", 429, "Too many requests")
_AGAIN = ("try-again", 503, "A part that is needed does not answer; try again")
GATEWAY: Mapping[str, tuple[str, int, str]] = {
    "ACCESS_DENIED": _FORBIDDEN,
    "BAD_REQUEST_BODY": _UNREADABLE,
    "BAD_REQUEST_PARAMETERS": _UNREADABLE,
    "DEFAULT_4XX": _NOTHING,
    "DEFAULT_5XX": ("broken", 500, "Something is wrong on our side"),
    "EXPIRED_TOKEN": _NOTHING,
    "INTEGRATION_FAILURE": _AGAIN,
    "INTEGRATION_TIMEOUT": _AGAIN,
    "INVALID_API_KEY": _FORBIDDEN,
    "INVALID_SIGNATURE": _NOTHING,
    "MISSING_AUTHENTICATION_TOKEN": _NOTHING,
    "QUOTA_EXCEEDED": _MANY,
    "REQUEST_TOO_LARGE": ("too-large", 413, "The body is too large"),
    "RESOURCE_NOT_FOUND": _NOTHING,
    "THROTTLED": _MANY,
    "UNAUTHORIZED": ("unauthenticated", 401, "The token is missing, wrong, expired or revoked"),
    "UNSUPPORTED_MEDIA_TYPE": ("media-type", 415, "The body is of a kind that is not taken here"),
    "WAF_FILTERED": _FORBIDDEN,
}
# Seconds: what is throttled here is the whole API by requests in a second (MethodSettings in template.yaml).
_WAIT = "'1'"


def responses() -> dict[str, Any]:
    """The document's x-amazon-apigateway-gateway-responses."""
    return {kind: _response(*words) for kind, words in GATEWAY.items()}


def _response(word: str, status: int, title: str) -> dict[str, Any]:
    body = {
        "type": f"urn:haat:problem:{word}",
        "title": title,
        "status": status,
        "instance": "urn:haat:request:$context.requestId",
    }
    # Any page may read these, not only one of AllowedOrigins: API Gateway can't compare an origin with a list. They hold nothing
    # of anybody's; and a page that sends a token is asked about first (preflight), which the function answers by the list.
    headers = {
        "Content-Type": "'application/problem+json'",
        "Cache-Control": "'no-store'",
        "Access-Control-Allow-Origin": "method.request.header.Origin",
        "Access-Control-Expose-Headers": "'retry-after'",
        "Vary": "'origin'",
    } | ({"Retry-After": _WAIT} if status == 429 else {})
    return {
        "statusCode": status,
        "responseTemplates": {"application/json": json.dumps(body)},
        "responseParameters": {f"gatewayresponse.header.{name}": value for name, value in headers.items()},
    }
