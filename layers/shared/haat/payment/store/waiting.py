"""What is told of a money before it comes waits for it in DynamoDB, and goes on its way when it comes. The rows are listed in payments.py."""

from collections.abc import Iterable

from haat.aws.outbox import fold, unfold
from haat.aws.table import Action, Delete, Item, Put, Refused, Table
from haat.facts.payments import CallbackKept, dump, load, outbox_row
from haat.facts.settlement import RefundFiled
from haat.kernel.errors import Changed
from haat.payment.ports import MOST_FILED, MOST_WAITING
from haat.payment.store import items
from haat.payment.store.callbacks import LIFE_S

HEAD = "HEAD"  # counts what waits: who hands it out demands that nothing has come in between


def keep(table: Table, account: str, name: str, told: CallbackKept | RefundFiled) -> bool:
    """As `wait` of the port Payments. Raises Changed, Unavailable."""
    pk = f"WAITING#{account}#{name}"
    head = table.get(pk, HEAD)
    count, ttl = head["count"] if head else 0, told.received_at // 1000 + LIFE_S
    if count >= (MOST_FILED if isinstance(told, RefundFiled) else MOST_WAITING):
        return table.get(pk, told.id) is not None
    more: Item = {"pk": pk, "sk": HEAD, "count": count + 1, "version": count + 1, "ttl": ttl}
    row: Item = {"pk": pk, "sk": told.id, "told": fold(dump(told)), "ttl": ttl}
    actions: list[Action] = [
        Put(item=row, absent=True),
        items.nobodys(f"MONEY#{account}#{name}", "MONEY"),
        items.nobodys(f"TXN#{account}#{name}", "TXN"),
        Put(item=more, version=count) if head else Put(item=more, absent=True),
    ]
    try:
        table.transact(actions)
    except Refused as refused:
        if 0 in refused.at:
            return True  # the queue brought it before
        raise Changed("the money has come in between") from None
    return True


def handed_out(table: Table, under: str, heads: Iterable[str], ttl: int) -> list[Action]:
    """What waits at these heads becomes outbox rows at the key `under`; nothing more may come to wait there. Raises Unavailable."""
    actions: list[Action] = []
    for pk in heads:
        head = table.get(pk, HEAD)  # by its name: ids of any kind may sort before it
        if head is None:
            actions.append(items.absent(pk))
            continue
        actions.append(Delete(pk=pk, sk=HEAD, when="#count = :count", values={"count": head["count"]}))
        for item in table.page(pk, limit=MOST_FILED + 1).items:
            if item["sk"] != HEAD:
                row = outbox_row(load(unfold(item["told"])))
                news: Item = {"pk": under, "sk": f"waited#{item['sk']}", "ttl": ttl, **row, "body": fold(row["body"])}
                actions += [Put(item=news), Delete(pk=pk, sk=item["sk"])]
    return actions
