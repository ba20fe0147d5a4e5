"""Payee accounts: what may be connected, which keys are kept for whom, and the two steps to another UPI address."""

import json
from dataclasses import replace
from typing import Any

import pytest

from haat.kernel.errors import Changed, Conflict, NotFound, Rejected
from haat.kernel.time import DAY
from tests.unit.payment.banks.kits import KITS
from tests.unit.payment.owning import ID, KEYS, NOW, OTHER, SAID, SHOP, TR, House, wrong


@pytest.fixture
def house() -> House:
    """Return one with an account."""
    house = House()
    house.connects()
    return house


# Connecting


def test_new_account_is_to_be_tested_and_names_its_keys_only() -> None:
    """The answer has the address for callbacks and the names of keys; no value of one stands anywhere in it."""
    answer = House().connects(mcc="5411")
    assert (answer.status, answer.headers) == (201, {"etag": '"1"'})
    told = answer.body
    assert (told["state"], told["upi_address"], told["mcc"]) == ("testing", "shop@upi", "5411")
    assert told["webhook_path"] == f"/webhooks/payments/razorpay/{ID}"
    assert told["keys_set"] == sorted(KEYS)
    assert told["limit"] == {"minor": 10_000_000, "currency": "INR"}
    assert told["settings"] == {}
    assert not any(value in json.dumps(told) for value in KEYS.values())


def test_keys_are_sealed_for_those_who_use_them(house: House) -> None:
    """What verifies lies in one box, what calls the bank in another, both under the shop's name."""
    assert house.account.sealed.door == f'door/{SHOP}/{{"webhook_secret":"word-hook"}}'.encode()
    assert house.account.sealed.call == f'call/{SHOP}/{{"key_id":"word-id","key_secret":"word-secret"}}'.encode()
    assert house.account.bank.base_url == "", "where a bank is the deployment says"


@pytest.mark.parametrize(
    ("keys", "fields"),
    [
        ({**KEYS, "word-secret": "key_secret"}, {"keys"}),
        ({"webhook_secret": "word-hook", "key_id": "word-id"}, {"keys.key_secret"}),
        ({}, {"keys", "keys.webhook_secret", "keys.key_id", "keys.key_secret"}),
        ({**KEYS, "key_secret": "x" * 4_096}, {"keys"}),
        ({**KEYS, "key_id": " \n", "key_secret": "word-\u0995"}, {"keys.key_id", "keys.key_secret"}),
    ],
    ids=["a key in the place of its name", "one is missing", "none", "too long to be sealed", "nothing, and no key"],
)
def test_keys_are_exactly_those_that_the_provider_wants(keys: dict[str, str], fields: set[str]) -> None:
    """What is missing is named, what is unknown is not repeated: it may be a key that stands in the wrong place."""
    with pytest.raises(Rejected) as refused:
        House().connects(keys=keys)
    assert set(wrong(refused)) == fields


def test_end_of_a_line_is_no_part_of_a_key() -> None:
    """Who copies one from a page often takes it along: no signature would ever fit."""
    house = House()
    house.connects(keys={**KEYS, "webhook_secret": " word-hook\r\n"})
    assert house.account.sealed.door.endswith(b'{"webhook_secret":"word-hook"}')


@pytest.mark.parametrize(
    ("house", "provider"),
    [
        (House(offered="razorpay"), "simbank"),
        (House(local=False), "simbank"),
        (House(offered="razorpay phantom"), "phantom"),
        (House(), "nobody"),
    ],
    ids=["not offered", "no real money, on a real stage", "offered, and unknown here", "nobody's"],
)
def test_bank_that_is_not_here_cannot_be_connected(house: House, provider: str) -> None:
    """One needs a module, an address in the deployment, and real money but on the local stage."""
    with pytest.raises(Rejected) as refused:
        house.connects(provider=provider, keys={"callback_token": "word-hook", "api_token": "word-id"})
    assert set(wrong(refused)) == {"provider"}
    assert house.accounts.list(SHOP) == []


