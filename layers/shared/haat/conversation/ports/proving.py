"""What asking a channel about a shop's number needs from the rest of the world."""

from dataclasses import dataclass
from typing import Literal, Protocol

from haat.conversation.ports import Line
from haat.facts.profiles import NumberWanted
from haat.facts.verification import NumberSeen

ProofOutcome = Literal["verified", "unverified", "refused", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What a channel says of a number, as in facts/verification.NumberSeen. `later`: it may say more if it is asked again soon."""

    outcome: ProofOutcome
    word: str = ""
    later: bool = False


class Prover(Protocol):
    """Asks a channel whether a shop has shown there that a number is its own."""

    def ask(self, line: Line) -> Proof:
        """One call, which changes nothing there. Never raises for what the channel or the network does."""


class Proofs(Protocol):
    """Which questions are answered."""

    def answered(self, wanted: NumberWanted) -> bool:
        """Whether this one was answered before. Raises Unavailable."""

    def answer(self, wanted: NumberWanted, seen: NumberSeen) -> bool:
        """Keep the answer, and with it that `verification` is to hear it. False where it was answered before: that answer stays. Raises Unavailable."""
