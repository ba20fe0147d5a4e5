"""What another context wants a shop to tell one of its customers: raised in the transaction of what happened, said by `conversation`."""

import json
from dataclasses import dataclass
from typing import ClassVar, Literal

from haat.facts.codec import check_version, from_plain, to_json
from haat.kernel.errors import Rejected
from haat.kernel.ids import CustomerId, Fingerprint, MerchantId
from haat.kernel.time import Instant

QUEUE = "conversation-inbound.fifo"
# Letters of a text that goes under a picture, on every channel. A longer one is said alone: whoever raises it makes two facts.
WITH_CODE = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Something that the customer can choose with a tap. `id` comes back with it."""

    id: str
    title: str
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """A payment card of the channel's own: it asks for money (`pending`), or tells what became of one that asked.

    Where the channel has none, or refuses it, the fact's text and code are said instead.
    """

    reference: str  # the request's, at most 35 letters, digits and "_.-"; one card asks for each
    text: str  # what stands on the card
    status: Literal["pending", "processing", "completed", "canceled"] = "pending"
    amount: int = 0  # paise, of a card that asks
    name: str = ""  # what the money is for
    link: str = ""  # upi:// by which it is paid
    configuration: str = (
        ""  # the name of the shop's payment configuration with the channel: it takes the place of the link
    )
    expires_at: Instant = Instant(0)

    def __repr__(self) -> str:
        return f"Bill({self.reference})"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopSays:
    """A shop has something to say to a customer, while their window is open. `key` makes it be said once."""

    name: ClassVar[str] = "shop_says"
    version: ClassVar[int] = 1

    key: Fingerprint
    merchant: MerchantId
    customer: CustomerId
    channel: str
    address: str
    occurred_at: Instant
    text: str
    choices: tuple[Choice, ...] = ()
    code: str = ""  # a text that goes along as the picture of a QR code
    bill: Bill | None = None

    def __repr__(self) -> str:
        return f"ShopSays({self.key})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A message template that the channel has approved: its name and language there. Its body takes one text."""

    name: str
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffHears:
    """A shop's own person is to hear something: freely while their window is open, else by `template` where there is one.

    `key` makes it be said once. `text` names no customer: what staff were told stays when a customer is erased.
    """

    name: ClassVar[str] = "staff_hears"
    version: ClassVar[int] = 1

    key: Fingerprint
    merchant: MerchantId
    staff: str  # the id of their entry, for order and for logs
    phone: str  # digits without "+"
    occurred_at: Instant
    text: str
    template: Template | None = None

    def __repr__(self) -> str:
        return f"StaffHears({self.key})"


def dump(fact: ShopSays | StaffHears) -> str:
    """The fact as one JSON text."""
    return to_json(fact, fact.name, fact.version)


def outbox_row(fact: ShopSays) -> dict[str, str]:
    """The attributes that make an item the outbox row of it. Its group is the customer's id: order holds between what is said to one."""
    return {"queue": QUEUE, "body": dump(fact), "group": fact.customer, "dedupe": fact.key}


def is_one(body: str) -> bool:
    """Whether a record is of this kind: told by how all facts of ours begin."""
    return body.startswith(tuple(f'{{"fact":"{cls.name}"' for cls in (ShopSays, StaffHears)))


def load(body: str) -> ShopSays | StaffHears:
    """Read it, of this version or the one before or after. Raises Rejected when it is none."""
    try:
        data = json.loads(body)
    except ValueError:
        raise Rejected("not a thing to say: no JSON") from None
    name = data.get("fact") if isinstance(data, dict) else None
    if name == StaffHears.name:
        check_version(data, StaffHears.version)
        return from_plain(StaffHears, data, {"template": Template})
    if name != ShopSays.name:
        raise Rejected("not a thing to say")
    check_version(data, ShopSays.version)
    return from_plain(ShopSays, data, {"choices": Choice, "bill": Bill})
