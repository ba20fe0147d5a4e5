"""What Meta accepts in `POST /{phone-number-id}/messages`: a body is read once, and refused with Meta's words.

Source: Cloud API, Messages (meta-platform, section 4). Pure functions. What is under the type is in `contents.py` and
`interactive.py`; whether a media id, a template or a customer exists is for `sending.py`.
"""

from dataclasses import dataclass

from infra.local.simulators.contents import CONTENTS, TEXT_LIMIT, read_content
from infra.local.simulators.graph_errors import GraphRefusal
from infra.local.simulators.interactive import interactive_text
from infra.local.simulators.people import phone_digits
from infra.local.simulators.shapes import Anything, Rule, Text, Thing, judge, missing
from infra.local.simulators.wire import Json

__all__ = ["OPAQUE_LIMIT", "TEXT_LIMIT", "Message", "Receipt", "parse"]

OPAQUE_LIMIT = 512

_KINDS = (*CONTENTS, "interactive")
_FRAME: dict[str, Rule] = {
    "recipient_type": Text(one_of=("individual",)),
    "to": Anything(),
    "recipient": Anything(),
    "type": Text(one_of=_KINDS),
    "context": Thing({"message_id": Text()}),
    "biz_opaque_callback_data": Text(limit=OPAQUE_LIMIT, long=100, blank=True),
    "recipient_identity_key_hash": Text(),
}
_RECEIPT = Thing(
    {"messaging_product": Text(), "status": Text(one_of=("read",)), "message_id": Text()},
    {"typing_indicator": Thing({"type": Text(one_of=("text",))})},
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message that Meta would take: addressed to a number (`to`, digits) or to a user id (`recipient`).

    `text` is what a person reads of it, `content` the checked part under its type, `target` a reaction's message.
    """

    kind: str
    text: str
    given: str
    to: str | None
    recipient: str | None
    quoted: str | None
    opaque: str | None
    content: object
    target: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """A sign that the customer's message was read, and with `typing` that an answer is being written."""

    message_id: str
    typing: bool


def parse(body: Json) -> Message | Receipt:
    """Read a body, or raise the refusal that Meta would answer."""
    if str(body.get("messaging_product", "")).lower() != "whatsapp":
        raise GraphRefusal(100, message="(#100) The parameter messaging_product is required.")
    return _receipt(body) if "status" in body else _message(body)


def _receipt(body: Json) -> Receipt:
    judge(_RECEIPT, body, "")
    return Receipt(message_id=body["message_id"], typing=body.get("typing_indicator") is not None)


def _message(body: Json) -> Message:
    kind = body.get("type", "text")
    judge(_FRAME["type"], kind, "type")
    judge(Thing({"messaging_product": Text()}, _FRAME | {kind: Anything()}), body, "")
    content = body.get(kind)
    if content is None:
        raise missing(kind)
    text = interactive_text(content) if kind == "interactive" else read_content(kind, content)
    given, to, recipient = _address(body)
    return Message(
        kind=kind,
        text=text,
        given=given,
        to=to,
        recipient=recipient,
        quoted=(body.get("context") or {}).get("message_id"),
        opaque=body.get("biz_opaque_callback_data"),
        content=content,
        target=content["message_id"] if kind == "reaction" else None,
    )


def _address(body: Json) -> tuple[str, str | None, str | None]:
    """Return (as it was given, digits or None, user id or None); with both, `to` wins."""
    if body.get("to") is not None:
        given = body["to"]
        if not isinstance(given, str) or not 5 <= len(phone_digits(given)) <= 20:
            raise GraphRefusal(100, "Param to must be a valid WhatsApp number.")
        return given, phone_digits(given), None
    if body.get("recipient") is not None:
        given = body["recipient"]
        if not isinstance(given, str) or len(given) < 4 or given[2:3] != ".":
            raise GraphRefusal(100, "Param recipient must be a valid business-scoped user id.")
        return given, None, given
    raise GraphRefusal(100, message="(#100) The parameter to is required.")