def test_bank_without_real_money_can_be_connected_on_the_local_stage() -> None:
    """There it is the default."""
    keys = {"callback_token": "t", "api_token": "u"}
    assert House().connects(provider="simbank", keys=keys).body["keys_set"] == ["api_token", "callback_token"]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"upi_address": "no address"}, "upi_address"),
        ({"upi_address": f"{'a' * 255}@upi"}, "upi_address"),
        ({"name": "  "}, "name"),
        ({"name": "a\u202eb"}, "name"),
        ({"name": "\u0995\u09cd\u09b7" * 60}, "name"),
        ({"limit": {"minor": 99, "currency": "INR"}}, "limit.minor"),
        ({"limit": {"minor": 100, "currency": "USD"}}, "limit.currency"),
    ],
)
def test_what_no_link_could_say_is_refused_by_its_field(said: dict[str, Any], field: str) -> None:
    """Before anybody is asked for money by it."""
    with pytest.raises(Rejected) as refused:
        House().connects(**said)
    assert set(refused.value.fields) == {field}


def test_same_request_makes_one_account() -> None:
    """The same key again gets the first answer."""
    house = House()
    once = house.once()
    first = house.service.connect(SHOP, ID, SAID, once)
    assert house.service.connect(SHOP, "01KDVDNA00ACC000000000002A", SAID, once) == first
    assert len(house.accounts.list(SHOP)) == 1


def test_shop_has_at_most_twenty_open_accounts() -> None:
    """Those that are closed leave their places."""
    house = House()
    for number in range(20):
        payee = {"upi_address": f"shop{number}@upi", "provider_merchant_id": f"acc_{number}"}
        house.connects(id=f"account-{number:02d}", **payee)
    with pytest.raises(Conflict) as refused:
        house.connects()
    assert refused.value.word == "too-many-accounts"
    house.service.close(SHOP, "account-07", NOW)
    assert house.connects().status == 201


def test_address_of_another_account_is_not_wanted(house: House) -> None:
    """Nor confirmed, where the other was connected in between; it is free again when that is closed."""
    other = {"upi_address": "new@upi", "provider_merchant_id": "acc_other"}
    house.connects(id="account-2", **other)
    with pytest.raises(Conflict) as refused:
        house.service.want_address(SHOP, ID, "New@Upi", house.once())
    assert refused.value.word == "payee-taken"
    house.service.close(SHOP, "account-2", NOW)
    assert house.service.want_address(SHOP, ID, "New@Upi", house.once()).status == 202


@pytest.mark.parametrize(("first", "second"), [("axis", "axis_older"), ("axis_older", "axis")])
def test_merchant_of_a_bank_is_connected_once_in_whichever_form(first: str, second: str) -> None:
    """The bank tells both of the same money, in one file: it could pay two orders."""
    house = House(offered="axis axis_older sbi")

    def of(name: str) -> dict[str, Any]:
        kit = KITS[name]()
        keys = {key: secret.reveal() for key, secret in kit.keys.items()}
        return {"provider": name, "settings": dict(kit.account.settings), "keys": keys}

    house.connects(**of(first))
    other = {"upi_address": "other@upi", **of(second)}
    with pytest.raises(Conflict) as refused:
        house.connects(id="account-2", **other)
    assert refused.value.word == "payee-taken"
    assert house.connects(id="account-3", upi_address="third@upi", **of("sbi")).status == 201
    house.service.close(SHOP, ID, NOW)
    assert house.connects(id="account-2", **other).status == 201


def test_another_shops_account_is_nobodys(house: House) -> None:
    """Whatever is asked about it: as if it were not there, and it stays as it is."""
    before, service = house.account, house.service
    for asks in (
        lambda: service.read(OTHER, ID),
        lambda: service.change(OTHER, ID, 1, {}, NOW),
        lambda: service.put_keys(OTHER, ID, {"webhook_secret": "theirs"}, house.once()),
        lambda: service.test(OTHER, ID, TR, house.once()),
        lambda: service.want_address(OTHER, ID, "theirs@upi", house.once()),
        lambda: service.confirm(OTHER, ID, house.once()),
        lambda: service.drop(OTHER, ID, NOW),
        lambda: service.close(OTHER, ID, NOW),
    ):
        with pytest.raises(NotFound):
            asks()
    assert (house.account, service.list(OTHER)) == (before, [])


