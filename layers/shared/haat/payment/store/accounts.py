"""Payee accounts in DynamoDB.

| thing | pk | sk |
| --- | --- | --- |
| account; one that is or was live and whose reports are fetched stands in the index `view`, under FETCHED | ACCOUNT#id | ACCOUNT |
| its place among its merchant's | ACCOUNTS#merchant | id |
| that a merchant's accounts begin one after the other | BEGINS#merchant | BEGINS |
| what must be told | NEWS#id | version#name |
| answer to a request that may come again | ONCE#key | ONCE |
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from cachetools import TTLCache

from haat.aws.once import DynamoAnswers, marker
from haat.aws.table import Item, Put, Refused, Table
from haat.facts.codec import from_plain, to_plain
from haat.kernel.errors import Changed, Conflict
from haat.kernel.ids import MerchantId
from haat.kernel.once import Answer, Once
from haat.kernel.time import DAY
from haat.payment.model.account import PayeeAccount, Sealed
from haat.payment.model.bank import Account
from haat.payment.model.outbox import Row
from haat.payment.ports import Listed
from haat.payment.rules.accounts import MOST_EVER, alone, room

KEEP_S, MOST = 60, 2_000
NEWS_LIFE_S = 14 * DAY // 1000
FETCHED = "FETCHED"


def _item(account: PayeeAccount) -> Item:
    plain = to_plain(account)
    plain.pop("sealed", None)
    sealed = account.sealed
    return {
        **({"view_pk": FETCHED, "view_sk": account.id} if account.is_reported else {}),
        "pk": f"ACCOUNT#{account.id}",
        "sk": "ACCOUNT",
        "version": account.version,
        "doc": json.dumps(plain, ensure_ascii=False, separators=(",", ":")),
        **{
            name: value
            for name, value in (
                ("door", sealed.door),
                ("settle", sealed.settlement),
                ("call", sealed.call),
                ("waiting", sealed.waiting),
                ("waiting_settle", sealed.waiting_settlement),
            )
            if value
        },
    }


def _read(item: dict[str, Any]) -> PayeeAccount:
    doc = json.loads(item["doc"])
    sealed = Sealed(
        door=item.get("door", b""),
        settlement=item.get("settle", b""),
        call=item.get("call", b""),
        waiting=item.get("waiting", b""),
        waiting_settlement=item.get("waiting_settle", b""),
    )
    found = from_plain(PayeeAccount, doc, {"bank": Account})
    return replace(found, sealed=sealed, version=item["version"])  # the codec makes a tuple of each list


class DynamoAccounts:
    """Fills the port Accounts."""

    def __init__(self, table: Table, timer: Callable[[], float]) -> None:
        self._table, self._answers = table, DynamoAnswers(table)
        self._kept: TTLCache[str, PayeeAccount] = TTLCache(maxsize=MOST, ttl=KEEP_S, timer=timer)

    def get(self, id: str, *, fresh: bool = False) -> PayeeAccount | None:
        if not fresh and (known := self._kept.get(id)) is not None:
            return known
        item = self._table.get(f"ACCOUNT#{id}", "ACCOUNT", consistent=fresh)
        if item is None:
            return None
        account = self._kept[id] = _read(item)
        return account

    def list(self, merchant: MerchantId) -> list[PayeeAccount]:
        page = self._table.page(f"ACCOUNTS#{merchant}", limit=MOST_EVER)
        found = self._table.get_many([(f"ACCOUNT#{item['sk']}", "ACCOUNT") for item in page.items])
        return sorted((_read(item) for item in found), key=lambda account: (account.opened_at, account.id))

    def fetched(self, after: str | None, limit: int) -> Listed[str]:
        page = self._table.index_page(FETCHED, after=after, limit=limit)
        return [item["view_sk"] for item in page.items], page.next

    def given(self, once: Once) -> Answer | None:
        return self._answers.given(once)

    def begin(self, account: PayeeAccount, once: Once, answer: Answer, rows: Sequence[Row] = ()) -> Answer:
        if (given := self._answers.given(once)) is not None:
            return given
        turn = self._turn(account.merchant)
        there = self.list(account.merchant)
        room(there)
        alone(there, account)
        place: Item = {"pk": f"ACCOUNTS#{account.merchant}", "sk": account.id}
        actions = [
            marker(once, answer),
            Put(item=_item(account), absent=True),
            Put(item=place),
            turn,
            *_news(account, rows),
        ]
        try:
            self._table.transact(actions)
        except Refused:
            if (given := self._answers.given(once)) is not None:
                return given
            raise Conflict("another account was connected at the same time; try again") from None
        return answer

    def _turn(self, merchant: MerchantId) -> Put:
        """Of two accounts that begin at once the second is refused: it has not seen the first."""
        pk = f"BEGINS#{merchant}"
        item = self._table.get(pk, "BEGINS")
        count = item["version"] if item else 0
        turn: Item = {"pk": pk, "sk": "BEGINS", "version": count + 1}
        return Put(item=turn, version=count) if item else Put(item=turn, absent=True)

    def save(
        self, after: PayeeAccount, once: tuple[Once, Answer] | None = None, rows: Sequence[Row] = ()
    ) -> Answer | None:
        actions = [*([marker(*once)] if once else []), changed(after), *_news(after, rows)]
        try:
            self._table.transact(actions)
        except Refused:
            if once and (given := self._answers.given(once[0])) is not None:
                return given
            raise Changed("the payee account was changed in between") from None
        self._kept.pop(after.id, None)
        return once[1] if once else None


def changed(after: PayeeAccount) -> Put:
    """The action that puts an account in the place of its version before."""
    return Put(item=_item(after), version=after.version - 1)


def _news(account: PayeeAccount, rows: Sequence[Row]) -> list[Put]:
    pk, ttl = f"NEWS#{account.id}", account.changed_at // 1000 + NEWS_LIFE_S
    return [
        Put(item={"pk": pk, "sk": f"{account.version:08d}#{row.name}", "ttl": ttl, **row.row}, absent=True)
        for row in rows
    ]
