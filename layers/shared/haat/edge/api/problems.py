"""Errors as problem details (RFC 9457), each with a type that stays the same for ever."""

from haat.kernel.errors import Changed, Conflict, HaatError, NotFound, Rejected, Unavailable
from haat.kernel.once import Answer

MEDIA = "application/problem+json"
BASE = "urn:haat:problem:"

# word: (status, title). What a caller may rely on; docs/api.md lists them, and a test holds the two equal.
PROBLEMS: dict[str, tuple[int, str]] = {
    "malformed": (400, "The request can't be read"),
    "idempotency-key": (400, "A request that makes something needs an Idempotency-Key"),
    "unauthenticated": (401, "The token is missing, wrong, expired or revoked"),
    "forbidden": (403, "This token may not do that"),
    "merchant-blocked": (403, "The shop is closed or blocked by the operator"),
    "not-found": (404, "Nothing is known under that name"),
    "conflict": (409, "It stands against what is there"),
    "too-many-staff-numbers": (409, "The shop has as many staff numbers as it may have"),
    "window-closed": (409, "The customer last wrote too long ago for a free message"),
    "changed": (412, "Somebody else changed it since you read it"),
    "too-large": (413, "The body is too large"),
    "media-type": (415, "The body is of a kind that is not taken here"),
    "invalid": (422, "Some fields are not as they should be"),
    "idempotency-key-reused": (422, "This Idempotency-Key was used for another request"),
    "if-match": (428, "A change needs If-Match with the ETag that you read"),
    "too-many-requests": (429, "Too many requests"),
    "broken": (500, "Something is wrong on our side"),
    "try-again": (503, "A part that is needed does not answer; try again"),
}


class Problem(HaatError):
    """An error of HTTP itself: it has a word of the table above."""

    def __init__(self, word: str, detail: str = "", *, headers: dict[str, str] | None = None) -> None:
        super().__init__(detail, word=word)
        self.headers = headers or {}


def word_of(error: Exception) -> str:
    """The word of the table for an error: by its own word where the table has it, else by its class."""
    if isinstance(error, HaatError) and error.word in PROBLEMS:
        return error.word
    match error:
        case Changed():
            return "changed"
        case Conflict():
            return "conflict"
        case NotFound():
            return "not-found"
        case Rejected():
            return "invalid"
        case Unavailable():
            return "try-again"
        case _:
            return "broken"


def problem(error: Exception, request: str) -> Answer:
    """The answer for an error. What broke on our side is named by the request's id only."""
    word = word_of(error)
    status, title = PROBLEMS[word]
    body: dict[str, object] = {
        "type": BASE + word,
        "title": title,
        "status": status,
        "instance": f"urn:haat:request:{request}",
    }
    if isinstance(error, HaatError) and word != "broken":
        if said := str(error):
            body["detail"] = f"no {said} is known by that id or name" if isinstance(error, NotFound) else said
        if error.word and error.word != word:
            body["reason"] = error.word
    if isinstance(error, Rejected) and error.fields:
        body["errors"] = [{"field": field, "message": said} for field, said in error.fields.items()]
    headers = {"content-type": MEDIA, **(error.headers if isinstance(error, Problem) else {})}
    if status == 401:
        headers["www-authenticate"] = 'Bearer realm="haat"'
    return Answer(status=status, body=body, headers=headers)
