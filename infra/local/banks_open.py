"""Ticks off every bank's checklist on a stage: its banks are simulated, and there is nothing to be had from them."""

from haat.aws.table import Table
from haat.kernel.time import Instant
from haat.payment.banks.registry import NAMES, bank
from haat.payment.model.checklist import Tick
from haat.payment.store.checklists import ticked
from infra.local.ground import Ground

BY, NOTE = "local-stage", "local stage: simulated"


def open_banks(stage: Ground) -> None:
    """Let money be asked for at every bank that has a checklist."""
    at, table = Instant(int(stage.clock.now() * 1000)), stage.deployment.outputs.get("PaymentTable")
    if table is None:  # an older version stands there, which knows of no money
        return
    Table(stage.client("dynamodb"), table).transact(
        ticked(name, Tick(item=item, by=BY, at=at, note=NOTE))
        for name in NAMES
        for item in bank(name).CAPS.before_money
    )
