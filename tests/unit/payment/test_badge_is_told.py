"""A badge may rest on the address at which a shop is paid: `verification` hears of each change of it, on whatever path it came."""

import pytest

from haat.facts.verification import ShopChanged
from haat.kernel.errors import Conflict
from haat.kernel.time import DAY, MINUTE, Instant
from tests.unit.payment.owning import ID, NOW, SHOP, House

KEYS = {"key_id": "word-id", "key_secret": "word-secret"}


class Walk:
    """A shop's owner; after each step, whether the address at which it is paid is another, and how often that was told."""

    def __init__(self) -> None:
        self.house, self.at = House(), NOW
        self.house.connects()
        self._paid_at, self._told = self.paid_at(), 0

    def paid_at(self) -> list[str]:
        """The addresses of the shop's live accounts."""
        return sorted(one.bank.vpa for one in self.house.accounts.list(SHOP) if one.state == "live")

    def step(self, what: str) -> None:
        """One wish, or a test payment."""
        house, service = self.house, self.house.service
        self.at = Instant(self.at + DAY + MINUTE)
        match what:
            case "test":
                house.tested(self.at, vpa=house.account.bank.vpa)
            case "keys":
                service.put_keys(SHOP, ID, KEYS, house.once(self.at))
            case "hook":
                service.put_keys(SHOP, ID, {"webhook_secret": "word-new"}, house.once(self.at))
            case "address":
                other = "new@upi" if house.account.bank.vpa != "new@upi" else "shop@upi"
                service.want_address(SHOP, ID, other, house.once(self.at))
            case "confirm":
                service.confirm(SHOP, ID, house.once(self.at))
            case "drop":
                service.drop(SHOP, ID, self.at)
            case "limit":
                service.change(
                    SHOP, ID, house.account.version, {"limit": {"minor": 500_00, "currency": "INR"}}, self.at
                )
            case "close":
                service.close(SHOP, ID, self.at)
            case "another":
                house.connects("another", upi_address="another@upi", provider_merchant_id="acc_another")
            case _:
                raise AssertionError(what)
        told = house.of_badges()[self._told :]
        moved = self.paid_at() != self._paid_at
        expected = [ShopChanged(merchant=SHOP, what="payee", occurred_at=self.at)] if moved else []
        assert told == expected, what
        self._paid_at, self._told = self.paid_at(), self._told + len(told)


@pytest.mark.parametrize(
    ("steps", "times"),
    [
        ("test close", 2),
        ("close", 0),
        ("test limit hook another close close", 2),
        ("test address drop address confirm test close", 4),
        ("test keys confirm test", 3),
        ("test address keys confirm test address confirm test", 5),
        ("keys test hook keys drop", 1),
    ],
)
def test_each_path_tells_what_it_changes(steps: str, times: int) -> None:
    """Made live, changed, closed: told once each time; what leaves the address as it is tells nothing."""
    walk = Walk()
    for step in steps.split():
        walk.step(step)
    assert len(walk.house.of_badges()) == times


def test_account_that_is_held_tells_when_it_is_confirmed() -> None:
    """Its test payment came before: nothing is paid at it until an owner has confirmed it."""
    house = House()
    house.lives("other")
    house.connects()
    house.tested(NOW)
    assert (house.state, house.of_badges()) == ("testing", [])
    with pytest.raises(Conflict):
        house.service.confirm(SHOP, ID, house.once(NOW))
    house.service.confirm(SHOP, ID, house.once(NOW + DAY))
    assert (house.state, len(house.of_badges())) == ("live", 1)


def test_same_request_again_tells_nothing_more() -> None:
    """It gets the first answer, and nothing is written."""
    walk = Walk()
    for step in ("test", "address"):
        walk.step(step)
    once = walk.house.once(NOW + 9 * DAY)
    first = walk.house.service.confirm(SHOP, ID, once)
    assert walk.house.service.confirm(SHOP, ID, once) == first
    assert len(walk.house.of_badges()) == 2


def test_row_has_a_name_of_its_own() -> None:
    """Rows of one change are kept beside each other: two of one name would be refused."""
    house = House()
    house.connects()
    house.tested(NOW)
    names = [row.name for row in house.accounts.rows]
    assert len(set(names)) == len(names)
