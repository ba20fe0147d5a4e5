"""A shop's staff numbers: what may be kept, and that a request happens once; on memory."""

from dataclasses import replace
from typing import Any

import pytest

from haat.business.memory.merchants import MemoryMerchants
from haat.business.model.merchant import Merchant, StaffTemplate
from haat.business.rules import staff as rules
from haat.business.service.staff import Staff
from haat.edge.api.phones import read_phone
from haat.kernel.errors import Changed, Conflict, NotFound, Rejected, Unavailable
from haat.kernel.ids import ulid
from haat.kernel.once import Answer, Once, Remembered
from tests.invented import MERCHANT, NOW

SHOP = Merchant(id=MERCHANT, name="Shop", country="IN", currency="INR", language="bn", timezone="Asia/Kolkata")
SAID = {"phone": "98000 00001", "name": " Anita (invented) ", "language": "bn"}


def id_of(number: int) -> str:
    """An entry's id."""
    return ulid(NOW, bytes([number] * 10))


def once(key: str, asked: str = "this") -> Once:
    """A request under a key."""
    return Once(key=key, asked=asked, at=NOW)


class Busy(MemoryMerchants):
    """Merchants that somebody else changes before each of the next writes."""

    def __init__(self, answers: Remembered) -> None:
        super().__init__(answers)
        self.times = 0

    def save(self, merchant: Merchant, *, show: bool = False) -> None:
        """As `Merchants.save`, too late where somebody is at work."""
        if self.times > 0 and (known := self.get(merchant.id)) is not None:
            self.times -= 1
            super().save(replace(known, version=known.version + 1))
        super().save(merchant)


class Office:
    """The service on memory, and one shop."""

    def __init__(self) -> None:
        answers = Remembered()
        self.merchants = Busy(answers)
        self.merchants.save(SHOP)
        self.staff = Staff(merchants=self.merchants, answers=answers, read_phone=read_phone)

    def add(self, number: int, key: str = "", **said: Any) -> Answer:
        """Add the phone of a number."""
        asked = SAID | {"phone": f"+9198000000{number:02d}"} | said
        return self.staff.add(MERCHANT, asked, id_of(number), once(key or f"key-{number}"))

    @property
    def shop(self) -> Merchant:
        """The shop as it is."""
        return self.staff.read(MERCHANT)


@pytest.fixture
def office() -> Office:
    """Return an office of a shop without staff."""
    return Office()


def test_entry_is_kept_as_digits_and_shown_with_its_plus(office: Office) -> None:
    """A national number is one of the shop's country; who says nothing else is told of new orders."""
    answer = office.staff.add(MERCHANT, SAID, id_of(1), once("a"))
    assert (answer.status, answer.headers) == (201, {"etag": '"2"'})
    assert answer.body == {
        "id": id_of(1),
        "phone": "+919800000001",
        "name": "Anita (invented)",
        "language": "bn",
        "told": ["order.placed", "order.paid"],
        "added_at": "2026-01-05T04:30:00.000Z",
    }
    assert [person.phone for person in office.shop.staff] == ["919800000001"]
    assert rules.shown(office.shop.staff[0]) == answer.body


def test_same_request_gets_the_same_answer_whatever_happened_since(office: Office) -> None:
    """Also after a change of the entry, and after its end; another body is refused."""
    first = office.add(1, "a")
    assert office.add(1, "a") == first
    office.staff.change(MERCHANT, id_of(1), 2, SAID | {"name": "Bimal (invented)", "told": []})
    assert office.add(1, "a") == first
    office.staff.remove(MERCHANT, id_of(1))
    assert office.add(1, "a") == first
    assert office.shop.staff == ()
    with pytest.raises(Rejected):
        office.staff.add(MERCHANT, SAID, id_of(2), once("a", "that"))


def test_what_is_remembered_of_a_request_names_nobody(office: Office) -> None:
    """A removed number is gone: the answer is made again from the request."""
    office.add(1, "a")
    given = office.staff.answers.given(once("a"))
    assert given is not None
    assert given.body == {"id": id_of(1), "added_at": NOW}


def test_one_phone_has_one_entry(office: Office) -> None:
    """However it is written."""
    office.add(1)
    with pytest.raises(Conflict) as refused:
        office.add(2, phone="098000 00001")
    assert refused.value.word == "number-taken"
    assert len(office.shop.staff) == 1


def test_eleventh_number_is_refused(office: Office) -> None:
    """One that is removed makes room."""
    for number in range(rules.MOST):
        office.add(number)
    with pytest.raises(Conflict) as refused:
        office.add(20)
    assert refused.value.word == "too-many-staff-numbers"
    office.staff.remove(MERCHANT, id_of(3))
    office.add(20, "once more")
    assert len(office.shop.staff) == rules.MOST


@pytest.mark.parametrize("name", ["  ", "\u3000", "ক্ষ" * 61])
def test_name_is_refused_by_its_field(office: Office, name: str) -> None:
    """It has 1 to 60 letters, as people count them."""
    with pytest.raises(Rejected) as refused:
        office.add(1, name=name)
    assert set(refused.value.fields) == {"name"}
    office.add(1, name="ক্ষ" * 60)


def test_change_leaves_the_phone_and_when_it_came(office: Office) -> None:
    """And all other entries; a version that is gone changes nothing."""
    office.add(1)
    office.add(2)
    before = office.shop
    said = {"name": "B", "language": "hi", "told": ["message.not_sent"]}
    after = office.staff.change(MERCHANT, id_of(1), before.version, said)
    assert after.staff[0] == replace(before.staff[0], name="B", language="hi", told=("message.not_sent",))
    assert after.staff[1] == before.staff[1]
    with pytest.raises(Changed):
        office.staff.change(MERCHANT, id_of(1), before.version, said)
    with pytest.raises(NotFound):
        office.staff.change(MERCHANT, id_of(9), after.version, said)
    assert office.shop == after


def test_removal_of_what_is_not_there_is_not_found(office: Office) -> None:
    """Nothing changes."""
    office.add(1)
    with pytest.raises(NotFound):
        office.staff.remove(MERCHANT, id_of(9))
    assert office.shop.version == 2


def test_addition_and_removal_do_not_mind_other_changes(office: Office) -> None:
    """Who adds or takes away looks again where somebody was faster; without end it is tried later."""
    office.merchants.times = 3
    office.add(1)
    office.merchants.times = 3
    office.staff.remove(MERCHANT, id_of(1))
    assert office.shop.staff == ()
    office.merchants.times = 100
    for change in (lambda: office.add(2), lambda: office.staff.drop_template(MERCHANT)):
        office.merchants.times = 0
        office.staff.put_template(MERCHANT, office.shop.version, {"name": "news", "language": "en"})
        office.merchants.times = 100
        with pytest.raises(Unavailable):
            change()


def test_template_is_kept_and_taken_away(office: Office) -> None:
    """What is so already is no change."""
    said = {"name": "staff_news", "language": "en_US"}
    assert rules.template_shown(office.shop) == {"name": None, "language": None}
    after = office.staff.put_template(MERCHANT, 1, said)
    assert (after.version, after.staff_template) == (2, StaffTemplate(name="staff_news", language="en_US"))
    assert rules.template_shown(after) == said
    assert office.staff.put_template(MERCHANT, 2, said).version == 2
    with pytest.raises(Changed):
        office.staff.put_template(MERCHANT, 1, said)
    office.staff.drop_template(MERCHANT)
    office.staff.drop_template(MERCHANT)
    assert (office.shop.version, office.shop.staff_template) == (3, None)
