"""Imports in DynamoDB: | how far one has come | GOODS#merchant | IMPORT#id |, written with the products of each step."""

import json
from collections.abc import Sequence

from haat.aws.once import marker
from haat.aws.table import Action, Check, Put, Refused, Table, Value
from haat.business.model.sheet import Fault, Progress, Write
from haat.business.store.products import home, writing
from haat.facts.codec import from_plain, to_plain
from haat.kernel.errors import Changed, Conflict
from haat.kernel.ids import MerchantId
from haat.kernel.once import Answer, Once

KEPT_S = 30 * 24 * 3600


class DynamoImports:
    """Fills the port Imports."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def get(self, merchant: MerchantId, id: str) -> Progress | None:
        held = self._table.get(home(merchant), f"IMPORT#{id}")
        return from_plain(Progress, json.loads(held["doc"]), {"late": Fault}) if held else None

    def advance(self, progress: Progress, writes: Sequence[Write], done: tuple[Once, Answer] | None) -> None:
        first: list[Action] = [marker(*done)] if done else []
        first.append(_step(progress))
        # Of several products of one step that go into one collection, one asks for all: a transaction names a thing once.
        actions = {
            (action.pk, action.sk) if isinstance(action, Check) else number: action
            for number, action in enumerate(
                action for write in writes for action, _ in writing(write.before, write.after)
            )
        }
        try:
            self._table.transact([*first, *actions.values()])
        except Refused as refused:
            if any(at < len(first) for at in refused.at):
                raise Changed("another request carries this import on") from None
            raise Conflict("a product was changed in between") from None


def _step(progress: Progress) -> Put:
    item: dict[str, Value] = {
        "pk": home(progress.merchant),
        "sk": f"IMPORT#{progress.id}",
        "version": progress.version,
        "doc": json.dumps(to_plain(progress), ensure_ascii=False, separators=(",", ":")),
        "ttl": progress.at // 1000 + KEPT_S,
    }
    return Put(item=item, absent=True) if progress.version == 1 else Put(item=item, version=progress.version - 1)
