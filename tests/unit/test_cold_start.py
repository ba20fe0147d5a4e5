"""What a function loads before anything is asked of it: the less, the sooner the first answer. What it takes is `make bench`'s."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from haat.payment.banks.registry import NAMES

ROOT = Path(__file__).resolve().parents[2]
# Loads a function's wiring, makes what can be made without AWS, and says which modules of ours are there, and what of others' that few need.
PROGRAM = """
import sys
from dataclasses import fields
from importlib import import_module
from aws_lambda_powertools import Logger, Metrics
wiring = import_module(sys.argv[1])
if "api" in sys.argv[1]:
    settings = wiring.Settings(**{field.name: "1" for field in fields(wiring.Settings)})
    wiring.build(settings, Logger(), Metrics(namespace="t", service="t")).chalice()
print(*(name for name in sys.modules if name.startswith(("haat.", "cryptography", "cffi", "_cffi", "dns", "stdnum"))))
"""
LATER = {
    "haat.wiring.merchant_api": (
        "haat.conversation", "haat.wiring.inbox", "haat.wiring.notice_routes", "haat.wiring.orders", "haat.wiring.products",
        "haat.wiring.teaching", "haat.verification", "haat.wiring.verification_routes",
    ),
    "haat.wiring.answering": ("haat.wiring.counter", "haat.wiring.erasing", "haat.business.service"),
    "haat.wiring.notices": ("haat.conversation", "haat.edge.api", "haat.business.service.notice_endpoints"),
    "haat.wiring.operator_api": ("haat.payment.service.settling", "haat.payment.store", "haat.verification"),
    "haat.wiring.payment_bank_call": ("haat.payment.service.settling",),
    "haat.wiring.payment_callback": ("haat.payment.service.settling", "haat.payment.store.payments"),
    "haat.wiring.payment_reconciler": ("haat.payment.service.settling",),
    "haat.wiring.payment_settlement": ("haat.payment.store.caller",),
    "haat.wiring.public_api": ("haat.verification",),
    "haat.wiring.verification_request": ("haat.payment.service", "haat.edge.api", "haat.wiring.merchant_api"),
    "haat.wiring.sending": ("haat.wiring.sharing", "haat.conversation.service.sharing", "haat.facts.profiles"),
}  # fmt: skip
# Of no function: which bank is asked about is known when something is asked, and most of its calls need no cipher.
NEVER = {"haat.payment.banks.ciphers", *(f"haat.payment.banks.{name}" for name in NAMES)}
FOREIGN = ("cryptography", "cffi", "_cffi", "dns", "stdnum")


@pytest.mark.parametrize("wiring", LATER)
def test_start_loads_nothing_that_few_need(wiring: str) -> None:
    """What most lives of a function never do is not loaded before it is done."""
    environment = {
        **{name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ},
        "PYTHONPATH": str(ROOT / "layers" / "shared"),
        "AWS_DEFAULT_REGION": "ap-south-1",
    }
    said = subprocess.run(
        [sys.executable, "-c", PROGRAM, wiring], env=environment, capture_output=True, text=True, check=True
    )
    loaded = said.stdout.split()
    assert wiring in loaded
    assert not [name for name in loaded if name in {*LATER[wiring], *NEVER} or name.startswith(FOREIGN)]
