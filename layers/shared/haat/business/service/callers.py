"""Who calls: from the text of a token to a caller, or to nobody."""

from dataclasses import dataclass

from haat.business.model.token import Caller, Role
from haat.business.ports import Merchants, Tokens
from haat.business.rules.tokens import counts, digest
from haat.kernel.errors import Conflict
from haat.kernel.secret import Secret
from haat.kernel.time import Instant


class Barred(Conflict):
    """The token is good, but its shop is closed or blocked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Callers:
    """Proves callers. What it reads may be a minute old, unless `fresh` is asked for."""

    tokens: Tokens
    merchants: Merchants

    def prove(self, text: Secret[str], now: Instant, *, fresh: bool, outlives: bool = False) -> Caller | None:
        """The caller that a token stands for; None where it stands for nobody now. Raises Barred, Unavailable.

        What `outlives` a shop its owner may do though it is closed or blocked: customers' rights to their data do not end with it.
        """
        token = self.tokens.find(digest(text), fresh=fresh)
        if token is None or not counts(token, now):
            return None
        if token.merchant is not None:
            merchant = self.merchants.get(token.merchant, fresh=fresh)
            if merchant is None:
                return None
            if merchant.state != "open" and not (outlives and token.role is Role.OWNER):
                raise Barred("the shop is closed or blocked", word="merchant-blocked")
        return Caller(token=token.id, role=token.role, merchant=token.merchant, operator=token.operator)
