"""Which names a name is held against: those of others in the register, and never its own."""

from collections.abc import Sequence

from haat.kernel.ids import MerchantId
from haat.verification.service.inspecting import Inspecting
from tests.unit.verification.cases import NOW, SHOP

OTHER = MerchantId("01M00000000000000000000THER")


class Register:
    """Fills the port Names: whatever is asked for, it has these."""

    def __init__(self, *of: MerchantId) -> None:
        self.of, self.asked = of, list[str]()

    def alike(self, keys: Sequence[str]) -> list[tuple[MerchantId, str]]:
        """The shop's name, as each of them has it."""
        self.asked += keys
        return [(merchant, NOW.name) for merchant in self.of]


def test_shop_is_not_like_itself() -> None:
    """A shop that was verified asks again under its own name: nothing stands in its way; the same name of another does."""
    register = Register(SHOP)
    assert Inspecting(names=register).like(SHOP, NOW.name) == []
    assert register.asked
    (found,) = Inspecting(names=Register(SHOP, OTHER)).like(SHOP, NOW.name)
    assert (found.name, found.protected) == (NOW.name, False)
