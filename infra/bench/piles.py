"""Much of everything, laid straight into the tables: what a page of it costs is what is measured, not how it came there."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from moto.dynamodb.models import dynamodb_backends

from haat.aws.outbox import fold
from haat.aws.table import Put, pack, unpack
from haat.business.model.order import Order, Step
from haat.business.model.product import Product
from haat.business.rules.orders import line_of, number
from haat.business.store import products
from haat.business.store.merchants import merchant_actions
from haat.business.store.orders import order_items
from haat.conversation.store.items import dump_outgoing, load_outgoing
from haat.kernel.ids import CollectionId, CustomerId, MerchantId, MessageId, OrderId, ProductId, ulid
from haat.kernel.money import Currency, Minor, Money
from haat.kernel.time import Instant
from infra.bench.words import SHOP
from infra.local.function import ACCOUNT
from infra.local.stage import Stage

MERCHANT = SHOP.merchant.id
SHELF = CollectionId("01KDVDNA008252GHK0JAF24VNQ")
PLACE, CATEGORY = "Kolkata", "sweets"


class Piles:
    """Lays things; each kind is numbered from 0, and `lay` may go on where it has stopped."""

    def __init__(self, stage: Stage, region: str) -> None:
        """Into the tables of a stage in this process."""
        self._stage, self._region = stage, region

    def products(self, start: int, end: int) -> None:
        """Products of one collection, with a name in Bengali and a line of description: 700 bytes each."""
        if start == 0:
            doc = json.dumps({"id": SHELF, "merchant": MERCHANT, "name": "মিষ্টি"})
            self._put(
                "business", [{"pk": products.home(MERCHANT), "sk": f"COLLECTION#{SHELF}", "version": 1, "doc": doc}]
            )
        for serial in range(start, end):
            made = _product(serial)
            self._put(
                "business",
                [products.item(made), {"pk": products.shelf(MERCHANT, SHELF), "sk": made.id}],
            )

    def orders(self, start: int, end: int) -> None:
        """Orders of one customer, of three products each."""
        for serial in range(start, end):
            id = OrderId(_id(serial))
            order = Order(
                id=id,
                merchant=MERCHANT,
                number=number(MERCHANT, id, 0),
                lines=tuple(line_of(_product(which), 1 + which) for which in range(3)),
                currency="INR",
                steps=(Step(state="placed", at=_at(serial), by="customer"),),
                customer=CustomerId(_id(1)),
            )
            self._put("business", order_items(order))

    def shops(self, start: int, end: int) -> None:
        """Shops of one place and one category, as the directory lists them; each name is a number."""
        plain = replace(SHOP.merchant, listed=True, place=PLACE, category=CATEGORY, version=1)
        for serial in range(start, end):
            shop = replace(plain, id=MerchantId(_id(serial)), handle=f"shop-{serial}", name=f"{serial:05d}")
            rows = [action.item for action in merchant_actions(None, shop, Instant(0)) if isinstance(action, Put)]
            self._put("business", [row for row in rows if str(row["pk"]).startswith("DIRECTORY#")])

    def chats(self, start: int, end: int) -> None:
        """Messages of one conversation with what became of their replies, questions, and other conversations.

        They are copies of one that came the real way: a customer must have asked something that the bot can't answer.
        """
        there = [unpack(item) for item in self._stage.items("conversation")]
        message, question, chat, state = (
            next(item for item in there if item["pk"].startswith(kind))
            for kind in ("MESSAGE#", "UNANSWERED#", "CUSTOMER#", "SEND#")
        )
        reply, asked = load_outgoing(message["body"]), json.loads(question["doc"])
        owner = chat["pk"].rpartition("#")[0]
        for serial in range(start, end):
            # Older than the one that they are copies of, so that it is found again.
            id, key = MessageId(ulid(_at(-serial), serial.to_bytes(10))), f"{serial:032x}"
            self._put(
                "conversation",
                [
                    message
                    | {"pk": f"MESSAGE#{key}", "view_sk": id, "body": fold(dump_outgoing(replace(reply, id=id)))},
                    state | {"pk": f"SEND#{id}"},
                    question | {"sk": id, "view_sk": id, "doc": json.dumps(asked | {"messages": [key]})},
                    chat | {"pk": f"{owner}#{id}", "view_sk": f"2026-01-04#{id}"},
                ],
            )

    def _put(self, context: str, items: Iterable[Mapping[str, Any]]) -> None:
        tables = dynamodb_backends[ACCOUNT][self._region].tables
        table = next(table for name, table in tables.items() if context in name)
        # What is laid has happened long ago: its rows of the outbox have been published.
        stream, table.stream_shard = table.stream_shard, None
        try:
            for item in items:
                table.put_item(pack(item))
        finally:
            table.stream_shard = stream


def _product(serial: int) -> Product:
    return Product(
        id=ProductId(_id(serial)),
        merchant=MERCHANT,
        name=f"নলেন গুড়ের সন্দেশ {serial:05d}",
        description="শীতের নতুন গুড়ে তৈরি, সকালে বানানো।",
        price=Money(minor=Minor(2_000 + serial), currency=Currency("INR")),
        unit="piece",
        stock=200,
        hsn="2106",
        sku=f"S{serial:05d}",
        names={"en": f"Sandesh of new jaggery {serial:05d}"},
        collections=(SHELF,),
        created_at=_at(serial),
        changed_at=_at(serial),
    )


def _at(serial: int) -> Instant:
    return Instant(1_767_000_000_000 + serial)


def _id(serial: int) -> str:
    return ulid(_at(serial), bytes(10))
