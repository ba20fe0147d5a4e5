"""Who works at checks: what is asked of others, what comes twice, late or never, and what follows from it all."""

from dataclasses import replace

import pytest

from haat.facts.verification import payee_mark
from haat.kernel.ids import MerchantId
from haat.kernel.time import DAY, MINUTE, Instant
from haat.verification.model.request import CheckKind
from haat.verification.ports import Site
from haat.verification.rules import timing
from tests.unit.verification.benched import GIVEN, SITE_TOKEN, Bench
from tests.unit.verification.cases import NOW, SHOP


@pytest.mark.parametrize("kind", ["pan", "names", "website", "imitation", "licence"])
def test_check_that_nothing_was_given_for_is_not_made(kind: CheckKind) -> None:
    """It is said to be missing, and is no fault; but for a name's likeness, for which nothing need be given."""
    bench = Bench(replace(GIVEN, pan="", website="", legal_name="Tara Devi", licence=""))
    before = bench.dossiers.load(SHOP)
    state, _, says = bench.seen(kind)
    if state == "not_given":
        assert bench.check(kind) == "nothing"
        assert bench.dossiers.load(SHOP) == before
        assert "not needed" in says
    else:
        assert kind in ("names", "imitation")


def test_bank_and_channel_are_asked_in_the_transaction_that_counts_the_try() -> None:
    """Each is asked once however often its record comes, with what it needs to know, and in no key of a queue stands what is personal."""
    bench = Bench()
    for _ in range(3):
        bench.check("payee_name")
        bench.check("number")
    (bank,), (channel,) = bench.asked_of_bank(), bench.asked_of_channel()
    assert (bank.payee, bank.number, bank.round) == (payee_mark(SHOP, "maatara@bank"), 1, 1)
    assert (channel.channel, channel.address, channel.round) == ("whatsapp", "1001", 1)
    row = next(row.row for row in bench.dossiers.rows if row.name == "ask#number")
    assert (row["group"], row["dedupe"]) == (SHOP, f"{bench.request.id}-1-1")
    assert bench.check_of("payee_name").state == bench.check_of("number").state == "waiting"


def test_who_does_not_answer_is_asked_again_and_at_last_no_more() -> None:
    """Never a failure: the reviewer sees that the bank was silent, and the shop that it need do nothing."""
    bench = Bench()
    bench.check("payee_name")
    asked = 1
    for wait in (*timing.RETRY_MS, DAY, DAY):
        bench.passes(wait)
        bench.sweeps()
        list(bench.works_off())
        asked = len(bench.asked_of_bank())
    assert asked == len(timing.RETRY_MS) + 1
    check = bench.check_of("payee_name")
    assert (check.state, check.word, check.again_at) == ("unreachable", "no_answer", 0)
    # What comes late is heard all the same.
    bench.payee("named", "Maa Tara Sweets")
    assert bench.check_of("payee_name").state == "passed"


@pytest.mark.parametrize(
    ("kind", "outcome", "again"),
    [("payee_name", "not_told", 0), ("payee_name", "unknown", MINUTE), ("number", "unknown", MINUTE)],
)
def test_only_what_may_change_is_tried_again(kind: CheckKind, outcome: str, again: int) -> None:
    """A bank that tells no names will tell none in an hour; one that was silent may answer."""
    bench = Bench()
    bench.check(kind)
    (bench.payee if kind == "payee_name" else bench.number)(outcome)
    assert bench.check_of(kind).again_at == (bench.now + again if again else 0)


def test_website_that_was_down_is_looked_at_again() -> None:
    """By the schedule, with the token of this request, until it shows it."""
    bench = Bench()
    bench.sites.answer = Site(outcome="unreachable", word="timed_out")
    assert [bench.check("website") for _ in range(3)] == ["checked", "nothing", "nothing"]
    bench.sites.answer = Site(outcome="found")
    bench.passes(MINUTE)
    bench.sweeps()
    list(bench.works_off())
    assert bench.check_of("website").state == "passed"
    assert bench.sites.asked == [("sweets.example", SITE_TOKEN)] * 2


