"""Routes: products from a table."""

from dataclasses import dataclass, replace

from haat.business.service.imports import TakingIn
from haat.edge.api.call import Call
from haat.kernel.once import Answer


@dataclass(frozen=True, slots=True)
class ImportRoutes:
    """Imports, by the shop's people."""

    _imports: TakingIn

    def import_products(self, call: Call) -> Answer:
        """As far as time allows."""
        mode = call.query.get("mode", "each")
        once = replace(call.marker, asked=f"{call.marker.asked} {mode}")
        return self._imports.take(call.merchant, call.raw, once, call.left_ms, whole=mode == "all")

    def get_import(self, call: Call) -> Answer:
        """How far it has come."""
        return Answer(status=200, body=self._imports.read(call.merchant, call.path["import_id"]))
