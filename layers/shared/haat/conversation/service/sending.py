"""An outgoing message's turn has come."""

from dataclasses import dataclass, replace
from typing import assert_never

from haat.conversation.model import Outgoing, SendState
from haat.conversation.ports import (
    STOPS,
    Accepted,
    Action,
    Claimed,
    Line,
    Lines,
    NotConnected,
    Refused,
    Sends,
    Speaker,
    Unknown,
)
from haat.conversation.rules.customs import QUOTES_MAY_FAIL, agent_ms
from haat.conversation.rules.parts import is_picture, picture_of, words_of
from haat.conversation.rules.sending import (
    CLAIM_MS,
    MAX_WAIT_MS,
    OUTCOME_UNKNOWN,
    STALE,
    WINDOW_CLOSED,
    Call,
    Done,
    Fail,
    Pace,
    Wait,
    backoff_ms,
    next_step,
)
from haat.kernel.ids import ulid_time
from haat.kernel.time import MINUTE, SECOND, Instant

NO_LINE = 0  # Meta's code for "the token is no good", which is what a channel without one amounts to


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What became of one turn. `wait_ms` above 0: it must come again after so long, and its followers after it."""

    word: str
    wait_ms: int = 0
    code: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """Says what shops say."""

    sends: Sends
    lines: Lines
    speaker: Speaker
    pace: Pace

    def send(self, outgoing: Outgoing, now: Instant) -> Result:
        """Take one turn: one message to the channel, before it its picture where that is a message of its own.

        The caller brings the record back after `wait_ms`.
        """
        outgoing = self._late(outgoing, now)
        picture = picture_of(outgoing)
        if picture is None:
            return self._turn(outgoing, now)
        words, turn = words_of(outgoing), self._turn(picture, now)
        if turn.word in STOPS and turn.code is not None:
            self._fail(words, turn.code, now)  # they would be refused for the same
        # What is left of the turn is the words': the picture was sent or will never be.
        return turn if turn.word in STOPS or turn.wait_ms else self._turn(words, now)

    def _late(self, outgoing: Outgoing, now: Instant) -> Outgoing:
        """The message as it may be said now: a person's goes as theirs after the window, where the channel allows that.

        Not where the customer has opened the window again: not every page may write as a person.
        """
        theirs = bool(outgoing.by) and outgoing.template is None and agent_ms(outgoing.channel)
        if not theirs or (not outgoing.agent and now < outgoing.window_ends):
            return outgoing
        return replace(outgoing, agent=now >= self.sends.window_ends(replace(outgoing, agent=False)))

    def _turn(self, outgoing: Outgoing, now: Instant) -> Result:
        window_ends, closed = self._window(outgoing, now)
        line = self._line(outgoing)
        if now < window_ends:
            if line is not None and line.channel.stopped:
                return Result(word="stopped", wait_ms=min(MAX_WAIT_MS, window_ends - now))
            pause = max(self.pace.wait_ms(outgoing.address, outgoing.customer, now), outgoing.not_before - now)
            if pause > 0:
                return Result(word="held", wait_ms=min(pause, MAX_WAIT_MS))
        if now >= window_ends or line is None:
            return self._without_calling(outgoing, window_ends, now, closed if line is not None else NO_LINE)
        claim = self.sends.claim(outgoing, now)
        if isinstance(claim, SendState):
            step = next_step(claim, window_ends=window_ends, now=now)
            match step:
                case Done():
                    return Result(word="done_before")
                case Wait():
                    return Result(word="unknown", wait_ms=step.ms)
                case Fail():
                    return self._fail(outgoing, step.code, now)
                case Call():
                    taken = self.sends.take_over(outgoing, claim, now)
                    if taken is None:
                        return Result(word="unknown", wait_ms=CLAIM_MS)
                    claim = taken
                case _ as never:
                    assert_never(never)
        return self._call(outgoing, line, claim, now)

    def _window(self, outgoing: Outgoing, now: Instant) -> tuple[Instant, int]:
        """Until when it may be said, and the code of why not afterwards."""
        if outgoing.template is not None:  # it needs no open window
            return outgoing.window_ends, STALE
        # The customer may have written since this was decided.
        return (
            self.sends.window_ends(outgoing) if now >= outgoing.window_ends else outgoing.window_ends
        ), WINDOW_CLOSED

    def _line(self, outgoing: Outgoing) -> Line | None:
        """The shop's own line; none where the address has another owner by now, who must not say these words."""
        line = self.lines.line(outgoing.channel, outgoing.address)
        return line if line is not None and line.channel.merchant == outgoing.merchant else None

    def _without_calling(self, outgoing: Outgoing, window_ends: Instant, now: Instant, code: int) -> Result:
        """The window is closed (or the channel gone): what is due fails; what may have been sent waits for its status first."""
        state = self.sends.state(outgoing.id)
        if state.state == "due":
            return self._fail(outgoing, code, now)
        step = next_step(state, window_ends=window_ends, now=now)
        if isinstance(step, Wait):
            return Result(word="unknown", wait_ms=step.ms)
        return Result(word="done_before") if isinstance(step, Done) else self._fail(outgoing, OUTCOME_UNKNOWN, now)

    def _call(self, outgoing: Outgoing, line: Line, claim: Claimed, now: Instant) -> Result:
        self.pace.calling(outgoing.address, outgoing.customer, now)
        outcome = self.speaker.say(line, outgoing)
        match outcome:
            case Accepted():
                self.pace.accepted(outgoing.address)
                self.sends.sent(outgoing.id, outcome.provider_id)
                return Result(word="sent_again" if claim.again else "sent")
            case Unknown():
                return Result(word="unknown", wait_ms=CLAIM_MS + SECOND)
            case NotConnected():
                self.sends.release(outgoing.id)
                return Result(word="not_connected", wait_ms=_jitter(outgoing, backoff_ms(claim.tries)))
            case Refused():
                return self._refused(outgoing, line, outcome, claim, now)
            case _ as never:
                assert_never(never)

    def _refused(self, outgoing: Outgoing, line: Line, refused: Refused, claim: Claimed, now: Instant) -> Result:
        match refused.action:
            case Action.RETRY:
                wait = _jitter(outgoing, backoff_ms(claim.tries))
            case Action.WAIT_PAIR:
                wait = backoff_ms(claim.tries)
            case Action.SLOW_NUMBER:
                wait = self.pace.slow(outgoing.address, now)
            case Action.RETRY_MINUTES:
                wait = 2 * MINUTE
            case Action.RETRY_ONCE if claim.tries == 1:
                wait = backoff_ms(2)
            case _:
                if (plain := plainer(outgoing, refused.action)) is not None:
                    return self._call(plain, line, claim, now)
                if refused.action not in STOPS:
                    return self._fail(outgoing, refused.code, now)
                self.lines.stop(outgoing.channel, outgoing.address, refused.action, now)
                self._fail(outgoing, refused.code, now)
                # It asks for a person, so it has a word of its own.
                return Result(word=refused.action, code=refused.code)
        self.sends.release(outgoing.id)  # first, so that a death between here and the wait loses nothing
        return Result(word="refused", wait_ms=wait, code=refused.code)

    def _fail(self, outgoing: Outgoing, code: int, now: Instant) -> Result:
        if is_picture(outgoing):  # its words come all the same, and where they don't the merchant hears of them
            self.sends.drop(outgoing.id, code, now)
            return Result(word="picture_dropped", code=code)
        if self.sends.fail(outgoing, code, now):
            return Result(word="failed", code=code)
        return Result(word="done_before")  # a status was faster


def plainer(outgoing: Outgoing, action: Action) -> Outgoing | None:
    """What may be said in the place of a message that was refused as it is: without its card, its picture, or what it quotes.

    Whoever is asked for money must hear of it, though the channel has no cards for this shop or takes no pictures today.
    """
    if action not in {Action.PLAINER, Action.RETRY_ONCE}:
        return None
    if outgoing.bill is not None:
        return replace(outgoing, bill=None)
    if outgoing.code:
        return None if is_picture(outgoing) else replace(outgoing, code="")
    quoting = action is Action.PLAINER and outgoing.quotes and outgoing.channel in QUOTES_MAY_FAIL
    return replace(outgoing, quotes=None) if quoting else None


def _jitter(outgoing: Outgoing, wait_ms: int) -> int:
    """The wait, and up to a quarter more: the same for one message, another for the next."""
    return wait_ms + wait_ms * (ulid_time(outgoing.id[::-1][:10]) % 256) // 1024
