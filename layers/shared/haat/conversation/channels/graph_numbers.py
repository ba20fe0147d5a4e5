"""What Meta says of a shop's number, before its token is kept.

Two calls: the number's own page, and the subscription of its account to our app, without which Meta sends us nothing that its customers
write (Cloud API, Phone numbers; Business Management API, WABA subscribed_apps). Both may be made again at any time.
As in `graph.py` an answer is read by Meta's code, and the token stands in one header only.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Never

import urllib3
from urllib3.exceptions import HTTPError

from haat.conversation.channels.graph import BAD_TOKEN, action_for, fits_header
from haat.conversation.channels.wire import as_object, code, word
from haat.conversation.model import Number
from haat.conversation.ports import Action
from haat.kernel.errors import Rejected, Unavailable
from haat.kernel.secret import Secret
from haat.kernel.text import clean

FIELDS = "display_phone_number,verified_name,quality_rating,code_verification_status"
UNKNOWN_THING = (33, 100)  # Meta's codes for an object that is not there, or not for this token
LATER = frozenset({Action.RETRY, Action.SLOW_NUMBER, Action.WAIT_PAIR, Action.RETRY_MINUTES, Action.RETRY_ONCE})


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphNumbers:
    """Fills the port Numbers."""

    pool: urllib3.PoolManager
    base_url: str
    version: str
    timeout: urllib3.Timeout

    def ask(self, address: str, account: str, token: Secret[str]) -> Number:
        """Raises Rejected naming the field, Unavailable."""
        if not fits_header(token):
            _refuse("access_token", "is no token of Meta's")
        said = self._call("GET", f"{address}?fields={FIELDS}", token, "phone_number_id")
        if said.get("id") != address:
            raise Unavailable("Meta answered for another number")
        self._call("POST", f"{account}/subscribed_apps", token, "account_id")
        return Number(
            display=_word(said, "display_phone_number"),
            name=_word(said, "verified_name"),
            verification=_word(said, "code_verification_status"),
            quality=_word(said, "quality_rating"),
        )

    def _call(self, method: str, path: str, token: Secret[str], about: str) -> Mapping[str, Any]:
        """One call; `about` is the field that names the object which it is about."""
        try:
            response = self.pool.request(
                method,
                f"{self.base_url.rstrip('/')}/{self.version}/{path}",
                headers={"Authorization": f"Bearer {token.reveal()}"},
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
        refusal = code(as_object(said.get("error")).get("code"))
        if refusal is not None:
            _refused(refusal, about)
        if response.status != 200:
            raise Unavailable(f"Meta answers with HTTP status {response.status}")
        return said


def _word(said: Mapping[str, Any], name: str) -> str:
    return clean(word(said.get(name)) or "")


def _refused(refusal: int, about: str) -> Never:
    """What a code of Meta's means for who typed the number and the token in."""
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
