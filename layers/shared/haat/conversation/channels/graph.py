"""The Graph API: one call says one message, and its answer is read by Meta's code, never by its title or its HTTP status.

A picture goes up in a call of its own before that (Cloud API, Media, "Upload media"; Messenger Platform, Attachment Upload API, "Upload
from file", looked up: a form with `message` and `filedata`, answered by an `attachment_id`); the message then names its id.

What an answer means for the message:

| answer | outcome |
| --- | --- |
| 200 with a message id | Accepted |
| an error with a code of Meta's, under any HTTP status | Refused: certainly not sent |
| a connection that was never made | NotConnected: certainly not sent |
| everything else: time-out, dropped connection, 5xx or 4xx without a code (a proxy's answer), a redirect, 200 without an id | Unknown |

Whatever comes of a picture's way up, the message was not sent; so none of it is Unknown, and where only the picture is to blame it is
RETRY_ONCE, after which the text goes alone.

The token stands in one header of one request; it is in no URL, exception or log.
"""

import json
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final
from urllib.parse import quote

import urllib3
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    LocationValueError,
    MaxRetryError,
    NewConnectionError,
    SSLError,
)
from urllib3.filepost import encode_multipart_formdata

from haat.conversation.channels.whatsapp import fits_caption, request_for
from haat.conversation.channels.whatsapp_place import CHANNEL as WHATSAPP
from haat.conversation.channels.wire import as_object, code, objects, word
from haat.conversation.model import Outgoing
from haat.conversation.ports import STOPS, Accepted, Action, Line, NotConnected, Refused, SendOutcome, Unknown
from haat.conversation.rules.parts import is_picture
from haat.kernel.errors import Rejected
from haat.kernel.ids import ProviderId
from haat.kernel.secret import Secret

BAD_TOKEN = 190  # Meta's code for a token that it can't use
NOT_UP = 131053  # and for media that would not go up

ACTIONS: Final[Mapping[int, Action]] = {
    # Meta's servers are in trouble, or busy.
    **dict.fromkeys((1, 2, 131000, 131016, 133004, 135000), Action.RETRY),
    # Rate of the app, of the account, of the number.
    **dict.fromkeys((4, 80007, 130429), Action.SLOW_NUMBER),
    131056: Action.WAIT_PAIR,  # too much for one customer
    131057: Action.RETRY_MINUTES,  # the number is being upgraded
    **dict.fromkeys((131052, NOT_UP), Action.RETRY_ONCE),  # media would not come down or go up
    # Token, permission.
    **dict.fromkeys((0, 3, 10, BAD_TOKEN, *range(200, 300)), Action.STOP_TOKEN),
    **dict.fromkeys((131048, 131064), Action.STOP_SPAM),  # too many complaints; template quality
    **dict.fromkeys((368, 131031, 130497), Action.STOP_POLICY),  # blocked for policy, locked, country
    131042: Action.STOP_BILLING,
    131026: Action.UNDELIVERABLE,  # no WhatsApp, an old one, or terms not accepted
    131047: Action.GIVE_UP,  # outside the window
    **dict.fromkeys((131049, 130472), Action.GIVE_UP),  # Meta chose not to deliver; not sooner than in 24 h
    131050: Action.GIVE_UP,  # the customer stopped marketing
    **dict.fromkeys((131030, 133010), Action.GIVE_UP),  # configuration: allow-list, number not registered
    131005: Action.PLAINER,  # access; also of a card, where the shop has not agreed to the terms of payments
    **dict.fromkeys((131051, 131008, 131009, 100, 33), Action.PLAINER),  # our request is wrong
    # Template: count, missing, length, policy, format, paused, disabled, a value with line breaks.
    **dict.fromkeys((132000, 132001, 132005, 132007, 132008, 132012, 132015, 132016, 132018), Action.GIVE_UP),
}