@pytest.mark.parametrize("kind", ["gstin", "pan", "names", "website", "imitation", "payee_name", "number"])
def test_record_that_comes_twice_or_late_changes_nothing(kind: CheckKind) -> None:
    """Nor does one of a round that is over, or of another request."""
    bench = Bench()
    first = bench.check(kind)
    after, rows, lines = bench.dossiers.load(SHOP), len(bench.dossiers.rows), len(bench.dossiers.lines[SHOP])
    assert first in ("checked", "asked")
    bench.passes(MINUTE // 2)
    old = replace(bench.wanted(kind), round=0)
    other = replace(bench.wanted(kind), request=type(old.request)("01Q00000000000000000THERXX"))
    for fact in (bench.wanted(kind), old, other):
        assert bench.checking.check(fact, bench.now) == "nothing"
    assert (bench.dossiers.load(SHOP), len(bench.dossiers.rows), len(bench.dossiers.lines[SHOP])) == (
        after,
        rows,
        lines,
    )


@pytest.mark.parametrize("outcome", ["named", "unknown_address", "not_told", "unknown"])
def test_answer_that_comes_twice_counts_once(outcome: str) -> None:
    """One line of history for it, and no try more."""
    bench = Bench()
    bench.check("payee_name")
    first = bench.payee(outcome, "Maa Tara Sweets")
    lines = len(bench.dossiers.lines[SHOP])
    bench.now = Instant(bench.now - 1)  # the same moment for the second one
    assert (first, bench.payee(outcome, "Maa Tara Sweets")) == ("checked", "nothing")
    assert len(bench.dossiers.lines[SHOP]) == lines


def test_answer_about_another_number_is_not_this_ones() -> None:
    """It came late, from a round in which the shop had another."""
    bench = Bench()
    bench.check("number")
    assert bench.number("verified", address="2002") == "nothing"
    assert bench.check_of("number").state == "waiting"


def test_grey_badge_follows_from_number_and_name_alone_and_the_green_one_never() -> None:
    """Whatever the other checks say; in whichever order the two come."""
    for order in (("number", "imitation"), ("imitation", "number")):
        bench = Bench(replace(GIVEN, gstin="19AAAFB0001C1ZK"))
        for kind in ("gstin", *order):
            bench.check(kind)
            if kind == "number":
                bench.number("verified")
        assert bench.badge is not None
        assert (bench.badge.level, bench.badge.basis) == ("confirmed", bench.request.basis)
        assert len(bench.told("sign#")) == len(bench.told("told#issued")) == 1


def test_place_that_is_taken_is_drawn_again() -> None:
    """The badge gets another one, and nothing is done twice."""
    bench = Bench()
    bench.dossiers.places |= {("2026-09", 1), ("2026-09", 2)}
    bench.check("imitation")
    bench.check("number")
    bench.number("verified")
    assert bench.badge is not None
    assert bench.badge.index > 2
    assert len(bench.told("told#issued")) == 1


def test_request_waits_for_a_reviewer_when_every_check_has_come_to_something() -> None:
    """Whatever it came to: a machine refuses nobody. The shop is told once."""
    bench = Bench(replace(GIVEN, pan="AAAFB0002C"))
    for check in bench.request.checks:
        if check.state == "waiting":
            bench.check(check.kind)
    states = [bench.request.state]
    bench.payee("unknown")
    bench.number("unverified")
    assert [*states, bench.request.state] == ["checking", "waiting"]
    assert len(bench.told("told#checked")) == 1


def test_shop_that_changes_brings_its_request_back_and_its_badge_down() -> None:
    """By the fact of the change; the same again does nothing more, and most shops are not even read."""
    bench = Bench()
    bench.check("imitation")
    bench.check("number")
    bench.number("verified")
    bench.shops.shops[SHOP] = replace(NOW, name="Maa Kali Sweets")
    assert bench.checking.seen(SHOP, bench.now) == "fallen"
    assert bench.request.state == "more_wanted"
    assert bench.badge is not None
    assert (bench.badge.state, bench.badge.reason) == ("fallen", "name_changed")
    assert len(bench.told("list#")) == 1
    assert bench.checking.seen(SHOP, bench.now) == "nothing"
    assert bench.checking.seen(MerchantId("01M0000000000000000NBDYXXX"), bench.now) == "nothing"


def test_badge_of_a_shop_that_is_gone_falls() -> None:
    """Nobody can be asked about it any more."""
    bench = Bench()
    bench.check("imitation")
    bench.check("number")
    bench.number("verified")
    del bench.shops.shops[SHOP]
    bench.checking.seen(SHOP, bench.now)
    assert bench.badge is not None
    assert bench.badge.reason == "shop_gone"


def test_badge_of_a_shop_that_closes_is_suspended_until_it_opens() -> None:
    """One line of history and one list to sign for each."""
    bench = Bench()
    bench.check("imitation")
    bench.check("number")
    bench.number("verified")
    assert bench.badge is not None
    bench.shops.shops[SHOP] = replace(NOW, open=False)
    assert [bench.checking.seen(SHOP, bench.now) for _ in range(2)] == ["suspended", "matches"]
    bench.shops.shops[SHOP] = NOW
    assert [bench.checking.seen(SHOP, bench.now) for _ in range(2)] == ["restored", "matches"]


def test_badge_stays_while_what_it_stands_on_does() -> None:
    """A second number beside the first changes nothing; a second UPI address does."""
    bench = Bench()
    bench.shops.shops[SHOP] = replace(NOW, numbers={**NOW.numbers, ("whatsapp", "1002"): "+91 98300 00002"})
    assert bench.checking.seen(SHOP, bench.now) == "matches"
    bench.shops.shops[SHOP] = replace(NOW, payees=NOW.payees | {payee_mark(SHOP, "second@bank")})
    assert bench.checking.seen(SHOP, bench.now) == "more_wanted"
