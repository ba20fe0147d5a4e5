"""What would lead a shop's money elsewhere takes two steps and a day: other keys, another account, another UPI address."""

import json
from dataclasses import replace

import pytest

from haat.kernel.errors import Conflict, Rejected
from haat.kernel.time import DAY, MINUTE, Instant
from tests.unit.payment.owning import ID, KEYS, NOW, SHOP, House


@pytest.fixture
def house() -> House:
    """Return one with an account."""
    house = House()
    house.connects()
    return house


# Keys that call the bank, where the shop's money may go by them


def calls(house: House, box: str = "call") -> dict[str, str]:
    """What opens for whoever calls the bank; of the box `waiting`, what will."""
    sealed: bytes = getattr(house.account.sealed, box)
    found: dict[str, str] = json.loads(sealed.split(b"/", 2)[2]) if sealed else {}
    return found


OURS, THEIRS = (
    {"key_id": "word-id", "key_secret": "word-secret"},
    {"key_id": "word-thief", "key_secret": "word-theirs"},
)


def test_account_that_was_never_live_takes_keys_at_once(house: House) -> None:
    """No money goes by it yet; what was paid to test the old ones says nothing of these."""
    answer = house.service.put_keys(SHOP, ID, THEIRS, house.once(NOW + MINUTE))
    assert (answer.status, answer.body["change"]) == (200, None)
    assert calls(house) == THEIRS
    house.tested(NOW)
    assert house.state == "testing"
    house.tested(NOW + MINUTE)
    assert house.state == "live"


@pytest.mark.parametrize("since", ["live", "changed", "confirmed"])
def test_other_keys_of_a_live_account_take_two_steps_and_a_day(house: House, since: str) -> None:
    """The bank makes its code for whoever calls it. So does an account that was live, and one that Re 1 would make live."""
    at = NOW
    if since == "confirmed":
        house, at = House(), Instant(NOW + DAY)
        house.lives("other")
        house.connects()
        house.service.confirm(SHOP, ID, house.once(at))
    else:
        house.tested(NOW)
    if since == "changed":
        house.service.want_address(SHOP, ID, "new@upi", house.once())
        at = Instant(NOW + DAY)
        house.service.confirm(SHOP, ID, house.once(at))
    state = house.state
    assert state == ("live" if since == "live" else "testing")
    wanted = house.service.put_keys(SHOP, ID, THEIRS, house.once(at))
    assert (wanted.status, wanted.body["change"]["what"], wanted.body["keys_set"]) == (202, ["keys"], sorted(KEYS))
    assert not any(value in json.dumps(wanted.body) for value in THEIRS.values())
    assert (calls(house), calls(house, "waiting"), house.state) == (OURS, THEIRS, state)
    assert house.told()[-1][0] == "account.change_wanted"
    assert house.told()[-1][1]["what"] == "keys_change_wanted"
    with pytest.raises(Conflict) as early:
        house.service.confirm(SHOP, ID, house.once(at + DAY - 1))
    assert (early.value.word, calls(house)) == ("change-too-early", OURS)
    done = house.service.confirm(SHOP, ID, house.once(at + DAY)).body
    assert (done["state"], done["tested"], done["change"]) == ("testing", False, None)
    assert (calls(house), calls(house, "waiting")) == (THEIRS, {})
    house.tested(at)
    assert house.state == "testing", "that test was of the old keys"
    house.tested(at + DAY, vpa=house.account.bank.vpa)
    assert house.state == "live"


def test_keys_that_wait_can_be_dropped(house: House) -> None:
    """They are gone; nothing can be confirmed, and the account stays live."""
    house.tested(NOW)
    house.service.put_keys(SHOP, ID, THEIRS, house.once())
    house.service.drop(SHOP, ID, NOW)
    assert (calls(house), calls(house, "waiting"), house.state) == (OURS, {}, "live")
    assert house.told()[-1] == ("account.changed", {"payee_account_id": ID, "what": "change_dropped", "state": "live"})
    with pytest.raises(Conflict) as nothing:
        house.service.confirm(SHOP, ID, house.once(NOW + DAY))
    assert nothing.value.word == "no-change-waits"


