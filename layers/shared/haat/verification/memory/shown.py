"""What is read of dossiers in memory: badges, status lists, the register of names."""

from collections.abc import Mapping, Sequence

from haat.kernel.errors import Changed
from haat.kernel.ids import MerchantId
from haat.kernel.time import Instant
from haat.verification.memory.dossiers import MemoryDossiers
from haat.verification.model.badge import Badge
from haat.verification.ports import SignedList
from haat.verification.rules import status


class MemoryBadges:
    """Fills the port Badges."""

    def __init__(self, dossiers: MemoryDossiers) -> None:
        self._dossiers = dossiers

    def of(self, merchants: Sequence[MerchantId], *, fresh: bool = True) -> Mapping[MerchantId, Badge]:
        known = self._dossiers.badges
        return {merchant: known[merchant] for merchant in merchants if merchant in known}


class MemoryLists:
    """Fills the port Lists."""

    def __init__(self, dossiers: MemoryDossiers) -> None:
        self._dossiers = dossiers

    def get(self, name: str) -> SignedList | None:
        known = self._dossiers.lists.get(name)
        return known[0] if known else None

    def statuses(self, name: str) -> Mapping[int, int]:
        known = self._dossiers.statuses
        return {index: value for (of, index), value in known.items() if of == name and value != status.VALID}

    def keep(self, signed: SignedList) -> None:
        before = self.get(signed.name)
        if before is None or before.version != signed.version - 1:
            raise Changed("the status list was signed in between")
        self._dossiers.lists[signed.name] = (signed, status.again_at(signed.name, signed.signed_at))

    def late(self, until: Instant, limit: int) -> list[str]:
        late = sorted((at, name) for name, (_, at) in self._dossiers.lists.items() if 0 < at <= until)
        return [name for _, name in late[:limit]]


class MemoryNames:
    """Fills the port Names."""

    def __init__(self, dossiers: MemoryDossiers) -> None:
        self._dossiers = dossiers

    def alike(self, keys: Sequence[str]) -> list[tuple[MerchantId, str]]:
        known = self._dossiers.names.items()
        return [(merchant, name) for merchant, (name, held) in known if held & set(keys)]
