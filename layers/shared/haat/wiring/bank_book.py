"""Joins the banks that a deployment offers, and their checklists, to the real table."""

from haat.aws.table import Table
from haat.payment.banks.registry import bank
from haat.payment.service.open_banks import BankBook, Offered
from haat.payment.store.caller import urls
from haat.payment.store.checklists import DynamoChecklists
from haat.wiring.clock import seconds


def offered(bank_urls: str, stage: str) -> Offered:
    """`bank_urls`: as the template's parameter BankUrls says."""
    return Offered(banks=bank, names=frozenset(urls(bank_urls)), local=stage == "local")


def bank_book(payment: Table, bank_urls: str, stage: str) -> BankBook:
    """What can be connected, and the checklists."""
    return BankBook(offer=offered(bank_urls, stage), checklists=DynamoChecklists(payment, seconds))
