"""Payee accounts in DynamoDB.

| thing | pk | sk |
| --- | --- | --- |
| account | ACCOUNT#id | ACCOUNT |
| its place among its merchant's | ACCOUNTS#merchant | id |
"""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from cachetools import TTLCache

from haat.aws.once import DynamoAnswers, marker
from haat.aws.table import Item, Put, Refused, Table
from haat.facts.codec import from_plain, to_plain
from haat.kernel.errors import Changed, Conflict
from haat.kernel.ids import MerchantId
from haat.kernel.once import Answer, Once
from haat.payment.model.account import PayeeAccount, Sealed
from haat.payment.model.bank import Account

KEEP_S, MOST = 60, 2_000
MOST_ACCOUNTS = 20  # of one merchant


def _item(account: PayeeAccount) -> Item:
    plain = to_plain(account)
    plain.pop("sealed", None)
    sealed = account.sealed
    return {
        "pk": f"ACCOUNT#{account.id}",
        "sk": "ACCOUNT",
        "version": account.version,
        "doc": json.dumps(plain, ensure_ascii=False, separators=(",", ":")),
        **{
            name: value
            for name, value in (("door", sealed.door), ("settle", sealed.settlement), ("call", sealed.call))
            if value
        },
    }


def _read(item: dict[str, Any]) -> PayeeAccount:
    doc = json.loads(item["doc"])
    sealed = Sealed(door=item.get("door", b""), settlement=item.get("settle", b""), call=item.get("call", b""))
    found = from_plain(PayeeAccount, doc, {"bank": Account})
    return replace(found, sealed=sealed, version=item["version"])


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
        page = self._table.page(f"ACCOUNTS#{merchant}", limit=MOST_ACCOUNTS)
        found = self._table.get_many([(f"ACCOUNT#{item['sk']}", "ACCOUNT") for item in page.items])
        return sorted((_read(item) for item in found), key=lambda account: (account.opened_at, account.id))

    def begin(self, account: PayeeAccount, once: Once, answer: Answer) -> Answer:
        if (given := self._answers.given(once)) is not None:
            return given
        if len(self.list(account.merchant)) >= MOST_ACCOUNTS:
            raise Conflict(f"a shop has at most {MOST_ACCOUNTS} payee accounts", word="too-many-accounts")
        place: Item = {"pk": f"ACCOUNTS#{account.merchant}", "sk": account.id}
        try:
            self._table.transact([marker(once, answer), Put(item=_item(account), absent=True), Put(item=place)])
        except Refused:
            if (given := self._answers.given(once)) is not None:
                return given
            raise Conflict("two requests with one Idempotency-Key at once; try again") from None
        return answer

    def save(self, before: PayeeAccount, after: PayeeAccount) -> None:
        try:
            self._table.put(Put(item=_item(after), version=before.version))
        except Refused:
            raise Changed("the account was changed in between") from None
        self._kept.pop(after.id, None)
