"""Merchants in DynamoDB."""

import json
from datetime import date
from typing import Any

from haat.aws.table import Item, Put, Refused, Table
from haat.business.model.merchant import Merchant
from haat.facts.codec import from_plain, to_plain
from haat.kernel.errors import Conflict
from haat.kernel.ids import MerchantId


def dump(merchant: Merchant) -> str:
    """A merchant as JSON."""
    plain = to_plain(merchant) | {"closures": [day.isoformat() for day in merchant.closures]}
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":"))


def load(text: str) -> Merchant:
    """The merchant in a JSON text."""
    doc: dict[str, Any] = json.loads(text)
    doc["week"] = {int(day): tuple((a, b) for a, b in ranges) for day, ranges in doc.get("week", {}).items()}
    doc["closures"] = [date.fromisoformat(day) for day in doc.get("closures", [])]
    return from_plain(Merchant, doc)


class DynamoMerchants:
    """Fills the port Merchants."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def get(self, id: MerchantId) -> Merchant | None:
        item = self._table.get(f"MERCHANT#{id}", "PROFILE", consistent=False)
        return load(item["doc"]) if item else None

    def save(self, merchant: Merchant) -> None:
        item: Item = {
            "pk": f"MERCHANT#{merchant.id}",
            "sk": "PROFILE",
            "version": merchant.version,
            "doc": dump(merchant),
        }
        first = merchant.version == 1
        try:
            self._table.put(Put(item=item, absent=True) if first else Put(item=item, version=merchant.version - 1))
        except Refused:
            raise Conflict("the merchant was changed in between") from None
