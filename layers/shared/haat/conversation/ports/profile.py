"""What sharing a shop's profile needs from the rest of the world."""

from dataclasses import dataclass
from typing import Literal, Protocol

from haat.conversation.ports import Line
from haat.facts.profiles import ProfileChanged
from haat.kernel.ids import MerchantId
from haat.kernel.time import Instant

SharedState = Literal["waiting", "shown", "refused", "nowhere"]  # nowhere: the shop has no channel that shows one


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """What channels were last told of a shop, and how that went. `since`: when it was first tried."""

    profile: ProfileChanged
    state: SharedState
    since: Instant
    code: int = 0  # the channel's own, where it refused
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The channel shows it. With a code it does not: refused, for good unless `later`."""

    code: int = 0
    message: str = ""
    later: bool = False


class SharedProfiles(Protocol):
    """What channels were told of shops."""

    def read(self, merchant: MerchantId) -> Shared | None:
        """The last of it, or None where nothing was ever told."""

    def write(self, shared: Shared) -> None:
        """Keep it, unless a later revision is there."""

    def addresses(self, merchant: MerchantId) -> list[tuple[str, str]]:
        """The shop's channels: kind and address."""


class Shower(Protocol):
    """Shows a shop on its channel."""

    def show(self, line: Line, profile: ProfileChanged) -> Shown:
        """One call; the same again changes nothing. Never raises for what the channel or the network does."""
