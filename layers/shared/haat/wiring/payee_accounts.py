"""Joins the routes of payee accounts to the real table, and to the keys that seal for those who may open."""

from haat.aws.table import Table
from haat.edge.api.payee_accounts import PayeeAccountRoutes
from haat.payment.banks.registry import bank
from haat.payment.service.accounts import PayeeAccounts
from haat.payment.service.requests import Requests
from haat.payment.store.accounts import DynamoAccounts
from haat.payment.store.caller import urls
from haat.payment.store.payments import DynamoPayments
from haat.wiring.clock import seconds
from haat.wiring.notices import KeptSeals


def payee_routes(payment: Table, door_key: str, call_key: str, bank_urls: str, stage: str) -> PayeeAccountRoutes:
    """What owners do with accounts. `bank_urls`: as the template's parameter BankUrls says."""
    accounts = DynamoAccounts(payment, seconds)
    return PayeeAccountRoutes(
        PayeeAccounts(
            accounts=accounts,
            requests=Requests(payments=DynamoPayments(payment), accounts=accounts, banks=bank),
            seals={"door": KeptSeals(door_key), "call": KeptSeals(call_key)},
            banks=bank,
            offered=frozenset(urls(bank_urls)),
            local=stage == "local",
        )
    )
