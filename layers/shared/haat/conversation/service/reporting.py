"""The channel says what became of what we sent."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from haat.conversation.model import Outgoing
from haat.conversation.ports import STOPS, Action, Lines, Marks, Reports
from haat.conversation.rules.sending import OUTCOME_UNKNOWN, backoff_ms
from haat.conversation.service.sending import plainer
from haat.facts.conversation import DeliveryReported, SeenUpTo
from haat.kernel.ids import MessageId, Pepper, ulid
from haat.kernel.time import MINUTE, Instant, later

SAY_AGAIN = 3  # so often at the most, when the channel took a message and failed it later


@dataclass(frozen=True, slots=True, kw_only=True)
class Reporting:
    """Keeps what channels report."""

    reports: Reports
    marks: Marks
    lines: Lines
    action: Callable[[int], Action]  # what a channel's code asks for
    pepper: Pepper

    def take(self, fact: DeliveryReported, now: Instant) -> str:
        """Take one status; returns one word for the log."""
        if fact.status != "failed":
            return "reported" if self.reports.report(fact) else "no_change"
        outgoing = self.reports.outgoing(fact)
        if outgoing is None:
            return "not_ours"
        code = fact.error_code if fact.error_code is not None else OUTCOME_UNKNOWN
        action = self.action(code) if fact.error_code is not None else Action.GIVE_UP
        if action in STOPS:
            self.lines.stop(outgoing.channel, outgoing.address, action, now)
        again = self._again(outgoing, action, now)
        if not self.reports.fail_reported(fact, outgoing, code, now, again):
            return "no_change"
        if again:
            return "said_again"
        return str(action) if action in STOPS else "failed"  # a stop asks for a person, so it has a word of its own

    def see(self, fact: SeenUpTo, now: Instant) -> str:
        """Take one report of how far a customer has come; returns one word for the log."""
        who = self.marks.customer(fact)
        if who is None:
            return "not_ours"
        # Nothing was seen that is not yet: a time in the future would stand for all that is still to be sent.
        known = replace(fact, up_to=min(fact.up_to, now))
        return "reported" if self.marks.see(who, known, now) else "no_change"

    def _again(self, outgoing: Outgoing, action: Action, now: Instant) -> Outgoing | None:
        plain = plainer(outgoing, action) if action is Action.PLAINER or outgoing.again else None
        if plain is None and action not in {
            Action.RETRY,
            Action.WAIT_PAIR,
            Action.SLOW_NUMBER,
            Action.RETRY_MINUTES,
            Action.RETRY_ONCE,
        }:
            return None
        most = 1 if action is Action.RETRY_ONCE and plain is None else SAY_AGAIN
        if outgoing.again >= most or now >= outgoing.window_ends:
            return None
        wait = 2 * MINUTE if action is Action.RETRY_MINUTES else backoff_ms(outgoing.again + 2)
        return replace(
            plain or outgoing,
            id=MessageId(ulid(now, self.pepper.digest("again", outgoing.id))),
            again=outgoing.again + 1,
            not_before=later(now, wait),
            decided_at=now,
        )
