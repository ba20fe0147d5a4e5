"""What Meta accepts in `POST /{phone-number-id}/messages`: a body is read once, and refused with Meta's words.

Source: Cloud API, Messages (meta-platform, section 4). Pure functions. Limits are in characters.
"""

from dataclasses import dataclass

from infra.local.simulators.graph_errors import GraphRefusal
from infra.local.simulators.interactive import interactive_text
from infra.local.simulators.people import phone_digits
from infra.local.simulators.wire import Json

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
OPAQUE_LIMIT = 512

_MEDIA = ("image", "video", "audio", "document", "sticker")
_KINDS = ("text", "reaction", "location", "contacts", "interactive", "template", *_MEDIA)
_FRAME = {"messaging_product", "recipient_type", "to", "recipient", "type", "context", "biz_opaque_callback_data"}
_RECEIPT = {"messaging_product", "status", "message_id", "typing_indicator"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message that Meta would take: addressed to a number (`to`, digits) or to a user id (`recipient`)."""

    kind: str
    text: str
    given: str
    to: str | None
    recipient: str | None
    quoted: str | None
    opaque: str | None
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
    _only(body, _RECEIPT)
    if body["status"] != "read":
        raise GraphRefusal(100, "Param status must be one of {read}")
    typing = body.get("typing_indicator")
    if typing is not None and typing != {"type": "text"}:
        raise GraphRefusal(100, "Param typing_indicator['type'] must be one of {text}")
    return Receipt(message_id=_string(body, "message_id"), typing=typing is not None)


def _message(body: Json) -> Message:
    kind = body.get("type", "text")
    if kind not in _KINDS:
        raise GraphRefusal(100, f"Param type must be one of {{{', '.join(_KINDS)}}}")
    _only(body, _FRAME | {kind})
    if body.get("recipient_type", "individual") != "individual":
        raise GraphRefusal(100, "Param recipient_type must be one of {individual}")
    content = body.get(kind)
    if kind == "contacts":
        if not isinstance(content, list) or not content:
            raise GraphRefusal(131008, "Parameter contacts is missing")
        text, target = "", None
    else:
        if not isinstance(content, dict):
            raise GraphRefusal(131008, f"Parameter {kind} is missing")
        text, target = _content(kind, content)
    given, to, recipient = _address(body)
    return Message(
        kind=kind,
        text=text,
        given=given,
        to=to,
        recipient=recipient,
        quoted=_quoted(body),
        opaque=_opaque(body),
        target=target,
    )


def _content(kind: str, content: Json) -> tuple[str, str | None]:
    """Check the part named like the type; return what a person would read, and a reaction's message."""
    if kind == "text":
        _only(content, {"body", "preview_url"}, "text")
        if not isinstance(content.get("preview_url", False), bool):
            raise GraphRefusal(100, "Param text['preview_url'] must be a boolean.")
        return _limited(_string(content, "body", "text"), TEXT_LIMIT, "text['body']"), None
    if kind == "reaction":
        _only(content, {"message_id", "emoji"}, "reaction")
        if not isinstance(content.get("emoji"), str):
            raise GraphRefusal(131008, "Parameter reaction['emoji'] is missing")
        return str(content["emoji"]), _string(content, "message_id", "reaction")
    if kind == "interactive":
        return interactive_text(content), None
    if kind == "template":
        language = content.get("language")
        if not isinstance(language, dict) or not isinstance(language.get("code"), str):
            raise GraphRefusal(131008, "Parameter template['language'] is missing")
        return _string(content, "name", "template"), None
    if kind in _MEDIA:
        if isinstance(content.get("id"), str) == isinstance(content.get("link"), str):
            raise GraphRefusal(100, f"Param {kind} must have exactly one of 'id' and 'link'")
        return _limited(str(content.get("caption", "")), CAPTION_LIMIT, f"{kind}['caption']"), None
    if not all(isinstance(content.get(axis), int | float | str) for axis in ("latitude", "longitude")):
        raise GraphRefusal(131008, "Parameters location['latitude'] and location['longitude'] are missing")
    return str(content.get("name", "")), None


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


def _quoted(body: Json) -> str | None:
    context = body.get("context")
    if context is None:
        return None
    if not isinstance(context, dict):
        raise GraphRefusal(100, "Param context must be a JSON object.")
    _only(context, {"message_id"}, "context")
    return _string(context, "message_id", "context")


def _opaque(body: Json) -> str | None:
    opaque = body.get("biz_opaque_callback_data")
    if opaque is None:
        return None
    if not isinstance(opaque, str):
        raise GraphRefusal(100, "Param biz_opaque_callback_data must be a string.")
    return _limited(opaque, OPAQUE_LIMIT, "biz_opaque_callback_data")


def _only(content: Json, known: set[str], where: str = "") -> None:
    """Refuse a field that Meta does not know: a misspelt one must not pass in silence."""
    for name in content:
        if name not in known:
            place = f' on param "{where}"' if where else ""
            raise GraphRefusal(100, f'Unexpected key "{name}"{place}.', message="(#100) Invalid parameter")


def _string(content: Json, name: str, where: str = "") -> str:
    value = content.get(name)
    label = f"{where}['{name}']" if where else name
    if value is None or value == "":
        raise GraphRefusal(131008, f"Parameter {label} is missing")
    if not isinstance(value, str):
        raise GraphRefusal(100, f"Param {label} must be a string.")
    return value


def _limited(text: str, limit: int, label: str) -> str:
    if len(text) > limit:
        raise GraphRefusal(100, message=f"(#100) Param {label} must be at most {limit} characters long.")
    return text
