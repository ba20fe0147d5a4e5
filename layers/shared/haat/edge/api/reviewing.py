"""Routes: what reviewers do with requests to be verified, and with badges of which people complain."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from haat.edge.api.call import Call, cursor, from_cursor, page
from haat.edge.api.operators import merchant_of
from haat.kernel.ids import BadgeId, DocumentId, RequestId
from haat.kernel.once import Answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from haat.business.model.token import Caller
    from haat.verification.service.reviewing import Reviewing


@dataclass(frozen=True, slots=True)
class ReviewRoutes:
    """A reviewer's desk; who sits there is the principal of the token, whichever of theirs it is."""

    _desk: "Callable[[Caller], Reviewing]"

    def list_review_queue(self, call: Call) -> Answer:
        """What waits."""
        after, limit = from_cursor(call.query.get("cursor")), call.query.get("limit", 25)
        found, rest = self._at(call).queue(after, limit)
        return page(found, cursor(rest))

    def review_request(self, call: Call) -> Answer:
        """All but the evidence."""
        return self._at(call).read(merchant_of(call), _request(call))

    def look_at_evidence(self, call: Call) -> Answer:
        """The evidence, or one document."""
        document = call.body.get("document_id")
        named = None if document is None else DocumentId(document)
        return self._at(call).look(merchant_of(call), _request(call), named, call.marker)

    def decide_request(self, call: Call) -> Answer:
        """Yes, no, or more."""
        badge = BadgeId(call.draw())
        return self._at(call).decide(merchant_of(call), _request(call), call.version, call.body, badge, call.marker)

    def review_badge(self, call: Call) -> Answer:
        """The current or the last one."""
        return self._at(call).badge(merchant_of(call))

    def decide_badge(self, call: Call) -> Answer:
        """It stands again, or it is no more."""
        return self._at(call).decide_badge(merchant_of(call), call.body, call.marker)

    def create_complaint(self, call: Call) -> Answer:
        """Somebody told the market."""
        said = call.body
        id = said.get("complaint_id") or call.draw()
        return self._at(call).complain(merchant_of(call), id, said["complainant"], said["about"], call.marker)

    def review_history(self, call: Call) -> Answer:
        """What happened, and who did it."""
        after, limit = from_cursor(call.query.get("cursor")), call.query.get("limit", 25)
        found, rest = self._at(call).history(merchant_of(call), after, limit)
        return page(found, cursor(rest))

    def _at(self, call: Call) -> "Reviewing":
        assert call.caller is not None, "the document says that these operations have roles"
        return self._desk(call.caller)


def _request(call: Call) -> RequestId:
    return RequestId(call.path["request_id"])
