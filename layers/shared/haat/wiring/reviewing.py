"""Joins what reviewers do to the real tables, key and bucket."""

import os
from dataclasses import dataclass

from haat.aws import clients
from haat.aws.bucket import Bucket
from haat.aws.table import Table
from haat.business.model.token import Caller
from haat.business.ports import Tokens
from haat.business.rules.tokens import ties
from haat.verification.rules.deciding import Reviewer
from haat.verification.service.inspecting import Inspecting
from haat.verification.service.reviewing import Reviewing
from haat.verification.store.dossiers import DynamoDossiers
from haat.verification.store.names import DynamoNames
from haat.verification.store.seals import KmsSeals
from haat.verification.store.shelf import S3Shelf
from haat.wiring.shop_now import shops


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """Where all of it is kept: tables, the bucket of documents, and the ARN of the key of evidence."""

    verification: Table
    business: Table
    conversation: Table
    payment: Table
    bucket: str
    key: str


def desk(kept: Kept, tokens: Tokens, caller: Caller) -> Reviewing:
    """Where somebody reviews, as the person that they are by any of their tokens. Raises Unavailable."""
    assert caller.operator is not None, "the market's people have an id of their own"
    of = ties(tokens.list(None), caller.operator)
    return Reviewing(
        reviewer=Reviewer(id=caller.operator, token=caller.token, shops=of),
        dossiers=DynamoDossiers(kept.verification),
        shops=shops(kept.business, kept.conversation, kept.payment),
        inspector=Inspecting(names=DynamoNames(kept.verification)),
        seals=KmsSeals(clients.kms, kept.key),
        shelf=S3Shelf(Bucket(clients.s3, kept.bucket), kept.key),
        chance=os.urandom,
    )
