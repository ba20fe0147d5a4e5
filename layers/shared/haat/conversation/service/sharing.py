"""A shop's profile goes to every channel that shows one."""

from collections.abc import Iterator
from dataclasses import dataclass

from haat.conversation.ports import Lines
from haat.conversation.ports.profile import Shared, SharedProfiles, SharedState, Shower, Shown
from haat.conversation.rules.channels import SHOW_PROFILES
from haat.facts.profiles import ProfileChanged, ProfileWanted
from haat.kernel.ids import MerchantId
from haat.kernel.time import DAY, MINUTE, SECOND, Instant

LONGEST_MS, SHORTEST_MS = 15 * MINUTE, 5 * SECOND
PATIENCE_MS = DAY
NO_LINE = Shown(code=-1, message="the number has no token")


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One word for what became of a record; `wait_ms` above 0: it must come again after so long."""

    word: str
    wait_ms: int = 0
    code: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sharing:
    """Shows shops. Telling a channel twice changes nothing, so whatever was left in between is done again."""

    profiles: SharedProfiles
    lines: Lines
    shower: Shower

    def take(self, fact: ProfileChanged | ProfileWanted, now: Instant) -> Turn:
        """Take one fact. Raises Unavailable."""
        known = self.profiles.read(fact.merchant)
        if isinstance(fact, ProfileChanged):
            if known is not None and known.profile.revision > fact.revision:
                return Turn(word="overtaken")
            if known is not None and known.profile.revision == fact.revision and known.state != "waiting":
                return Turn(word="done_before")
            profile = fact
        elif known is None:
            return Turn(word="nothing_to_show")
        else:
            profile = known.profile
        fresh = known is None or known.state != "waiting" or known.profile != profile
        since = now if fresh or known is None else known.since
        shown = list(self._show(fact.merchant, profile))
        late = next((one for one in shown if one.later), None)
        if late is not None and now - since < PATIENCE_MS:
            self._keep(profile, "waiting", since, late)
            return Turn(word="not_shown_yet", wait_ms=min(max(now - since, SHORTEST_MS), LONGEST_MS), code=late.code)
        refused = next((one for one in shown if one.code), None)
        state: SharedState = "refused" if refused else "shown" if shown else "nowhere"
        self._keep(profile, state, since, refused)
        return Turn(word=state, code=refused.code if refused else 0)

    def _show(self, merchant: MerchantId, profile: ProfileChanged) -> Iterator[Shown]:
        for kind, address in self.profiles.addresses(merchant):
            if kind not in SHOW_PROFILES:
                continue
            line = self.lines.line(kind, address)
            mine = line is not None and line.channel.merchant == merchant
            yield self.shower.show(line, profile) if line is not None and mine else NO_LINE

    def _keep(self, profile: ProfileChanged, state: SharedState, since: Instant, trouble: Shown | None) -> None:
        code, message = (trouble.code, trouble.message) if trouble else (0, "")
        self.profiles.write(Shared(profile=profile, state=state, since=since, code=code, message=message))
