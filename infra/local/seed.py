"""Opens the market of three shops on a stage, through the product's own stores."""

from haat.aws.sealer import Sealer
from haat.aws.table import Table
from haat.business.store.merchants import DynamoMerchants
from haat.conversation.model import Channel, Connected, Number
from haat.conversation.store.channels import connect_actions
from haat.conversation.store.conversations import channel_key
from haat.conversation.store.lines import DynamoTaught
from haat.kernel.secret import Secret
from haat.kernel.time import Instant
from infra.local.banks_open import open_banks
from infra.local.clock import TestClock
from infra.local.ground import Ground
from infra.local.market import MARKET, DemoShop
from infra.local.simulators.people import ShopNumber


def seed(stage: Ground, shops: tuple[DemoShop, ...] = MARKET) -> None:
    """Open each shop that is not there yet, and every bank; a shop that is there stays as its people have left it."""
    dynamodb, names = stage.client("dynamodb"), stage.deployment.outputs
    conversation = Table(dynamodb, names["ConversationTable"])
    merchants = DynamoMerchants(Table(dynamodb, names["BusinessTable"]))
    open_banks(stage)
    sealer, taught = Sealer(stage.client("kms"), names["TokenKey"]), DynamoTaught(conversation)
    for shop in shops:
        stage.graph.add(_number(shop))
        if conversation.get(channel_key("whatsapp", shop.phone_number_id), "CHANNEL") is not None:
            continue
        if merchants.get(shop.merchant.id) is None:
            merchants.save(shop.merchant)
            taught.write(shop.merchant.id, shop.taught)
        channel = Channel(
            kind="whatsapp",
            address=shop.phone_number_id,
            merchant=shop.merchant.id,
            account=shop.account,
            token=sealer.seal(shop.merchant.id, Secret(shop.token)),
        )
        said = Number(
            display=f"+{shop.display_number}", name=shop.merchant.name, verification="VERIFIED", quality="GREEN"
        )
        at = Instant(int(stage.clock.now() * 1000))
        conversation.transact(connect_actions(Connected(channel=channel, number=said, connected_at=at)))
    if isinstance(stage.clock, TestClock):
        stage.drain()  # a new number asks for its shop's profile: that is over before a test begins


def _number(shop: DemoShop) -> ShopNumber:
    """The shop's number as Meta knows it."""
    return ShopNumber.of(
        shop.phone_number_id,
        name=shop.merchant.name,
        display_phone_number=shop.display_number,
        waba_id=shop.account,
        token=shop.token,
    )
