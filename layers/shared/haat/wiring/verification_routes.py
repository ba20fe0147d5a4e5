"""Joins the routes of a shop's requests to be verified to the real tables, key and bucket."""

import os

from haat.aws import clients
from haat.aws.bucket import Bucket
from haat.aws.table import Table
from haat.edge.api.phones import read_phone
from haat.edge.api.verification import VerificationRoutes
from haat.verification.service.asking import Asking
from haat.verification.store.dossiers import DynamoDossiers
from haat.verification.store.seals import KmsSeals
from haat.verification.store.shelf import S3Shelf
from haat.wiring.shop_now import shops


def verification_routes(
    verification: Table, tables: tuple[Table, Table, Table], bucket: str, key: str
) -> VerificationRoutes:
    """What a shop asks for. `tables` are those of business, conversation and payment; `key` in KMS encrypts evidence, and documents in `bucket`."""
    return VerificationRoutes(
        Asking(
            dossiers=DynamoDossiers(verification),
            seals=KmsSeals(clients.kms, key),
            shelf=S3Shelf(Bucket(clients.s3, bucket), key),
            shops=shops(*tables),
            read_phone=read_phone,
            chance=os.urandom,
        )
    )
