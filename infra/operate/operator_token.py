"""`make operator-token NAME=... [ROLE=reviewer]`: a token for a new operator or reviewer, made with AWS credentials and shown once.

This is how a market gets its first operator: there is no password to begin with. Who may write into the stack's business table may do this,
and nobody else; the operator then makes the tokens of others through the API. STAGE says which stack; without it the one of `make run`.
"""

import argparse
import os
import secrets
import sys
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import boto3

from haat.aws.table import Table
from haat.business.model.token import Role
from haat.business.service.operators import drawn
from haat.business.store.tokens import token_actions
from haat.kernel.errors import HaatError
from haat.kernel.ids import OperatorId, TokenId, ulid
from haat.kernel.time import Instant
from infra.local.function import REGION
from infra.local.settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

MOST = 80  # letters of a name, as the API takes it


def dynamodb(stage: str) -> "DynamoDBClient":
    """The tables of a stack: those of `make run` on this machine, or those that the AWS SDK's own settings lead to."""
    if stage != "local":
        return boto3.client("dynamodb")
    where = os.environ.get("AWS_ENDPOINT_URL") or Settings.from_environ(os.environ).moto_url
    return boto3.client(
        "dynamodb",
        endpoint_url=where,
        region_name=REGION,
        aws_access_key_id="local",
        aws_secret_access_key="local",  # noqa: S106  # moto takes any
    )


def main(arguments: Sequence[str] | None = None, client: "Callable[[str], DynamoDBClient]" = dynamodb) -> int:
    """Make one token, print its text alone to the output, and what it is to the other one; return the exit status."""
    parser = argparse.ArgumentParser(prog="make operator-token", description="A token for a new operator.")
    parser.add_argument("--stage", default="local", help="the stack's Stage parameter")
    parser.add_argument("--name", default="", help="whose it is or what for")
    parser.add_argument("--role", default=Role.OPERATOR, choices=[Role.OPERATOR, Role.REVIEWER], type=Role)
    options = parser.parse_args(arguments)
    name = options.name.strip()
    if not 0 < len(name) <= MOST:
        print(f"make operator-token: NAME= whose it is, at most {MOST} letters", file=sys.stderr)
        return 2
    now = Instant(int(time.time() * 1000))
    operator = OperatorId(ulid(now, secrets.token_bytes(10)))
    id, chance = TokenId(ulid(now, secrets.token_bytes(10))), secrets.token_bytes(32)
    text, token = drawn(id, operator, name, now, chance, role=options.role)
    try:
        Table(client(options.stage), f"haat-{options.stage}-business").transact(token_actions(token))
    except HaatError as error:
        print(f"make operator-token: no token was made in stage {options.stage}: {error}", file=sys.stderr)
        return 1
    print(f"{options.role} {operator}, token {token.id} ({name}); it is shown here and nowhere else:", file=sys.stderr)
    print(text.reveal())
    return 0


if __name__ == "__main__":
    sys.exit(main())
