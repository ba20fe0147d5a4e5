"""Which questions about numbers are answered, in DynamoDB: NUMBERSEEN#merchant, request#round#when it was asked. The item is its own outbox row."""

from haat.aws.table import Item, Put, Refused, Table
from haat.conversation.store.items import ttl
from haat.facts import verification
from haat.facts.profiles import NumberWanted
from haat.facts.verification import NumberSeen
from haat.kernel.time import DAY, later

LIFE_MS = 30 * DAY  # a queue and then its dead-letter queue may keep the question for 14 days each


class DynamoProofs:
    """Fills the port Proofs."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def answered(self, wanted: NumberWanted) -> bool:
        return self._table.get(*_key(wanted)) is not None

    def answer(self, wanted: NumberWanted, seen: NumberSeen) -> bool:
        pk, sk = _key(wanted)
        row: Item = {"pk": pk, "sk": sk, "ttl": ttl(later(seen.occurred_at, LIFE_MS))}
        try:
            self._table.put(Put(item={**row, **verification.outbox_row(seen)}, absent=True))
        except Refused:
            return False
        return True


def _key(wanted: NumberWanted) -> tuple[str, str]:
    return f"NUMBERSEEN#{wanted.merchant}", f"{wanted.request}#{wanted.round:04d}#{wanted.occurred_at}"
