"""A shop as the other contexts know it now: what verification compares with what was verified."""

from collections.abc import Iterator

from haat.aws.table import Table
from haat.business.store.merchants import DynamoMerchants
from haat.conversation.model import Connected
from haat.conversation.store.channels import DynamoChannels
from haat.facts.verification import payee_mark
from haat.kernel.ids import MerchantId
from haat.payment.store.accounts import DynamoAccounts
from haat.verification.model.dossier import ShopNow
from haat.verification.ports import Shops
from haat.wiring.clock import now, seconds

PAGE = 100  # channels that are read at once


class StoredShops:
    """Fills the port Shops. Everything is read anew: a badge must fall with what it stands on."""

    def __init__(
        self, merchants: DynamoMerchants, channels: DynamoChannels, accounts: DynamoAccounts, page: int = PAGE
    ) -> None:
        self._merchants, self._channels, self._accounts, self._page = merchants, channels, accounts, page

    def now(self, merchant: MerchantId) -> ShopNow | None:
        """As it is at this moment; None where there is no such merchant. Raises Unavailable."""
        shop = self._merchants.get(merchant, fresh=True)
        if shop is None:
            return None
        # One whose other keys are being tested is still where the shop's customers pay.
        live = (one for one in self._accounts.list(merchant) if one.was_live and one.state != "closed")
        return ShopNow(
            merchant=merchant,
            name=shop.name,
            legal_name=shop.legal_name,
            open=shop.state == "open",
            country=shop.country,
            language=shop.language,
            handle=shop.handle,
            numbers={
                (one.channel.kind, one.channel.address): dialled(one.number.display)
                for one in self._connected(merchant)
                if dialled(one.number.display)
            },
            payees=frozenset(payee_mark(merchant, account.bank.vpa) for account in live if account.bank.vpa),
        )

    def _connected(self, merchant: MerchantId) -> Iterator[Connected]:
        after: str | None = None
        while True:
            found, after = self._channels.page(merchant, after, self._page)
            yield from found
            if after is None:
                return


def dialled(display: str) -> str:
    """A number in one form, however its channel writes it today: + and digits (E.164). Empty where there is none."""
    digits = "".join(letter for letter in display if letter in "0123456789")
    return f"+{digits}" if digits else ""


def shops(business: Table, conversation: Table, payment: Table) -> Shops:
    """The real thing."""
    return StoredShops(DynamoMerchants(business, now), DynamoChannels(conversation), DynamoAccounts(payment, seconds))
