"""What Meta accepts in `POST /{page-id}/messages`: a body is read once, and refused with Meta's words.

Source: Messenger Platform, Send API (meta-platform, section 7). Pure functions. Limits are in characters. Whether the person
exists, and whether the window is open, is for `messenger_sending.py`.
"""

from dataclasses import dataclass

from infra.local.simulators.graph_errors import GraphRefusal
from infra.local.simulators.messenger_errors import refusal
from infra.local.simulators.shapes import Anything, Flag, Rule, Text, Thing, Things, judge
from infra.local.simulators.wire import Json
from infra.local.simulators.world import Offer

TEXT_LIMIT, METADATA_LIMIT, QUICK_REPLIES = 2000, 1000, 13
TYPES = ("RESPONSE", "UPDATE", "MESSAGE_TAG")
HUMAN_AGENT = "HUMAN_AGENT"
ACTIONS = ("typing_on", "typing_off", "mark_seen")
FILES = ("image", "audio", "video", "file")

_PAYLOAD, _TITLE = Text(limit=1000), Text(limit=20)
_QUICK_REPLY = Thing(
    {"content_type": Text(one_of=("text", "user_phone_number", "user_email"))},
    {"title": _TITLE, "payload": _PAYLOAD, "image_url": Text(web=True)},
)
_BUTTON = Thing(
    {"type": Text(one_of=("web_url", "postback", "phone_number")), "title": _TITLE},
    {
        "url": Text(web=True),
        "payload": _PAYLOAD,
        "fallback_url": Text(web=True),
        "messenger_extensions": Flag(),
        "webview_height_ratio": Text(one_of=("compact", "tall", "full")),
        "webview_share_button": Text(),
    },
)
_BUTTONS = Things(of=_BUTTON, most=3)
_ELEMENT = Thing(
    {"title": Text(limit=80)},
    {
        "subtitle": Text(limit=80, blank=True),
        "image_url": Text(web=True),
        "default_action": Anything(),
        "buttons": _BUTTONS,
    },
)
_RECEIPT: dict[str, Rule] = {name: Text() for name in ("recipient_name", "order_number", "currency", "payment_method")}
_MORE_RECEIPT: dict[str, Rule] = {
    name: Anything()
    for name in ("merchant_name", "timestamp", "order_url", "address", "elements", "adjustments", "sharable")
}
_TEMPLATES: dict[str, Thing] = {
    "button": Thing({"text": Text(limit=640), "buttons": _BUTTONS}, {"sharable": Flag()}),
    "generic": Thing({"elements": Things(of=_ELEMENT, most=10)}, {"sharable": Flag(), "image_aspect_ratio": Text()}),
    "receipt": Thing(
        _RECEIPT
        | {
            "summary": Thing(
                {"total_cost": Anything()},
                {"subtotal": Anything(), "shipping_cost": Anything(), "total_tax": Anything()},
            )
        },
        _MORE_RECEIPT,
    ),
}
_FILE = Thing(may={"url": Text(web=True), "attachment_id": Text(), "is_reusable": Flag()})
_MESSAGE = Thing(
    may={
        "text": Text(limit=TEXT_LIMIT),
        "attachment": Thing({"type": Text(one_of=(*FILES, "template")), "payload": Anything()}),
        "quick_replies": Things(of=_QUICK_REPLY, most=QUICK_REPLIES),
        "metadata": Text(limit=METADATA_LIMIT, blank=True),
    }
)
_BODY = Thing(
    {"recipient": Thing({"id": Text()}), "messaging_type": Text(one_of=TYPES), "message": _MESSAGE},
    {
        "tag": Text(),
        "reply_to": Thing({"mid": Text()}),
        "notification_type": Text(one_of=("REGULAR", "SILENT_PUSH", "NO_PUSH")),
        "persona_id": Text(),
    },
)
_ACTION = Thing({"recipient": Thing({"id": Text()}), "sender_action": Text(one_of=ACTIONS)}, {"persona_id": Text()})


@dataclass(frozen=True, slots=True, kw_only=True)
class PageMessage:
    """A message that Meta would take, to a page-scoped id.

    `text` is what a person reads of it, what can be tapped below it included; `content` is what an echo repeats.
    """

    recipient: str
    kind: str
    text: str
    content: Json
    tag: str | None
    quoted: str | None
    metadata: str | None
    offers: tuple[Offer, ...] = ()
    attachment_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """A sign to the customer: that the page is typing or not, or has seen what was written."""

    recipient: str
    action: str


