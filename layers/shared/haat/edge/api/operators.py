"""Routes: what operators do with merchants, with tokens, and to see how the market is."""

from collections.abc import Callable
from dataclasses import dataclass

from haat.business.model.merchant import Merchant
from haat.business.rules.merchants import Move, shown
from haat.business.service.health import Market
from haat.business.service.merchants import Register
from haat.business.service.operators import OperatorTokens
from haat.business.service.operators import shown as token_shown
from haat.business.service.tokens import MerchantTokens
from haat.edge.api.call import Call, cursor, etag, from_cursor, page
from haat.kernel.errors import NotFound, Rejected
from haat.kernel.ids import MerchantId, OperatorId, TokenId
from haat.kernel.once import Answer


@dataclass(frozen=True, slots=True)
class OperatorRoutes:
    """The register of merchants."""

    _register: Register

    def list_merchants(self, call: Call) -> Answer:
        """One page of all."""
        found, after = self._register.merchants.page(from_cursor(call.query.get("cursor")), call.query.get("limit", 25))
        return page([shown(merchant) for merchant in found], cursor(after))

    def create_merchant(self, call: Call) -> Answer:
        """A new one."""
        return self._register.begin(MerchantId(call.draw()), call.body, call.marker)

    def get_merchant(self, call: Call) -> Answer:
        """One as it is now."""
        return _tagged(self._register.read(merchant_of(call)))

    def put_merchant(self, call: Call) -> Answer:
        """One as it is from now on."""
        return _tagged(self._register.change(merchant_of(call), call.version, call.body))

    def close_merchant(self, call: Call) -> Answer:
        """It does no business."""
        return self._moved(call, "close")

    def open_merchant(self, call: Call) -> Answer:
        """It does business again."""
        return self._moved(call, "open")

    def block_merchant(self, call: Call) -> Answer:
        """It may not do business."""
        return self._moved(call, "block")

    def unblock_merchant(self, call: Call) -> Answer:
        """It is what it was before."""
        return self._moved(call, "unblock")

    def _moved(self, call: Call, what: Move) -> Answer:
        return _tagged(self._register.move(merchant_of(call), what))


@dataclass(frozen=True, slots=True)
class OperatorTokenRoutes:
    """Tokens that operators make: for owners, for operators, and for reviewers."""

    _register: Register
    _owners: MerchantTokens
    _operators: OperatorTokens
    _chance: Callable[[int], bytes]

    def create_owner_token(self, call: Call) -> Answer:
        """The right to speak for a shop."""
        merchant = self._register.read(merchant_of(call))
        asked = {**call.body, "role": "owner"}
        return self._owners.make(merchant.id, asked, TokenId(call.draw()), self._chance(32), call.marker)

    def list_operator_tokens(self, call: Call) -> Answer:
        """One page, oldest first."""
        after, limit = from_cursor(call.query.get("cursor")), call.query.get("limit", 25)
        found, rest = self._operators.tokens.page(None, after, limit)
        return page([token_shown(token) for token in found], cursor(rest))

    def create_operator_token(self, call: Call) -> Answer:
        """The right to run the market, or to review; of a reviewer's shops each must be one."""
        for number, shop in enumerate(call.body.get("shops", ())):
            try:
                self._register.read(MerchantId(shop))
            except NotFound:
                fields = {f"shops.{number}": "is no shop's"}
                raise Rejected("some fields are not as they should be", word="invalid", fields=fields) from None
        return self._operators.make(
            call.body, TokenId(call.draw()), OperatorId(call.draw()), self._chance(32), call.marker
        )

    def revoke_operator_token(self, call: Call) -> Answer:
        """It counts no more."""
        self._operators.revoke(TokenId(call.path["token_id"]), call.now)
        return Answer(status=204)


@dataclass(frozen=True, slots=True)
class MarketRoutes:
    """How the market is."""

    _market: Market

    def market_health(self, call: Call) -> Answer:  # noqa: ARG002  # a route takes a call
        """In numbers."""
        return Answer(status=200, body=self._market.look())


def merchant_of(call: Call) -> MerchantId:
    """The merchant whom an operator names; a merchant's own routes take theirs from the caller instead."""
    return MerchantId(call.path["merchant_id"])


def _tagged(merchant: Merchant) -> Answer:
    return Answer(status=200, body=shown(merchant), headers={"etag": etag(merchant.version)})
