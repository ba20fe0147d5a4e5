"""Whose requests are, in DynamoDB.

| thing | pk | sk |
| --- | --- | --- |
| a customer's request | CUSTOMER#merchant#customer | reference |
| that no more may begin | CUSTOMER#merchant#customer | FORGOTTEN |

The first is written with the request (`leads`). The second outlives whatever may still lie in a queue and ask for money.
"""

from collections.abc import Sequence

from haat.aws.table import Action, Check, Delete, Put, Table
from haat.kernel.ids import CustomerId, MerchantId
from haat.kernel.time import DAY, Instant
from haat.payment.model.payment import Request
from haat.payment.store.items import UNKNOWN

FORGOTTEN = "FORGOTTEN"
FORGOTTEN_LIFE_S = 40 * DAY // 1000  # a queue and its DLQ may keep what names a customer for 14 days each


def _pk(merchant: MerchantId, customer: str) -> str:
    return f"CUSTOMER#{merchant}#{customer}"


def leads(request: Request) -> list[Action]:
    """What is written with a request as it begins; the first of them refuses where its customer was erased."""
    if not request.customer:
        return []
    pk = _pk(request.merchant, request.customer)
    return [Check(pk=pk, sk=FORGOTTEN, when=UNKNOWN), Put(item={"pk": pk, "sk": request.tr})]


def is_shut(table: Table, merchant: MerchantId, customer: CustomerId) -> bool:
    """Whether no request to this customer may begin. Raises Unavailable."""
    return table.get(_pk(merchant, customer), FORGOTTEN) is not None


class DynamoPeople:
    """Fills the port People."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def shut(self, merchant: MerchantId, customer: CustomerId, now: Instant) -> None:
        self._table.put(
            Put(item={"pk": _pk(merchant, customer), "sk": FORGOTTEN, "ttl": now // 1000 + FORGOTTEN_LIFE_S})
        )

    def of(self, merchant: MerchantId, customer: CustomerId, after: str | None, limit: int) -> Sequence[str]:
        page = self._table.page(_pk(merchant, customer), after=after, limit=limit + 1)
        return [item["sk"] for item in page.items if item["sk"] != FORGOTTEN][:limit]

    def drop(self, merchant: MerchantId, customer: CustomerId, tr: str) -> None:
        self._table.delete(Delete(pk=_pk(merchant, customer), sk=tr))
