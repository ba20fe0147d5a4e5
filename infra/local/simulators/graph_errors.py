"""The Graph API's errors: which code has which words and which HTTP status.

Source: Cloud API, Error codes (meta-platform, section 4.2). The HTTP statuses are recalled, not looked up: a
client has to decide by the code, and the simulator's tests vary the status under the same code on purpose.
"""

import json

from infra.local.http import Response

_JSON = {"content-type": "application/json; charset=UTF-8"}

# code -> (HTTP status, title). Codes of ranges (200-299) that are not listed fall to `_words`.
ERRORS: dict[int, tuple[int, str]] = {
    0: (401, "AuthException"),
    1: (400, "API Unknown"),
    2: (503, "API Service"),
    3: (500, "API Method"),
    4: (400, "API Too Many Calls"),
    10: (403, "Permission Denied"),
    33: (400, "Parameter value is not valid"),
    100: (400, "Invalid parameter"),
    190: (401, "Invalid OAuth access token"),
    200: (403, "API Permission"),
    368: (403, "Temporarily blocked for policies violations"),
    80007: (400, "Rate limit issues"),
    130429: (400, "Rate limit hit"),
    130472: (400, "User's number is part of an experiment"),
    130497: (403, "Business account is restricted from messaging users in this country."),
    131000: (500, "Something went wrong"),
    131005: (403, "Access denied"),
    131008: (400, "Required parameter is missing"),
    131009: (400, "Parameter value is not valid"),
    131016: (500, "Service unavailable"),
    131026: (400, "Message undeliverable"),
    131030: (400, "Recipient phone number not in allowed list"),
    131031: (403, "Account has been locked"),
    131042: (400, "Business eligibility payment issue"),
    131047: (400, "Re-engagement message"),
    131048: (400, "Spam rate limit hit"),
    131049: (400, "This message was not delivered to maintain healthy ecosystem engagement."),
    131050: (400, "User has stopped marketing messages"),
    131051: (400, "Unsupported message type"),
    131052: (400, "Media download error"),
    131053: (400, "Media upload error"),
    131056: (400, "(Business Account, Consumer Account) pair rate limit hit"),
    131057: (500, "Account in maintenance mode"),
    131064: (400, "Template quality limit hit"),
    132000: (400, "Template Param Count Mismatch"),
    132001: (404, "Template does not exist"),
    132005: (400, "Template Hydrated Text Too Long"),
    132007: (400, "Template Format Character Policy Violated"),
    132008: (400, "Template Parameter Value Invalid"),
    132012: (400, "Template Parameter Format Mismatch"),
    132015: (400, "Template is Paused"),
    132016: (400, "Template is Disabled"),
    132018: (400, "Template Parameter Text Invalid"),
    133004: (503, "Server Temporarily Unavailable"),
    133010: (400, "Phone number not registered"),
    135000: (400, "Generic user error"),
}

_DETAILS = {
    131047: "Message failed to send because more than 24 hours have passed since the customer last replied to this number.",
    131056: "Message failed to send because there were too many messages sent from this phone number to the same "
    "phone number in a short period of time.",
    130429: "Message failed to send because there were too many messages sent from this phone number in a short period "
    "of time.",
    131026: "Message Undeliverable.",
}


class GraphRefusal(Exception):
    """The platform refuses a request: it becomes one answer in Meta's shape."""

    def __init__(
        self,
        code: int,
        details: str = "",
        *,
        message: str = "",
        subcode: int | None = None,
        status: int | None = None,
    ) -> None:
        super().__init__(f"graph error {code}")
        self.code = code
        self.details = details or _DETAILS.get(code, "")
        self.message = message
        self.subcode = subcode
        self.status = status


def _words(code: int) -> tuple[int, str]:
    return ERRORS.get(code, (403, "API Permission") if 200 <= code <= 299 else (400, "Unknown error"))


def title(code: int) -> str:
    """Return the words that Meta has for a code."""
    return _words(code)[1]


def answer(refusal: GraphRefusal, trace: str, status: int | None = None) -> Response:
    """Return the HTTP answer for a refusal; `status` overrides the usual one, `trace` is the fbtrace_id."""
    usual, words = _words(refusal.code)
    error: dict[str, object] = {
        "message": refusal.message or f"(#{refusal.code}) {words}",
        "type": "GraphMethodException" if refusal.subcode == 33 else "OAuthException",
        "code": refusal.code,
    }
    if refusal.subcode is not None:
        error["error_subcode"] = refusal.subcode
    if refusal.details:
        error["error_data"] = {"messaging_product": "whatsapp", "details": refusal.details}
    error["fbtrace_id"] = trace
    return ok({"error": error}, status or refusal.status or usual)


def failure(code: int) -> dict[str, object]:
    """Return the entry of `errors[]` in a `failed` status or an unsupported message."""
    return {
        "code": code,
        "title": title(code),
        "message": title(code),
        "error_data": {"details": _DETAILS.get(code, title(code))},
        "href": "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/",
    }


def not_found(method: str, thing: str) -> GraphRefusal:
    """Return error 100/33, Meta's answer for an object that is not there or not ours."""
    return GraphRefusal(
        100,
        subcode=33,
        message=f"Unsupported {method.lower()} request. Object with ID '{thing}' does not exist, cannot be loaded due "
        "to missing permissions, or does not support this operation. Please read the Graph API documentation at "
        "https://developers.facebook.com/docs/graph-api",
    )


def ok(document: object, status: int = 200) -> Response:
    """Return a JSON answer."""
    return Response(status=status, headers=dict(_JSON), body=json.dumps(document, separators=(",", ":")).encode())
