"""Joins the routes of static QR codes to the real tables, and payments to the name of the shop."""

from haat.aws.table import Table
from haat.business.store.merchants import DynamoMerchants
from haat.edge.api.qr_codes import QrCodeRoutes
from haat.kernel.ids import MerchantId
from haat.payment.service.qr_codes import QrCodes
from haat.payment.store.accounts import DynamoAccounts
from haat.wiring.clock import now, seconds
from haat.wiring.open_banks import open_banks


def qr_code_routes(payment: Table, business: Table) -> QrCodeRoutes:
    """The routes of a shop's static codes."""
    merchants = DynamoMerchants(business, now)

    def shop(merchant: MerchantId) -> str:
        found = merchants.get(merchant)
        return found.name if found else ""

    return QrCodeRoutes(QrCodes(accounts=DynamoAccounts(payment, seconds), open_banks=open_banks(payment), shop=shop))
