"""What every bank's module promises of callbacks, whichever bank it is. A new bank brings a kit (kits/) and passes all of it."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from haat.kernel.ids import MerchantId
from haat.kernel.secret import Secret
from haat.kernel.time import Instant
from haat.payment.banks import Keys
from haat.payment.memory.callbacks import MemoryCallbacks
from haat.payment.model.account import PayeeAccount
from haat.payment.model.evidence import Evidence, Notice, Refused
from haat.payment.rules import reading
from haat.payment.service.door import Door
from tests.unit.payment.banks.kits import ASKED, AT, Kit, heard, leave_out, written


class OfKit:
    """Fills the ports Accounts and KeyRing with a kit's own."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit

    def get(self, id: str, *, fresh: bool = False) -> PayeeAccount:
        """The one."""
        return PayeeAccount(id=id, merchant=MerchantId("merchant"), bank=self._kit.account, name="Shop")

    def keys(self, account: PayeeAccount) -> Keys:
        """What the door holds."""
        return self._kit.door_keys()


def door_of(kit: Kit, callbacks: MemoryCallbacks) -> Door:
    """The door of an account at this bank."""
    ports: Any = OfKit(kit)  # as much of the ports as is used
    return Door(accounts=ports, keys=ports, callbacks=callbacks, banks=lambda _: kit.bank, draw=lambda: bytes(10))


def at_the_door(kit: Kit) -> None:
    """Leave out what only a bank promises whose callbacks the door can verify."""
    if not kit.bank.CAPS.door_keys:
        leave_out(kit, "door_keys", "nothing verifies its callbacks and its door sees nothing")


def in_json(kit: Kit) -> None:
    """Leave out what only a bank promises that writes JSON."""
    if kit.bank.CAPS.written != "json":
        leave_out(kit, "written", "its callbacks are no JSON")


def unread(kit: Kit, raw: bytes, *, an_object: bool = False) -> Refused:
    """What becomes of a body that the bank itself sends and nobody can read. Where it signs what the body says, nobody can verify it either."""
    if len(kit.body(raw)) > reading.CALLBACK:  # what is sealed is larger than what it says
        return Refused(reason="too_large")
    return Refused(reason="malformed" if an_object or kit.bank.CAPS.signs == "bytes" else "bad_signature")


def test_paid_callback_says_who_paid_what(kit: Kit) -> None:
    """A callback of the bank is read into our words, with the trust that it deserves."""
    said = heard(kit, kit.event())
    assert isinstance(said, Evidence)
    assert (said.provider, said.status, said.trust) == (kit.account.provider, "SUCCESS", kit.bank.CAPS.trust)
    assert (said.tr, said.amount, said.currency, said.rrn) == (ASKED.tr, 25000, "INR", "006110000001")
    assert (said.provider_txn_id, said.payer_vpa, said.occurred_at) == (kit.txn, "payer@testpsp", AT * 1000)
    assert said.merchant_id == kit.account.merchant_id or said.payee_vpa == kit.account.vpa


def test_door_keys_are_enough_for_a_callback(kit: Kit) -> None:
    """The door can do its work without what could call the bank."""
    at_the_door(kit)
    raw = kit.body(kit.event())
    said = kit.bank.read_callback(kit.account, kit.door_keys(), kit.headers(raw), raw)
    assert said == heard(kit, kit.event())


def test_what_the_door_keeps_is_no_key_and_enough_for_settlement(kit: Kit) -> None:
    """Some banks send a key of theirs with each callback: a mark stands in its place, and what is said is read all the same."""
    callbacks, raw = MemoryCallbacks(), kit.body(kit.event())
    basic = {"Authorization": "Basic Y2FuYXJ5LWRvb3Itc2VjcmV0LTE="}
    taken = door_of(kit, callbacks).take(kit.account.provider, "account", kit.headers(raw) | basic, raw, Instant(AT))
    assert taken.word == "kept"
    (kept,) = callbacks.kept
    shown = " ".join(kept.headers.values())
    assert not any(key.reveal() in shown for key in kit.keys.values())
    assert "Y2FuYXJ5" not in shown
    said = kit.bank.read_callback(kit.account, kit.settlement_keys(), kept.headers, raw, checked=True)
    assert said == heard(kit, kit.event())


