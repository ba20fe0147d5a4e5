"""What the contract of a channel needs of each: bodies in its dialect for the same events, and its answers to a send.

Another channel adds its kit to KITS, and nothing else.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from haat.conversation.channels import messenger, whatsapp
from haat.conversation.channels.graph import Dialect, dialect_of
from haat.conversation.channels.meta import Envelope
from haat.conversation.model import Outgoing
from haat.conversation.ports import Action
from haat.facts.conversation import Contact
from haat.facts.said import Choice
from haat.kernel.ids import CorrelationId, MessageId, Pepper, ulid
from haat.kernel.time import Instant
from tests import invented

NOW = Instant(1_795_000_000_000)  # November 2026
EARLIER = Instant(NOW - 10_000)
PEPPER = Pepper(b"pepper of a test")
OURS = MessageId(ulid(NOW, b"0123456789"))

type Item = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kit:
    """A channel in a test. Its events are items of the list in which the channel brings them."""

    name: str
    shop: str
    customer: Contact
    parse: Callable[[bytes, Pepper, Instant, CorrelationId], Envelope]
    body: Callable[..., Item]  # a webhook of these items
    where: tuple[str | int, ...]  # the way to the list of them
    said: Callable[..., Item]  # a customer's text; `id`, `quotes`
    tap: Callable[[str, str], Item]  # on what we offered: its title, its id
    echo: Callable[[str], Item]  # what a person said for the shop, to the customer
    echoes: Callable[..., Item]  # a webhook of such
    reaction: Callable[[str, str], Item]  # to a message; without an emoji it is taken back
    edit: Callable[[str, str], Item]
    deletion: Callable[[str], Item]
    unsupported: Item
    strange: Item  # of a kind that nobody knows yet
    nobody: Item  # a text that does not say who wrote it
    sent: Callable[[str], Item]  # the channel took a message with this id of ours
    to: Callable[[Mapping[str, Any]], Any]  # whom a send is for
    words: Callable[[Mapping[str, Any]], Any]
    offered: Callable[[Mapping[str, Any]], list[tuple[str, str]]]  # (id, title)
    mark: Callable[[Mapping[str, Any]], Any]  # our id in a send
    most: int  # choices without a list
    taken: Mapping[str, Any]  # the answer to a send that was taken, for "X1"
    refusals: Mapping[Action, tuple[int, int | None]]

    def take(self, *items: Item) -> Envelope:
        """What a webhook with these items brings."""
        return self.read(self.body(*items))

    def read(self, document: Any) -> Envelope:
        """What a webhook brings."""
        return self.parse(json.dumps(document).encode(), PEPPER, NOW, CorrelationId("c1"))

    def one(self, item: Item) -> Any:
        """The only fact of an item."""
        [fact] = self.take(item).facts
        return fact

    def outgoing(self, text: str = "সকাল ৯টা", **more: Any) -> Outgoing:
        """Something to say to the customer."""
        made: dict[str, Any] = {
            "id": OURS,
            "channel": self.name,
            "address": self.shop,
            "contact": self.customer,
            "quotes": None,
        }
        return invented.outgoing(text=text, **(made | more))

    @property
    def dialect(self) -> Dialect:
        """As the client speaks it."""
        return dialect_of(self.outgoing())

    def write(self, **more: Any) -> Mapping[str, Any]:
        """The body of a send."""
        return self.dialect.body(self.outgoing(**more), "")


def choices(count: int, *, title: str = "Price") -> tuple[Choice, ...]:
    """What can be chosen."""
    return tuple(Choice(id=f"entry:{number}", title=f"{title} {number}") for number in range(count))


# --- WhatsApp ---

_PHONE, _SHOP = "919000000001", "100000000000001"


def _wa_body(*items: Item, field: str = "messages", part: str = "messages") -> Item:
    metadata = {"display_phone_number": "913312345678", "phone_number_id": _SHOP}
    if items and "biz_opaque_callback_data" in items[0]:
        part = "statuses"
    change = {"field": field, "value": {"messaging_product": "whatsapp", "metadata": metadata, part: list(items)}}
    return {"object": "whatsapp_business_account", "entry": [{"id": "7", "changes": [change]}]}


def _wa(kind: str, payload: Any = None, *, id: str = "wamid.A", **more: Any) -> Item:
    content = {} if payload is None else {kind: payload}
    return {"id": id, "from": _PHONE, "timestamp": str(EARLIER // 1000), "type": kind, **content, **more}


def _wa_said(text: str, *, id: str = "A", quotes: str = "") -> Item:
    context = {"context": {"id": quotes}} if quotes else {}
    return _wa("text", {"body": text}, id=id, **context)


def _wa_offered(body: Mapping[str, Any]) -> list[tuple[str, str]]:
    buttons = body["interactive"]["action"]["buttons"] if "interactive" in body else []
    return [(button["reply"]["id"], button["reply"]["title"]) for button in buttons]


WHATSAPP = Kit(
    name="whatsapp",
    shop=_SHOP,
    customer=Contact(phone=_PHONE),
    parse=whatsapp.parse,
    body=_wa_body,
    where=("entry", 0, "changes", 0, "value", "messages"),
    said=_wa_said,
    tap=lambda title, ref: _wa(
        "interactive", {"type": "button_reply", "button_reply": {"id": ref, "title": title}}, id="T"
    ),
    echo=lambda text: {**_wa("text", {"body": text}, to=_PHONE), "from": "913312345678"},
    echoes=lambda *items: _wa_body(*items, field="smb_message_echoes", part="message_echoes"),
    reaction=lambda about, emoji: _wa("reaction", {"message_id": about, "emoji": emoji}, id=f"R{emoji}"),
    edit=lambda about, text: _wa(
        "edit", {"original_message_id": about, "message": {"type": "text", "text": {"body": text}}}, id="E"
    ),
    deletion=lambda about: _wa("revoke", {"original_message_id": about}, id="D"),
    unsupported=_wa("unsupported", id="U", errors=[{"code": 131051}]),
    strange=_wa("hologram", {"depth": 3}, id="S"),
    nobody={name: value for name, value in _wa_said("hours").items() if name != "from"},
    sent=lambda ours: {
        "id": "wamid.B",
        "status": "sent",
        "timestamp": str(EARLIER // 1000),
        "recipient_id": _PHONE,
        "biz_opaque_callback_data": ours,
    },
    to=lambda body: body["to"],
    words=lambda body: body["interactive"]["body"]["text"] if "interactive" in body else body["text"]["body"],
    offered=_wa_offered,
    mark=lambda body: body["biz_opaque_callback_data"],
    most=3,
    taken={"messages": [{"id": "X1"}]},
    refusals={
        Action.RETRY: (131000, None),
        Action.SLOW_NUMBER: (130429, None),
        Action.STOP_TOKEN: (190, 463),
        Action.STOP_POLICY: (368, None),
        Action.UNDELIVERABLE: (131026, None),
        Action.GIVE_UP: (131047, None),
        Action.PLAINER: (100, 33),
    },
)

# --- Messenger ---

_PAGE, _PERSON = "200000000000001", "7100000000000001"


def _ms_body(*items: Item, part: str = "messaging") -> Item:
    return {"object": "page", "entry": [{"id": _PAGE, "time": NOW, part: list(items)}]}


def _ms(**content: Any) -> Item:
    return {"sender": {"id": _PERSON}, "recipient": {"id": _PAGE}, "timestamp": EARLIER, **content}


def _ms_said(text: str, *, id: str = "A", quotes: str = "") -> Item:
    context = {"reply_to": {"mid": quotes}} if quotes else {}
    return _ms(message={"mid": id, "text": text, **context})


def _ms_echo(**message: Any) -> Item:
    ends = {"sender": {"id": _PAGE}, "recipient": {"id": _PERSON}}
    return _ms(message={"mid": "m_B", "is_echo": True, **message}) | ends


def _ms_reaction(about: str, emoji: str) -> Item:
    how = {"action": "react", "emoji": emoji, "reaction": "love"} if emoji else {"action": "unreact"}
    return _ms(reaction={"mid": about, **how})


def _ms_offered(body: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(reply["payload"], reply["title"]) for reply in body["message"].get("quick_replies", [])]


MESSENGER = Kit(
    name="messenger",
    shop=_PAGE,
    customer=Contact(user_id=f"{_PAGE}:{_PERSON}"),
    parse=messenger.parse,
    body=_ms_body,
    where=("entry", 0, "messaging"),
    said=_ms_said,
    tap=lambda title, ref: _ms(message={"mid": "T", "text": title, "quick_reply": {"payload": ref}}),
    echo=lambda text: _ms_echo(text=text),
    echoes=_ms_body,
    reaction=_ms_reaction,
    edit=lambda about, text: _ms(message_edit={"mid": about, "text": text, "num_edit": 1}),
    deletion=lambda about: _ms(message={"mid": about, "is_deleted": True}),
    unsupported=_ms(message={"mid": "U", "is_unsupported": True}),
    strange=_ms(message={"mid": "S", "attachments": [{"type": "hologram", "payload": {"depth": 3}}]}),
    nobody={name: value for name, value in _ms_said("hours").items() if name != "sender"},
    sent=lambda ours: _ms_echo(text="x", metadata=f"haat:{ours}", app_id=1),
    to=lambda body: f"{_PAGE}:{body['recipient']['id']}",
    words=lambda body: body["message"]["text"],
    offered=_ms_offered,
    mark=lambda body: body["message"]["metadata"].removeprefix("haat:"),
    most=13,
    taken={"recipient_id": _PERSON, "message_id": "X1"},
    refusals={
        Action.RETRY: (1200, None),
        Action.SLOW_NUMBER: (613, None),
        Action.STOP_TOKEN: (190, 463),
        Action.STOP_POLICY: (368, None),
        Action.UNDELIVERABLE: (551, 1545041),
        Action.GIVE_UP: (10, 2018278),
        Action.PLAINER: (100, None),
    },
)

KITS = (WHATSAPP, MESSENGER)
