"""Calls by which Meta is asked about a shop's number or page before its token is kept.

Any of them may be made again at any time. As in `graph.py` an answer is read by Meta's code, and the token stands in one header only.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Never

import urllib3
from urllib3.exceptions import HTTPError

from haat.conversation.channels.graph import BAD_TOKEN, action_for, fits_header
from haat.conversation.channels.wire import as_object, code, word
from haat.conversation.ports import Action
from haat.kernel.errors import Rejected, Unavailable
from haat.kernel.secret import Secret
from haat.kernel.text import clean

UNKNOWN_THING = (33, 100, 803)  # Meta's codes for an object that is not there, or not for this token
LATER = frozenset({Action.RETRY, Action.SLOW_NUMBER, Action.WAIT_PAIR, Action.RETRY_MINUTES, Action.RETRY_ONCE})


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphAsking:
    """Asks the Graph API. `version` is one such as v25.0; `timeout` is for each call."""

    pool: urllib3.PoolManager
    base_url: str
    version: str
    timeout: urllib3.Timeout

    def call(
        self, method: str, path: str, token: Secret[str], about: str, body: Mapping[str, Any] | None = None
    ) -> Mapping[str, Any]:
        """Make one call; `about` is the field that names the object which it is about. Raises Rejected naming a field, Unavailable."""
        if not fits_header(token):
            _refuse("access_token", "is no token of Meta's")
        said = self._answer(method, path, token, body)
        refusal = code(as_object(said.get("error")).get("code"))
        if refusal is not None:
            _refused(refusal, about)
        return said

    def _answer(self, method: str, path: str, token: Secret[str], body: Mapping[str, Any] | None) -> Mapping[str, Any]:
        """The document in the answer: of a call that succeeded, or with Meta's error."""
        headers = {"Authorization": f"Bearer {token.reveal()}"}
        try:
            response = self.pool.request(
                method,
                f"{self.base_url.rstrip('/')}/{self.version}/{path}",
                body=None if body is None else json.dumps(body).encode(),
                headers=headers if body is None else headers | {"Content-Type": "application/json"},
                timeout=self.timeout,
                retries=False,
                redirect=False,
            )
        except HTTPError as error:
            raise Unavailable(f"Meta does not answer: {type(error).__name__}") from None
        try:
            said = as_object(json.loads(response.data or b""))
        except (ValueError, RecursionError):
            raise Unavailable(f"Meta answers with HTTP status {response.status} and nothing to read") from None
        if response.status != 200 and code(as_object(said.get("error")).get("code")) is None:
            raise Unavailable(f"Meta answers with HTTP status {response.status}")
        return said


def said_word(said: Mapping[str, Any], name: str) -> str:
    """A word of Meta's answer, cleaned; empty where there is none."""
    return clean(word(said.get(name)) or "")


def _refused(refusal: int, about: str) -> Never:
    """What a code of Meta's means for who typed the id and the token in."""
    action = action_for(refusal)
    if refusal == BAD_TOKEN:
        _refuse("access_token", "Meta does not know this token (any more)")
    if action is Action.STOP_TOKEN:
        _refuse("access_token", f"this token lacks a permission that Meta asks for here (code {refusal})")
    if refusal in UNKNOWN_THING:
        _refuse(about, "Meta knows nothing under this id, or this token may not see it")
    if action in LATER:
        raise Unavailable(f"Meta asks to come later (code {refusal})")
    _refuse(about, f"Meta refuses it (code {refusal})")


def _refuse(field: str, said: str) -> Never:
    raise Rejected("Meta does not take it", word="invalid", fields={field: said})
