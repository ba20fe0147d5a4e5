"""docs/messages.md, the parser and the answer policy say the same: every row has a sample, every known body a row."""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from haat.conversation.channels.whatsapp import parse
from haat.conversation.model import Conversation, Match, OpeningHours, Served, Shop, Texts
from haat.conversation.rules.asking import ask_of
from haat.conversation.rules.reply import decide
from haat.facts.conversation import (
    AccountNews,
    AnyFact,
    CustomerNoted,
    CustomerRenamed,
    DeliveryReported,
    MessageAltered,
    MessageEchoed,
    MessageReceived,
)
from haat.kernel.ids import ConversationId, CorrelationId, CustomerId, MerchantId, Pepper, ulid
from haat.kernel.time import DAY, Instant

ROOT = Path(__file__).parents[3]
SHARED = ROOT.parent / "shared" / "fixtures" / "meta"
NOW = Instant(1_795_000_000_000)  # November 2026
OURS = ulid(NOW, b"0123456789")
ANSWERED, SHOWN, RECORDED, IGNORED = "answered", "shown", "recorded", "ignored on purpose"
FIELDS_READ = ("messages", "smb_message_echoes", "user_preferences", "user_id_update", "calls")
UNKNOWN = {"unknown_change", "unknown_entry", *(f"unknown_{field}" for field in FIELDS_READ)}

