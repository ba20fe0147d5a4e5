"""Joins the routes of payee accounts to the real table, and to the keys that seal for those who may open."""

from haat.aws.table import Table
from haat.edge.api.banks import BankRoutes
from haat.edge.api.payee_accounts import PayeeAccountRoutes
from haat.payment.banks.registry import bank
from haat.payment.rules.account_keys import Purpose
from haat.payment.service.accounts import PayeeAccounts
from haat.payment.service.requests import Requests
from haat.payment.store.accounts import DynamoAccounts
from haat.payment.store.payments import DynamoPayments
from haat.wiring.bank_book import bank_book, offered
from haat.wiring.clock import seconds
from haat.wiring.notices import KeptSeals
from haat.wiring.open_banks import open_banks


def payee_routes(
    payment: Table, keys: dict[Purpose, str], bank_urls: str, stage: str
) -> tuple[PayeeAccountRoutes, BankRoutes]:
    """What owners do with accounts. `keys` in KMS, by what they seal; `bank_urls`: as the template's parameter BankUrls says."""
    accounts, payments = DynamoAccounts(payment, seconds), DynamoPayments(payment)
    return (
        PayeeAccountRoutes(
            PayeeAccounts(
                accounts=accounts,
                requests=Requests(payments=payments, accounts=accounts, banks=bank, open_banks=open_banks(payment)),
                seals={purpose: KeptSeals(key) for purpose, key in keys.items()},
                offer=offered(bank_urls, stage),
            )
        ),
        BankRoutes(bank_book(payment, bank_urls, stage)),
    )
