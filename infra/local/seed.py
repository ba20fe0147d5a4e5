"""Opens the market of three shops on a stage, through the product's own stores."""

from collections.abc import Iterator
from dataclasses import replace

from haat.aws.sealer import Sealer
from haat.aws.table import Table
from haat.business.store.merchants import DynamoMerchants
from haat.conversation.model import Channel, Connected, Number
from haat.conversation.rules.learning import learn, version_of
from haat.conversation.store.channels import connect_actions
from haat.conversation.store.conversations import channel_key
from haat.conversation.store.lines import DynamoTaught
from haat.kernel.secret import Secret
from haat.kernel.time import Instant
from infra.local.banks_open import open_banks
from infra.local.clock import TestClock
from infra.local.ground import Ground
from infra.local.market import MARKET, DemoShop
from infra.local.simulators.people import Page, ShopNumber


def seed(stage: Ground, shops: tuple[DemoShop, ...] = MARKET) -> None:
    """Open each shop that is not there yet, and every bank; a shop that is there stays as its people have left it.

    A shop of an older version gets the page that it has in this one.
    """
    dynamodb, names = stage.client("dynamodb"), stage.deployment.outputs
    conversation = Table(dynamodb, names["ConversationTable"])

    def now() -> Instant:
        return Instant(int(stage.clock.now() * 1000))

    merchants, taught = DynamoMerchants(Table(dynamodb, names["BusinessTable"]), now), DynamoTaught(conversation)
    open_banks(stage)
    sealer = Sealer(stage.client("kms"), names["TokenKey"])
    for shop in shops:
        new = False
        stage.graph.add(_number(shop))
        if shop.page_id:
            stage.graph.add_page(Page.of(shop.page_id, name=shop.merchant.name, token=shop.page_token))
        for kind, address, account, token, said in _channels(shop):
            if conversation.get(channel_key(kind, address), "CHANNEL") is not None:
                continue
            if merchants.get(shop.merchant.id) is None:
                new = True
                merchants.save(shop.merchant)
                taught.write(shop.merchant.id, replace(shop.taught, learnt=_learnt(shop)))
            sealed = sealer.seal(shop.merchant.id, Secret(token))
            channel = Channel(kind=kind, address=address, merchant=shop.merchant.id, account=account, token=sealed)
            conversation.transact(
                connect_actions(Connected(channel=channel, number=said, connected_at=now()), new_shop=new)
            )
    if isinstance(stage.clock, TestClock):
        stage.drain()  # a new number asks for its shop's profile: that is over before a test begins


def _learnt(shop: DemoShop) -> bytes:
    """What its bot learns, once in a process: tests open the market hundreds of times."""
    version = version_of(shop.taught.entries)
    if version not in _LEARNT:
        _LEARNT[version] = learn(shop.taught.entries) if shop.taught.entries else b""
    return _LEARNT[version]


_LEARNT: dict[str, bytes] = {}


def _channels(shop: DemoShop) -> Iterator[tuple[str, str, str, str, Number]]:
    """Kind, address, account, token and what Meta says, of the shop's number and of its page if it has one."""
    name = shop.merchant.name
    number = Number(display=f"+{shop.display_number}", name=name, verification="VERIFIED", quality="GREEN")
    yield "whatsapp", shop.phone_number_id, shop.account, shop.token, number
    if shop.page_id:
        yield "messenger", shop.page_id, "", shop.page_token, Number(name=name)


def _number(shop: DemoShop) -> ShopNumber:
    """The shop's number as Meta knows it."""
    return ShopNumber.of(
        shop.phone_number_id,
        name=shop.merchant.name,
        display_phone_number=shop.display_number,
        waba_id=shop.account,
        token=shop.token,
    )
