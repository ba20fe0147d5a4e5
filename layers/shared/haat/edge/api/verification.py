"""Routes: requests to be verified, and the badge, as a shop's people see them."""

from dataclasses import dataclass

from haat.edge.api.call import Call, cursor, from_cursor, page
from haat.kernel.ids import DocumentId, RequestId
from haat.kernel.once import Answer
from haat.verification.model.evidence import Document
from haat.verification.rules import shown
from haat.verification.service.asking import Asking

A_PAGE = 25


@dataclass(frozen=True, slots=True)
class VerificationRoutes:
    """What a shop asks for, gives, sees and takes back."""

    _asking: Asking

    def list_verification_requests(self, call: Call) -> Answer:
        """One page, newest first."""
        found, rest = self._asking.list(call.merchant, *_place(call))
        return page([shown.brief(request) for request in found], cursor(rest))

    def begin_verification_request(self, call: Call) -> Answer:
        """A new one."""
        return self._asking.begin(call.merchant, RequestId(call.draw()), call.body, _who(call), call.marker)

    def get_verification_request(self, call: Call) -> Answer:
        """One of them."""
        return self._asking.read(call.merchant, _id(call), call.now)

    def put_evidence(self, call: Call) -> Answer:
        """Evidence in the place of what was given."""
        return self._asking.give(call.merchant, _id(call), call.version, call.body, _who(call), call.now)

    def export_evidence(self, call: Call) -> Answer:
        """What was sent."""
        return self._asking.export(call.merchant, _id(call), _who(call), f"export#{call.id}", call.now)

    def erase_evidence(self, call: Call) -> Answer:
        """It is gone."""
        self._asking.erase(call.merchant, _id(call), _who(call), call.now)
        return Answer(status=204)

    def announce_document(self, call: Call) -> Answer:
        """A form to post one."""
        document = Document(
            id=DocumentId(call.draw()),
            kind=call.body["kind"],
            media=call.body["media_type"],
            announced_at=call.now,
        )
        return self._asking.announce(call.merchant, _id(call), document, _who(call), call.marker)

    def read_document(self, call: Call) -> Answer:
        """It was posted."""
        return self._asking.posted(call.merchant, _id(call), call.path["document_id"], _who(call), call.now)

    def delete_document(self, call: Call) -> Answer:
        """It is no more."""
        self._asking.take_away(call.merchant, _id(call), call.path["document_id"], _who(call), call.now)
        return Answer(status=204)

    def send_verification_request(self, call: Call) -> Answer:
        """The checks begin."""
        return self._asking.send(call.merchant, _id(call), _who(call), call.marker)

    def withdraw_verification_request(self, call: Call) -> Answer:
        """It is wanted no more."""
        return self._asking.withdraw(call.merchant, _id(call), _who(call), call.marker)

    def appeal_verification_request(self, call: Call) -> Answer:
        """Another reviewer is to look."""
        return self._asking.appeal(call.merchant, _id(call), call.body["reason"], _who(call), call.marker)

    def get_badge(self, call: Call) -> Answer:
        """As it is drawn now."""
        return Answer(status=200, body=self._asking.badge(call.merchant, call.now))

    def list_verification_history(self, call: Call) -> Answer:
        """One page, oldest first."""
        found, rest = self._asking.history(call.merchant, *_place(call))
        return page(shown.history(found), cursor(rest))


def _id(call: Call) -> str:
    return call.path["request_id"]


def _who(call: Call) -> str:
    """The token with which the shop's own people call."""
    return call.caller.token if call.caller else ""


def _place(call: Call) -> tuple[str | None, int]:
    return from_cursor(call.query.get("cursor")), call.query.get("limit", A_PAGE)
