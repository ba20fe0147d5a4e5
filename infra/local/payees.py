"""Payee accounts of the market's sweet shop, live, at every bank of the simulator: through the product's own store."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from haat.aws.sealer import Sealer
from haat.aws.table import Table
from haat.kernel.once import Answer, Once
from haat.kernel.secret import Secret
from haat.kernel.time import Instant
from haat.payment.banks.registry import bank
from haat.payment.model.account import PayeeAccount, Sealed
from haat.payment.model.bank import Account
from haat.payment.store.accounts import DynamoAccounts
from infra.local.bank_sides import DEMOS, Sides
from infra.local.ground import Ground
from infra.local.market import SWEETS, DemoShop
from infra.local.simulators.bank_formats import FORMATS
from infra.local.simulators.bank_world import Provider

WHOSE = "haat-local"  # what the keys are named after


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoPayee:
    """A shop's account at a simulated bank. Its id and keys are known to everybody: it is for the stage alone.

    `keys` are both the shop's and the bank's, where those are the same; without any they are the provider's demo keys.
    """

    id: str
    shop: DemoShop
    provider: Provider
    merchant_id: str
    vpa: str
    keys: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def webhook(self) -> str:
        """The path at which the bank calls back."""
        return f"/webhooks/payments/{self.provider}/{self.id}"

    @property
    def sides(self) -> Sides:
        """What the shop and the bank hold. Pairs of RSA are made when this is first asked for."""
        return Sides(self.keys, self.keys) if self.keys else DEMOS[self.provider].keys(WHOSE)


# In this order the shop's accounts are listed, and an order's money goes to the first.
_IDS: Mapping[Provider, str] = {
    "simbank": "01KDVDNA01S1MBANK000000001",
    "razorpay": "01KDVDNA02RAZ0RPAY00000001",
    "icici": "01KDVDNA031C1C100000000001",
    "hdfc": "01KDVDNA04HDFC000000000001",
    "sbi": "01KDVDNA05SB10000000000001",
    "axis": "01KDVDNA06AX1S000000000001",
    "axis_older": "01KDVDNA07AX1S0DER00000001",
}


def _sweets(provider: Provider) -> DemoPayee:
    """The sweet shop's account at a provider."""
    demo = DEMOS[provider]
    return DemoPayee(
        id=_IDS[provider],
        shop=SWEETS,
        provider=provider,
        merchant_id=demo.merchant_id,
        vpa=f"mishti@{demo.handle}",
        settings=demo.settings,
    )


PAYEES = tuple(_sweets(provider) for provider in _IDS if provider in FORMATS)
SIMBANK, RAZORPAY = PAYEES[:2]


def open_accounts(stage: Ground, payees: tuple[DemoPayee, ...] = PAYEES) -> None:
    """Let the bank know each payee, and the product too where it does not yet; one that is there stays as its owner left it."""
    names, now = stage.deployment.outputs, int(stage.clock.now() * 1000)
    accounts = DynamoAccounts(Table(stage.client("dynamodb"), names["PaymentTable"]), stage.clock.now)
    kms = stage.client("kms")
    seals = {
        "door": Sealer(kms, names["PaymentDoorKey"]),
        "settlement": Sealer(kms, names["PaymentSettlementKey"]),
        "call": Sealer(kms, names["PaymentCallKey"]),
    }
    for number, payee in enumerate(payees):
        merchant, name, sides = payee.shop.merchant.id, payee.shop.merchant.name, payee.sides
        stage.bank.open_account(
            payee.provider,
            merchant_id=payee.merchant_id,
            vpa=payee.vpa,
            webhook=payee.webhook,
            keys=sides.bank,
            name=name,
            settings=payee.settings,
        )
        if accounts.get(payee.id, fresh=True) is not None:
            continue
        caps = bank(payee.provider).CAPS
        sealed = {
            purpose: seals[purpose].seal(merchant, Secret(json.dumps(keys)))
            for purpose, names_of in (
                ("door", caps.door_keys),
                ("settlement", caps.settlement_keys),
                ("call", caps.call_keys),
            )
            if (keys := {name: sides.shop[name] for name in names_of if name in sides.shop})
        }
        at = Instant(now + number)  # accounts are listed in this order
        account = PayeeAccount(
            id=payee.id,
            merchant=merchant,
            bank=Account(
                provider=payee.provider,
                merchant_id=payee.merchant_id,
                vpa=payee.vpa,
                base_url="",
                settings=payee.settings,
            ),
            name=name,
            state="live",
            fetched=caps.fetches_settlement,
            keys=tuple(sorted(sides.shop)),
            opened_at=at,
            changed_at=at,
            version=1,
            sealed=Sealed(**sealed),
        )
        accounts.begin(account, Once(key=f"open-{payee.id}", asked=payee.id, at=at), Answer(status=201))
