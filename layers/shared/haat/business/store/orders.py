"""Orders in DynamoDB. One transaction makes or moves an order: marker, order, its places in lists, stock, and what must be told.

| thing | pk | sk |
| --- | --- | --- |
| order | ORDERS#merchant | id |
| its place among those of its state | ORDERS#merchant#state | id |
| its place among its customer's | ORDERS#merchant#customer#customer | id |
| what it is called | ORDERNUMBERS#merchant | number |
| what a message at the counter was answered | ORDERHEARD#merchant#key | HEARD |
| what must be told of a step | ORDERNEWS#order | number of the step#whom |
| what must be told of its money | ORDERNEWS#order | money#version#whom |

Every key begins with ORDER, so that a function's right to write can end there.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from haat.aws.once import DynamoAnswers, marker
from haat.aws.table import Action, Delete, Item, Put, Refused, Table
from haat.business.model.order import Given, Line, Mark, Money, News, Option, Order, Spoken, State, Step
from haat.business.model.product import Product
from haat.business.ports import Listed
from haat.business.store.products import release, reserve
from haat.facts.codec import from_plain, to_plain
from haat.kernel.errors import Changed, Conflict
from haat.kernel.ids import CustomerId, MerchantId, OrderId, ProductId
from haat.kernel.time import Instant

HEARD_S = 40 * 24 * 3600  # a queue and then its dead-letter queue may keep a message for 14 days each
# So long what a stream lost can be brought back; what is older is no news to them.
NEWS_S = {"customer": 2 * 24 * 3600, "merchant": 14 * 24 * 3600, "payment": 2 * 24 * 3600}
PERSONAL = ("customer", "payment")  # news that name a customer


def _home(merchant: MerchantId) -> str:
    return f"ORDERS#{merchant}"


def _state(order: Order) -> str:
    return f"{_home(order.merchant)}#{order.state}"


def _customers(merchant: MerchantId, customer: CustomerId) -> str:
    return f"{_home(merchant)}#customer#{customer}"


def _heard_pk(merchant: MerchantId, key: str) -> str:
    return f"ORDERHEARD#{merchant}#{key}"


def _json(value: Any) -> str:
    return json.dumps(to_plain(value), ensure_ascii=False, separators=(",", ":"))


def _item(order: Order) -> Item:
    return {"pk": _home(order.merchant), "sk": order.id, "version": order.version, "doc": _json(order)}


def _read(item: Mapping[str, Any]) -> Order:
    return from_plain(
        Order, {**json.loads(item["doc"]), "version": item["version"]}, {"lines": Line, "steps": Step, "money": Money}
    )


def _mark(mark: Mark) -> Put:
    if isinstance(mark, Given):
        return marker(mark.once, mark.answer)
    pk = _heard_pk(mark.merchant, mark.key)
    ttl = mark.at // 1000 + HEARD_S
    return Put(item={"pk": pk, "sk": "HEARD", "doc": _json(mark.spoken), "ttl": ttl}, absent=True)


def _news(order: Order, news: Sequence[News]) -> list[Action]:
    return _rows(order, f"{len(order.steps)}", news, order.steps[-1].at)


def _rows(order: Order, what: str, news: Sequence[News], at: Instant) -> list[Action]:
    pk, begin = _news_pk(order), at // 1000
    rows: list[Item] = [
        {"pk": pk, "sk": _news_sk(what, one.name), "ttl": begin + NEWS_S[one.name], **one.row} for one in news
    ]
    return [Put(item=row, absent=True) for row in rows]


def _news_pk(order: Order) -> str:
    return f"ORDERNEWS#{order.id}"


def _news_sk(what: str, name: str) -> str:
    return f"{what}#{name}"


def order_items(order: Order) -> list[Item]:
    """All items of a new order: itself, its name, its places in lists."""
    items: list[Item] = [
        _item(order),
        {"pk": f"ORDERNUMBERS#{order.merchant}", "sk": order.number, "order": order.id},
        {"pk": _state(order), "sk": order.id},
    ]
    if order.customer is not None:
        items.append({"pk": _customers(order.merchant, order.customer), "sk": order.id})
    return items


def _is_number(action: Action) -> bool:
    return isinstance(action, Put) and str(action.item["pk"]).startswith("ORDERNUMBERS#")


class DynamoOrders:
    """Fills the port Orders."""

    def __init__(self, table: Table) -> None:
        self._table, self._answers = table, DynamoAnswers(table)

    def get(self, merchant: MerchantId, id: OrderId) -> Order | None:
        item = self._table.get(_home(merchant), id)
        return _read(item) if item else None

    def numbered(self, merchant: MerchantId, number: str) -> Order | None:
        item = self._table.get(f"ORDERNUMBERS#{merchant}", number)
        return self.get(merchant, OrderId(item["order"])) if item else None

    def list(self, merchant: MerchantId, state: State | None, after: str | None, limit: int) -> Listed[Order]:
        if state is not None:
            return self._listed(merchant, f"{_home(merchant)}#{state}", after, limit)
        page = self._table.page(_home(merchant), after=after, limit=limit, newest_first=True)
        return [_read(item) for item in page.items], page.next

    def of_customer(self, merchant: MerchantId, customer: CustomerId, after: str | None, limit: int) -> Listed[Order]:
        return self._listed(merchant, _customers(merchant, customer), after, limit)

    def _listed(self, merchant: MerchantId, pk: str, after: str | None, limit: int) -> Listed[Order]:
        page = self._table.page(pk, after=after, limit=limit, newest_first=True)
        keys = [(_home(merchant), row["sk"]) for row in page.items]
        return [_read(item) for item in self._table.get_many(keys)] if keys else [], page.next

    def heard(self, merchant: MerchantId, key: str) -> Spoken | None:
        item = self._table.get(_heard_pk(merchant, key), "HEARD")
        return from_plain(Spoken, json.loads(item["doc"]), {"options": Option}) if item else None

    def place(self, order: Order, products: Mapping[ProductId, Product], mark: Mark, news: Sequence[News]) -> bool:
        actions: list[Action] = [_mark(mark), *(Put(item=item, absent=True) for item in order_items(order))]
        actions += [reserve(products[line.product], line.quantity) for line in order.lines]
        return self._write(actions + _news(order, news))

    def decline(self, mark: Mark) -> bool:
        return self._write([_mark(mark)])

    def move(
        self, before: Order, after: Order, back: Mapping[ProductId, Product], mark: Mark, news: Sequence[News]
    ) -> bool:
        actions: list[Action] = [
            _mark(mark),
            Put(item=_item(after), version=before.version),
            Delete(pk=_state(before), sk=before.id),
            Put(item={"pk": _state(after), "sk": after.id}),
        ]
        given = (release(back[line.product], line.quantity) for line in after.lines if line.product in back)
        actions += [action for action in given if action is not None]
        return self._write(actions + _news(after, news))

    def paid(self, before: Order, after: Order, news: Sequence[News], at: Instant) -> None:
        rows = _rows(after, f"money#{after.version}", news, at)
        try:
            self._table.transact([Put(item=_item(after), version=before.version), *rows])
        except Refused:
            raise Changed("the order was changed in between") from None

    def unlink(self, order: Order) -> None:
        if order.customer is None:
            return
        bare = replace(order, customer=None, channel="", address="", note="", reason="", version=order.version + 1)
        gone = [Delete(pk=_customers(order.merchant, order.customer), sk=order.id)]
        # What they were to be told names them and the reason. The stream has it, or nobody needs to hear it any more.
        steps = range(1, len(order.steps) + 1)
        gone += [Delete(pk=_news_pk(order), sk=_news_sk(f"{number}", name)) for number in steps for name in PERSONAL]
        try:
            self._table.transact([Put(item=_item(bare), version=order.version), *gone])
        except Refused:
            raise Changed("the order was changed in between") from None

    def _write(self, actions: Sequence[Action]) -> bool:
        try:
            self._table.transact(actions)
        except Refused as refused:
            if 0 in refused.at:
                return False
            if any(_is_number(actions[at]) for at in refused.at):
                raise Conflict("another order is called so", word="number-taken") from None
            raise Changed("an order or a product was changed in between") from None
        return True
