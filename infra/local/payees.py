"""Payee accounts of the market's sweet shop, live, at both banks of the simulator: through the product's own store."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from haat.aws.sealer import Sealer
from haat.aws.table import Table
from haat.kernel.once import Answer, Once
from haat.kernel.secret import Secret
from haat.kernel.time import Instant
from haat.payment.banks.registry import bank
from haat.payment.model.account import PayeeAccount, Sealed
from haat.payment.model.bank import Account
from haat.payment.store.accounts import DynamoAccounts
from infra.local.ground import Ground
from infra.local.market import SWEETS, DemoShop
from infra.local.simulators.bank_world import Provider


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoPayee:
    """A shop's account at a simulated bank. Its id and keys are known to everybody: it is for the stage alone."""

    id: str
    shop: DemoShop
    provider: Provider
    merchant_id: str
    vpa: str
    keys: Mapping[str, str]

    @property
    def webhook(self) -> str:
        """The path at which the bank calls back."""
        return f"/webhooks/payments/{self.provider}/{self.id}"


SIMBANK = DemoPayee(
    id="01KDVDNA01S1MBANK000000001",
    shop=SWEETS,
    provider="simbank",
    merchant_id="SIM0000001",
    vpa="mishti@simbank",
    keys={"callback_token": "haat-local-callback-token", "api_token": "haat-local-api-token"},
)
RAZORPAY = DemoPayee(
    id="01KDVDNA02RAZ0RPAY00000001",
    shop=SWEETS,
    provider="razorpay",
    merchant_id="acc_HaatLocal00001",
    vpa="mishti@simrzp",
    keys={
        "webhook_secret": "haat-local-webhook-secret",
        "key_id": "rzp_test_HaatLocal00001",
        "key_secret": "haat-local-key-secret",
    },
)
PAYEES = (SIMBANK, RAZORPAY)  # an order's money goes to the first


def open_accounts(stage: Ground, payees: tuple[DemoPayee, ...] = PAYEES) -> None:
    """Let the bank know each payee, and the product too where it does not yet; one that is there stays as its owner left it."""
    names, now = stage.deployment.outputs, int(stage.clock.now() * 1000)
    accounts = DynamoAccounts(Table(stage.client("dynamodb"), names["PaymentTable"]), stage.clock.now)
    kms = stage.client("kms")
    seals = {"door": Sealer(kms, names["PaymentDoorKey"]), "call": Sealer(kms, names["PaymentCallKey"])}
    for number, payee in enumerate(payees):
        merchant, name = payee.shop.merchant.id, payee.shop.merchant.name
        stage.bank.open_account(
            payee.provider,
            merchant_id=payee.merchant_id,
            vpa=payee.vpa,
            webhook=payee.webhook,
            keys=payee.keys,
            name=name,
        )
        if accounts.get(payee.id, fresh=True) is not None:
            continue
        caps = bank(payee.provider).CAPS
        asked = {"door": caps.door_keys, "call": caps.call_keys}
        sealed = {
            purpose: seals[purpose].seal(merchant, Secret(_picked(payee.keys, keys))) for purpose, keys in asked.items()
        }
        at = Instant(now + number)  # accounts are listed in this order
        account = PayeeAccount(
            id=payee.id,
            merchant=merchant,
            bank=Account(provider=payee.provider, merchant_id=payee.merchant_id, vpa=payee.vpa, base_url=""),
            name=name,
            state="live",
            keys=tuple(sorted(payee.keys)),
            opened_at=at,
            changed_at=at,
            version=1,
            sealed=Sealed(door=sealed["door"], call=sealed["call"]),
        )
        accounts.begin(account, Once(key=f"open-{payee.id}", asked=payee.id, at=at), Answer(status=201))


def _picked(keys: Mapping[str, str], names: tuple[str, ...]) -> str:
    """Those of one purpose, as they are sealed together."""
    return json.dumps({name: keys[name] for name in names if name in keys})
