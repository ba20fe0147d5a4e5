"""A matcher that guesses what it is told to: for tests of what follows from a guess."""

from dataclasses import dataclass

from haat.conversation.model import Entry, Match


@dataclass(frozen=True, slots=True)
class Guesses:
    """Guesses these entries for every text, the first with this confidence, each next with half of the one before."""

    confidence: float
    entries: tuple[Entry, ...]

    def match(self, text: str) -> Match | None:
        """The first."""
        return next(iter(self.near(text, 1)), None)

    def near(self, _text: str, most: int) -> list[Match]:
        """All of them."""
        return [
            Match(entry=entry, confidence=self.confidence / 2**place, resembles=entry.examples[0])
            for place, entry in enumerate(self.entries[:most])
        ]