@pytest.mark.parametrize("meant", ["SUCCESS", "FAILED", "PENDING", "UNKNOWN"])
def test_word_means_what_it_says(kit: Kit, meant: str) -> None:
    """Words are known in any case and with blanks about them, and kept as they came."""
    for word in (kit.words[meant], f" {kit.words[meant].swapcase()} "):
        said = heard(kit, kit.event(word=word))
        assert isinstance(said, Evidence)
        assert (said.status, said.status_word) == (meant, word)


def test_word_that_looks_like_another_is_unknown(kit: Kit) -> None:
    """Letters that become ASCII when upper-cased make no success."""
    for meant in ("SUCCESS", "FAILED"):
        for letter, like in (("S", "\u017f"), ("I", "\u0131"), ("K", "\u212a"), ("E", "\u0395")):
            word = kit.words[meant].upper().replace(letter, like)
            if not word.isascii():
                said = heard(kit, kit.event(word=word))
                assert isinstance(said, Evidence)
                assert said.status == "UNKNOWN"


def test_bad_amount_is_refused(kit: Kit) -> None:
    """An amount that is not written as this bank writes amounts is none."""
    for amount in kit.bad_amounts:
        assert heard(kit, kit.event(amount=amount)) == Refused(reason="bad_amount"), amount


def test_another_merchants_callback_names_that_merchant(kit: Kit) -> None:
    """It can be read, and says whose money it is; nothing of ours is put in its place."""
    said = heard(kit, kit.event(merchant="somebody-else"))
    assert isinstance(said, Evidence)
    assert said.merchant_id == "somebody-else"


