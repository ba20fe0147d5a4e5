"""What banks have said whose an address is, in DynamoDB: ANSWER#merchant, NAME#request#round#number. The item is its own outbox row."""

from haat.aws.table import Item, Put, Refused, Table
from haat.facts import verification
from haat.facts.payments import PayeeNameWanted
from haat.facts.verification import PayeeNamed
from haat.kernel.time import DAY

# A queue and then its dead-letter queue may keep the question for 14 days each; a name is kept no longer.
LIFE_S = 30 * DAY // 1000


class DynamoNames:
    """Fills the port Names."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def answered(self, wanted: PayeeNameWanted) -> bool:
        return self._table.get(*_key(wanted)) is not None

    def answer(self, wanted: PayeeNameWanted, named: PayeeNamed) -> bool:
        pk, sk = _key(wanted)
        row: Item = {"pk": pk, "sk": sk, "ttl": named.occurred_at // 1000 + LIFE_S}
        try:
            self._table.put(Put(item={**row, **verification.outbox_row(named)}, absent=True))
        except Refused:
            return False
        return True


def _key(wanted: PayeeNameWanted) -> tuple[str, str]:
    return f"ANSWER#{wanted.merchant}", f"NAME#{wanted.request}#{wanted.round:04d}#{wanted.number:04d}"
