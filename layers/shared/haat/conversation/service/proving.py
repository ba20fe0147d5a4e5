"""Asks a channel whether a number is its shop's own: once for each question, and told to `verification` once."""

from dataclasses import dataclass

from haat.conversation.ports import Lines
from haat.conversation.ports.proving import Proof, Proofs, Prover
from haat.conversation.rules.channels import WHATSAPP
from haat.conversation.service.sharing import Turn
from haat.facts.profiles import NumberWanted
from haat.facts.verification import NumberSeen
from haat.kernel.time import MINUTE, SECOND, Instant

# Shorter than `verification` waits before it asks again (its timing.ANSWER_MS): until then the shop's other records wait behind this one.
PATIENCE_MS = 8 * MINUTE
SHORTEST_MS, LONGEST_MS = 5 * SECOND, 2 * MINUTE
NOT_ITS = Proof(outcome="refused", word="not_connected")
NO_NUMBER = Proof(outcome="refused", word="no_number")


@dataclass(frozen=True, slots=True, kw_only=True)
class Proving:
    """Finds out what channels say of numbers. Asking changes nothing, so whatever was left in between is asked again."""

    proofs: Proofs
    lines: Lines
    prover: Prover

    def take(self, wanted: NumberWanted, now: Instant) -> Turn:
        """Take one question. Raises Unavailable."""
        if self.proofs.answered(wanted):
            return Turn(word="number_seen_before")
        proof, waited = self._ask(wanted), now - wanted.occurred_at
        if proof.later and waited < PATIENCE_MS:
            return Turn(word="number_not_seen_yet", wait_ms=min(max(waited, SHORTEST_MS), LONGEST_MS))
        seen = NumberSeen(
            merchant=wanted.merchant,
            request=wanted.request,
            round=wanted.round,
            channel=wanted.channel,
            address=wanted.address,
            outcome=proof.outcome,
            word=proof.word,
            occurred_at=now,
        )
        kept = self.proofs.answer(wanted, seen)
        return Turn(word=f"number_{proof.outcome}" if kept else "number_seen_before")

    def _ask(self, wanted: NumberWanted) -> Proof:
        if wanted.channel != WHATSAPP:
            return NO_NUMBER
        line = self.lines.line(wanted.channel, wanted.address)
        if line is None or line.channel.merchant != wanted.merchant:
            return NOT_ITS
        return self.prover.ask(line)