type Found = AnyFact | str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of the tables: how it reads, what falls into it, and one body that does."""

    comes: str
    makes: str
    customer: str
    merchant: str
    outcome: str
    falls: Callable[[Found], bool]
    sample: bytes


def body(*changes: Mapping[str, Any], **document: Any) -> bytes:
    """A webhook with these changes."""
    return json.dumps(
        {"object": "whatsapp_business_account", "entry": [{"id": "7", "changes": changes}], **document}
    ).encode()


def of(field: str, **value: Any) -> bytes:
    """A webhook with one change of a field."""
    metadata = {"display_phone_number": "913312345678", "phone_number_id": "100000000000001"}
    contacts = [{"wa_id": "919000000001", "user_id": "IN.1", "profile": {"name": "A"}}]
    return body({"field": field, "value": {"metadata": metadata, "contacts": contacts, **value}})


def item(kind: str | None, payload: Any = None, **more: Any) -> dict[str, Any]:
    """A message of a kind."""
    named = {} if kind is None else {"type": kind, **({} if payload is None else {kind: payload})}
    return {"id": "wamid.A", "from": "919000000001", "timestamp": str(NOW // 1000), **named, **more}


def message(kind: str | None, payload: Any = None, **more: Any) -> bytes:
    """A webhook with one message of a kind."""
    return of("messages", messages=[item(kind, payload, **more)])


def interactive(kind: str, payload: Any) -> bytes:
    """A webhook with one interactive reply."""
    return message("interactive", {"type": kind, kind: payload})


def status(word: str, **more: Any) -> bytes:
    """A webhook with one status."""
    return of(
        "messages",
        statuses=[{"id": "wamid.B", "status": word, "timestamp": "1", "recipient_id": "919000000001", **more}],
    )


def received(*kinds: str, words: bool | None = None) -> Callable[[Found], bool]:
    """A message of one of the kinds (or of any), with words, without, or either."""
    return lambda fact: (
        isinstance(fact, MessageReceived)
        and (not kinds or fact.kind in kinds)
        and (words is None or words == bool(fact.text))
    )


def old(fact: Found) -> bool:
    """A message whose window has closed before it came."""
    return isinstance(fact, MessageReceived) and fact.received_at - fact.occurred_at >= DAY


def group(fact: Found) -> bool:
    """A message in a group."""
    return isinstance(fact, MessageReceived) and fact.group


def altered(action: str) -> Callable[[Found], bool]:
    """An alteration of one sort."""
    return lambda fact: isinstance(fact, MessageAltered) and fact.action == action


def noted(kind: str) -> Callable[[Found], bool]:
    """A note of one kind."""
    return lambda fact: isinstance(fact, CustomerNoted) and fact.kind == kind


def renamed(fact: Found) -> bool:
    """A new name of a customer; by which of two ways it came, the fact does not say."""
    return isinstance(fact, CustomerRenamed)


def reported(*words: str) -> Callable[[Found], bool]:
    """A report of one of the words, or of any."""
    return lambda fact: isinstance(fact, DeliveryReported) and (not words or fact.status in words)


def news(*beginnings: str) -> Callable[[Found], bool]:
    """News whose kind begins so."""
    return lambda fact: isinstance(fact, AccountNews) and fact.kind.startswith(beginnings)


def counted(word: str) -> Callable[[Found], bool]:
    """Ignored under this word."""
    return lambda found: found == word


ROWS = [
    Row(
        comes="anything said in a group (`group_id`)",
        makes="`MessageReceived`, `group`",
        customer="nothing",
        merchant="the message",
        outcome=SHOWN,
        falls=group,
        sample=message("text", {"body": "hours"}, group_id="1@g.us"),
    ),
    Row(
        comes="anything older than 24 h on arrival",
        makes="`MessageReceived`",
        customer="nothing: the window for an answer has closed",
        merchant="the message",
        outcome=SHOWN,
        falls=old,
        sample=message("text", {"body": "hours"}, timestamp=str((NOW - DAY) // 1000)),
    ),
    Row(
        comes="`text`",
        makes="`MessageReceived` with its text",
        customer='the reply; where nothing matches, greeting, away text or "did not understand" as they are due',
        merchant="message and reply; what nothing matches is also on the list of questions",
        outcome=ANSWERED,
        falls=received("text"),
        sample=message("text", {"body": "দোকান কখন খোলা?"}),
    ),
    Row(
        comes="`button` (quick reply of a template)",
        makes="`MessageReceived`, title as text, payload as choice",
        customer="as for a text",
        merchant="as for a text",
        outcome=ANSWERED,
        falls=received("button"),
        sample=message("button", {"text": "Hours", "payload": "hours"}),
    ),
    Row(
        comes="`interactive`: `button_reply`, `list_reply`",
        makes="`MessageReceived` of that kind, title as text, id as choice",
        customer="as for a text",
        merchant="as for a text",
        outcome=ANSWERED,
        falls=received("button_reply", "list_reply"),
        sample=interactive("list_reply", {"id": "hours", "title": "Hours", "description": "When we are open"}),
    ),
    Row(
        comes="`image`, `video`, `document` with a caption",
        makes="`MessageReceived`, the caption as text, the media's id in `content`",
        customer="as for a text",
        merchant="as for a text, with the media",
        outcome=ANSWERED,
        falls=received("image", "video", "document", words=True),
        sample=message("image", {"id": "5", "mime_type": "image/jpeg", "caption": "how much?"}),
    ),
    Row(
        comes="`image`, `video`, `document` without a caption, `audio`, `sticker`",
        makes="`MessageReceived`, the media's id in `content`",
        customer="nothing",
        merchant="the message",
        outcome=SHOWN,
        falls=received("image", "video", "document", "audio", "sticker", words=False),
        sample=message("audio", {"id": "5", "mime_type": "audio/ogg", "voice": True}),
    ),
    Row(
        comes="`location`, `contacts`",
        makes="`MessageReceived` with `content`",
        customer="nothing",
        merchant="the message",
        outcome=SHOWN,
        falls=received("location", "contacts", words=False),
        sample=message("contacts", [{"name": {"formatted_name": "B"}}]),
    ),
    Row(
        comes="`order`",
        makes="`MessageReceived`, the items and the customer's note in `content`",
        customer="the order's number, items and total, or what could not be had of it ([orders](orders.md))",
        merchant="the order",
        outcome=ANSWERED,
        falls=received("order", words=False),
        sample=message(
            "order", {"catalog_id": "1", "text": "hours", "product_items": [{"product_retailer_id": "S-1"}]}
        ),
    ),
    Row(
        comes="`interactive`: `nfm_reply` (a filled form, an address)",
        makes="`MessageReceived` of that kind, the form in `content`",
        customer="nothing",
        merchant="the form",
        outcome=SHOWN,
        falls=received("nfm_reply", words=False),
        sample=interactive("nfm_reply", {"name": "flow", "body": "Sent", "response_json": "{}"}),
    ),
    Row(
        comes="`request_welcome` (the chat was opened for the first time)",
        makes="`MessageReceived`",
        customer="the greeting, and the away text if it is due",
        merchant="the greeting",
        outcome=ANSWERED,
        falls=received("request_welcome", words=False),
        sample=message("request_welcome"),
    ),
    Row(
        comes="`unsupported` (a poll, a view-once picture)",
        makes="`MessageReceived`, Meta's reason in `content`",
        customer="one kind sentence, once for each conversation",
        merchant="that something came which can't be shown",
        outcome=ANSWERED,
        falls=received("unsupported", words=False),
        sample=message("unsupported", errors=[{"code": 131051}]),
    ),
    Row(
        comes="`reaction`; an empty emoji takes one back",
        makes="`MessageAltered`, `reacted`",
        customer="nothing",
        merchant="the emoji at the message",
        outcome=RECORDED,
        falls=altered("reacted"),
        sample=message("reaction", {"message_id": "wamid.Z", "emoji": "👍"}),
    ),
    Row(
        comes="`edit`",
        makes="`MessageAltered`, `edited`, with the new text",
        customer="nothing",
        merchant="the new text at the message",
        outcome=RECORDED,
        falls=altered("edited"),
        sample=message(
            "edit", {"original_message_id": "wamid.Z", "message": {"type": "text", "text": {"body": "new"}}}
        ),
    ),
    Row(
        comes="`revoke`",
        makes="`MessageAltered`, `revoked`",
        customer="nothing",
        merchant="that the message was deleted; its text is gone",
        outcome=RECORDED,
        falls=altered("revoked"),
        sample=message("revoke", {"original_message_id": "wamid.Z"}),
    ),
    Row(
        comes="`system`: `user_changed_number`, `user_changed_user_id`",
        makes="`CustomerRenamed`: both names lead to one customer",
        customer="nothing",
        merchant="the same customer as before",
        outcome=RECORDED,
        falls=renamed,
        sample=message("system", {"type": "user_changed_number", "wa_id": "919000000009"}),
    ),
    Row(
        comes="`system`: `customer_identity_changed`",
        makes="`CustomerNoted`, `identity`",
        customer="nothing",
        merchant="a note at the customer",
        outcome=RECORDED,
        falls=noted("identity"),
        sample=message("system", {"type": "customer_identity_changed"}, identity={"hash": "x"}),
    ),
    Row(
        comes="any other `system`",
        makes="`CustomerNoted`, `system`",
        customer="nothing",
        merchant="a note at the customer",
        outcome=RECORDED,
        falls=noted("system"),
        sample=message("system", {"type": "something_new"}),
    ),
    Row(
        comes="`interactive`: `call_permission_reply`",
        makes="`CustomerNoted`, `call_permission_reply`",
        customer="nothing",
        merchant="a note at the customer",
        outcome=RECORDED,
        falls=noted("call_permission_reply"),
        sample=interactive("call_permission_reply", {"response": "accept"}),
    ),
    Row(
        comes="any other type, an `interactive` of another kind, no type at all",
        makes="`MessageReceived`, its kind the word as it came (`unknown` without one), all of it in `content`",
        customer="nothing",
        merchant="that something came which Haat does not know",
        outcome=SHOWN,
        falls=received(words=False),
        sample=message("hologram", {"text": "hours", "body": "hours", "caption": "hours"}),
    ),
    Row(
        comes="`type` `payment`",
        makes="`CustomerNoted`, `payment`: a hint for the payment, never proof",
        customer="nothing",
        merchant="a note at the customer",
        outcome=RECORDED,
        falls=noted("payment"),
        sample=status("captured", type="payment", payment={"reference_id": "HT-1"}),
    ),
    Row(
        comes="`type` `call`",
        makes="counted as `call_status`: Haat places no calls",
        customer="nothing",
        merchant="nothing",
        outcome=IGNORED,
        falls=counted("call_status"),
        sample=of("calls", statuses=[{"type": "call", "status": "RINGING", "biz_opaque_callback_data": OURS}]),
    ),
    Row(
        comes="a status without our data",
        makes="counted as `foreign_status`: a message that Haat did not send",
        customer="nothing",
        merchant="nothing",
        outcome=IGNORED,
        falls=counted("foreign_status"),
        sample=status("read"),
    ),
    Row(
        comes="`failed` with our data",
        makes="`DeliveryReported` with Meta's code",
        customer="nothing, or the message once more where the code allows it",
        merchant="that it was not delivered, and why",
        outcome=SHOWN,
        falls=reported("failed"),
        sample=status("failed", biz_opaque_callback_data=OURS, errors=[{"code": 131026}]),
    ),
    Row(
        comes="`sent`, `delivered`, `read`, `played` with our data",
        makes="`DeliveryReported`",
        customer="nothing",
        merchant="the ticks, upward only",
        outcome=RECORDED,
        falls=reported("sent", "delivered", "read", "played"),
        sample=status("read", biz_opaque_callback_data=OURS),
    ),
    Row(
        comes="any other word with our data",
        makes="`DeliveryReported`",
        customer="nothing",
        merchant="nothing",
        outcome=RECORDED,
        falls=reported(),
        sample=status("deleted", biz_opaque_callback_data=OURS),
    ),
    Row(
        comes="field `smb_message_echoes` (the merchant answered from the phone)",
        makes="`MessageEchoed`: the bot is silent for the shop's set time",
        customer="nothing more than the merchant said",
        merchant="the own message",
        outcome=RECORDED,
        falls=lambda fact: isinstance(fact, MessageEchoed),
        sample=of("smb_message_echoes", message_echoes=[item("text", {"body": "yes"}, to="919000000001")]),
    ),
    Row(
        comes="field `user_preferences`",
        makes="`CustomerNoted`, `user_preferences`: marketing stopped or wanted again",
        customer="nothing",
        merchant="a note at the customer",
        outcome=RECORDED,
        falls=noted("user_preferences"),
        sample=of("user_preferences", user_preferences=[{"wa_id": "919000000001", "value": "stop"}]),
    ),
    Row(
        comes="field `user_id_update`",
        makes="`CustomerRenamed`: both ids lead to one customer",
        customer="nothing",
        merchant="the same customer as before",
        outcome=RECORDED,
        falls=renamed,
        sample=of("user_id_update", user_id_update=[{"user_id": {"previous": "IN.1", "current": "IN.2"}}]),
    ),
    Row(
        comes="field `calls`",
        makes="`CustomerNoted`, `call`",
        customer="nothing",
        merchant="that somebody rang",
        outcome=SHOWN,
        falls=noted("call"),
        sample=of("calls", calls=[item(None, event="terminate", direction="USER_INITIATED")]),
    ),
    Row(
        comes="`errors` of a value",
        makes="`AccountNews`, `errors`",
        customer="nothing",
        merchant="the news",
        outcome=SHOWN,
        falls=news("errors"),
        sample=of("messages", errors=[{"code": 131000}]),
    ),
    Row(
        comes="fields `account_…`, `business_…`, `phone_number_…` (a ban, a limit, a review, a name, quality)",
        makes="`AccountNews`",
        customer="nothing",
        merchant="the news",
        outcome=SHOWN,
        falls=news("account_", "business_", "phone_number_"),
        sample=body({"field": "account_update", "value": {"event": "DISABLED_UPDATE"}}),
    ),
    Row(
        comes="fields `message_template_…`, `template_…`",
        makes="`AccountNews`",
        customer="nothing",
        merchant="the news",
        outcome=SHOWN,
        falls=news("message_template_", "template_"),
        sample=body({"field": "message_template_status_update", "value": {"event": "REJECTED"}}),
    ),
    Row(
        comes="fields `group_…`",
        makes="`AccountNews`",
        customer="nothing",
        merchant="the news",
        outcome=SHOWN,
        falls=news("group_"),
        sample=of("group_status_update", groups=[{"type": "group_suspend"}]),
    ),
    Row(
        comes="what has no id, no sender, no phone number id, or another shape than it should",
        makes="`AccountNews`, `unknown_…`, all of it in `content`",
        customer="nothing",
        merchant="that something came which Haat does not know",
        outcome=SHOWN,
        falls=lambda fact: isinstance(fact, AccountNews) and fact.kind in UNKNOWN,
        sample=message("text", {"body": "hours"}, id=None),
    ),
    Row(
        comes="any other field",
        makes="`AccountNews`",
        customer="nothing",
        merchant="the news",
        outcome=SHOWN,
        falls=news(""),
        sample=of("smells", smells=["rose"]),
    ),
    Row(
        comes="field `history` (months of old chats, when a phone's number joins)",
        makes="counted as `history`: nothing to answer, and not ours to keep",
        customer="nothing",
        merchant="nothing",
        outcome=IGNORED,
        falls=counted("history"),
        sample=of("history", history=[{"threads": []}]),
    ),
    Row(
        comes="field `smb_app_state_sync` (the address book of the merchant's phone)",
        makes="counted as `smb_app_state_sync`",
        customer="nothing",
        merchant="nothing",
        outcome=IGNORED,
        falls=counted("smb_app_state_sync"),
        sample=of("smb_app_state_sync", state_sync=[{"type": "contact"}]),
    ),
    Row(
        comes="the same thing twice in one body",
        makes="counted as `repeated`",
        customer="nothing more",
        merchant="nothing more",
        outcome=IGNORED,
        falls=counted("repeated"),
        sample=of("messages", messages=[item("text", {"body": "hours"})] * 2),
    ),
    Row(
        comes="another `object` than `whatsapp_business_account`",
        makes="counted as `unknown_object`",
        customer="nothing",
        merchant="nothing",
        outcome=IGNORED,
        falls=counted("unknown_object"),
        sample=body(object="page"),
    ),
    Row(
        comes="a body with nothing in it",
        makes="counted as `empty`",
        customer="nothing",
        merchant="nothing",
        outcome=IGNORED,
        falls=counted("empty"),
        sample=body(entry=[]),
    ),
]


def found(raw: bytes, received_at: Instant) -> list[Found]:
    """All that comes out of a body, the ignored words too."""
    envelope = parse(raw, Pepper(b"p"), received_at, CorrelationId(""))
    return [*envelope.facts, *envelope.statuses, *envelope.ignored]


def row_of(fact: Found) -> Row | None:
    """The first row that fits."""
    return next((row for row in ROWS if row.falls(fact)), None)


def documented(channel: int) -> list[tuple[str, ...]]:
    """The rows in docs/messages.md, of WhatsApp (0) or of Messenger (1)."""
    whole = (ROOT / "docs" / "messages.md").read_text(encoding="utf-8").split("\n## On Messenger\n")
    lines = whole[channel].splitlines()
    cells = [tuple(cell.strip() for cell in line.strip("|").split(" | ")) for line in lines if line.startswith("|")]
    return [row for row in cells if row[0] != "what comes" and not row[0].startswith("---")]


def test_tables_of_the_documentation_are_the_rows() -> None:
    """docs/messages.md has exactly these rows, in this order."""
    assert documented(0) == [(row.comes, row.makes, row.customer, row.merchant, row.outcome) for row in ROWS]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.comes)
def test_sample_falls_into_its_row(row: Row) -> None:
    """Every row is alive: a body of our own ends there, and its outcome is one of the four."""
    last = found(row.sample, NOW)[-1]
    reached = row_of(last)
    assert reached is not None
    assert reached.falls is row.falls
    assert row.outcome in {ANSWERED, SHOWN, RECORDED, IGNORED}
    assert (row.outcome == IGNORED) == isinstance(last, str)


class Untaught:
    """A matcher that was taught nothing."""

    def match(self, text: str) -> Match | None:
        """Nothing answers this."""
        return None

    def near(self, text: str, most: int) -> list[Match]:
        """Nothing is similar."""
        return []


def is_answered(message: Found) -> bool:
    """Whether a shop with all its texts says something to a new customer who sends this."""
    assert isinstance(message, MessageReceived)
    texts = Texts(
        greeting={"en": "Welcome!"}, not_understood={"en": "Sorry?"}, unsupported={"en": "We can't see that."}
    )
    hours = OpeningHours(timezone="Asia/Kolkata")
    shop = Shop(merchant=MerchantId("m"), version="1", name="S", country="IN", language="en", hours=hours, texts=texts)
    before = Conversation(
        id=ConversationId("c"),
        merchant=shop.merchant,
        customer=CustomerId("k"),
        channel=message.channel,
        address=message.address,
        contact=message.contact,
    )
    ask = ask_of(before, message, shop, Untaught(), open_country=True, now=NOW)
    served = Served(word="ordered", text="Thank you!", language="en") if ask else None
    decision = decide(before, message, shop, Untaught(), open_country=True, now=NOW, served=served)
    return decision.said is not None


@pytest.mark.parametrize(
    "row", [row for row in ROWS if row.makes.startswith("`MessageReceived`")], ids=lambda row: row.comes
)
def test_answer_policy_says_what_the_table_says(row: Row) -> None:
    """A shop with all its texts says something to a new customer exactly where the row says "answered"."""
    assert is_answered(found(row.sample, NOW)[-1]) == (row.outcome == ANSWERED)


@pytest.mark.skipif(
    not SHARED.is_dir(), reason=f"real bodies are not here: {SHARED.name} is no folder beside the checkout"
)
def test_every_known_body_falls_into_a_row(record_property: Callable[[str, object], None]) -> None:
    """Real bodies of other libraries' tests, as they are, end in a row each; none falls between them."""
    paths = sorted(SHARED.glob("*/whatsapp-webhooks/*.json"))
    tally: Counter[str] = Counter()
    for path in paths:
        results = found(
            path.read_bytes(), Instant(1)
        )  # received before it was sent, so that nothing is older than a day
        rows = [row_of(fact) for fact in results]
        assert rows, path.name
        assert None not in rows, path.name
        tally.update({row.comes for row in rows if row is not None})
    for comes, bodies in tally.most_common():
        record_property(comes, bodies)
        print(f"{bodies:4}  {comes}")  # noqa: T201  # pytest shows it with -s, and whenever the test fails
    assert len(paths) >= 220