# Of a picture's refusal: what the message would be refused for, too. Anything else is the picture's own trouble.
_WHOLE_LINE = STOPS | {Action.SLOW_NUMBER, Action.WAIT_PAIR}


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """How a channel takes a picture, before a message names it."""

    edge: str  # where it goes up
    fields: tuple[tuple[str, str], ...]  # of the form, before the file
    file: str  # and what the file is called there
    id: str  # what the answer calls its id


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How a channel wants a message, and how it answers."""

    body: Callable[[Outgoing, str], Mapping[str, Any]]  # of the message, with the id of a picture that is up
    taken: Callable[[Mapping[str, Any]], str | None]  # the channel's id of a message that it took, in its answer
    refused: Callable[[int, int | None], Refused]  # what a code and a subcode mean
    shows: Callable[[Outgoing], bool]  # whether the picture of its code goes along
    upload: Upload


def action_for(error: int) -> Action:
    """What a code of WhatsApp's asks for. One that is in no table is tried again: a refusal was not sent, so that can't double, and the window ends it."""
    return ACTIONS.get(error, Action.RETRY)


def _message_id(answer: Mapping[str, Any]) -> str | None:
    messages, _ = objects(answer.get("messages"))
    return word(messages[0].get("id")) if messages else None


def _refused(error: int, _subcode: int | None) -> Refused:
    return Refused(code=error, action=action_for(error))


_WHATSAPP: Final = Dialect(
    body=request_for,
    taken=_message_id,
    refused=_refused,
    shows=lambda outgoing: outgoing.bill is None and fits_caption(outgoing.text),
    upload=Upload(
        edge="media", fields=(("messaging_product", "whatsapp"), ("type", "image/png")), file="file", id="id"
    ),
)
_REUSABLE: Final = '{"attachment":{"type":"image","payload":{"is_reusable":true}}}'
_PAGES_UPLOAD: Final = Upload(
    edge="message_attachments", fields=(("message", _REUSABLE),), file="filedata", id="attachment_id"
)


def dialect_of(outgoing: Outgoing) -> Dialect:
    """Its channel's; Messenger's is loaded with its first message, as most shops have one channel."""
    if outgoing.channel == WHATSAPP:
        return _WHATSAPP
    from haat.conversation.channels import messenger  # noqa: PLC0415  # as above

    return Dialect(
        body=messenger.request_for,
        taken=lambda answer: word(answer.get("message_id")),
        refused=partial(messenger.refused, late=outgoing.agent),
        shows=is_picture,
        upload=_PAGES_UPLOAD,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """Speaks to the Graph API. `version` is one such as v25.0; `timeout` should be well under the time that a function has."""

    pool: urllib3.PoolManager
    base_url: str
    version: str
    timeout: urllib3.Timeout

    def say(self, line: Line, outgoing: Outgoing) -> SendOutcome:
        """Write an outgoing message in its channel's dialect, and send it; what goes along as a picture goes up first."""
        speech, picture = dialect_of(outgoing), ""
        if outgoing.code and speech.shows(outgoing):
            up = self._put_up(line, outgoing, speech)
            if not isinstance(up, str):
                return up
            if not up and is_picture(outgoing):
                return Refused(code=NOT_UP, action=Action.GIVE_UP)
            picture = up
        return self.send(line.channel.address, line.token, speech.body(outgoing, picture), speech)

    def _put_up(self, line: Line, outgoing: Outgoing, speech: Dialect) -> str | Refused | NotConnected:
        """Make the picture of a code and bring it to the channel -> its id there, "" where there is no such code."""
        from haat.kernel.qr import png  # noqa: PLC0415  # few messages have a picture, and it loads much

        try:
            file = ("code.png", png(outgoing.code), "image/png")
        except Rejected:
            return ""
        up = speech.upload
        # Its boundary is of our own id: what is sent is the same when it is sent again.
        body, kind = encode_multipart_formdata([*up.fields, (up.file, file)], boundary=f"haat-{outgoing.id}")
        answer = self._post(line.channel.address, up.edge, line.token, body, kind)
        if isinstance(answer, tuple):
            return read_upload(*answer, speech)
        return Refused(code=NOT_UP, action=Action.RETRY_ONCE) if isinstance(answer, Unknown) else answer

    def action(self, code: int) -> Action:
        """What a code asks for that came as a later status, which WhatsApp alone has."""
        return action_for(code)

    def send(
        self, address: str, token: Secret[str], body: Mapping[str, Any], speech: Dialect = _WHATSAPP
    ) -> SendOutcome:
        """POST one message for an address. Never raises for what the network or Meta does, and never tries twice."""
        text = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        answer = self._post(address, "messages", token, text, "application/json")
        return read_answer(*answer, speech) if isinstance(answer, tuple) else answer

    def _post(
        self, address: str, edge: str, token: Secret[str], body: bytes, kind: str
    ) -> tuple[int, bytes] | Refused | NotConnected | Unknown:
        if not fits_header(token):
            return Refused(code=BAD_TOKEN, action=action_for(BAD_TOKEN))
        try:
            response = self.pool.request(
                "POST",
                f"{self.base_url.rstrip('/')}/{self.version}/{quote(address, safe='')}/{edge}",
                body=body,
                headers={"Authorization": f"Bearer {token.reveal()}", "Content-Type": kind},
                timeout=self.timeout,
                retries=False,
                redirect=False,
            )
        except HTTPError as error:
            return NotConnected() if _never_connected(error) else Unknown()
        return response.status, response.data or b""  # None, whatever its type says, for an empty body made by hand


def read_answer(status: int, body: bytes, speech: Dialect = _WHATSAPP) -> SendOutcome:
    """What an answer to a send means for the message."""
    try:
        answer = as_object(json.loads(body))
    except (ValueError, RecursionError):
        return Unknown()
    provider_id, error = speech.taken(answer), as_object(answer.get("error"))
    if status == 200 and provider_id:
        return Accepted(provider_id=ProviderId(provider_id))
    refusal = code(error.get("code"))
    return Unknown() if refusal is None else speech.refused(refusal, code(error.get("error_subcode")))


def read_upload(status: int, body: bytes, speech: Dialect = _WHATSAPP) -> str | Refused:
    """What an answer to a picture means: its id, or why the message that it belongs to is not sent with it."""
    try:
        answer = as_object(json.loads(body))
    except (ValueError, RecursionError):
        answer = {}
    if status == 200 and (id := word(answer.get(speech.upload.id))):
        return id
    error = as_object(answer.get("error"))
    if (refusal := code(error.get("code"))) is None:
        return Refused(code=NOT_UP, action=Action.RETRY_ONCE)
    refused = speech.refused(refusal, code(error.get("error_subcode")))
    return refused if refused.action in _WHOLE_LINE else replace(refused, action=Action.RETRY_ONCE)


def _never_connected(error: HTTPError) -> bool:
    """Whether not one byte of the request can have left us."""
    cause: object = error.reason if isinstance(error, MaxRetryError) else error
    if isinstance(cause, SSLError):  # an answer that breaks off raises this too: only a refused certificate is sure
        return any(isinstance(reason, ssl.SSLCertVerificationError) for reason in cause.args)
    return isinstance(cause, NewConnectionError | ConnectTimeoutError | LocationValueError)


def fits_header(token: Secret[str]) -> bool:
    """Whether a token can stand in a header: http.client quotes a header that it refuses in its error, and this one holds the token."""
    value = token.reveal()
    return value.isascii() and value.isprintable() and " " not in value and bool(value)
