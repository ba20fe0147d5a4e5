"""Finds names that a name is like: the register's and the protected ones."""

from dataclasses import dataclass

from haat.kernel.ids import MerchantId
from haat.verification.model.request import Likeness
from haat.verification.ports import Names
from haat.verification.rules import imitation


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspecting:
    """Fills the port Inspector. A shop is never like itself: its own row of the register is left out."""

    names: Names

    def like(self, merchant: MerchantId, name: str) -> list[Likeness]:
        """Names of others that it resembles, and protected ones. Raises Unavailable."""
        others = [(other, named) for other, named in self.names.alike(imitation.keys(name)) if other != merchant]
        return list(imitation.likenesses(name, others))
