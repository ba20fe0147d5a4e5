"""Routes: the tokens of a merchant."""

from collections.abc import Callable
from dataclasses import dataclass

from haat.business.service.tokens import MerchantTokens, shown
from haat.edge.api.call import Call, cursor, from_cursor, page
from haat.kernel.ids import TokenId
from haat.kernel.once import Answer


@dataclass(frozen=True, slots=True)
class TokenRoutes:
    """What an owner does with tokens."""

    _tokens: MerchantTokens
    _chance: Callable[[int], bytes]

    def list_tokens(self, call: Call) -> Answer:
        """One page, oldest first."""
        after, limit = from_cursor(call.query.get("cursor")), call.query.get("limit", 25)
        found, rest = self._tokens.tokens.page(call.merchant, after, limit)
        return page([shown(token) for token in found], cursor(rest))

    def create_token(self, call: Call) -> Answer:
        """A new one."""
        return self._tokens.make(call.merchant, call.body, TokenId(call.draw()), self._chance(32), call.marker)

    def revoke_token(self, call: Call) -> Answer:
        """It counts no more."""
        self._tokens.revoke(call.merchant, TokenId(call.path["token_id"]), call.now)
        return Answer(status=204)