def read(body: Json) -> PageMessage | Action:
    """Read a body, or raise the refusal that Meta would answer."""
    if body.get("sender_action") is not None:
        if body.get("message") is not None:
            raise refusal(100, words="Only one of message and sender_action can be sent.")
        _judge(_ACTION, body, "")
        return Action(recipient=body["recipient"]["id"], action=body["sender_action"])
    _judge(_BODY, body, "")
    tag = body.get("tag")
    if (body["messaging_type"] == "MESSAGE_TAG") != (tag is not None):
        raise refusal(100, words="Param tag goes with the messaging_type MESSAGE_TAG, and it with a tag.")
    if tag not in (None, HUMAN_AGENT):
        raise refusal(100, words="Invalid tag.")
    message = body["message"]
    if (message.get("text") is None) == (message.get("attachment") is None):
        raise refusal(100, words="Param message must have exactly one of text and attachment.")
    kind, text, content, offers = _said(message)
    quick = _quick_replies(message.get("quick_replies") or [])
    return PageMessage(
        recipient=body["recipient"]["id"],
        kind=kind,
        text="\n".join([text, *(f"[{offer.title}]" for offer in (*offers, *quick))]),
        content=content,
        tag=tag,
        quoted=(body.get("reply_to") or {}).get("mid"),
        metadata=message.get("metadata"),
        offers=(*offers, *quick),
        attachment_id=((message.get("attachment") or {}).get("payload") or {}).get("attachment_id"),
    )


def judge_attachment(attachment: Json) -> None:
    """Check what is uploaded for later: a file, without or with its URL."""
    _judge(Thing({"type": Text(one_of=FILES)}, {"payload": _FILE}), attachment, "message[attachment]")


def _said(message: Json) -> tuple[str, str, Json, tuple[Offer, ...]]:
    """Return the kind of a message, its words, what an echo repeats of it, and the buttons that stay."""
    if message.get("text") is not None:
        return "text", message["text"], {"text": message["text"]}, ()
    kind, payload = message["attachment"]["type"], message["attachment"]["payload"]
    if kind != "template":
        _judge(_FILE, payload, "message[attachment][payload]")
        if (payload.get("url") is None) == (payload.get("attachment_id") is None):
            raise refusal(100, words="Param payload must have exactly one of url and attachment_id.")
        return kind, "", {"attachments": [{"type": kind, "payload": {"url": payload.get("url", "")}}]}, ()
    form = payload.get("template_type") if isinstance(payload, dict) else None
    if form not in _TEMPLATES:
        raise refusal(100, words="Param template_type must be one of {" + ", ".join(_TEMPLATES) + "}")
    rule = _TEMPLATES[form]
    _judge(Thing({"template_type": Text()} | dict(rule.needs), rule.may), payload, "message[attachment][payload]")
    buttons = [*(payload.get("buttons") or []), *(b for e in _elements(payload) for b in e.get("buttons") or [])]
    offers = tuple(_button(button) for button in buttons)
    words = payload.get("text") or "\n".join(element.get("title", "") for element in _elements(payload))
    told = {name: value for name, value in payload.items() if name in ("template_type", "buttons", "elements")}
    content = {"text": payload["text"]} if payload.get("text") else {}
    content |= {"attachments": [{"type": kind, "payload": told}]}
    kept = tuple(offer for offer in offers if offer is not None)
    return "template", words or payload["order_number"], content, kept


def _elements(payload: Json) -> list[Json]:
    return [element for element in payload.get("elements") or [] if isinstance(element, dict)]


def _button(button: Json) -> Offer | None:
    """Read a button; only a postback tells the page that it was tapped."""
    needs = "url" if button["type"] == "web_url" else "payload"
    if button.get(needs) is None:
        raise refusal(100, words=f"A button of type {button['type']} must have a {needs}.")
    if button["type"] != "postback":
        return None
    return Offer(kind="postback", id=button["payload"], title=button["title"])


def _quick_replies(replies: list[Json]) -> tuple[Offer, ...]:
    """Read the quick replies; one of text needs words and a payload. Those that give a number or an address are not played."""
    texts = [reply for reply in replies if reply["content_type"] == "text"]
    for reply in texts:
        if reply.get("title") is None or reply.get("payload") is None:
            raise refusal(100, words="A quick reply of text must have a title and a payload.")
    return tuple(Offer(kind="quick reply", id=reply["payload"], title=reply["title"]) for reply in texts)


def _judge(rule: Rule, value: object, where: str) -> None:
    """Judge as for WhatsApp; Messenger has one code for all mistakes."""
    try:
        judge(rule, value, where)
    except GraphRefusal as mistake:
        raise refusal(100, words=mistake.details or mistake.message) from None
