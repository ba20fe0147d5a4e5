"""Routes: how a merchant's own system is told."""

from collections.abc import Callable
from dataclasses import dataclass

from haat.business.rules.notices import delivery_shown, endpoint_shown
from haat.business.service.notice_endpoints import NoticeEndpoints
from haat.edge.api.call import Call, cursor, from_cursor, page
from haat.kernel.ids import EndpointId, NoticeId
from haat.kernel.once import Answer


@dataclass(frozen=True, slots=True)
class NoticeRoutes:
    """Endpoints, their secrets and their logs."""

    _endpoints: NoticeEndpoints
    _chance: Callable[[int], bytes]

    def list_notice_endpoints(self, call: Call) -> Answer:
        """All of them: there are five at most."""
        return page([endpoint_shown(one) for one in self._endpoints.endpoints.all(call.merchant)], None)

    def create_notice_endpoint(self, call: Call) -> Answer:
        """One more."""
        id = EndpointId(call.draw())
        return self._endpoints.add(call.merchant, call.body, id, self._chance(32), call.marker)

    def delete_notice_endpoint(self, call: Call) -> Answer:
        """One less."""
        self._endpoints.remove(call.merchant, _endpoint(call))
        return Answer(status=204)

    def renew_notice_secret(self, call: Call) -> Answer:
        """A new secret."""
        return self._endpoints.renew(call.merchant, _endpoint(call), self._chance(32), call.marker)

    def resume_notice_endpoint(self, call: Call) -> Answer:
        """On again."""
        return self._endpoints.resume(call.merchant, _endpoint(call), call.marker)

    def list_deliveries(self, call: Call) -> Answer:
        """One page of the log."""
        after, limit = from_cursor(call.query.get("cursor")), call.query.get("limit", 25)
        log, after = self._endpoints.log(call.merchant, _endpoint(call), after, limit)
        return page([delivery_shown(delivery) for delivery in log], cursor(after))

    def redeliver_notice(self, call: Call) -> Answer:
        """Once more."""
        return self._endpoints.again(call.merchant, _endpoint(call), NoticeId(call.path["notice_id"]), call.marker)


def _endpoint(call: Call) -> EndpointId:
    return EndpointId(call.path["endpoint_id"])
