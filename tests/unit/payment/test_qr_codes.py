"""The code on a shop's counter: what it says, who gets it, and that a camera reads it."""

from dataclasses import replace
from typing import Any

import pytest

from haat.kernel.errors import Conflict, NotFound
from haat.kernel.ids import MerchantId
from haat.kernel.once import Answer, Once
from haat.payment.banks.registry import bank
from haat.payment.memory.accounts import MemoryAccounts
from haat.payment.memory.checklists import MemoryChecklists
from haat.payment.model.account import PayeeAccount
from haat.payment.model.bank import Account
from haat.payment.model.link import Link
from haat.payment.rules import links
from haat.payment.service.open_banks import OpenBanks
from haat.payment.service.qr_codes import QrCodes
from tests.invented import MERCHANT, NOW, OTHER_MERCHANT
from tests.unit.payment.seeing import of_pdf, of_png, of_svg, read

ACCOUNT = PayeeAccount(
    id="01KE66PJA0ACC0VNT000000001", merchant=MERCHANT, name="Sweets (invented)", state="live", mcc="5441",
    bank=Account(provider="simbank", merchant_id="m", vpa="sweets@simbank", base_url=""),
)  # fmt: skip
LINK = "upi://pay?pa=sweets@simbank&pn=Sweets%20%28invented%29&mc=5441&cu=INR&mode=01"


def codes(shop: str = "মিষ্টি", **more: Any) -> QrCodes:
    """The codes of a shop with one account."""
    accounts = MemoryAccounts()
    accounts.begin(replace(ACCOUNT, **more), Once(key="k", asked="a", at=NOW), Answer(status=201))

    def name(merchant: MerchantId) -> str:
        return shop if merchant == MERCHANT else "another's"

    return QrCodes(accounts=accounts, open_banks=OpenBanks(banks=bank, checklists=MemoryChecklists()), shop=name)


def test_code_names_the_payee_and_neither_sum_nor_reference() -> None:
    """A code that stays is for any payment: who scans it types the sum, and no request of ours is paid by it."""
    code = codes().of(MERCHANT, ACCOUNT.id)
    assert code.link == LINK
    said = links.read(code.link)
    assert said == Link(pa="sweets@simbank", pn="Sweets (invented)", mc="5441", mode="01")
    assert "sweets@" not in repr(code)


def test_camera_reads_each_picture() -> None:
    """PNG, SVG and the printed page say the same."""
    code = codes().of(MERCHANT, ACCOUNT.id)
    pictures = (of_png(code.png()), of_svg(code.svg()), of_pdf(code.placard().pdf))
    assert [read(picture) for picture in pictures] == [[LINK]] * 3


def test_page_has_the_name_that_it_can_write() -> None:
    """The shop's where it is in Latin letters, else the bank's; an SVG has the shop's in any."""
    bengali, latin, nameless = codes(), codes("Mishti Ghar"), codes("")
    assert bengali.of(MERCHANT, ACCOUNT.id).placard().printed == "Sweets (invented)"
    assert latin.of(MERCHANT, ACCOUNT.id).placard().printed == "Mishti Ghar"
    assert nameless.of(MERCHANT, ACCOUNT.id).placard().printed == "Sweets (invented)"
    assert codes(name="দোকান").of(MERCHANT, ACCOUNT.id).placard().printed == ""
    assert ">মিষ্টি</text>" in bengali.of(MERCHANT, ACCOUNT.id).svg()


@pytest.mark.parametrize(("state", "word"), [("testing", "account-not-live"), ("closed", "account-closed")])
def test_account_that_takes_no_money_has_no_code(state: str, word: str) -> None:
    """Before its test payment has come, and after it was closed."""
    with pytest.raises(Conflict) as refused:
        codes(state=state).of(MERCHANT, ACCOUNT.id)
    assert refused.value.word == word


def test_other_shop_has_no_code_of_this_account() -> None:
    """It is told what it is told of an account that is not there."""
    for merchant, account in ((OTHER_MERCHANT, ACCOUNT.id), (MERCHANT, "01KE66PJA0N0SVCHACC0VNT000")):
        with pytest.raises(NotFound):
            codes().of(merchant, account)
