"""A payment as items of the table: what stands in `payments.py` under its names is made here."""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from haat.aws.outbox import fold
from haat.aws.table import Action, Check, Delete, Item, Put, Update
from haat.facts.codec import from_plain, to_plain
from haat.facts.payments import BankAnswered, outbox_row
from haat.facts.settlement import ReportAnswered
from haat.kernel.ids import MerchantId
from haat.kernel.time import DAY, Instant
from haat.payment.model.outbox import Mark
from haat.payment.model.payment import Orphan, Payment, Proof, Receipt, Refund, Request
from haat.payment.ports import Writing
from haat.payment.rules.news import times

SHARDS = 2  # of the indexes of what is due and watched: one partition takes a thousand writes a second, and a payment is some three of them
UNKNOWN = "attribute_not_exists(pk)"
EVENT_LIFE_S = (
    60 * DAY // 1000
)  # providers bring an event for 24 hours; two queues may keep its record for 14 days each
NEWS_LIFE_S = 14 * DAY // 1000
WATCHED = frozenset({"PROCESSING", "REVIEW"})  # states that an operator looks at


def plain(value: Any) -> str:
    """A value of the model as JSON."""
    return json.dumps(to_plain(value), ensure_ascii=False, separators=(",", ":"))


def read[T](cls: type[T], item: dict[str, Any]) -> T:
    """It, back."""
    return from_plain(cls, json.loads(item["doc"]))


def pk(tr: str) -> str:
    """Where all of a payment lies."""
    return f"PAYMENT#{tr}"


def shard(name: str) -> int:
    """Which part of an index has it."""
    return hashlib.sha256(name.encode()).digest()[0] % SHARDS


def when(at: Instant, *names: str) -> str:
    """A sort key by time, with what makes it one thing's own."""
    return "#".join((f"{at:015d}", *names))


def ledger(merchant: MerchantId) -> str:
    """The partition of the view in which a merchant's money stands by its time."""
    return f"LEDGER#{merchant}"


def watched(kind: str, part: int) -> str:
    """A partition of the view in which an operator finds what to look at."""
    return f"WATCH#{kind}#{part}"


def orphan_name(account: str, rrn: str) -> str:
    """What evidence of a money of no request is kept under."""
    return f"{account}#{rrn}"


def request_item(payment: Payment) -> Item:
    """The request."""
    request = payment.request
    item: dict[str, Any] = {
        "pk": pk(request.tr),
        "sk": "REQUEST",
        "version": payment.lock,
        "doc": plain(request),
        "view_pk": f"PAYMENTS#{request.merchant}",
        "view_sk": when(request.created_at, request.tr),
    }
    if due := times(payment):
        item |= {"due_pk": f"DUE#{shard(request.tr)}", "due_at": min(due)}
    return item


def alone(item: dict[str, Any]) -> Payment:
    """A request without its receipts and refunds."""
    return Payment(request=read(Request, item), lock=item["version"])


def watch(before: Payment | None, after: Payment, at: Instant) -> list[Action]:
    """An operator's list has a request for as long as it is in a state that somebody should look at, by the time since when."""
    request = after.request
    was = before.request.state if before else ""
    if was == request.state:
        return []
    if request.state in WATCHED:
        place = {
            "view_pk": watched(request.state, shard(request.tr)),
            "view_sk": when(at or request.created_at, request.tr),
        }
        return [Put(item={"pk": pk(request.tr), "sk": "WATCH", **place})]
    return [Delete(pk=pk(request.tr), sk="WATCH")] if was in WATCHED else []


def changed(before: Payment, after: Payment) -> list[Action]:
    """Receipts and refunds that are new or other than they were. The request's lock guards them."""
    tr, account = after.request.tr, after.request.account
    receipts, refunds = set(before.receipts), set(before.refunds)
    known = {refund.id for refund in before.refunds}
    return [
        *(Put(item=_receipt_item(after.request, receipt)) for receipt in after.receipts if receipt not in receipts),
        *(Put(item=_refund_item(after.request, refund)) for refund in after.refunds if refund not in refunds),
        *(
            Put(item={"pk": f"REFUND#{account}#{refund.id}", "sk": "REFUND", "tr": tr})
            for refund in after.refunds
            if refund.id not in known
        ),
    ]


def _receipt_item(request: Request, receipt: Receipt) -> Item:
    place = {"view_pk": ledger(request.merchant), "view_sk": when(receipt.occurred_at, request.tr, "C", receipt.rrn)}
    return {"pk": pk(request.tr), "sk": f"RECEIPT#{receipt.rrn}", "doc": plain(receipt), **place}


