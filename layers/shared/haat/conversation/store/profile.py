"""What channels were last told of shops, in DynamoDB: one item for each (SHARED#merchant, SHARED)."""

import json

from haat.aws.table import Refused, Table, Update
from haat.conversation.ports.profile import Shared
from haat.conversation.store.items import compact
from haat.facts import profiles
from haat.facts.profiles import ProfileChanged
from haat.kernel.ids import MerchantId
from haat.kernel.time import Instant

MOST_CHANNELS = 100


class DynamoSharedProfiles:
    """Fills the port SharedProfiles."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def read(self, merchant: MerchantId) -> Shared | None:
        item = self._table.get(f"SHARED#{merchant}", "SHARED")
        profile = profiles.load(item["profile"]) if item else None
        if item is None or not isinstance(profile, ProfileChanged):
            return None
        doc = json.loads(item["doc"])
        return Shared(profile=profile, **{**doc, "since": Instant(doc["since"])})

    def write(self, shared: Shared) -> None:
        doc = {"state": shared.state, "since": shared.since, "code": shared.code, "message": shared.message}
        try:
            self._table.update(
                Update(
                    pk=f"SHARED#{shared.profile.merchant}",
                    sk="SHARED",
                    set={
                        "revision": shared.profile.revision,
                        "profile": profiles.dump(shared.profile),
                        "doc": compact(doc),
                    },
                    when="attribute_not_exists(pk) OR #revision <= :mine",
                    values={"mine": shared.profile.revision},
                )
            )
        except Refused:
            return  # a later one is there

    def addresses(self, merchant: MerchantId) -> list[tuple[str, str]]:
        page = self._table.page(f"CHANNELS#{merchant}", limit=MOST_CHANNELS)
        pairs = [item["sk"].partition("#") for item in page.items]
        return [(kind, address) for kind, _, address in pairs]
