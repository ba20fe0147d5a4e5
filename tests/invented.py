"""People, shops and messages for tests: invented, every one of them."""

from typing import Any

from haat.conversation.model import (
    WINDOW_MS,
    Channel,
    Conversation,
    Entry,
    Manners,
    OpeningHours,
    Outgoing,
    Shop,
    Texts,
)
from haat.conversation.rules.matching import ReplyBook, compile_book
from haat.facts.conversation import (
    Contact,
    CustomerRenamed,
    DeliveryReported,
    MessageAltered,
    MessageEchoed,
    MessageReceived,
    SeenUpTo,
)
from haat.kernel.ids import (
    ConversationId,
    CorrelationId,
    CustomerId,
    Fingerprint,
    MerchantId,
    MessageId,
    Pepper,
    ProviderId,
    ulid,
)
from haat.kernel.time import MINUTE, SECOND, Instant, later

NOW = Instant(1_767_587_400_000)  # Monday, 5 January 2026, 10:00 in India
PEPPER = Pepper(b"pepper of the tests")
ADDRESS, SECOND_ADDRESS, OTHER_ADDRESS = "100000000000001", "100000000000004", "100000000000009"
MERCHANT = MerchantId(ulid(NOW, b"merchant-1"))
OTHER_MERCHANT = MerchantId(ulid(NOW, b"merchant-2"))
CHANNEL = Channel(kind="whatsapp", address=ADDRESS, merchant=MERCHANT, account="300000000000001")
SECOND_CHANNEL = Channel(kind="whatsapp", address=SECOND_ADDRESS, merchant=MERCHANT, account="300000000000001")
OTHER_CHANNEL = Channel(kind="whatsapp", address=OTHER_ADDRESS, merchant=OTHER_MERCHANT, account="300000000000009")
PAGE = "200000000000001"
PAGE_CHANNEL = Channel(kind="messenger", address=PAGE, merchant=MERCHANT)

PHONE, SECOND_PHONE, USER = "919800000001", "919800000002", "IN.1234567890"
ANITA = Contact(phone=PHONE, user_id=USER, name="Anita (invented)")
ANITAS_PHONE, ANITAS_ID = Contact(phone=PHONE), Contact(user_id=USER)
BIMAL = Contact(phone=SECOND_PHONE)
MINA = Contact(user_id=f"{PAGE}:7000000000000001")  # who writes by Messenger

DAYS = range(7)
OPEN_DAILY = OpeningHours(timezone="Asia/Kolkata", week=dict.fromkeys(DAYS, ((480, 1260),)))  # 8:00 to 21:00
ENTRIES = (
    Entry(
        id="hours",
        examples=("hours", "কখন খোলা", "दुकान कब खुलती है", "kokhon khola"),
        replies={"en": "Open:\n{hours}", "bn": "খোলা:\n{hours}", "hi": "खुला:\n{hours}"},
    ),
    Entry(id="price", examples=("price",), replies={"en": "Twenty rupees at {shop}."}),
)
TEXTS = Texts(
    greeting={"en": "Welcome to {shop}!", "bn": "{shop}-এ স্বাগতম!", "hi": "{shop} में स्वागत है!"},
    away={"en": "Closed. We open {opens}.", "bn": "বন্ধ। {opens} খুলব।"},
    not_understood={"en": "Not understood.", "bn": "বুঝিনি।", "hi": "समझे नहीं।"},
    unsupported={"en": "Please write words."},
)
BOOK: ReplyBook = compile_book(ENTRIES)


def shop(**changed: Any) -> Shop:
    """A sweet shop that is open from 8 to 21; manners are given by their own names."""
    manners = {name: changed.pop(name) for name in ("silence_ms", "burst_ms", "loop_guard", "off") if name in changed}
    made: dict[str, Any] = {
        "merchant": MERCHANT, "version": "1.1", "name": "Mishti", "country": "IN", "language": "en",
        "hours": OPEN_DAILY, "entries": ENTRIES, "texts": TEXTS, "manners": Manners(**manners),
    }  # fmt: skip
    return Shop(**(made | changed))


def key_of(provider_id: str, address: str = ADDRESS) -> Fingerprint:
    """The once-only marker of a message, as the channel makes it."""
    return PEPPER.fingerprint("whatsapp", address, provider_id)


