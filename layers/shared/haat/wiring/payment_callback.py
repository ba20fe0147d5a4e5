"""Joins the banks' door to the real table and keys."""

import os
from dataclasses import dataclass
from functools import partial

from haat.aws import clients
from haat.aws.table import Table
from haat.payment.banks.registry import bank
from haat.payment.service.door import Door
from haat.payment.store.accounts import DynamoAccounts
from haat.payment.store.callbacks import DynamoCallbacks
from haat.wiring.clock import seconds
from haat.wiring.payment_keys import SealedKeys


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What payment_callback needs to know."""

    payment_table: str
    payment_door_key: str


def build(settings: Settings) -> Door:
    """The real thing."""
    table = Table(clients.hurried_dynamodb(), settings.payment_table)
    return Door(
        accounts=DynamoAccounts(table, seconds),
        keys=SealedKeys(clients.hurried_kms, settings.payment_door_key, "door"),
        callbacks=DynamoCallbacks(table),
        banks=bank,
        draw=partial(os.urandom, 10),
    )
