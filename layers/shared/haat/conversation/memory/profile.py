"""What channels were last told of shops, in memory, under the same contract as in DynamoDB; and a channel that only remembers."""

from collections.abc import Callable
from dataclasses import dataclass, field

from haat.conversation.ports import Line
from haat.conversation.ports.profile import Shared, Shown
from haat.facts.profiles import ProfileChanged
from haat.kernel.ids import MerchantId


@dataclass(slots=True)
class MemorySharedProfiles:
    """Fills the port SharedProfiles."""

    channels: dict[MerchantId, list[tuple[str, str]]] = field(default_factory=dict)
    kept: dict[MerchantId, Shared] = field(default_factory=dict)

    def read(self, merchant: MerchantId) -> Shared | None:
        return self.kept.get(merchant)

    def write(self, shared: Shared) -> None:
        here = self.kept.get(shared.profile.merchant)
        if here is None or here.profile.revision <= shared.profile.revision:
            self.kept[shared.profile.merchant] = shared

    def addresses(self, merchant: MerchantId) -> list[tuple[str, str]]:
        return list(self.channels.get(merchant, ()))


@dataclass(slots=True)
class MemoryShower:
    """Fills the port Shower."""

    answer: Callable[[Line], Shown] = lambda _: Shown()
    shown: dict[str, ProfileChanged] = field(default_factory=dict)

    def show(self, line: Line, profile: ProfileChanged) -> Shown:
        said = self.answer(line)
        if not said.code:
            self.shown[line.channel.address] = profile
        return said
