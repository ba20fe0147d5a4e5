"""What an operator's repair finds of verification: rows whose effect is missing, and no others."""

from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest

from haat.aws.table import Put, Refused
from haat.facts import payments, profiles
from haat.facts import verification as facts
from haat.kernel.ids import BadgeId, DocumentId, OperatorId
from haat.kernel.time import DAY, MINUTE, SECOND, Instant, later
from haat.verification.model.evidence import Document
from haat.verification.ports import SignedList
from haat.verification.rules import badges, filing, machine
from haat.verification.rules.changes import nothing
from haat.verification.store.badges import DynamoBadges
from haat.verification.store.dossiers import DynamoDossiers
from haat.verification.store.lists import DynamoLists
from haat.verification.store.names import DynamoNames
from haat.verification.store.repair import heard, lost
from tests.contract.verification.desk import (
    LIST,
    Desk,
    asking,
    begin,
    complained,
    found,
    give,
    send,
    shop,
    verified,
    words,
)
from tests.unit.verification.cases import NOW

if TYPE_CHECKING:
    from haat.aws.table import Table
    from tests.contract.tables import Tables

SHOP, PAPER = shop(1), DocumentId("01D000000000000000000PAPER")


@pytest.fixture
def table(tables: "Tables") -> "Table":
    """Return the empty table."""
    return tables.verification


@pytest.fixture
def desk(table: "Table") -> Desk:
    """Return a store on it."""
    return Desk(DynamoDossiers(table, words), DynamoBadges(table), DynamoLists(table), DynamoNames(table), list)


def missing(table: "Table", desk: Desk) -> list[str]:
    """Names of what is lost by now, but for notices, of which another context knows."""
    rows = [row["sk"].split("#", 2)[2] for row in lost(table, later(desk.now, MINUTE))]
    return sorted(row for row in rows if not row.startswith("told#"))


def row(fact: facts.VerificationFact) -> Mapping[str, Any]:
    """As it stands in another context's table."""
    return {"pk": "ELSEWHERE", "sk": "ROW", **facts.outbox_row(fact)}


def test_badge_and_list_are_lost_until_they_are_signed(table: "Table", desk: Desk) -> None:
    """And nothing is that was written just now, and may be on its way."""
    verified(desk, 1)
    badge = desk.dossiers.load(SHOP).badge
    assert badge is not None
    assert missing(table, desk) == [f"sign#{badge.id}"]
    assert list(lost(table, Instant(desk.now - DAY))) == []
    desk.do(SHOP, lambda before, now: badges.signed(before, badge.id, "j.w.s", "k1", "https://m.example", now))
    assert missing(table, desk) == []
    for step in complained("a", "b", "c"):
        desk.do(SHOP, step)
    assert missing(table, desk) == [f"list#{LIST}"]
    desk.lists.keep(SignedList(name=LIST, token="a.b.c", signed_at=later(desk.now, SECOND), version=1))
    assert missing(table, desk) == [f"list#{LIST}"], "it may have been read before"
    desk.lists.keep(SignedList(name=LIST, token="a.b.c", signed_at=later(desk.now, MINUTE), version=2))
    assert missing(table, desk) == []
    desk.minutes += 10
    desk.do(SHOP, lambda before, now: badges.revoke(before, badge.id, OperatorId("Anita"), "not who they say", now))
    assert missing(table, desk) == [f"list#{LIST}"]


def test_badge_that_stands_again_is_not_suspended_by_a_backup(table: "Table", desk: Desk) -> None:
    """What is missing comes back from an older table; what is there stays as it is."""
    verified(desk, 1)
    for step in complained("a", "b", "c"):
        desk.do(SHOP, step)
    older = list(table.having("status"))
    badge = desk.dossiers.load(SHOP).badge
    assert badge is not None
    desk.do(SHOP, lambda before, now: badges.restore(before, badge.id, NOW, OperatorId("Anita"), "looked into", now))
    assert older
    for row in older:
        with suppress(Refused):
            table.put(Put(item=row, absent=True))
    assert desk.lists.statuses(LIST) == {}


def test_badge_that_fell_unsigned_needs_no_signature(table: "Table", desk: Desk) -> None:
    """Its list does."""
    verified(desk, 1)
    badge = desk.dossiers.load(SHOP).badge
    assert badge is not None
    desk.do(SHOP, lambda before, now: badges.fall(nothing(before), "shop_gone", now))
    assert missing(table, desk) == [f"list#{LIST}"]


