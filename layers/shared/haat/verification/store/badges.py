"""What anyone may see of badges, in DynamoDB; items.py has the table."""

from collections.abc import Mapping, Sequence

from haat.aws.table import Table
from haat.kernel.ids import MerchantId
from haat.verification.model.badge import Badge
from haat.verification.store import items


class DynamoBadges:
    """Fills the port Badges. One request for all of them."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def of(self, merchants: Sequence[MerchantId], *, fresh: bool = True) -> Mapping[MerchantId, Badge]:
        found = self._table.get_many([(f"BADGE#{merchant}", "BADGE") for merchant in merchants], consistent=fresh)
        return {MerchantId(item["pk"].removeprefix("BADGE#")): items.read_badge(item) for item in found}
