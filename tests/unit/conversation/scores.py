"""How well guesses fit a labelled set of messages, by the definitions of the HINT3 paper's evaluation (doi 10.18653/v1/2020.insights-1.16)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt


@dataclass(frozen=True, slots=True)
class Guessed:
    """What a message is of, and what was guessed, with its confidence; None is of nothing."""

    right: str | None
    guess: str | None
    confidence: float

    def said(self, threshold: float) -> str | None:
        """The guess, if it is sure enough to be said."""
        return self.guess if self.confidence >= threshold else None


def in_scope(guessed: Sequence[Guessed], threshold: float = 0.0) -> float:
    """Of the messages that are of an entry, the share that gets it; a guess below the threshold is wrong."""
    inside = [each for each in guessed if each.right is not None]
    return sum(each.said(threshold) == each.right for each in inside) / len(inside)


def left_alone(guessed: Sequence[Guessed], threshold: float) -> float:
    """Of the messages that are of nothing (out of scope), the share that gets no answer: their recall."""
    outside = [each for each in guessed if each.right is None]
    return sum(each.said(threshold) is None for each in outside) / len(outside)


def precision(guessed: Sequence[Guessed], threshold: float) -> float:
    """Of the messages that get an answer, the share that gets the right one."""
    answered = [each for each in guessed if each.said(threshold) is not None]
    return sum(each.said(threshold) == each.right for each in answered) / len(answered)


def mcc(guessed: Sequence[Guessed], threshold: float) -> float:
    """Matthews' correlation for many classes, of which "nothing" is one (Gorodkin 2004); 0 where it is not defined."""
    right = Counter(each.right for each in guessed)
    said = Counter(each.said(threshold) for each in guessed)
    total, hits = len(guessed), sum(each.said(threshold) == each.right for each in guessed)
    between = hits * total - sum(said[name] * right[name] for name in right)
    spread = (total**2 - sum(n * n for n in said.values())) * (total**2 - sum(n * n for n in right.values()))
    return between / sqrt(spread) if spread else 0.0


def best_mcc(guessed: Sequence[Guessed]) -> float:
    """The highest over all thresholds."""
    return max(mcc(guessed, threshold / 100) for threshold in range(101))