def _fields(provider_id: str, at: Instant, address: str) -> dict[str, Any]:
    return {
        "channel": "whatsapp",
        "address": address,
        "key": key_of(provider_id, address),
        "occurred_at": at,
        "received_at": at,
        "correlation": CorrelationId("request-1"),
        "account": "300000000000001",
    }


def _said(provider_id: str, at: Instant, address: str, contact: Contact) -> dict[str, Any]:
    id = MessageId(ulid(at, PEPPER.digest(address, provider_id)))
    return _fields(provider_id, at, address) | {
        "id": id,
        "provider_id": ProviderId(provider_id),
        "contact": contact,
    }


def message(
    text: str = "hours",
    *,
    id: str = "wamid.1",
    contact: Contact = ANITA,
    at: Instant = NOW,
    address: str = ADDRESS,
    kind: str = "text",
    **more: Any,
) -> MessageReceived:
    """A customer's message."""
    return MessageReceived(**_said(id, at, address, contact), kind=kind, text=text, **more)


def echo(*, id: str = "wamid.e", contact: Contact = ANITA, at: Instant = NOW, text: str = "I am here") -> MessageEchoed:
    """The merchant answers from the phone."""
    return MessageEchoed(**_said(id, at, ADDRESS, contact), kind="text", text=text)


def altered(
    action: str,
    original: str = "wamid.1",
    text: str = "",
    *,
    id: str | None = None,
    contact: Contact = ANITA,
    at: Instant = NOW,
) -> MessageAltered:
    """A customer's second thought about a message."""
    return MessageAltered(
        **_said(id or f"wamid.{action}", at, ADDRESS, contact),
        action=action,
        original=ProviderId(original),
        original_key=key_of(original),
        text=text,
    )


def renamed(was: Contact, now: Contact, *, id: str = "wamid.r") -> CustomerRenamed:
    """The channel has another name for somebody."""
    return CustomerRenamed(**_fields(id, NOW, ADDRESS), contact=was, now=now)


def no_staff() -> Any:
    """Who obeys a shop's own people, or tells them something, where there are none."""
    raise AssertionError("the shop has no people of its own here")


def new(
    contact: Contact = ANITA, *, channel: Channel = CHANNEL, at: Instant = NOW, seed: bytes = b"customer01"
) -> Conversation:
    """A conversation that has never been saved."""
    return Conversation(
        id=ConversationId(ulid(at, b"c" + seed[:9])),
        merchant=channel.merchant,
        customer=CustomerId(ulid(at, seed)),
        channel=channel.kind,
        address=channel.address,
        contact=contact,
        inbox_day="2026-01-05",
    )


def outgoing(number: int = 1, *, conversation: Conversation | None = None, **changed: Any) -> Outgoing:
    """A reply on its way."""
    there = conversation or new()
    made: dict[str, Any] = {
        "id": MessageId(ulid(NOW, number.to_bytes(10))), "merchant": there.merchant, "conversation": there.id,
        "customer": there.customer, "channel": there.channel, "address": there.address, "contact": there.contact,
        "text": "We are open.", "quotes": ProviderId("wamid.1"), "window_ends": later(NOW, WINDOW_MS), "decided_at": NOW,
    }  # fmt: skip
    return Outgoing(**(made | changed))


def status(
    about: Outgoing,
    word: str,
    *,
    code: int | None = None,
    address: str | None = None,
    provider_id: str = "wamid.out",
    at: Instant = NOW,
) -> DeliveryReported:
    """What the channel reports of a reply."""
    return DeliveryReported(
        **_fields(f"{about.id}.{word}", at, about.address if address is None else address),
        outgoing=about.id,
        provider_id=ProviderId(provider_id),
        status=word,
        error_code=code,
    )


def seen_up_to(word: str, up_to: Instant, *, contact: Contact = MINA, address: str = PAGE) -> SeenUpTo:
    """The channel says that all of ours until then was so."""
    made = _fields(f"{word} {up_to}", NOW, address) | {"channel": "messenger", "account": ""}
    return SeenUpTo(**made, contact=contact, status=word, up_to=up_to)


__all__ = ["MINUTE", "SECOND", "WINDOW_MS", "Contact", "later"]
