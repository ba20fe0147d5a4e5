"""What serves shops may ask of the table of badges: their own rows, and of what others believe nothing but to read a badge."""

from collections.abc import Iterator
from dataclasses import replace
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from samtranslator.yaml_helper import yaml_parse

from haat.kernel.errors import NotFound
from haat.kernel.ids import DocumentId, RequestId
from haat.kernel.once import Once
from haat.kernel.time import later
from haat.verification.memory.shelf import MemorySeals, MemoryShelf, MemoryShops
from haat.verification.model.evidence import Document
from haat.verification.rules import badges
from haat.verification.service.asking import Asking
from haat.verification.store.badges import DynamoBadges
from haat.verification.store.dossiers import DynamoDossiers
from haat.verification.store.lists import DynamoLists
from haat.verification.store.names import DynamoNames
from tests.contract.verification.desk import Desk, asking, decide, shop, verified, waits
from tests.unit.verification.asking import SAID
from tests.unit.verification.cases import NOW
from tests.unit.verification.test_asking import phone

if TYPE_CHECKING:
    from tests.contract.tables import Tables

ROOT = Path(__file__).parents[3]
SHOP = shop(1)
WRITES = {"Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem", "ConditionCheck": "ConditionCheckItem"}

type Touch = tuple[str, str]  # an action, and the partition


@cache
def granted() -> list[tuple[set[str], list[str]]]:
    """Actions on the table of verification that the template grants merchant_api, and the partitions that they are for."""
    parsed: dict[str, Any] = yaml_parse((ROOT / "template.yaml").read_text())  # type: ignore[no-untyped-call]
    (policy,) = parsed["Resources"]["MerchantApi"]["Properties"]["Policies"]
    found = []
    for statement in policy["Statement"]:
        if statement["Resource"] == {"Fn::GetAtt": ["Stateful", "Outputs.VerificationTableArn"]}:
            actions = statement["Action"]
            keys = statement["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]
            found.append((set([actions] if isinstance(actions, str) else actions), keys))
    return found


def allowed(touch: Touch) -> bool:
    """Whether the template grants it."""
    action, partition = touch
    return any(
        f"dynamodb:{action}" in actions and any(fnmatchcase(partition, key) for key in keys)
        for actions, keys in granted()
    )


def touches(action: str, asked: dict[str, Any]) -> Iterator[Touch]:
    """What a request to DynamoDB needs to be allowed."""
    match action:
        case "Query":
            yield action, asked["ExpressionAttributeValues"][":k"]["S"]
        case "BatchGetItem":
            for one in asked["RequestItems"].values():
                yield from ((action, key["pk"]["S"]) for key in one["Keys"])
        case "TransactWriteItems":
            for one in asked["TransactItems"]:
                ((kind, said),) = one.items()
                yield WRITES[kind], (said.get("Key") or said["Item"])["pk"]["S"]
        case _:
            yield action, (asked.get("Key") or asked["Item"])["pk"]["S"]


def test_shop_with_a_badge_asks_for_nothing_that_it_is_not_granted(tables: "Tables") -> None:
    """All that it can do, with a green badge that stands; and it may write no badge, no status, no verified name, no place."""
    table = tables.verification
    desk = Desk(DynamoDossiers(table), DynamoBadges(table), DynamoLists(table), DynamoNames(table), list)
    verified(desk, 1)
    badge = desk.dossiers.load(SHOP).badge
    assert badge is not None
    desk.do(SHOP, lambda before, now: badges.signed(before, badge.id, "j.w.s", "k1", "https://market.example", now))
    seen: set[Touch] = set()
    client = table._client  # what goes over the wire is asked here, by whichever of our words

    def asked(params: dict[str, Any], model: Any, **_: Any) -> None:
        seen.update(touches(model.name, params))

    client.meta.events.register("provide-client-params.dynamodb", asked)
    said = {**SAID, "phone": "+91 98300 00001"}
    serves = Asking(
        dossiers=DynamoDossiers(table),
        seals=MemorySeals(),
        shelf=MemoryShelf(),
        shops=MemoryShops(replace(NOW, merchant=SHOP)),
        read_phone=phone,
        chance=lambda size: b"\x5a" * size,
    )
    id, paper = asking(2), DocumentId("01D000000000000000000PAPER")
    serves.begin(SHOP, id, {}, "owner", once(desk, "begin"))
    serves.give(SHOP, id, desk.dossiers.load(SHOP).version, said, "owner", desk.now)
    serves.announce(SHOP, id, Document(id=paper, kind="tax", media="image/png"), "owner", once(desk, "announce"))
    serves.posted(SHOP, id, paper, "owner", desk.now)
    serves.take_away(SHOP, id, paper, "owner", desk.now)
    serves.send(SHOP, id, "owner", once(desk, "send"))
    serves.withdraw(SHOP, id, "owner", once(desk, "withdraw"))
    serves.export(SHOP, id, "owner", "look", desk.now)
    serves.badge(SHOP, desk.now)
    serves.history(SHOP, None, 10)
    serves.begin(SHOP, asking(3), said, "owner", once(desk, "again"))
    serves.erase(SHOP, id, "owner", desk.now)
    serves.erase(SHOP, asking(3), "owner", desk.now)
    own, seen = seen, set()
    waits(desk, SHOP, asking(4))
    desk.do(SHOP, decide("refuse", n=4))
    seen = own
    serves.appeal(SHOP, asking(4), "Look again.", "owner", once(desk, "appeal"))
    serves.list(SHOP, None, 10)
    with pytest.raises(NotFound):
        serves.read(SHOP, RequestId("01Q00000000000000000N0B0DY"), desk.now)
    DynamoBadges(table).of([SHOP])
    client.meta.events.unregister("provide-client-params.dynamodb", asked)
    assert {action for action, _ in seen} == {"GetItem", "BatchGetItem", "Query", "PutItem"}
    assert sorted(touch for touch in seen if not allowed(touch)) == []
    writes = [f"{kind}#x" for kind in ("BADGE", "BADGES", "NAME", "INDEX", "STATUS", "LIST", "NAMES")]
    assert not any(allowed((action, pk)) for action in WRITES.values() for pk in writes)
    assert desk.badges.of([SHOP])[SHOP].state == "standing"


def once(desk: Desk, key: str) -> Once:
    """A request's own name."""
    return Once(key=key, asked=key, at=later(desk.now, 1))
