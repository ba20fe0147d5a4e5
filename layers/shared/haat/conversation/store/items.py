"""How a conversation's things lie in the table. Keys hold our ids and fingerprints only.

| thing | pk | sk | view_pk, view_sk |
| --- | --- | --- | --- |
| channel | CHANNEL#kind#address | CHANNEL | |
| alias | ALIAS#merchant#fingerprint of a name | ALIAS | |
| conversation | CUSTOMER#merchant#customer | CONVERSATION#address | INBOX#merchant, day#conversation |
| message in, echo, edit, reaction | MESSAGE#fingerprint | MESSAGE | THREAD#conversation, message id |
| reply to a burst, message said again | OUTGOING#id | OUTGOING | THREAD#conversation, id |
| send state | SEND#outgoing id | SEND | |
| question without an answer | UNANSWERED#merchant | message id | |
| notice to the merchant | NOTICE#merchant | outgoing id | |
| news of an account, note on a customer | NOTE#fingerprint | NOTE | NEWS#channel#account or address, id |

The message item is its own outbox row: `queue`, `body`, `group`, `dedupe` (or `delay`) say what must happen next.
"""

import json
from typing import Any

from haat.aws.outbox import fold, unfold
from haat.aws.table import Item, Value
from haat.conversation.model import BurstPart, Conversation, Outgoing
from haat.conversation.ports import Kept
from haat.conversation.rules.text import cut
from haat.facts.codec import check_version, from_plain, to_plain
from haat.facts.conversation import AnyFact, Contact, MessageAltered
from haat.kernel.errors import Rejected
from haat.kernel.ids import CustomerId, Fingerprint, MerchantId, Pepper
from haat.kernel.time import DAY, Instant, rfc3339

OUTBOUND, DUE = "conversation-outbound.fifo", "conversation-due"
SEND_LIFE_MS = 30 * DAY  # longer than SQS may keep a record (14 days): a state that is gone reads as "due"
NEWS_LIFE_MS = 90 * DAY
OUTGOING_VERSION = 1
RESEMBLES = 60  # letters of the example that are kept with an answer: enough for the shop to know it again


def compact(value: Any) -> str:
    """JSON that costs what its letters cost."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def message_pk(key: Fingerprint) -> str:
    """The once-only marker: it does not depend on how the customer was named in a delivery."""
    return f"MESSAGE#{key}"


def customer_pk(merchant: MerchantId, customer: CustomerId) -> str:
    """A customer's partition."""
    return f"CUSTOMER#{merchant}#{customer}"


def alias_pk(pepper: Pepper, merchant: MerchantId, kind: str, name: str) -> str:
    """A name of a customer at one merchant: user ids mean nothing at another."""
    return f"ALIAS#{merchant}#{pepper.fingerprint('alias', merchant, kind, name)}"


def ttl(at: Instant) -> int:
    """DynamoDB's time to live: whole seconds since 1970."""
    return at // 1000


def conversation_item(conversation: Conversation) -> Item:
    """A conversation as an item; its version is an attribute of its own, for conditions."""
    doc = to_plain(conversation)
    del doc["version"]
    return {
        "pk": customer_pk(conversation.merchant, conversation.customer),
        "sk": f"CONVERSATION#{conversation.address}",
        "view_pk": f"INBOX#{conversation.merchant}",
        "view_sk": f"{conversation.inbox_day}#{conversation.id}",
        "version": conversation.version,
        "doc": compact(doc),
    }


def read_conversation(item: dict[str, Any]) -> Conversation:
    """The conversation in an item."""
    return from_plain(
        Conversation, {**json.loads(item["doc"]), "version": item["version"]}, {"contact": Contact, "burst": BurstPart}
    )


def dump_outgoing(outgoing: Outgoing) -> str:
    """An outgoing message as it lies in the queue."""
    return compact({"fact": "outgoing", "v": OUTGOING_VERSION, **to_plain(outgoing)})


def load_outgoing(body: str | bytes) -> Outgoing:
    """The outgoing message in a record of the queue, or in a row's body. Raises Rejected when it is none."""
    try:
        data = json.loads(unfold(body))
    except ValueError:
        raise Rejected("not an outgoing message: no JSON") from None
    if not isinstance(data, dict) or data.get("fact") != "outgoing":
        raise Rejected("not an outgoing message")
    check_version(data, OUTGOING_VERSION)
    return from_plain(Outgoing, data, {"contact": Contact})


def outgoing_group(pepper: Pepper, outgoing: Outgoing) -> str:
    """The FIFO group of what is said to one customer at one address."""
    return pepper.fingerprint("group", outgoing.channel, outgoing.address, outgoing.customer)


def outbox(pepper: Pepper, outgoing: Outgoing) -> dict[str, Value]:
    """The attributes that make an item the outbox row of an outgoing message."""
    return {
        "queue": OUTBOUND,
        "body": fold(dump_outgoing(outgoing)),
        "group": outgoing_group(pepper, outgoing),
        "dedupe": pepper.fingerprint("outgoing", outgoing.id),
    }


def message_item(pepper: Pepper, kept: Kept) -> dict[str, Value]:
    """The fact that came in, and what must happen next."""
    fact = kept.fact
    item: dict[str, Value] = {
        "pk": message_pk(fact.key),
        "sk": "MESSAGE",
        "view_pk": f"THREAD#{kept.after.id}",
        "view_sk": str(getattr(fact, "id", fact.key)),
        "doc": compact(_what_is_kept(fact)),
        "reason": kept.reason,
    }
    if kept.resembles:
        item["resembles"] = cut(kept.resembles, RESEMBLES)
    if kept.outgoing is not None:
        item |= outbox(pepper, kept.outgoing)
    elif kept.look_again_in:
        burst = {
            "merchant": kept.after.merchant,
            "customer": kept.after.customer,
            "address": kept.after.address,
            "last": fact.key,
        }
        item |= {
            "queue": DUE,
            "body": compact({"fact": "look_again", "v": 1, **burst}),
            "delay": -(-kept.look_again_in // 1000),
        }
    return item


def _what_is_kept(fact: AnyFact) -> dict[str, Any]:
    """The fact without what other attributes say: what a message was edited to stands at that message, and is deleted with it."""
    doc: dict[str, Any] = to_plain(fact)
    for known in ("key", "id", "channel", "address", "contact", "correlation", "account", "received_at"):
        doc.pop(known, None)
    if isinstance(fact, MessageAltered) and fact.action == "edited" and fact.original_key is not None:
        doc.pop("text", None)
        doc.pop("content", None)
    return {"fact": fact.name, "v": fact.version, **doc}


def unanswered_item(
    conversation: Conversation, id: str, messages: tuple[Fingerprint, ...], at: Instant
) -> dict[str, Value]:
    """A question for the shop's list. It names the messages and holds none of their text: what is deleted there is deleted here."""
    doc = {"messages": messages, "conversation": conversation.id, "customer": conversation.customer, "at": rfc3339(at)}
    return {"pk": f"UNANSWERED#{conversation.merchant}", "sk": id, "doc": compact(doc)}


def notice_item(outgoing: Outgoing, code: int, at: Instant) -> dict[str, Value]:
    """What the merchant is told of a message that was not said."""
    doc = {"outgoing": outgoing.id, "conversation": outgoing.conversation, "code": code, "at": rfc3339(at)}
    return {"pk": f"NOTICE#{outgoing.merchant}", "sk": outgoing.id, "doc": compact(doc)}
