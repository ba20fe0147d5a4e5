"""Joins who says whether a bank may ask for real money to the real table."""

from haat.aws.table import Table
from haat.payment.banks.registry import bank
from haat.payment.service.open_banks import OpenBanks
from haat.payment.store.checklists import DynamoChecklists
from haat.wiring.clock import seconds


def open_banks(payment: Table) -> OpenBanks:
    """For whoever begins a request."""
    return OpenBanks(banks=bank, checklists=DynamoChecklists(payment, seconds))
