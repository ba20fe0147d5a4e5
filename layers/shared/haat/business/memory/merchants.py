"""Merchants in memory, under the same contract as in DynamoDB."""

from collections import Counter
from collections.abc import Mapping

from haat.business.model.merchant import Card, Merchant, State
from haat.business.rules import directory
from haat.kernel.errors import Changed, Conflict
from haat.kernel.ids import MerchantId
from haat.kernel.once import Answer, Once, Remembered


class MemoryMerchants:
    """Fills the port Merchants."""

    def __init__(self, answers: Remembered | None = None) -> None:
        self._kept: dict[MerchantId, Merchant] = {}
        self._answers = answers or Remembered()

    def get(self, id: MerchantId, *, fresh: bool = False) -> Merchant | None:
        return self._kept.get(id)

    def begin(self, merchant: Merchant, once: Once, answer: Answer) -> Answer:
        if (given := self._answers.given(once)) is not None:
            return given
        self.save(merchant)
        self._answers.give(once, answer)
        return answer

    def save(self, merchant: Merchant, *, show: bool = False) -> None:  # no channel listens here
        known = self._kept.get(merchant.id)
        if (known.version if known else 0) != merchant.version - 1:
            raise Changed("the merchant was changed in between")
        if (other := self.named(merchant.handle)) is not None and other.id != merchant.id:
            raise Conflict("this handle is taken", word="handle-taken")
        self._kept[merchant.id] = merchant

    def save_once(self, merchant: Merchant, once: Once, answer: Answer) -> Answer:
        return self.begin(merchant, once, answer)

    def named(self, handle: str) -> Merchant | None:
        return next((m for m in self._kept.values() if handle and m.handle == handle), None)

    def page(self, after: str | None, limit: int) -> tuple[list[Merchant], str | None]:
        rest = [id for id in sorted(self._kept) if after is None or id > after]
        return [self._kept[id] for id in rest[:limit]], rest[limit - 1] if len(rest) > limit else None

    def counts(self) -> Mapping[State, int]:
        held = Counter(merchant.state for merchant in self._kept.values())
        return {"open": held["open"], "closed": held["closed"], "blocked": held["blocked"]}

    def search(self, pk: str, prefix: str, after: str | None, limit: int) -> tuple[list[Card], str | None]:
        rows = ((sk, m) for m in self._kept.values() for at, sk in directory.rows(m) if at == pk)
        found = sorted(rows, key=lambda row: row[0])
        rest = [(sk, m) for sk, m in found if sk.startswith(prefix) and (after is None or sk > after)]
        cards = [
            Card(handle=m.handle, name=m.name, category=m.category, place=m.place, about=m.about, merchant=m.id)
            for _, m in rest[:limit]
        ]
        return cards, rest[limit - 1][0] if len(rest) > limit else None
