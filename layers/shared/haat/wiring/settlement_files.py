"""Joins what operators do with settlement files to the real table and bucket."""

from haat.aws import clients
from haat.aws.bucket import Bucket
from haat.aws.table import Table
from haat.payment.banks.registry import bank
from haat.payment.service.files import SettlementFiles
from haat.payment.store.accounts import DynamoAccounts
from haat.payment.store.files import DynamoFiles, S3Shelf
from haat.wiring.clock import seconds


def settlement_files(payment: Table, bucket: str) -> SettlementFiles:
    """Who takes in files."""
    return SettlementFiles(
        files=DynamoFiles(payment),
        accounts=DynamoAccounts(payment, seconds),
        shelf=S3Shelf(Bucket(clients.s3, bucket)),
        banks=bank,
    )
