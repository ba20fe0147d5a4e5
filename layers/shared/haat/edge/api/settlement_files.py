"""Routes: banks' settlement files, by operators."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from haat.business.service.merchants import Register
from haat.edge.api.call import Call, cursor, from_cursor, page
from haat.kernel.ids import MerchantId
from haat.kernel.once import Answer
from haat.payment.service.files import SettlementFiles

if TYPE_CHECKING:
    from haat.payment.model.files import Meaning


@dataclass(frozen=True, slots=True)
class SettlementRoutes:
    """Files that operators bring or let be fetched. Made when it is first asked for: their other routes need none of it."""

    _register: Register
    _files: Callable[[], SettlementFiles]

    def list_merchant_payee_accounts(self, call: Call) -> Answer:
        """Of which account a file can be."""
        merchant = MerchantId(call.query["merchant_id"])
        self._register.read(merchant)  # an id of nobody must not look like a shop without accounts
        return page(list(self._files().accounts_of(merchant)), None)

    def create_settlement_file(self, call: Call) -> Answer:
        """One more: to be posted by a form, or fetched."""
        said = call.body
        first, last = said["first_day"], said.get("last_day", said["first_day"])
        fetch = said.get("fetch", False)
        return self._files().begin(call.draw(), said["payee_account_id"], first, last, call.marker, fetch=fetch)

    def read_settlement_file(self, call: Call) -> Answer:
        """It was posted."""
        return self._files().read(call.path["file_id"], call.marker)

    def list_settlement_files(self, call: Call) -> Answer:
        """All, newest first."""
        after, limit = from_cursor(call.query.get("cursor")), call.query.get("limit", 25)
        found, rest = self._files().list(after, limit)
        return page(found, cursor(rest))

    def get_settlement_file(self, call: Call) -> Answer:
        """One as it is now."""
        return Answer(status=200, body=self._files().show(call.path["file_id"]))

    def list_settlement_lines(self, call: Call) -> Answer:
        """What its lines meant."""
        asked = frozenset(call.query.get("meaning", "").split(",")) - {""}
        meanings = cast("frozenset[Meaning]", asked)  # the document takes no other words
        found, rest = self._files().lines(call.path["file_id"], meanings, from_cursor(call.query.get("cursor")))
        return page(found, cursor(rest))
