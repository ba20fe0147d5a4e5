"""Payments in DynamoDB. One transaction writes a decision: marks, request, receipts with their names, refunds, and what must be told.

| thing | pk | sk | view_pk, view_sk | due_pk, due_at |
| --- | --- | --- | --- | --- |
| request | PAYMENT#reference | REQUEST | PAYMENTS#merchant, time#reference | DUE#shard, when something is due |
| receipt | PAYMENT#reference | RECEIPT#rrn | | |
| refund | PAYMENT#reference | REFUND#id | | |
| whose a money is: once for each (RRN, payee account) | MONEY#account#rrn | MONEY | | |
| the same by the bank's own id | TXN#account#id | TXN | | |
| whose a refund is | REFUND#account#id | REFUND | | |
| an event id that was heard | EVENT#account#id | EVENT | | |
| money of no request | ORPHANS#account | rrn | | |
| told before its money | WAITING#account#rrn or id | HEAD, then callback ids | | |
| what must be told or is due | NEWS#reference | lock#name | | |
| a bank's answer | ANSWER#reference | what#refund#number | | |
| that the bank was about to be called | CLAIM#reference | refund#number | | |
| answer to a request that may come again | ONCE#key | ONCE | | |
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from haat.aws.once import DynamoAnswers, marker
from haat.aws.table import Action, Check, Delete, Item, Put, Refused, Table, Update
from haat.facts.codec import from_plain, to_plain
from haat.facts.payments import BankAnswered, CallbackKept, dump, load, outbox_row
from haat.kernel.errors import Changed, Conflict, Unavailable
from haat.kernel.ids import MerchantId
from haat.kernel.once import Answer
from haat.kernel.time import DAY, Instant
from haat.payment.model.outbox import Mark
from haat.payment.model.payment import Change, Orphan, Payment, Receipt, Refund, Request
from haat.payment.ports import KnownEvent, Listed, Writing
from haat.payment.rules.news import times

SHARDS = 8  # of the index of what is due: one partition takes a thousand writes a second
UNKNOWN = "attribute_not_exists(pk)"
EVENT_LIFE_S = (
    60 * DAY // 1000
)  # providers bring an event for 24 hours; two queues may keep its record for 14 days each
NEWS_LIFE_S = 14 * DAY // 1000
ATTEMPTS = 5


def _json(value: Any) -> str:
    return json.dumps(to_plain(value), ensure_ascii=False, separators=(",", ":"))


def _pk(tr: str) -> str:
    return f"PAYMENT#{tr}"


def _request_item(payment: Payment) -> Item:
    request = payment.request
    item: dict[str, Any] = {
        "pk": _pk(request.tr),
        "sk": "REQUEST",
        "version": payment.lock,
        "doc": _json(request),
        "view_pk": f"PAYMENTS#{request.merchant}",
        "view_sk": f"{request.created_at:015d}#{request.tr}",
    }
    if due := times(payment):
        shard = hashlib.sha256(request.tr.encode()).digest()[0] % SHARDS
        item |= {"due_pk": f"DUE#{shard}", "due_at": min(due)}
    return item


def _receipt_item(tr: str, receipt: Receipt) -> Item:
    return {"pk": _pk(tr), "sk": f"RECEIPT#{receipt.rrn}", "doc": _json(receipt)}


def _refund_item(tr: str, refund: Refund) -> Item:
    return {"pk": _pk(tr), "sk": f"REFUND#{refund.id}", "doc": _json(refund)}


def _names(account: str, receipt: Receipt) -> Iterator[tuple[str, str]]:
    """Under which a money is found: its RRN, and the bank's own id."""
    yield f"MONEY#{account}#{receipt.rrn}", "MONEY"
    if receipt.provider_txn_id:
        yield f"TXN#{account}#{receipt.provider_txn_id}", "TXN"


def _waiting(account: str, receipt: Receipt) -> list[str]:
    return [f"WAITING#{account}#{name}" for name in sorted({receipt.rrn, receipt.provider_txn_id} - {""})]


def _mark(mark: Mark) -> Put:
    item: Item = {
        "pk": f"EVENT#{mark.account}#{mark.event_id}",
        "sk": "EVENT",
        "content": mark.content,
        "ttl": mark.at // 1000 + EVENT_LIFE_S,
    }
    return Put(item=item, absent=True)


def _news(key: str, lock: int, writing: Writing, at: int) -> list[Action]:
    pk, ttl = f"NEWS#{key}", at // 1000 + NEWS_LIFE_S
    return [
        Put(item={"pk": pk, "sk": f"{lock:08d}#{row.name}", "ttl": ttl, **row.row}, absent=True) for row in writing.rows
    ]


