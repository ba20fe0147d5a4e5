"""What banks have said whose an address is, in memory, under the contract of the table's own."""

from haat.facts.payments import PayeeNameWanted
from haat.facts.verification import PayeeNamed


class MemoryNames:
    """Fills the port Names. `told` is what `verification` hears, in order."""

    def __init__(self) -> None:
        self.told: list[PayeeNamed] = []
        self._answered: set[tuple[str, str, int, int]] = set()

    def answered(self, wanted: PayeeNameWanted) -> bool:
        return _key(wanted) in self._answered

    def answer(self, wanted: PayeeNameWanted, named: PayeeNamed) -> bool:
        if self.answered(wanted):
            return False
        self._answered.add(_key(wanted))
        self.told.append(named)
        return True


def _key(wanted: PayeeNameWanted) -> tuple[str, str, int, int]:
    return wanted.merchant, wanted.request, wanted.round, wanted.number
