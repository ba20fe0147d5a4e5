"""How a conversation's things lie in the table. Keys hold our ids and fingerprints only.

| thing | pk | sk | view_pk, view_sk |
| --- | --- | --- | --- |
| channel | CHANNEL#kind#address | CHANNEL | |
| alias | ALIAS#merchant#fingerprint of a name | ALIAS | NAMES#customer, its pk |
| conversation | CUSTOMER#merchant#customer | CONVERSATION#address | INBOX#merchant, day#conversation |
| how far its customer has come, where the channel tells that by times | CUSTOMER#merchant#customer | SEEN#address | |
| the way to a conversation | CONVERSATION#id | CONVERSATION | |
| two customers who were one person | CUSTOMER#merchant#older, CUSTOMER#merchant#younger | ALSO#younger, OLDER | |
| blocked customer | BLOCKED#merchant | customer | |
| message in, echo, edit, reaction | MESSAGE#fingerprint | MESSAGE | THREAD#conversation, message id |
| reply to a burst, message said again | OUTGOING#id | OUTGOING | THREAD#conversation, id |
| send state | SEND#outgoing id | SEND | |
| question without an answer | UNANSWERED#merchant | id | ASKED#conversation, id |
| notice to the merchant | NOTICE#merchant | outgoing id | |
| that a channel was stopped | STOPPED#merchant | id | |
| note on a customer | NOTE#fingerprint | NOTE | NOTES#customer, id |
| news of an account | NOTE#fingerprint | NOTE | NEWS#channel#account or address, id |
| an erasure | ERASED#merchant | customer | |
| its next look | ERASING#customer | step | |
| answer to a request that may come again | ONCE#key | ONCE | |

The message item is its own outbox row: `queue`, `body`, `group`, `dedupe` (or `delay`) say what must happen next.

What was erased leaves its key behind for ERASED_LIFE_MS, bare: a MESSAGE or NOTE so that a late delivery is known as a repeat, a SEND
so that nothing is sent for it, an ALIAS whose `until` says that what its owner wrote before then is gone.
"""

import json
from dataclasses import replace
from typing import Any

from haat.aws.outbox import fold, unfold
from haat.aws.table import Item, Value
from haat.conversation.model import BurstPart, Conversation, Outgoing
from haat.conversation.ports import Kept
from haat.conversation.rules.menus import question_id
from haat.conversation.rules.text import cut
from haat.conversation.store import notices
from haat.facts.codec import check_version, from_plain, to_plain
from haat.facts.conversation import AnyFact, Contact, CustomerRenamed, Inbound, MessageAltered
from haat.facts.said import Bill, Choice, Template
from haat.kernel.errors import Rejected
from haat.kernel.ids import CustomerId, Fingerprint, MerchantId, Pepper
from haat.kernel.time import DAY, Instant, later, rfc3339

OUTBOUND, DUE = "conversation-outbound.fifo", "conversation-due"
SEND_LIFE_MS = 30 * DAY  # longer than SQS may keep a record (14 days): a state that is gone reads as "due"
NEWS_LIFE_MS = 90 * DAY
# Meta delivers for 7 days, a queue and then its dead-letter queue may keep a record for 14 each.
ERASED_LIFE_MS = 40 * DAY
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


def way_item(conversation: Conversation) -> Item:
    """How a conversation is found by its id: it lies with its customer."""
    return {
        "pk": f"CONVERSATION#{conversation.id}",
        "sk": "CONVERSATION",
        "customer": conversation.customer,
        "address": conversation.address,
    }


def outgoing_item(pepper: Pepper, outgoing: Outgoing) -> dict[str, Value]:
    """An outgoing message that is its own outbox row."""
    pk = f"OUTGOING#{outgoing.id}"
    row: dict[str, Value] = {
        "pk": pk,
        "sk": "OUTGOING",
        "view_pk": f"THREAD#{outgoing.conversation}",
        "view_sk": outgoing.id,
    }
    return row | outbox(pepper, replace(outgoing, source=pk))


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
    return from_plain(Outgoing, data, {"contact": Contact, "choices": Choice, "template": Template, "bill": Bill})


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


def note_item(fact: Inbound, about: Conversation | None) -> Item:
    """A fact that belongs to no conversation: of a customer, or of the shop's own account.

    New names are kept as names, where they can be erased, so that a renaming is only the marker that it was done.
    """
    where = f"NEWS#{fact.channel}#{fact.account or fact.address}" if about is None else f"NOTES#{about.customer}"
    doc: dict[str, Any] = to_plain(fact)
    if isinstance(fact, CustomerRenamed):
        del doc["contact"], doc["now"]
    return {
        "pk": f"NOTE#{fact.key}",
        "sk": "NOTE",
        "view_pk": where,
        "view_sk": getattr(fact, "id", None) or question_id(fact.key, fact.received_at),
        "doc": compact({"fact": fact.name, "v": fact.version, **doc}),
        "ttl": ttl(later(fact.received_at, NEWS_LIFE_MS)),
    }


def unanswered_item(
    conversation: Conversation, id: str, messages: tuple[Fingerprint, ...], at: Instant
) -> dict[str, Value]:
    """A question for the shop's list. It names the messages and holds none of their text: what is deleted there is deleted here."""
    doc = {"messages": messages, "conversation": conversation.id, "customer": conversation.customer, "at": rfc3339(at)}
    return {
        "pk": f"UNANSWERED#{conversation.merchant}",
        "sk": id,
        "view_pk": f"ASKED#{conversation.id}",
        "view_sk": id,
        "doc": compact(doc),
        **notices.unanswered(conversation, id, len(messages), at),
    }


def notice_item(outgoing: Outgoing, code: int, at: Instant) -> dict[str, Value]:
    """What the merchant is told of a message that was not said."""
    doc = {"outgoing": outgoing.id, "conversation": outgoing.conversation, "code": code, "at": rfc3339(at)}
    told = notices.not_sent(outgoing, code, at)
    return {"pk": f"NOTICE#{outgoing.merchant}", "sk": outgoing.id, "doc": compact(doc), **told}