class DynamoPayments:
    """Fills the port Payments."""

    def __init__(self, table: Table) -> None:
        self._table, self._answers = table, DynamoAnswers(table)

    def load(self, tr: str) -> Payment | None:
        items = self._table.query(_pk(tr), limit=1_000)
        if not items:
            return None
        found = next(item for item in items if item["sk"] == "REQUEST")
        request = from_plain(Request, json.loads(found["doc"]))
        return Payment(
            request=replace(request, pulls=tuple(request.pulls), flags=tuple(request.flags)),
            receipts=tuple(_read(Receipt, item) for item in items if item["sk"].startswith("RECEIPT#")),
            refunds=tuple(_read(Refund, item) for item in items if item["sk"].startswith("REFUND#")),
            lock=found["version"],
        )

    def begin(self, payment: Payment, writing: Writing) -> Answer | None:
        begun = replace(payment, lock=1)
        actions = [*_once(writing), Put(item=_request_item(begun), absent=True)]
        actions += _news(payment.request.tr, 1, writing, payment.request.created_at)
        try:
            self._table.transact(actions)
        except Refused:
            if (given := self._given(writing)) is not None:
                return given
            raise Conflict("this reference is taken", word="reference-taken") from None
        return writing.once[1] if writing.once else None

    def save(self, before: Payment, change: Change, writing: Writing) -> Answer | None:
        request, lock = change.after.request, before.lock + 1
        after = replace(change.after, lock=lock)
        known = {receipt.rrn: receipt for receipt in before.receipts}
        fresh = [receipt for receipt in after.receipts if receipt.rrn not in known]
        heads = [pk for receipt in fresh for pk in _waiting(request.account, receipt)]
        told = False
        for _ in range(ATTEMPTS):
            actions: list[Action] = [*_once(writing), *([_mark(writing.mark)] if writing.mark else [])]
            marks = len(actions)
            actions.append(Put(item=_request_item(after), version=before.lock))
            actions += [
                # Money that came without our reference first is an orphan until somebody tells whose it is.
                Update(pk=pk, sk=sk, set={"tr": request.tr}, when=f"{UNKNOWN} OR #tr = :none", values={"none": ""})
                for receipt in fresh
                for pk, sk in _names(request.account, receipt)
            ]
            names = len(actions)
            actions += [Delete(pk=f"ORPHANS#{request.account}", sk=receipt.rrn) for receipt in fresh]
            actions += self._handed_out(request.tr, lock, heads) if told else [_absent(pk) for pk in heads]
            actions += _changed(before, after)
            if change.orphan is not None:
                actions += _orphan(change.orphan)
            actions += _news(request.tr, lock, writing, max(request.created_at, *request.pulls, Instant(0)))
            try:
                self._table.transact(actions)
            except Refused as refused:
                if (given := self._given(writing)) is not None:
                    return given
                self._heard(writing.mark, refused, len(_once(writing)))
                if marks in refused.at or not refused.at:
                    raise Changed("the payment was changed in between") from None
                if any(marks < at < names for at in refused.at):
                    raise Conflict("this money is another request's", word="receipt-taken") from None
                told = True
            else:
                return writing.once[1] if writing.once else None
        raise Unavailable("payments: others were at work there")

    def _handed_out(self, tr: str, lock: int, heads: Sequence[str]) -> list[Action]:
        """What waited for this money goes on its way; nothing more may come to wait for it."""
        actions: list[Action] = []
        for pk in heads:
            page = self._table.page(pk, limit=50)
            for item in page.items:
                if item["sk"] == "HEAD":
                    actions.append(Delete(pk=pk, sk="HEAD", when="#count = :count", values={"count": item["count"]}))
                else:
                    fact = load(item["told"])
                    row: Item = {"pk": f"NEWS#{tr}", "sk": f"{lock:08d}#waited#{item['sk']}", **outbox_row(fact)}
                    actions += [Put(item=row, absent=True), Delete(pk=pk, sk=item["sk"])]
            if not page.items:
                actions.append(_absent(pk))
        return actions

    def keep_orphan(self, orphan: Orphan, writing: Writing) -> bool:
        actions = [*([_mark(writing.mark)] if writing.mark else []), *_orphan(orphan)]
        actions += _news(f"{orphan.account}#{orphan.rrn}", 0, writing, orphan.occurred_at)
        try:
            self._table.transact(actions)
        except Refused as refused:
            self._heard(writing.mark, refused, 0)
            if not refused.at:
                raise Unavailable("payments: others were at work there") from None
            return False
        return True

    def find(self, account: str, *, refund: str = "", rrn: str = "", provider_txn_id: str = "") -> str | None:
        keys = [
            *([(f"REFUND#{account}#{refund}", "REFUND")] if refund else []),
            *([(f"TXN#{account}#{provider_txn_id}", "TXN")] if provider_txn_id else []),
            *([(f"MONEY#{account}#{rrn}", "MONEY")] if rrn else []),
        ]
        found = self._table.get_many(keys) if keys else []
        return next((item["tr"] for item in found if item["tr"]), None)

    def wait(self, account: str, name: str, told: CallbackKept) -> None:
        pk = f"WAITING#{account}#{name}"
        head = self._table.get(pk, "HEAD")
        count = head["count"] if head else 0
        more: Item = {"pk": pk, "sk": "HEAD", "count": count + 1, "version": count + 1}
        actions: list[Action] = [
            _absent(f"MONEY#{account}#{name}", "MONEY"),
            _absent(f"TXN#{account}#{name}", "TXN"),
            Put(item=more, version=count) if head else Put(item=more, absent=True),
            Put(item={"pk": pk, "sk": told.id, "told": dump(told)}),
        ]
        try:
            self._table.transact(actions)
        except Refused:
            raise Changed("the money has come in between") from None

    def answered(self, said: BankAnswered) -> None:
        item = {"pk": f"ANSWER#{said.tr}", "sk": f"{said.what}#{said.refund}#{said.number:06d}", **outbox_row(said)}
        ttl = said.answered_at // 1000 + EVENT_LIFE_S
        try:
            self._table.put(Put(item=item | {"ttl": ttl}, absent=True))
        except Refused:
            return  # it was kept before: the same call was made twice

    def claim_refund(self, tr: str, refund: str, number: int) -> bool:
        try:
            self._table.put(Put(item={"pk": f"CLAIM#{tr}", "sk": f"{refund}#{number:06d}"}, absent=True))
        except Refused:
            return False
        return True

    def list(self, merchant: MerchantId, after: str | None, limit: int) -> Listed[Payment]:
        page = self._table.index_page(f"PAYMENTS#{merchant}", after=after, limit=limit, newest_first=True)
        found = self._table.get_many([(item["pk"], "REQUEST") for item in page.items])
        return [_alone(item) for item in found], page.next

    def due(self, now: Instant, limit: int) -> Sequence[tuple[str, Instant]]:
        late = [one for shard in range(SHARDS) for one in self._table.late(f"DUE#{shard}", now, limit)]
        return [(item["pk"].removeprefix("PAYMENT#"), item["due_at"]) for item in sorted(late, key=_due_at)[:limit]]

    def _given(self, writing: Writing) -> Answer | None:
        return self._answers.given(writing.once[0]) if writing.once else None

    def _heard(self, mark: Mark | None, refused: Refused, at: int) -> None:
        if mark is not None and at in refused.at:
            item = self._table.get(f"EVENT#{mark.account}#{mark.event_id}", "EVENT")
            raise KnownEvent(same=item is not None and item["content"] == mark.content) from None


