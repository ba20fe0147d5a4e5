"""The register of merchants, as operators keep it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from haat.business.model.merchant import Merchant
from haat.business.ports import Answers, Merchants
from haat.business.rules import merchants as rules
from haat.kernel.errors import Changed, NotFound, Unavailable
from haat.kernel.ids import MerchantId
from haat.kernel.once import Answer, Once

ATTEMPTS = 5  # of a change that somebody else was faster than


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """Who does business here."""

    merchants: Merchants
    answers: Answers

    def begin(self, id: MerchantId, said: Mapping[str, Any], once: Once) -> Answer:
        """A new merchant, open. Raises Rejected, Conflict (handle-taken), Unavailable."""
        if (given := self.answers.given(once)) is not None:
            return given
        merchant = rules.begin(id, said)
        tag = {"etag": f'"{merchant.version}"'}
        return self.merchants.begin(merchant, once, Answer(status=201, body=rules.shown(merchant), headers=tag))

    def read(self, id: MerchantId) -> Merchant:
        """As it is now. Raises NotFound, Unavailable."""
        merchant = self.merchants.get(id, fresh=True)
        if merchant is None:
            raise NotFound("merchant")
        return merchant

    def change(self, id: MerchantId, seen: int, said: Mapping[str, Any]) -> Merchant:
        """Raises NotFound, Rejected, Changed, Conflict (handle-taken), Unavailable."""
        before = self.read(id)
        if before.version != seen:
            raise Changed("the merchant was changed in between")
        after = rules.change(before, said)
        self.merchants.save(after)
        return after

    def move(self, id: MerchantId, what: rules.Move) -> Merchant:
        """Close, open, block or unblock; what is so already stays. Raises NotFound, Conflict, Unavailable."""
        for _ in range(ATTEMPTS):
            before = self.read(id)
            after = rules.move(before, what)
            if after is before:
                return before
            try:
                self.merchants.save(after)
            except Changed:  # its people edit it at the same time: read again, decide again
                continue
            return after
        raise Unavailable("the merchant kept changing")
