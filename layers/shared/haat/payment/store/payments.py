"""Payments in DynamoDB. One transaction writes a decision: marks, request, receipts with their names, refunds, and what must be told.

| thing | pk | sk | view_pk, view_sk | due_pk, due_at |
| --- | --- | --- | --- | --- |
| request | PAYMENT#reference | REQUEST | PAYMENTS#merchant, time#reference | DUE#shard, when something is due |
| receipt | PAYMENT#reference | RECEIPT#rrn | LEDGER#merchant, time#reference#C#rrn | |
| refund | PAYMENT#reference | REFUND#id | LEDGER#merchant, time#reference#R#id | |
| that an operator should look at it | PAYMENT#reference | WATCH | WATCH#state#shard, since#reference | |
| what was heard of a money | EVIDENCE#reference, or #account#rrn | trust#source#status#rrn | | |
| whose a money is: once for each (RRN, payee account) | MONEY#account#rrn | MONEY | | |
| the same by the bank's own id | TXN#account#id | TXN | | |
| whose a refund is | REFUND#account#id | REFUND | | |
| an event id that was heard | EVENT#account#id | EVENT | | |
| money of no request | ORPHANS#account | rrn | LEDGER#merchant; with a reference WATCH#ORPHAN#shard | |
| told before its money | WAITING#account#rrn or id | HEAD, and callback ids | | |
| what must be told or is due | NEWS#reference | lock#name | | |
| a bank's answer | ANSWER#reference | what#refund#number | | |
| that the bank was about to be called | CLAIM#reference | refund#number | | |
| what leads from a customer to it, see people.py | CUSTOMER#merchant#customer | reference | | |
| answer to a request that may come again | ONCE#key | ONCE | | |
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from haat.aws.once import DynamoAnswers, marker
from haat.aws.table import Action, Delete, Put, Refused, Table, Update
from haat.facts.payments import BankAnswered, CallbackKept
from haat.facts.settlement import RefundFiled
from haat.kernel.errors import Changed, Conflict, Unavailable
from haat.kernel.ids import MerchantId
from haat.kernel.once import Answer, Once
from haat.kernel.time import Instant
from haat.payment.model.outbox import Mark
from haat.payment.model.payment import Change, Orphan, Payment, Payout, Receipt, Refund, Request
from haat.payment.ports import KnownEvent, Listed, Writing
from haat.payment.rules import matching
from haat.payment.store import items, waiting
from haat.payment.store.accounts import changed as account_changed
from haat.payment.store.people import leads

ATTEMPTS = 5


class DynamoPayments:
    """Fills the port Payments."""

    def __init__(self, table: Table) -> None:
        self._table, self._answers = table, DynamoAnswers(table)

    def load(self, tr: str) -> Payment | None:
        rows = self._table.query(items.pk(tr), limit=1_000)
        if not rows:
            return None
        found = next((item for item in rows if item["sk"] == "REQUEST"), None) or self._table.get(
            items.pk(tr), "REQUEST"
        )
        if found is None:
            return None
        return Payment(
            request=items.read(Request, found),
            receipts=tuple(items.read(Receipt, item) for item in rows if item["sk"].startswith("RECEIPT#")),
            refunds=tuple(items.read(Refund, item) for item in rows if item["sk"].startswith("REFUND#")),
            lock=found["version"],
        )

    def given(self, once: Once) -> Answer | None:
        return self._answers.given(once)

    def begin(self, payment: Payment, writing: Writing) -> Answer | None:
        begun = replace(payment, lock=1)
        actions = [*_once(writing), Put(item=items.request_item(begun), absent=True)]
        actions += items.news(payment.request.tr, 1, writing, payment.request.created_at)
        checked = len(actions)
        actions += leads(payment.request)
        try:
            self._table.transact(actions)
        except Refused as refused:
            if (given := self._given(writing)) is not None:
                return given
            if not refused.at:
                raise Unavailable("payments: others were at work there") from None
            if refused.at == (checked,):
                raise Conflict("this customer is erased", word="customer-erased") from None
            raise Conflict("this reference is taken", word="reference-taken") from None
        return writing.once[1] if writing.once else None

    def save(self, before: Payment, change: Change, writing: Writing) -> Answer | None:
        known = {receipt.rrn for receipt in before.receipts}
        fresh = [receipt for receipt in change.after.receipts if receipt.rrn not in known]
        seen = _Seen(orphan=change.orphan)
        for _ in range(ATTEMPTS):
            parts = self._parts(before, change, writing, fresh, seen)
            try:
                self._table.transact([action for part in parts.values() for action in part])
            except Refused as refused:
                if (given := self._given(writing)) is not None:
                    return given
                self._heard(writing.mark, refused, len(parts["once"]))
                met = _met(parts, refused)
                if not met or "request" in met:
                    raise Changed("the payment was changed in between") from None
                seen = self._looked(change.after.request.account, fresh, seen, met, kept=writing.kept)
            else:
                return writing.once[1] if writing.once else None
        raise Unavailable("payments: others were at work there")

    def _parts(
        self, before: Payment, change: Change, writing: Writing, fresh: Sequence[Receipt], seen: "_Seen"
    ) -> dict[str, list[Action]]:
        """All that a change writes, by what is demanded there."""
        orphans = {rrn: items.read(Orphan, row) for rrn, row in seen.there.items()}
        after = matching.inherited(replace(change.after, lock=before.lock + 1), orphans)
        request, item = after.request, items.request_item(after)
        named = [(receipt, seen.others.get(receipt.rrn, "")) for receipt in fresh]
        heads = [pk for it, other in named for pk in items.waiting(request.account, it.rrn, it.provider_txn_id, other)]
        at = max(request.created_at, *request.pulls, Instant(0))
        whose = request.tr if change.orphan is None else items.orphan_name(change.orphan.account, change.orphan.rrn)
        return {
            "once": _once(writing),
            "mark": [items.mark_item(writing.mark)] if writing.mark else [],
            "request": [
                Put(item=item, version=before.lock) if before.lock else Put(item=item, absent=True),
                *([account_changed(writing.account)] if writing.account else []),
            ],
            "names": [action for one in named for action in items.claimed(request, *one)],
            "customer": [] if before.lock else leads(request),
            "orphans": [_no_more(request.account, other or it.rrn, seen.there.get(it.rrn)) for it, other in named],
            "waiting": waiting.handed_out(self._table, f"NEWS#{request.tr}", heads, at // 1000 + items.NEWS_LIFE_S)
            if seen.waits
            else [items.absent(pk) for pk in heads],
            "what follows": [*items.changed(before, after), *items.watch(before, after, writing.at)],
            "strange": items.orphan(seen.orphan) if seen.orphan else [],
            "told": [*items.evidence(whose, writing.proof), *items.news(request.tr, after.lock, writing, at)],
        }

    def _looked(self, account: str, fresh: Sequence[Receipt], seen: "_Seen", met: set[str], *, kept: bool) -> "_Seen":
        """What the next attempt must know, as these parts were refused. Raises Conflict."""
        if "names" in met:
            others = self._orphans_of(account, fresh)
            if others == seen.others:
                raise Conflict("this money is another request's", word="receipt-taken")
            return replace(seen, others=others)
        if "orphans" in met:
            return replace(seen, there=self._there(account, fresh, seen.others))
        if "customer" in met:
            raise Conflict("this customer is erased", word="customer-erased")
        if "waiting" in met and kept:
            raise Conflict("the bank has given this money back", word="refund-waits")
        if "strange" in met:
            return replace(seen, orphan=None)  # that money was told before
        return replace(seen, waits=True)

    def _there(self, account: str, fresh: Sequence[Receipt], others: Mapping[str, str]) -> dict[str, dict[str, Any]]:
        """The orphans that are receipts' money, by the receipt's name: what a bank's file has said of them goes on with the money."""
        keys = {it.rrn: (f"ORPHANS#{account}", others.get(it.rrn) or it.rrn) for it in fresh}
        found = {(row["pk"], row["sk"]): row for row in self._table.get_many(list(keys.values()))}
        return {rrn: found[key] for rrn, key in keys.items() if key in found}

    def _orphans_of(self, account: str, fresh: Sequence[Receipt]) -> dict[str, str]:
        """The name of the orphan that is a receipt's money, where it has another one than the receipt; by the receipt's."""
        found = {}
        for receipt in fresh:
            item = self._table.get(f"TXN#{account}#{receipt.provider_txn_id}", "TXN")
            if item and not item["tr"] and item["rrn"] != receipt.rrn:
                found[receipt.rrn] = item["rrn"]
        return found

    def keep_orphan(self, orphan: Orphan, writing: Writing) -> bool:
        actions = [*([items.mark_item(writing.mark)] if writing.mark else []), *items.orphan(orphan)]
        name = items.orphan_name(orphan.account, orphan.rrn)
        actions += items.evidence(name, writing.proof)
        actions += items.news(name, 0, writing, orphan.occurred_at)
        try:
            self._table.transact(actions)
        except Refused as refused:
            self._heard(writing.mark, refused, 0)
            if not refused.at:
                raise Unavailable("payments: others were at work there") from None
            return False
        return True

    def settle_orphan(self, account: str, rrn: str, provider_txn_id: str, payout: Payout) -> Orphan | None:
        txn = self._table.get(f"TXN#{account}#{provider_txn_id}", "TXN") if provider_txn_id else None
        name = txn["rrn"] if txn and txn.get("rrn") else rrn or provider_txn_id
        found = self._table.get(f"ORPHANS#{account}", name)
        if found is None:
            return None
        orphan = items.read(Orphan, found)
        if orphan.settled:
            return orphan
        settled = replace(orphan, settled=True, fee=payout.fee, tax=payout.tax, settlement=payout.settlement)
        there = Update(pk=f"ORPHANS#{account}", sk=name, set={"doc": items.plain(settled)}, when="attribute_exists(pk)")
        try:
            self._table.update(there)
        except Refused:
            return None
        return settled

    def find(self, account: str, *, refund: str = "", rrn: str = "", provider_txn_id: str = "") -> str | None:
        keys = [
            *([(f"REFUND#{account}#{refund}", "REFUND")] if refund else []),
            *([(f"TXN#{account}#{provider_txn_id}", "TXN")] if provider_txn_id else []),
            *([(f"MONEY#{account}#{rrn}", "MONEY")] if rrn else []),
        ]
        found = self._table.get_many(keys) if keys else []
        return next((item["tr"] for item in found if item["tr"]), None)

    def wait(self, account: str, name: str, told: CallbackKept | RefundFiled) -> bool:
        return waiting.keep(self._table, account, name, told)

    def answered(self, said: BankAnswered) -> None:
        call = f"{said.wanted or said.what}#{said.refund}#{said.number:06d}"
        with suppress(Refused):  # it was kept before: the same call was made twice
            self._table.put(items.answer(said.tr, call, said))

    def claim(self, tr: str, what: str, refund: str, number: int) -> bool:
        try:
            self._table.put(Put(item={"pk": f"CLAIM#{tr}", "sk": f"{what}#{refund}#{number:06d}"}, absent=True))
        except Refused:
            return False
        return True

    def list(self, merchant: MerchantId, after: str | None, limit: int) -> Listed[Payment]:
        page = self._table.index_page(f"PAYMENTS#{merchant}", after=after, limit=limit, newest_first=True)
        found = self._table.get_many([(item["pk"], "REQUEST") for item in page.items])
        return [items.alone(item) for item in found], page.next

    def due(self, now: Instant, limit: int) -> Sequence[tuple[str, Instant]]:
        late = [one for shard in range(items.SHARDS) for one in self._table.late(f"DUE#{shard}", now, limit)]
        return [(item["pk"].removeprefix("PAYMENT#"), item["due_at"]) for item in sorted(late, key=_due_at)[:limit]]

    def _given(self, writing: Writing) -> Answer | None:
        return self._answers.given(writing.once[0]) if writing.once else None

    def _heard(self, mark: Mark | None, refused: Refused, at: int) -> None:
        if mark is not None and at in refused.at:
            item = self._table.get(f"EVENT#{mark.account}#{mark.event_id}", "EVENT")
            raise KnownEvent(same=item is not None and item["content"] == mark.content) from None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """What attempts to write a change have met: that something waits for its money, and the orphan that is still to be kept.

    `others` is the name of an orphan that is a new receipt's money, by the receipt's own; `there` are such orphans as they were read.
    """

    orphan: Orphan | None
    waits: bool = False
    others: Mapping[str, str] = field(default_factory=dict)
    there: Mapping[str, dict[str, Any]] = field(default_factory=dict)


def _no_more(account: str, name: str, row: dict[str, Any] | None) -> Action:
    """Money that is a receipt now is no orphan: there was none, or this one, as it was read, whichever version wrote it."""
    pk = f"ORPHANS#{account}"
    if row is None:
        return items.absent(pk, name)
    return Delete(pk=pk, sk=name, when="#doc = :doc", values={"doc": row["doc"]})


def _met(parts: Mapping[str, Sequence[Action]], refused: Refused) -> set[str]:
    """The parts that were refused."""
    names = [name for name, part in parts.items() for _ in part]
    return {names[at] for at in refused.at}


def _due_at(item: dict[str, Any]) -> int:
    at: int = item["due_at"]
    return at


def _once(writing: Writing) -> list[Action]:
    return [marker(*writing.once)] if writing.once else []