def test_webhook_secret_of_a_live_account_counts_at_once(house: House) -> None:
    """Alone, beside keys that wait, and with such: no money goes by it. What waits goes on waiting."""
    house.tested(NOW)
    hook = {"webhook_secret": "word-new", "webhook_secret_previous": "word-hook"}
    both = house.service.put_keys(SHOP, ID, THEIRS | hook, house.once())
    assert (both.status, both.body["keys_set"]) == (202, sorted(KEYS | hook))
    assert [told["what"] for _, told in house.told()[-2:]] == ["keys", "keys_change_wanted"]
    assert (json.loads(house.account.sealed.door.split(b"/", 2)[2]), calls(house)) == (hook, OURS)
    alone = house.service.put_keys(SHOP, ID, {"webhook_secret": "word-new"}, house.once(NOW + MINUTE))
    assert (alone.status, alone.body["change"]) == (200, both.body["change"])
    assert house.account.new_keys == tuple(sorted(KEYS))  # all that it will have: the older secret is gone
    assert house.state == "live"
    house.service.confirm(SHOP, ID, house.once(NOW + DAY))
    assert (house.account.keys, calls(house)) == (tuple(sorted(KEYS)), THEIRS)


def test_second_wish_makes_the_first_wait_as_long_again(house: House) -> None:
    """Whoever confirms one confirms both: nobody slips keys in behind an address that the owner wants."""
    house.tested(NOW)
    house.service.want_address(SHOP, ID, "new@upi", house.once())
    both = house.service.put_keys(SHOP, ID, THEIRS, house.once(NOW + DAY - MINUTE))
    assert both.body["change"]["what"] == ["address", "keys"]
    with pytest.raises(Conflict):
        house.service.confirm(SHOP, ID, house.once(NOW + DAY))
    house.service.confirm(SHOP, ID, house.once(NOW + 2 * DAY))
    assert (house.account.bank.vpa, calls(house)) == ("new@upi", THEIRS)
    assert [told["what"] for _, told in house.told()[-2:]] == ["address", "keys"]


# An account beside one that is or was live


@pytest.mark.parametrize("there", ["live", "closed"])
@pytest.mark.parametrize("tested", ["first", "then"])
def test_new_account_beside_a_live_one_waits(there: str, tested: str) -> None:
    """Its test payment, a day, and an owner: only with all three customers' money may go there, in whatever order the last two come."""
    house = House()
    house.lives("other")
    if there == "closed":
        house.service.close(SHOP, "other", NOW)
    made = house.connects()
    change = {"what": ["account"], "upi_address": None, "change_at": "2023-11-15T22:13:20.000Z"}
    assert (made.body["state"], made.body["change"]) == ("testing", change)
    assert house.told()[-1] == (
        "account.change_wanted",
        {"payee_account_id": ID, "what": "account_wanted", "state": "testing", "change_at": change["change_at"]},
    )
    if tested == "first":
        house.tested(NOW)
        assert (house.state, house.account.tested) == ("testing", True)
        assert house.told()[-1][1]["what"] == "tested"
    with pytest.raises(Conflict) as early:
        house.service.confirm(SHOP, ID, house.once(NOW + DAY - 1))
    assert early.value.word == "change-too-early"
    done = house.service.confirm(SHOP, ID, house.once(NOW + DAY)).body
    assert (done["state"], done["change"]) == ("live" if tested == "first" else "testing", None)
    house.tested(NOW + DAY)
    assert house.state == "live"
    whats = [told["what"] for _, told in house.told()]
    assert whats[-2:] == ["confirmed", "live"]


def test_account_that_was_there_before_the_first_went_live_waits_too() -> None:
    """A thief who comes before the owner has tested hers gets nothing by that: it is one account, the first, that Re 1 makes live."""
    house = House()
    house.connects()
    house.lives("other")
    house.tested(NOW)
    assert (house.state, house.account.standing) == ("testing", "held")
    assert house.told()[-1][1]["what"] == "account_wanted"
    house.service.confirm(SHOP, ID, house.once(NOW + DAY))
    assert house.state == "live"


