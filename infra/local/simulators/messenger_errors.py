"""Messenger's errors: which code and subcode has which words and which HTTP status.

Source: Messenger Platform, Error codes, as recalled (meta-platform, section 7). A client has to decide by code and subcode:
the words and the HTTP statuses are not held against Meta.
"""

from infra.local.simulators.faults import Fault
from infra.local.simulators.graph_errors import ERRORS, GraphRefusal

OUTSIDE_WINDOW, ANOTHER_APP, NO_SUCH_PERSON, NOT_AVAILABLE, TOO_FAST = 2018278, 2018300, 2018001, 1545041, 2018022

# (code, subcode) -> (HTTP status, words). A code alone stands for its usual subcode, if it has one.
WORDS: dict[tuple[int, int | None], tuple[int, str]] = {
    (1, None): (500, "An unknown error has occurred."),
    (2, None): (500, "Service temporarily unavailable"),
    (4, None): (400, "Application request limit reached"),
    (4, TOO_FAST): (400, "Too many send requests"),
    (10, None): (403, "Application does not have permission for this action"),
    (10, OUTSIDE_WINDOW): (403, "This message is sent outside of allowed window."),
    (10, ANOTHER_APP): (403, "Message failed to send because another app is controlling this thread now."),
    (32, None): (400, "Page request limit reached"),
    (100, None): (400, "Invalid parameter"),
    (100, NO_SUCH_PERSON): (400, "No matching user found"),
    (190, None): (401, "Invalid OAuth access token."),
    (200, None): (403, "Permissions error"),
    (368, None): (403, "The action attempted has been deemed abusive or is otherwise disallowed"),
    (551, NOT_AVAILABLE): (400, "This person isn't available right now."),
    (613, None): (400, "Calls to this api have exceeded the rate limit."),
    (1200, None): (500, "Temporary send message failure. Please try again later."),
}
_USUAL = {551: NOT_AVAILABLE}


def refusal(code: int, subcode: int | None = None, words: str = "") -> GraphRefusal:
    """Return the refusal of a code; `words` say what exactly is wrong."""
    subcode = _USUAL.get(code) if subcode is None else subcode
    usual = ERRORS.get(code, (400, "Unknown error"))
    status, known = WORDS.get((code, subcode), WORDS.get((code, None), usual))
    return GraphRefusal(code, message=f"(#{code}) {words or known}", subcode=subcode, status=status)


def demanded(fault: Fault) -> GraphRefusal:
    """Return what an error on demand says."""
    return refusal(fault.code, fault.subcode)
