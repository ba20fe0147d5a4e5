"""Whose a UPI address is, as the shop's bank says: asked once for each question, with the shop's own account, and told once."""

import json
from dataclasses import replace

import pytest

from haat.facts.payments import PayeeNameWanted
from haat.facts.verification import PayeeNamed, payee_mark
from haat.kernel.ids import MerchantId, RequestId
from haat.kernel.once import Answer, Once
from haat.kernel.secret import Secret
from haat.kernel.time import Instant
from haat.payment.banks import Call, Failed, Keys, Named, NotFound
from haat.payment.banks.registry import NAMES, bank
from haat.payment.memory.accounts import MemoryAccounts
from haat.payment.memory.names import MemoryNames
from haat.payment.model.account import AccountState, PayeeAccount
from haat.payment.model.bank import Account
from haat.payment.ports import Reply
from haat.payment.service.naming import Naming
from tests.unit.payment.banks.kits import KITS, SECRETS, written

NOW = Instant(1_700_000_000_000)
SHOP, OTHER = MerchantId("01KDVDNA00SHOP00000000001A"), MerchantId("01KDVDNA00SHOP00000000002A")
WANTED = PayeeNameWanted(
    merchant=SHOP, request=RequestId("01KDVDNA00REQ000000000001A"), round=1, number=1, payee=payee_mark(SHOP, "Mishti@SimBank"), occurred_at=NOW
)  # fmt: skip
KNOWN = Reply(status=200, raw=written({"address": "mishti@simbank", "name": "Mishti Bhandar"}))


class Room:
    """The service on memory, with a live account at a bank that answers as it is told. It fills the ports KeyRing and Bank."""

    def __init__(self, provider: str = "simbank", state: AccountState = "live", merchant: MerchantId = SHOP) -> None:
        self.names, self.accounts, self.reply = MemoryNames(), MemoryAccounts(), KNOWN
        self.asked: list[Call] = []
        self.held: Keys = {"api_token": Secret(SECRETS[2]), "key_id": Secret("id"), "key_secret": Secret("secret")}
        account = PayeeAccount(
            id="a", merchant=merchant, state=state, name="Mishti", version=1,
            bank=Account(provider=provider, merchant_id="SIM1", vpa="mishti@simbank", base_url="http://127.0.0.1:9"),
        )  # fmt: skip
        self.accounts.begin(account, Once(key="a", asked="", at=NOW), Answer(status=201))
        self.naming = Naming(
            names=self.names, accounts=self.accounts, keys=self, bank=self, banks=bank, now=lambda: NOW
        )

    def keys(self, account: PayeeAccount) -> Keys:
        """Those that call the bank."""
        assert account.merchant == SHOP
        return self.held

    def call(self, call: Call) -> Reply:
        """One answer for all."""
        self.asked.append(call)
        return self.reply

    def told(self) -> list[tuple[str, str]]:
        """What `verification` hears: outcome and name."""
        return [(named.outcome, named.payee) for named in self.names.told]


def test_answer_names_the_question() -> None:
    """Its request and its round; the bank is asked about the account's own address, with the account's own keys."""
    room = Room()
    done = room.naming.take(WANTED)
    assert (done.word, done.status) == ("name_named", 200)
    assert room.names.told == [
        PayeeNamed(merchant=SHOP, request=WANTED.request, round=1, outcome="named", payee="Mishti Bhandar", occurred_at=NOW)
    ]  # fmt: skip
    (call,) = room.asked
    assert (call.method, call.url) == ("GET", "http://127.0.0.1:9/names?address=mishti%40simbank")
    assert "Mishti Bhandar" not in repr(room.names.told) + repr(done)


def test_same_question_again_is_not_asked_and_the_next_one_is() -> None:
    """A record that comes twice finds it answered."""
    room = Room()
    room.naming.take(WANTED)
    assert room.naming.take(WANTED).word == "named_before"
    assert (len(room.asked), len(room.names.told)) == (1, 1)
    room.naming.take(replace(WANTED, number=2))
    room.naming.take(replace(WANTED, round=2))
    assert (len(room.asked), len(room.names.told)) == (3, 3)


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        (Reply(status=404, raw=written({"error": "unknown_address"})), "unknown_address"),
        (Reply(status=200, raw=written({"address": "mishti@simbank", "name": None})), "not_told"),
        (Reply(status=0), "unknown"),
        (Reply(status=500, raw=b"<h1>"), "unknown"),
        (Reply(status=404, raw=b"<h1>"), "unknown"),
        (Reply(status=401, raw=written({"error": "unauthorized"})), "unknown"),
        (Reply(status=200, raw=b"{"), "unknown"),
        (Reply(status=200, raw=written({"name": ["Mishti"]})), "unknown"),
    ],
)
def test_what_the_bank_does_not_say_is_not_made_up(reply: Reply, outcome: str) -> None:
    """Only its own word is nobody's; silence, a proxy's page and dead credentials are unknown, and asked again by whoever wanted to know."""
    room = Room()
    room.reply = reply
    room.naming.take(WANTED)
    assert room.told() == [(outcome, "")]