def test_other_keys_and_address_make_a_new_account_wait_anew() -> None:
    """An owner who confirms it confirms what had stood there for a day, and was tested so."""
    house = House()
    house.lives("other")
    house.connects()
    house.tested(NOW)
    house.service.put_keys(SHOP, ID, THEIRS, house.once(NOW + DAY - MINUTE))
    assert not house.account.tested
    with pytest.raises(Conflict):
        house.service.confirm(SHOP, ID, house.once(NOW + DAY))
    house.service.want_address(SHOP, ID, "new@upi", house.once(NOW + DAY))
    with pytest.raises(Conflict):
        house.service.confirm(SHOP, ID, house.once(NOW + 2 * DAY - 1))
    done = house.service.confirm(SHOP, ID, house.once(NOW + 2 * DAY)).body
    assert (done["state"], done["upi_address"], done["tested"]) == ("testing", "new@upi", False)
    house.tested(NOW + 2 * DAY, vpa="new@upi")
    assert house.state == "live"


# Another UPI address


def test_another_address_takes_two_steps_and_a_day(house: House) -> None:
    """The old one stands until the second step, which is refused before its time; then a test payment must arrive anew."""
    house.accounts.save(replace(house.account, state="live", version=2))
    wanted = house.service.want_address(SHOP, ID, "New@Upi", house.once())
    change = {"what": ["address"], "upi_address": "new@upi", "change_at": "2023-11-15T22:13:20.000Z"}
    assert (wanted.status, wanted.body["change"], wanted.body["upi_address"]) == (202, change, "shop@upi")
    with pytest.raises(Conflict) as early:
        house.service.confirm(SHOP, ID, house.once(NOW + DAY - 1))
    assert early.value.word == "change-too-early"
    assert (house.account.bank.vpa, house.state) == ("shop@upi", "live")
    done = house.service.confirm(SHOP, ID, house.once(NOW + DAY)).body
    assert (done["upi_address"], done["state"], done["change"]) == ("new@upi", "testing", None)
    with pytest.raises(Conflict) as twice:
        house.service.confirm(SHOP, ID, house.once(NOW + DAY))
    assert twice.value.word == "no-change-waits"


def test_wish_for_another_address_is_told_at_once(house: House) -> None:
    """An owner who did not wish it hears of it while there is time; no address is in what is told."""
    house.service.want_address(SHOP, ID, "new@upi", house.once())
    kind, told = house.told()[-1]
    assert (kind, told["what"], told["change_at"]) == (
        "account.change_wanted",
        "address_change_wanted",
        "2023-11-15T22:13:20.000Z",
    )
    assert "@" not in json.dumps(told)


def test_second_wish_waits_as_long_again(house: House) -> None:
    """Whoever changes the address that waits does not come sooner to it."""
    house.service.want_address(SHOP, ID, "new@upi", house.once())
    house.service.want_address(SHOP, ID, "other@upi", house.once(NOW + DAY - MINUTE))
    with pytest.raises(Conflict):
        house.service.confirm(SHOP, ID, house.once(NOW + DAY))
    assert house.account.new_vpa == "other@upi"


def test_change_can_be_dropped(house: House) -> None:
    """Nothing can be confirmed any more; dropping it again changes nothing."""
    house.service.want_address(SHOP, ID, "new@upi", house.once())
    house.service.drop(SHOP, ID, NOW)
    dropped = house.account
    house.service.drop(SHOP, ID, NOW)
    assert (house.account, dropped.new_vpa) == (dropped, "")
    with pytest.raises(Conflict):
        house.service.confirm(SHOP, ID, house.once(NOW + DAY))


@pytest.mark.parametrize(("vpa", "said"), [("SHOP@upi", "is no change"), ("nonsense", "is no UPI address")])
def test_what_is_no_other_address_is_refused(house: House, vpa: str, said: str) -> None:
    """Case makes no difference to UPI."""
    with pytest.raises(Rejected) as refused:
        house.service.want_address(SHOP, ID, vpa, house.once())
    assert said in refused.value.fields["upi_address"]