def test_unknown_fields_and_another_order_change_nothing(kit: Kit) -> None:
    """A field that the bank adds tomorrow is passed over, and the order of keys says nothing."""
    in_json(kit)
    plain = kit.event()

    def turned(value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return {"new": [{"a": 1.5, "b": 10**40}], **{name: turned(value[name]) for name in reversed(value)}}

    assert heard(kit, turned(plain)) == heard(kit, plain)


def test_repeated_key_is_refused(kit: Kit) -> None:
    """Two readers would read two things, wherever the key stands and however it is written."""
    in_json(kit)
    raw = written(kit.event())
    places = [index for index in range(len(raw)) if raw[index : index + 1] == b"{"]
    assert len(places) > any(isinstance(value, dict) for value in kit.event().values())  # nested too, where it is
    for at in places:
        name = json.loads(raw[at + 1 : raw.index(b":", at)])
        for again in (json.dumps(name), f'"\\u{ord(name[0]):04x}{name[1:]}"'):
            twice = raw[: at + 1] + again.encode() + b":null," + raw[at + 1 :]
            assert heard(kit, twice) == unread(kit, twice)


@pytest.mark.parametrize("depth", [reading.DEPTH, 1_000, 15_000])
def test_deep_nesting_is_refused(kit: Kit, depth: int) -> None:
    """Neither Python's own limit, which is at ten thousand, nor ours is a crash; sealed as hex the deepest still is no too large body."""
    in_json(kit)
    raw = written(kit.event())[:-1] + b',"x":' + b"[" * depth + b"]" * depth + b"}"
    for body in (raw, raw[: -depth - 1]):
        assert heard(kit, body) == unread(kit, body)


def test_huge_body_is_refused_unread(kit: Kit) -> None:
    """Not even its signature is looked at, and so is a right one."""
    raw = kit.body(kit.event()) + b" " * reading.CALLBACK
    for headers in ({}, {"Content-Type": "text/plain"}):
        refused = kit.bank.read_callback(kit.account, kit.keys, headers, raw)
        assert refused == Refused(reason="too_large")
        assert kit.bank.ack(refused)[0] == 413


@pytest.mark.parametrize(
    "raw", [b"", b"null", b"[]", b"{}", b"{", b'{"payload":1}', b"\xff\xfe{\x00}\x00", b"\xef\xbb\xbf{}"]
)
def test_odd_body_is_refused_and_acknowledged(kit: Kit, raw: bytes) -> None:
    """What the bank itself sends and nobody can read is answered 200: it would be the same the next time."""
    refused = heard(kit, raw)
    assert refused == unread(kit, raw, an_object=(raw[:1], raw[-1:]) == (b"{", b"}"))
    assert kit.bank.ack(refused) == ((200, kit.ack) if refused.reason == "malformed" else (401, b""))


def test_good_callback_is_acknowledged_in_the_banks_words(kit: Kit) -> None:
    """The answer is what this bank wants to hear."""
    assert kit.bank.ack(heard(kit, kit.event())) == (200, kit.ack)
    assert kit.bank.ack(Notice(provider="x", kind="unknown_event", trust="proof", known=False)) == (200, kit.ack)


@pytest.mark.parametrize(
    ("spoil", "reasons"),
    [
        (lambda headers: {}, {"missing_signature", "missing_token"}),
        (lambda headers: dict.fromkeys(headers, ""), {"missing_signature", "missing_token"}),
        (
            lambda headers: {**headers, **{name.lower(): "x" for name in headers}},
            {"missing_signature", "missing_token"},
        ),
        (lambda headers: dict.fromkeys(headers, "0" * 64), {"bad_signature", "bad_token"}),
        (lambda headers: dict.fromkeys(headers, "ſé\ud800"), {"bad_signature", "bad_token"}),
        (
            lambda headers: {name: value.upper() + " " for name, value in headers.items()},
            {"bad_signature", "bad_token"},
        ),
        (lambda headers: {name: value[:-1] for name, value in headers.items()}, {"bad_signature", "bad_token"}),
    ],
)
def test_callback_without_its_proof_or_token_is_refused(
    kit: Kit, spoil: Callable[[Any], Any], reasons: set[str]
) -> None:
    """The door sees that, answers 401, and nothing is read."""
    at_the_door(kit)
    raw = kit.body(kit.event())
    refused = kit.bank.read_callback(kit.account, kit.keys, spoil(kit.headers(raw)), raw)
    assert isinstance(refused, Refused)
    assert refused.reason in reasons
    assert kit.bank.ack(refused) == (401, b"")


def test_header_names_are_compared_without_case(kit: Kit) -> None:
    """A function URL lower-cases them, others do not."""
    raw = kit.body(kit.event())
    for change in (str.lower, str.upper):
        headers = {change(name): value for name, value in kit.headers(raw).items()}
        assert isinstance(kit.bank.read_callback(kit.account, kit.keys, headers, raw), Evidence)


def test_previous_secret_still_opens_the_door(kit: Kit) -> None:
    """While a secret is rotated, what was sent under the old one comes in."""
    at_the_door(kit)
    raw = kit.body(kit.event())
    new, old = kit.bank.CAPS.door_keys
    keys = {new: Secret("the next one"), old: kit.keys[new]}
    assert isinstance(kit.bank.read_callback(kit.account, keys, kit.headers(raw), raw), Evidence)
    assert isinstance(kit.bank.read_callback(kit.account, {new: kit.keys[new]}, kit.headers(raw), raw), Evidence)


def test_empty_or_missing_secret_opens_nothing(kit: Kit) -> None:
    """An account whose secret is not there yet takes nothing, and least of all what is signed with an empty one."""
    at_the_door(kit)
    raw = kit.body(kit.event())
    empty = dict.fromkeys(kit.bank.CAPS.door_keys, Secret(""))
    for keys in ({}, empty):
        for headers in (kit.headers(raw), kit.headers(raw, "")):
            refused = kit.bank.read_callback(kit.account, keys, headers, raw)
            assert kit.bank.ack(refused) == (401, b"")