@pytest.mark.parametrize("provider", [name for name in NAMES if not bank(name).CAPS.tells_names])
def test_bank_that_tells_no_names_is_not_asked(provider: str) -> None:
    """It says so in its CAPS, and writes no such call."""
    room = Room(provider)
    room.naming.take(WANTED)
    assert (room.told(), room.asked) == ([("not_told", "")], [])


@pytest.mark.parametrize(
    ("room", "payee"),
    [
        (Room(state="testing"), WANTED.payee),
        (Room(state="closed"), WANTED.payee),
        (Room(merchant=OTHER), WANTED.payee),
        (Room(), payee_mark(SHOP, "another@simbank")),
        (Room(), ""),
    ],
    ids=["not live", "closed", "another's", "another address", "none"],
)
def test_only_a_live_account_of_the_shop_is_asked(room: Room, payee: str) -> None:
    """With another's keys this shop's question would be asked in their name."""
    room.naming.take(replace(WANTED, payee=payee))
    assert (room.told(), room.asked) == ([("no_account", "")], [])


def test_account_without_its_keys_is_unknown() -> None:
    """A person can mend that; the question is asked again."""
    room = Room()
    room.held = {}
    room.naming.take(WANTED)
    assert (room.told(), room.asked) == ([("unknown", "")], [])


def test_bank_that_this_version_does_not_know_is_not_told() -> None:
    """A version before may have to read what one after it connected."""
    room = Room("no_such_bank")
    room.naming.take(WANTED)
    assert room.told() == [("not_told", "")]


# What adapters write and read


@pytest.mark.parametrize("name", NAMES)
def test_caps_say_whether_a_bank_tells_names(name: str) -> None:
    """Whoever says so writes a call with its credentials in a header; the others write none."""
    kit = KITS[name]()
    call = kit.bank.name_call(kit.account, kit.call_keys(), "shop@upi") if kit.bank.CAPS.call_keys else None
    assert (call is not None) == kit.bank.CAPS.tells_names
    if call is not None:
        assert "canary" not in call.url + call.body.decode() + repr(call)
        assert call.url.startswith(kit.account.base_url + "/")


@pytest.mark.parametrize("odd", ["a@b&x=1", "a@b#c", "a@b\r\nX: y", "../a@b", "আ@ক"])
def test_address_can_not_leave_its_place(odd: str) -> None:
    """Nor add a parameter or a header."""
    kit = KITS["simbank"]()
    call = kit.bank.name_call(kit.account, kit.call_keys(), odd)
    assert call is not None
    assert call.url.startswith("http://127.0.0.1:9/names?address=")
    assert not set(call.url.partition("=")[2]) & set("&#=\r\n/")


def test_razorpay_is_asked_as_its_document_says() -> None:
    """POST validate/vpa with the address; the name comes with success alone."""
    kit = KITS["razorpay"]()
    call = kit.bank.name_call(kit.account, kit.call_keys(), "shop@upi")
    assert call is not None
    assert (call.method, call.url) == ("POST", kit.account.base_url + "/v1/payments/validate/vpa")
    assert json.loads(call.body) == {"vpa": "shop@upi"}

    def read(status: int, document: object) -> object:
        return kit.bank.read_name(kit.account, status, written(document))

    name = "গৌরব কুমার"
    assert read(200, {"vpa": "shop@upi", "success": True, "customer_name": name}) == Named(name=name)
    assert read(200, {"vpa": "shop@upi", "success": False}) == NotFound()
    assert read(200, {"vpa": "shop@upi", "success": False, "customer_name": "X"}) == NotFound()
    for nameless in ({}, {"customer_name": None}, {"customer_name": ""}):
        assert read(200, {"vpa": "shop@upi", "success": True, **nameless}) == Failed(reason="no_name", refused=True)
    unread: tuple[object, ...] = ({"success": "true"}, {"success": 1}, {}, [], {"success": True, "customer_name": 7})
    for odd in unread:
        said = read(200, odd)
        assert isinstance(said, Failed)
        assert not said.refused
    refusal = {"error": {"code": "BAD_REQUEST_ERROR", "description": "This feature is not enabled for the merchant"}}
    assert read(400, refusal) == Failed(reason="bad_request", refused=True)
    assert read(401, refusal) == Failed(reason="credentials")
    assert read(500, refusal) == Failed(reason="http_500")


def test_long_name_is_cut_and_none_is_shown_in_a_log() -> None:
    """A name is a person's, mostly."""
    kit = KITS["simbank"]()
    said = kit.bank.read_name(kit.account, 200, written({"name": "অ" * 5_000}))
    assert isinstance(said, Named)
    assert len(said.name) == 200
    assert "অ" not in repr(said)
