"""The code that a shop puts on its counter: any sum, no request. What is paid on it lands among the unassigned receipts."""

from collections.abc import Callable
from dataclasses import dataclass

from haat.kernel.errors import Conflict, NotFound, Rejected
from haat.kernel.ids import MerchantId
from haat.kernel.qr import png
from haat.payment.model.link import Link, Placard, Unusable
from haat.payment.ports import Accounts
from haat.payment.rules import pictures
from haat.payment.rules.links import QR, build
from haat.payment.service.open_banks import OpenBanks


@dataclass(frozen=True, slots=True, kw_only=True)
class StaticCode:
    """What the code of an account says, and what people read beside it."""

    account: str
    link: str
    shop: str  # as its customers know it
    payee: str  # as the bank knows it: the payer's app shows this one
    address: str

    def __repr__(self) -> str:  # payment addresses are personal data
        return f"StaticCode({self.account})"

    def svg(self) -> str:
        """The code with the shop's name and the payee's address under it, in any script."""
        return pictures.svg(self.link, lines=(self.shop, self.address))

    def png(self) -> bytes:
        """The code alone."""
        return png(self.link)

    def placard(self) -> Placard:
        """An A4 page to print."""
        return pictures.placard(self.link, name=self.shop, address=self.address, other_name=self.payee)


@dataclass(frozen=True, slots=True, kw_only=True)
class QrCodes:
    """The static codes of merchants. `shop` is the name of a merchant's shop, empty where it has none."""

    accounts: Accounts
    open_banks: OpenBanks
    shop: Callable[[MerchantId], str]

    def of(self, merchant: MerchantId, account: str) -> StaticCode:
        """The code of one of the merchant's own accounts. Raises NotFound, Conflict (account-not-live, account-closed, bank-not-open), Unavailable."""
        found = self.accounts.get(account, fresh=True)
        if found is None or found.merchant != merchant:
            raise NotFound("payee account")
        if found.state == "closed":
            raise Conflict("this payee account is closed", word="account-closed")
        if found.state != "live":
            raise Conflict("the test payment of this account has not arrived yet", word="account-not-live")
        self.open_banks.need(found.bank.provider)
        vpa, name = found.bank.vpa, found.name
        link = build(Link(pa=vpa, pn=name, mc=found.mcc, mode=QR), limit=found.limit)
        if isinstance(link, Unusable):
            raise Rejected("no payment link can say this", word="invalid", fields={"account": link.reason})
        return StaticCode(account=found.id, link=link, shop=self.shop(merchant) or name, payee=name, address=vpa)