def test_document_is_lost_until_it_was_looked_at(table: "Table", desk: Desk) -> None:
    """One that was taken away is deleted again with each repair: nothing here shows that it is gone."""
    paper = Document(id=PAPER, kind="tax", media="application/pdf")
    desk.do(SHOP, begin(asking(1)))
    desk.do(SHOP, lambda before, now: filing.announce(before, asking(1), paper, "owner", now))
    desk.do(SHOP, lambda before, now: filing.posted(before, asking(1), PAPER, "owner", now))
    assert missing(table, desk) == [f"document#{PAPER}"]
    desk.do(SHOP, lambda before, now: filing.looked(before, asking(1), PAPER, "", 7, now))
    assert missing(table, desk) == []
    desk.do(SHOP, lambda before, now: filing.take_away(before, asking(1), PAPER, "owner", now))
    assert missing(table, desk) == [f"drop#{PAPER}"]


def test_evidence_is_to_be_forgotten_until_it_is_said_that_it_was(table: "Table", desk: Desk) -> None:
    """Also where there was none: its documents may lie there."""
    desk.do(SHOP, begin(asking(1)))
    desk.do(SHOP, lambda before, now: machine.erase(before, asking(1), "shop", now), evidence=b"")
    assert missing(table, desk) == [f"forget#{asking(1)}"]
    desk.dossiers.forget(SHOP, asking(1), desk.now)
    assert missing(table, desk) == []


def test_check_is_never_lost_and_an_answer_is_while_it_is_waited_for(table: "Table", desk: Desk) -> None:
    """The sweep asks again; what a channel or a bank has said meanwhile is heard."""
    for step in (begin(asking(1)), give(), send()):
        desk.do(SHOP, step)
    assert missing(table, desk) == []
    at, request = desk.now, asking(1)
    number = facts.NumberSeen(
        merchant=SHOP, request=request, round=1, channel="whatsapp", address="1001", outcome="verified", occurred_at=at
    )
    payee = facts.PayeeNamed(merchant=SHOP, request=request, round=1, outcome="named", payee="T", occurred_at=at)
    asks = profiles.NumberWanted(
        merchant=SHOP, request=request, round=1, channel="whatsapp", address="1001", occurred_at=at
    )
    bank = payments.PayeeNameWanted(merchant=SHOP, request=request, round=1, number=1, payee="mark", occurred_at=at)
    rows: dict[str, list[Mapping[str, Any]]] = {
        "number": [row(number), profiles.outbox_row(asks, "once")],
        "payee_name": [row(payee), payments.outbox_row(bank)],
    }
    later_on = later(at, MINUTE)
    for kind, both in rows.items():
        assert [heard(table, dict(one), later_on) for one in both] == [False, False]
        desk.do(SHOP, found(kind))
        assert [heard(table, dict(one), later_on) for one in both] == [True, True]


def test_change_of_a_shop_is_lost_while_something_rests_on_it(table: "Table", desk: Desk) -> None:
    """Until the badge was compared with the shop; one of this minute may be on its way."""
    verified(desk, 1)
    changed = facts.ShopChanged(merchant=SHOP, what="profile", occurred_at=desk.now)
    nobodys = facts.ShopChanged(merchant=shop(9), what="number", occurred_at=desk.now)
    assert not heard(table, dict(row(changed)), later(desk.now, MINUTE))
    assert heard(table, dict(row(changed)), desk.now)
    assert heard(table, dict(row(nobodys)), later(desk.now, MINUTE))
    desk.minutes += 2 * 24 * 60
    assert not heard(table, dict(row(changed)), desk.now)
    desk.do(SHOP, badges.looked)
    assert heard(table, dict(row(changed)), desk.now)


def test_row_that_nobody_can_read_is_lost(table: "Table", desk: Desk) -> None:
    """Publishing it parks it, where an alarm rings; rows of others are none of ours."""
    desk.do(SHOP, begin(asking(1)))
    assert not heard(table, {"queue": facts.QUEUE, "body": '{"fact":"unheard_of"}'}, desk.now)
    assert not heard(table, {"queue": "conversation-due", "body": "{}"}, desk.now)
    assert not heard(table, {"queue": facts.QUEUE}, desk.now)


def test_every_fact_is_known_here(desk: Desk, table: "Table") -> None:
    """Signing for a badge that is not there, a list that never was, a request of another time: nothing is missing."""
    gone: list[facts.VerificationFact] = [
        facts.BadgeToSign(merchant=SHOP, badge=BadgeId("01B0000000000000000000GONE")),
        facts.ListToSign(list="2020-01"),
        facts.DocumentGiven(merchant=SHOP, request=asking(1), document=PAPER),
        facts.CheckWanted(merchant=SHOP, request=asking(1), round=1, kind="names", occurred_at=desk.now),
    ]
    assert [heard(table, dict(row(fact)), later(desk.now, MINUTE)) for fact in gone] == [True] * 4
