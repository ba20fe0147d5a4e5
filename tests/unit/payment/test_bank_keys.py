"""What a bank wants of a shop: settings, keys of a form, and one key for two uses, which is replaced in both at once."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from haat.kernel.errors import Conflict, Rejected
from haat.kernel.time import DAY, MINUTE, Instant
from haat.payment.banks import Caps
from haat.payment.banks.registry import NAMES, bank
from haat.payment.model.checklist import Tick
from haat.payment.ports.banks import Bank
from haat.payment.rules.account_keys import MOST_SEALED, asked, sealed_text
from haat.payment.rules.checklist import WHAT
from tests.unit.payment.owning import ID, NOW, SHOP, TR, House

FIRST, SECOND, THIRD = (str(number) * 32 for number in (1, 2, 3))
SHARED = Caps(
    trust="hint",
    door_keys=("token",),
    settlement_keys=("merchant_key",),
    call_keys=("merchant_key", "api_key"),
    key_forms={"merchant_key": "hex32"},
    shared_key=True,
    settings=("terminal_id", "store"),
    optional_settings=("store",),
    before_money=("kit", "sign_off"),
)
APART = replace(SHARED, shared_key=False, settlement_keys=("reading_key",), key_forms={"reading_key": "hex32"})
KEYS = {"token": "word-token", "merchant_key": FIRST, "api_key": "word-api"}


class Demo:
    """A bank by its CAPS alone."""

    def __init__(self, caps: Caps) -> None:
        self.CAPS = caps


def house(caps: Caps = SHARED) -> House:
    """An owner where `demo` is a bank."""

    def banks(name: str) -> Bank:
        return Demo(caps) if name == "demo" else bank(name)  # type: ignore[return-value]  # nothing of it is called

    return House(offered="demo razorpay", banks=banks)


def connects(it: House, **said: Any) -> dict[str, Any]:
    """Connect an account there."""
    known = {"provider": "demo", "keys": KEYS, "settings": {"terminal_id": "T1"}}
    body: dict[str, Any] = it.connects(**(known | said)).body
    return body


def live(caps: Caps = SHARED, keys: dict[str, str] = KEYS) -> House:
    """An owner with an account through which money goes."""
    it = house(caps)
    connects(it, keys=keys)
    it.accounts.save(replace(it.account, state="live", version=2))
    return it


def box(it: House, name: str) -> dict[str, str]:
    """What opens for one use."""
    sealed: bytes = getattr(it.account.sealed, name)
    found: dict[str, str] = json.loads(sealed.split(b"/", 2)[2]) if sealed else {}
    return found


def refused(connect: Callable[[], object]) -> dict[str, str]:
    """The fields of a refusal."""
    with pytest.raises(Rejected) as caught:
        connect()
    return dict(caught.value.fields)


# Settings


def test_settings_are_shown_again() -> None:
    """Without the room around them; an optional one may be empty, as a form leaves it."""
    assert connects(house(), settings={"terminal_id": " T1 ", "store": ""})["settings"] == {"terminal_id": "T1"}
    assert connects(house(), settings={"terminal_id": "T1", "store": "No 7"})["settings"]["store"] == "No 7"


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({}, "settings.terminal_id"),
        ({"terminal_id": " "}, "settings.terminal_id"),
        ({"terminal_id": "T" * 65}, "settings.terminal_id"),
        ({"terminal_id": "T\n1"}, "settings.terminal_id"),
        ({"terminal_id": "টি"}, "settings.terminal_id"),
        ({"terminal_id": "T1", "store": "s" * 65}, "settings.store"),
        ({"terminal_id": "T1", "word-api": "terminal"}, "settings"),
    ],
)
def test_settings_are_those_that_the_bank_wants(settings: dict[str, str], field: str) -> None:
    """A name that is unknown is not repeated: a key may stand there."""
    wrong = refused(lambda: connects(house(), settings=settings))
    assert list(wrong) == [field]
    assert "word-api" not in str(wrong)
    assert field != "settings" or "terminal_id" in wrong["settings"]


def test_bank_that_wants_no_settings_takes_none() -> None:
    """They would be kept for nothing."""
    assert set(refused(lambda: House().connects(settings={"terminal_id": "T1"}))) == {"settings"}


def test_all_that_is_wrong_is_said_at_once() -> None:
    """A form is filled in once more, not five times."""
    wrong = refused(lambda: connects(house(), settings={}, keys={**KEYS, "merchant_key": "no hex"}, upi_address="x"))
    assert set(wrong) == {"settings.terminal_id", "keys.merchant_key", "upi_address"}
    assert "no hex" not in str(wrong)


# Keys


def test_key_for_two_uses_is_sealed_for_both() -> None:
    """Whoever reads holds it, and whoever calls; the door does not."""
    it = house()
    assert connects(it)["keys_set"] == ["api_key", "merchant_key", "token"]
    assert (box(it, "settlement"), box(it, "call")) == (
        {"merchant_key": FIRST},
        {"merchant_key": FIRST, "api_key": "word-api"},
    )
    assert box(it, "door") == {"token": "word-token"}


def test_key_for_two_uses_comes_with_all_of_both() -> None:
    """As each set is sealed as a whole."""
    it = live()
    assert set(refused(lambda: it.service.put_keys(SHOP, ID, {"merchant_key": SECOND}, it.once()))) == {"keys.api_key"}


def test_key_for_two_uses_waits_in_both() -> None:
    """It calls the bank, so it waits for a day, and what reads goes on with the old one; both change in one step."""
    it = live()
    theirs = {"merchant_key": SECOND, "api_key": "word-other"}
    answer = it.service.put_keys(SHOP, ID, theirs, it.once())
    assert (answer.status, answer.body["change"]["what"]) == (202, ["keys"])
    assert (box(it, "settlement"), box(it, "call")["merchant_key"]) == ({"merchant_key": FIRST}, FIRST)
    it.service.put_keys(SHOP, ID, {"token": "word-new"}, it.once(NOW + MINUTE))
    assert box(it, "door") == {"token": "word-new"}, "what verifies counts at once"
    it.service.confirm(SHOP, ID, it.once(NOW + DAY))
    assert (box(it, "settlement"), box(it, "call")) == ({"merchant_key": SECOND}, theirs)
    assert (box(it, "waiting"), box(it, "waiting_settlement")) == ({}, {})
    assert it.account.keys == ("api_key", "merchant_key", "token")


def test_second_wish_replaces_both_sets_of_the_first() -> None:
    """And what is dropped is dropped in both: nothing of it comes with a later change."""
    it = live()
    for key in (SECOND, THIRD):
        it.service.put_keys(SHOP, ID, {"merchant_key": key, "api_key": "word-other"}, it.once())
    assert (box(it, "waiting")["merchant_key"], box(it, "waiting_settlement")) == (THIRD, {"merchant_key": THIRD})
    it.service.drop(SHOP, ID, NOW)
    assert (box(it, "waiting"), box(it, "waiting_settlement")) == ({}, {})
    it.service.want_address(SHOP, ID, "new@upi", it.once())
    it.service.confirm(SHOP, ID, it.once(NOW + DAY))
    assert (box(it, "settlement"), box(it, "call")["merchant_key"]) == ({"merchant_key": FIRST}, FIRST)


def test_account_that_was_never_live_takes_a_key_for_two_uses_at_once() -> None:
    """No money goes by it yet."""
    it = house()
    connects(it)
    assert it.service.put_keys(SHOP, ID, {"merchant_key": SECOND, "api_key": "a"}, it.once()).status == 200
    assert (box(it, "settlement")["merchant_key"], box(it, "call")["merchant_key"]) == (SECOND, SECOND)


def test_key_that_only_reads_counts_at_once() -> None:
    """No money goes by it: beside keys that wait, and alone, and what waits goes on waiting."""
    it = live(APART, {"token": "t", "reading_key": FIRST, "merchant_key": "m", "api_key": "a"})
    keys = {"reading_key": SECOND, "merchant_key": "m2", "api_key": "a2"}
    assert it.service.put_keys(SHOP, ID, keys, it.once()).status == 202
    assert (box(it, "settlement"), box(it, "call")["api_key"]) == ({"reading_key": SECOND}, "a")
    assert it.service.put_keys(SHOP, ID, {"reading_key": THIRD}, it.once()).status == 200
    it.service.confirm(SHOP, ID, it.once(NOW + DAY))
    assert (box(it, "settlement"), box(it, "call")["api_key"]) == ({"reading_key": THIRD}, "a2")


@pytest.mark.parametrize("name", NAMES)
def test_largest_keys_of_each_bank_can_be_sealed(name: str) -> None:
    """A private key of 4096 bits, a certificate of 3,000 letters, a public key of 4096 bits, words of 128 letters; without what is optional."""
    caps = bank(name).CAPS
    longest = {"hex32": 32, "private_pem": 3_272, "public_pem": 3_000}
    for names in asked(caps).values():
        known = {key: longest.get(caps.key_forms.get(key, ""), 128) for key in names if key not in caps.optional_keys}
        lines = {key: "\n".join("x" * 64 for _ in range(-(-length // 65))) for key, length in known.items()}
        assert len(sealed_text(lines).reveal()) <= MOST_SEALED


def test_keys_that_are_too_long_together_are_named() -> None:
    """KMS takes 4,096 bytes in one piece."""
    wrong = refused(lambda: connects(house(), keys={**KEYS, "api_key": "x" * 4_060}))
    assert wrong == {"keys": "merchant_key, api_key are kept together and have 4124 letters: at most 4096 can be"}


# Before real money


def test_account_at_a_bank_that_is_not_open_is_connected_and_asks_for_nothing() -> None:
    """Not for Re 1 either; the words say who must do what. When all is ticked off, it does."""
    it = house()
    assert connects(it)["state"] == "testing"
    with pytest.raises(Conflict) as shut:
        it.service.test(SHOP, ID, TR, it.once())
    assert shut.value.word == "bank-not-open"
    assert "kit, sign off" in str(shut.value)
    assert it.payments.load(TR) is None
    for item in SHARED.before_money:
        it.checklists.tick("demo", Tick(item=item, by="operator", at=Instant(NOW)))
    assert it.service.test(SHOP, ID, TR, it.once()).status == 201


def test_what_a_bank_needs_is_said_in_a_sentence() -> None:
    """Each item that a bank may name."""
    for name in NAMES:
        assert set(bank(name).CAPS.before_money) <= set(WHAT)
    assert all(said.endswith(".") for said in WHAT.values())