# Keys


def test_new_webhook_secret_leaves_the_keys_that_call(house: House) -> None:
    """The old secret counts beside it while it is given, too; the other purpose's box is not touched."""
    before = house.account
    given = {"webhook_secret": "word-new", "webhook_secret_previous": "word-hook"}
    answer = house.service.put_keys(SHOP, ID, given, house.once())
    after = house.account
    assert json.loads(after.sealed.door.split(b"/", 2)[2]) == given
    assert after.sealed.call == before.sealed.call
    assert answer.body["keys_set"] == sorted({**KEYS, **given})
    house.service.put_keys(SHOP, ID, {"webhook_secret": "word-new"}, house.once())
    assert house.account.keys == tuple(sorted(KEYS)), "the rotation is over"
    assert house.told()[-1] == ("account.changed", {"payee_account_id": ID, "what": "keys", "state": "testing"})


@pytest.mark.parametrize(
    ("keys", "fields"),
    [({"key_id": "word-id"}, {"keys.key_secret"}), ({"webhook_secret_previous": "x"}, {"keys.webhook_secret"})],
)
def test_keys_of_one_purpose_come_together(house: House, keys: dict[str, str], fields: set[str]) -> None:
    """Nobody can read the others back to seal them again."""
    before = house.account
    with pytest.raises(Rejected) as refused:
        house.service.put_keys(SHOP, ID, keys, house.once())
    assert set(wrong(refused)) == fields
    assert house.account == before


# Other changes, and the end


def test_change_is_refused_where_somebody_was_faster(house: House) -> None:
    """The version that was looked at must be the one that is there."""
    said = {"limit": {"minor": 50_000, "currency": "INR"}}
    changed = house.service.change(SHOP, ID, 1, said, NOW)
    assert (changed.limit, changed.version) == (50_000, 2)
    with pytest.raises(Changed):
        house.service.change(SHOP, ID, 1, {}, NOW)
    again = house.service.change(SHOP, ID, 2, said, NOW)
    assert again.version == 2, "the same again changes nothing"


def test_closed_account_does_nothing_more(house: House) -> None:
    """No test, no keys, no other address; closing it again changes nothing."""
    house.service.want_address(SHOP, ID, "new@upi", house.once())
    house.service.close(SHOP, ID, NOW)
    closed = house.account
    house.service.close(SHOP, ID, NOW)
    assert (house.account, closed.state, closed.new_vpa) == (closed, "closed", "")
    for asks in (
        lambda: house.service.test(SHOP, ID, TR, house.once()),
        lambda: house.service.put_keys(SHOP, ID, {"webhook_secret": "x"}, house.once()),
        lambda: house.service.want_address(SHOP, ID, "new@upi", house.once()),
        lambda: house.service.confirm(SHOP, ID, house.once(NOW + 2 * DAY)),
        lambda: house.service.change(SHOP, ID, closed.version, {}, NOW),
    ):
        with pytest.raises(Conflict) as refused:
            asks()
        assert refused.value.word == "account-closed"


@pytest.mark.parametrize("what", ["mcc", "keys", "address", "closed"])
def test_account_of_the_version_before_is_fetched_from_its_next_change_on(house: House, what: str) -> None:
    """It does not say yet that its bank gives reports; whatever is changed of it says so."""
    assert house.account.fetched
    house.accounts.save(replace(house.account, fetched=False, state="live", version=house.account.version + 1))
    match what:
        case "mcc":
            house.service.change(SHOP, ID, house.account.version, {"mcc": "5411"}, NOW)
        case "keys":
            house.service.put_keys(SHOP, ID, KEYS, house.once())
        case "address":
            house.service.want_address(SHOP, ID, "other@upi", house.once())
        case _:
            house.service.close(SHOP, ID, NOW)
    assert house.account.is_reported
