"""Payee accounts in memory."""

from collections.abc import Sequence

from haat.kernel.errors import Changed
from haat.kernel.ids import MerchantId
from haat.kernel.once import Answer, Once, Remembered
from haat.payment.model.account import PayeeAccount
from haat.payment.model.outbox import Row
from haat.payment.ports import Listed
from haat.payment.rules.accounts import alone, room


class MemoryAccounts:
    """Fills the port Accounts. `rows` is what went into the outbox, in order."""

    def __init__(self) -> None:
        self._kept: dict[str, PayeeAccount] = {}
        self._once = Remembered()
        self.rows: list[Row] = []

    def get(self, id: str, *, fresh: bool = False) -> PayeeAccount | None:  # it always is
        return self._kept.get(id)

    def list(self, merchant: MerchantId) -> list[PayeeAccount]:
        mine = [account for account in self._kept.values() if account.merchant == merchant]
        return sorted(mine, key=lambda account: (account.opened_at, account.id))

    def fetched(self, after: str | None, limit: int) -> Listed[str]:
        names = sorted(one.id for one in self._kept.values() if one.is_reported)
        names = [name for name in names if after is None or name > after]
        return names[:limit], names[limit - 1] if len(names) > limit else None

    def given(self, once: Once) -> Answer | None:
        return self._once.given(once)

    def begin(self, account: PayeeAccount, once: Once, answer: Answer, rows: Sequence[Row] = ()) -> Answer:
        if (given := self._once.given(once)) is not None:
            return given
        there = self.list(account.merchant)
        room(there)
        alone(there, account)
        self._kept[account.id] = account
        self._once.give(once, answer)
        self.rows.extend(rows)
        return answer

    def save(
        self, after: PayeeAccount, once: tuple[Once, Answer] | None = None, rows: Sequence[Row] = ()
    ) -> Answer | None:
        if once and (given := self._once.given(once[0])) is not None:
            return given
        there = self._kept.get(after.id)
        if there is None or there.version != after.version - 1:
            raise Changed("the payee account was changed in between")
        self._kept[after.id] = after
        self.rows.extend(rows)
        if once is None:
            return None
        self._once.give(*once)
        return once[1]