def _refund_item(request: Request, refund: Refund) -> Item:
    place = {"view_pk": ledger(request.merchant), "view_sk": when(refund.asked_at, request.tr, "R", refund.id)}
    return {"pk": pk(request.tr), "sk": f"REFUND#{refund.id}", "doc": plain(refund), **place}


def orphan(it: Orphan) -> list[Action]:
    """Money of no request. For a static code it is the shop's to assign; what names another payee or request is an operator's to look at."""
    name = orphan_name(it.account, it.rrn)
    place = {"view_pk": ledger(it.merchant), "view_sk": when(it.occurred_at, "", "C", name)}
    if it.tr or it.foreign:
        place = {"view_pk": watched("ORPHAN", shard(name)), "view_sk": when(it.occurred_at, name)}
    item = {"pk": f"ORPHANS#{it.account}", "sk": it.rrn, "doc": plain(it)}
    txn = {"pk": f"TXN#{it.account}#{it.provider_txn_id}", "sk": "TXN", "tr": "", "rrn": it.rrn}
    return [
        Put(item={"pk": f"MONEY#{name}", "sk": "MONEY", "tr": ""}, absent=True),
        *([Put(item=txn, absent=True)] if it.provider_txn_id else []),
        Put(item=item | place if it.merchant else item),
    ]


def evidence(name: str, proof: Proof | None) -> list[Action]:
    """What was heard, under whom it is about: one row for each source and money, so that repetition fills nothing.

    Hints are anyone's to send: of them one row is kept.
    """
    if proof is None:
        return []
    of = f"{proof.status}#{proof.rrn or proof.provider_txn_id}" if proof.trust == "proof" else ""
    item: Item = {"pk": f"EVIDENCE#{name}", "sk": f"{proof.trust}#{proof.source}#{of}", "doc": plain(proof)}
    return [Put(item=item)]


def claimed(request: Request, receipt: Receipt, other: str = "") -> Iterator[Action]:
    """A money is this request's under its names: its RRN, and the bank's own id.

    What came without our reference first is an orphan until somebody tells whose it is. It is one under `other` where one of the two
    was told without the RRN; that there is none under a name that is not known is demanded.
    """
    account, mine = request.account, {"tr": request.tr}
    for name in dict.fromkeys((receipt.rrn, other or receipt.rrn)):
        free = f"{UNKNOWN} OR #tr = :none"
        yield Update(pk=f"MONEY#{account}#{name}", sk="MONEY", set=mine, when=free, values={"none": ""})
    if receipt.provider_txn_id:
        free = f"{UNKNOWN} OR (#tr = :none AND #rrn = :rrn)"
        values = {"none": "", "rrn": other or receipt.rrn}
        yield Update(pk=f"TXN#{account}#{receipt.provider_txn_id}", sk="TXN", set=mine, when=free, values=values)


def waiting(account: str, *names: str) -> list[str]:
    """Where what was told of a money of these names before it came waits for it."""
    return [f"WAITING#{account}#{name}" for name in sorted({*names} - {""})]


def mark_item(mark: Mark) -> Put:
    """That an event id was heard."""
    item: Item = {
        "pk": f"EVENT#{mark.account}#{mark.event_id}",
        "sk": "EVENT",
        "content": mark.content,
        "ttl": mark.at // 1000 + EVENT_LIFE_S,
    }
    return Put(item=item, absent=True)


def news(key: str, lock: int, writing: Writing, at: int) -> list[Action]:
    """What must be told, or is due."""
    under, ttl = f"NEWS#{key}", at // 1000 + NEWS_LIFE_S
    return [
        Put(item={"pk": under, "sk": f"{lock:08d}#{row.name}", "ttl": ttl, **row.row}, absent=True)
        for row in writing.rows
    ]


def answer(under: str, call: str, said: BankAnswered | ReportAnswered) -> Put:
    """What a bank answered to a call of ours, as its own outbox row: folded, as it may be the longest of all."""
    row = outbox_row(said)
    ttl = said.answered_at // 1000 + EVENT_LIFE_S
    item: Item = {"pk": f"ANSWER#{under}", "sk": call, "ttl": ttl, **row, "body": fold(row["body"])}
    return Put(item=item, absent=True)


def nobodys(pk: str, sk: str) -> Check:
    """The money has not come, or is nobody's yet: who assigns it hands out what waits."""
    return Check(pk=pk, sk=sk, when=f"{UNKNOWN} OR #tr = :none", values={"none": ""})


def absent(pk: str, sk: str = "HEAD") -> Check:
    """Demand that there is no such item."""
    return Check(pk=pk, sk=sk, when=UNKNOWN)
