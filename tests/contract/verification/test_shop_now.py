"""A shop as the other contexts know it: read from their own tables, as their own stores have written it."""

from dataclasses import replace
from typing import TYPE_CHECKING

from haat.business.model.merchant import Merchant
from haat.business.store.merchants import DynamoMerchants
from haat.conversation.model import Channel, Connected, Number
from haat.conversation.store.channels import DynamoChannels
from haat.facts.verification import payee_mark
from haat.kernel.once import Answer, Once
from haat.kernel.time import Instant
from haat.payment.model.account import PayeeAccount
from haat.payment.model.bank import Account
from haat.payment.store.accounts import DynamoAccounts
from haat.verification.model.dossier import ShopNow
from haat.wiring.shop_now import StoredShops, dialled, shops
from tests.contract.verification.desk import shop

if TYPE_CHECKING:
    from tests.contract.tables import Tables

SHOP, OTHER, NOW = shop(1), shop(2), Instant(1_790_000_000_000)
MADE = Answer(status=201)
MERCHANT = Merchant(
    id=SHOP, name="মা তারা মিষ্টান্ন", legal_name="Tara Devi", country="IN", currency="INR", language="bn", timezone="Asia/Kolkata"
)  # fmt: skip


def once(key: str) -> Once:
    """A request of its own."""
    return Once(key=key, asked="this", at=NOW)


def begin(tables: "Tables", merchant: Merchant = MERCHANT) -> DynamoMerchants:
    """A shop."""
    merchants = DynamoMerchants(tables.business, lambda: NOW)
    merchants.begin(merchant, once(merchant.id), MADE)
    return merchants


def connect(tables: "Tables", address: str, display: str, kind: str = "whatsapp") -> None:
    """A channel of its."""
    channel = Channel(kind=kind, address=address, merchant=SHOP, token=b"sealed")
    connected = Connected(channel=channel, number=Number(display=display), connected_at=NOW)
    DynamoChannels(tables.conversation).connect(connected, once(f"{kind}{address}"), MADE)


def account(tables: "Tables", id: str, vpa: str) -> PayeeAccount:
    """An account whose test payment has not arrived."""
    bank = Account(provider="simbank", merchant_id=id, vpa=vpa, base_url="", settings={})
    begun = PayeeAccount(id=id, merchant=SHOP, bank=bank, name="Tara Devi", opened_at=NOW, changed_at=NOW, version=1)
    DynamoAccounts(tables.payment, lambda: 0.0).begin(begun, once(id), MADE)
    return begun


def test_shop_that_is_not_there_is_none(tables: "Tables") -> None:
    """And not an empty one."""
    assert shops(tables.business, tables.conversation, tables.payment).now(SHOP) is None


def test_shop_is_put_together_from_three_tables(tables: "Tables") -> None:
    """Its names, numbers in one form, and fingerprints of the addresses to which money can go now."""
    begin(tables)
    connect(tables, "1001", "+91 5550 000-001")
    connect(tables, "2002", "", kind="messenger")
    live = account(tables, "account-live", "MaaTara@bank")
    account(tables, "account-testing", "another@bank")
    DynamoAccounts(tables.payment, lambda: 0.0).save(replace(live, state="live", standing="proven", version=2))
    assert shops(tables.business, tables.conversation, tables.payment).now(SHOP) == ShopNow(
        merchant=SHOP,
        name="মা তারা মিষ্টান্ন",
        legal_name="Tara Devi",
        open=True,
        country="IN",
        language="bn",
        numbers={("whatsapp", "1001"): "+915550000001"},
        payees=frozenset({payee_mark(SHOP, "maatara@bank")}),
    )


def test_change_is_seen_at_once(tables: "Tables") -> None:
    """A shop that was renamed and closed, whose number went and whose account was closed, is so now."""
    merchants = begin(tables)
    connect(tables, "1001", "+91 5550 000001")
    live = replace(account(tables, "account-live", "maatara@bank"), state="live", standing="proven", version=2)
    accounts = DynamoAccounts(tables.payment, lambda: 0.0)
    accounts.save(live)
    it = shops(tables.business, tables.conversation, tables.payment)
    before = it.now(SHOP)
    assert before is not None
    assert before.payees
    merchants.save(replace(MERCHANT, name="Tara Bank", state="closed", version=2))
    DynamoChannels(tables.conversation).disconnect(SHOP, "whatsapp", "1001", NOW)
    accounts.save(replace(live, state="testing", version=3))
    tested = it.now(SHOP)
    assert tested is not None
    assert tested.payees == before.payees, "other keys of the same account are being tested"
    accounts.save(replace(live, state="closed", version=4))
    after = it.now(SHOP)
    assert after is not None
    assert (after.name, after.open, after.numbers, after.payees) == ("Tara Bank", False, {}, frozenset())


def test_every_number_of_a_shop_with_many_is_known(tables: "Tables") -> None:
    """Page by page."""
    for n in range(5):
        connect(tables, f"{n:04d}", f"+91 5550 {n:06d}")
    accounts = DynamoAccounts(tables.payment, lambda: 0.0)
    now = StoredShops(begin(tables), DynamoChannels(tables.conversation), accounts, page=2).now(SHOP)
    assert now is not None
    assert len(now.numbers) == 5


def test_number_is_the_same_however_its_channel_writes_it() -> None:
    """A badge does not fall by a space."""
    assert {dialled(said) for said in ("+91 98300-00001", "919830000001", "+91 (983) 000 0001")} == {"+919830000001"}
    assert dialled("a page of no number") == ""
