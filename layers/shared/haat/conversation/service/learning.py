"""Learns from a shop's entries what is too much to be learnt while its people wait."""

from dataclasses import dataclass

from haat.conversation.ports import Teachings
from haat.conversation.rules.learning import learn
from haat.conversation.rules.lessons import wants_learning
from haat.kernel.errors import Changed, Unavailable
from haat.kernel.ids import MerchantId

ATTEMPTS = 3  # of a lesson that somebody else was faster than


@dataclass(frozen=True, slots=True)
class Learning:
    """Does what was wished for when entries were saved."""

    _teachings: Teachings

    def learn(self, merchant: MerchantId, wished: int) -> str:
        """Learn from the entries as they are now; `wished` is the version with which that was wished for.

        Returns "learnt", or "learnt_before" where nothing is left to do: the same again changes nothing. Raises Unavailable.
        """
        for _ in range(ATTEMPTS):
            taught = self._teachings.read(merchant)
            if not wants_learning(taught):
                self._teachings.unwish(merchant, wished)
                return "learnt_before"
            try:
                self._teachings.keep_learnt(merchant, taught, learn(taught.entries), wished)
            except Changed:  # something younger was learnt meanwhile
                continue
            return "learnt"
        raise Unavailable("what the shop taught kept changing")