def _due_at(item: dict[str, Any]) -> int:
    at: int = item["due_at"]
    return at


def _once(writing: Writing) -> list[Action]:
    return [marker(*writing.once)] if writing.once else []


def _absent(pk: str, sk: str = "HEAD") -> Check:
    return Check(pk=pk, sk=sk, when=UNKNOWN)


def _changed(before: Payment, after: Payment) -> list[Action]:
    """Receipts and refunds that are new or other than they were. The request's lock guards them."""
    tr, account = after.request.tr, after.request.account
    receipts, refunds = set(before.receipts), set(before.refunds)
    known = {refund.id for refund in before.refunds}
    return [
        *(Put(item=_receipt_item(tr, receipt)) for receipt in after.receipts if receipt not in receipts),
        *(Put(item=_refund_item(tr, refund)) for refund in after.refunds if refund not in refunds),
        *(
            Put(item={"pk": f"REFUND#{account}#{refund.id}", "sk": "REFUND", "tr": tr})
            for refund in after.refunds
            if refund.id not in known
        ),
    ]


def _orphan(orphan: Orphan) -> list[Action]:
    return [
        Put(item={"pk": f"MONEY#{orphan.account}#{orphan.rrn}", "sk": "MONEY", "tr": ""}, absent=True),
        Put(item={"pk": f"ORPHANS#{orphan.account}", "sk": orphan.rrn, "doc": _json(orphan)}),
    ]


def _read[T](cls: type[T], item: dict[str, Any]) -> T:
    return from_plain(cls, json.loads(item["doc"]))


def _alone(item: dict[str, Any]) -> Payment:
    return Payment(request=_read(Request, item), lock=item["version"])
