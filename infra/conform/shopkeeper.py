"""Opens shops of the market by the code of the checkout that is the working directory: its own market, its own stores.

A program of its own (`versions.open_shops`), since one process holds the code of one version. Arguments: the stack's outputs as
JSON, then the shops' numbers.
"""

import json
import sys
import time
from types import SimpleNamespace

import boto3

from infra.local.market import MARKET
from infra.local.seed import seed

outputs, numbers = json.loads(sys.argv[1]), sys.argv[2:]
stage = SimpleNamespace(
    client=boto3.client,
    clock=SimpleNamespace(now=time.time),
    graph=SimpleNamespace(add=lambda _: None, add_page=lambda _: None),
    deployment=SimpleNamespace(outputs=outputs),
)
seed(stage, tuple(shop for shop in MARKET if shop.phone_number_id in numbers))
