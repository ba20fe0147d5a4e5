"""What the schedule finds: all that is due, whatever goes wrong with one of it, and no longer than there is time."""

from dataclasses import replace

from haat.kernel.errors import Unavailable
from haat.kernel.ids import MerchantId
from haat.kernel.time import DAY, HOUR, MINUTE, Instant, later
from haat.verification.memory.shelf import MemoryShops
from haat.verification.model.dossier import Dossier, ShopNow
from haat.verification.rules import status, timing
from tests.unit.verification.benched import Bench, Signer
from tests.unit.verification.cases import NOW, SHOP

ILL = MerchantId("01M000000000000000000000ILL"[:26])


def badged() -> Bench:
    """A shop with a grey badge, signed."""
    bench = Bench()
    bench.check("imitation")
    bench.check("number")
    bench.number("verified")
    list(bench.works_off())
    bench.payee("named", NOW.name)
    assert bench.badge is not None
    assert bench.badge.jws
    return bench


class Silent(MemoryShops):
    """Shops of which one can't be read."""

    def now(self, merchant: MerchantId) -> ShopNow | None:
        """Unless it is that one."""
        if merchant == ILL:
            raise Unavailable("merchants: no answer")
        return super().now(merchant)


def test_fault_of_one_holds_nobody_up() -> None:
    """It is told, and is due the next time too."""
    bench = badged()
    shops = Silent(NOW)
    bench.checking = replace(bench.checking, shops=shops)
    bench.sweeping = replace(bench.sweeping, checking=bench.checking)
    bench.dossiers.kept[ILL] = replace(bench.dossiers.load(SHOP), merchant=ILL)
    bench.passes(DAY)
    shops.shops[SHOP] = replace(NOW, name="Another Name")
    for _ in range(2):
        swept = bench.sweeps()
        assert [type(error) for error in swept.failed] == [Unavailable]
        bench.passes(MINUTE)
    assert bench.badge is not None
    assert bench.badge.reason == "name_changed"
    assert bench.dossiers.due(bench.now, 10) == [(ILL, None)]


def test_what_fails_slowly_keeps_nobody_waiting_for_ever() -> None:
    """Twenty shops fail each time, and nine of them use up a sweep: lists come first, and each time another shop begins."""
    bench, spent = badged(), 0

    class Slow(MemoryShops):
        def now(self, merchant: MerchantId) -> ShopNow | None:
            nonlocal spent
            if merchant == SHOP:
                return super().now(merchant)
            spent += 5_000
            raise Unavailable("merchants: no answer")

    badge = bench.badge
    assert badge is not None
    older = replace(badge, issued_at=Instant(badge.issued_at - MINUTE))
    for number in range(20):
        merchant = MerchantId(f"01M00000000000000000000{number:03d}")
        bench.dossiers.kept[merchant] = replace(bench.dossiers.load(SHOP), merchant=merchant, badge=older)
    bench.checking = replace(bench.checking, shops=Slow(replace(NOW, name="Another Name")))
    bench.sweeping = replace(bench.sweeping, checking=bench.checking)
    bench.passes(DAY)
    for number in range(21):
        end = spent + 60_000
        assert len(bench.sweeping.sweep(bench.now, lambda end=end: end - spent).failed) >= 8  # type: ignore[misc]  # no two ends
        assert number or bench.dossiers.lists[badge.list][0].signed_at == bench.now
        bench.passes(MINUTE)
    assert bench.badge is not None
    assert bench.badge.reason == "name_changed"


def test_badge_is_held_against_its_shop_each_day_even_where_no_fact_came() -> None:
    """A fact that was lost costs a day, not a year; and nothing is written where all is as it was but that it was looked at."""
    bench = badged()
    lines = len(bench.dossiers.lines[SHOP])
    bench.passes(DAY)
    assert bench.sweeps().seen >= 1
    assert len(bench.dossiers.lines[SHOP]) == lines
    assert bench.dossiers.due(bench.now, 10) == []
    bench.shops.shops[SHOP] = replace(NOW, payees=frozenset())
    bench.passes(DAY)
    bench.sweeps()
    assert bench.badge is not None
    assert bench.badge.reason == "payee_changed"


def test_badge_of_another_key_is_signed_anew() -> None:
    """Keys are changed one by one; the badge stays the same one."""
    bench = badged()
    before = bench.badge
    assert before is not None
    signer = Signer()
    signer.key = "key-2"
    bench.signing = replace(bench.signing, signer=signer)
    bench.sweeping = replace(bench.sweeping, signing=bench.signing)
    bench.passes(DAY)
    bench.sweeps()
    assert bench.badge is not None
    assert (bench.badge.id, bench.badge.key) == (before.id, "key-2")


def test_status_lists_are_signed_anew_in_time() -> None:
    """Long before the last one is too old to count."""
    bench = badged()
    assert bench.badge is not None
    name = bench.badge.list
    first = bench.dossiers.lists[name][0].signed_at
    bench.passes(13 * HOUR)
    bench.sweeps()
    assert bench.dossiers.lists[name][0].signed_at == bench.now > first


def test_list_on_which_no_badge_can_live_is_due_no_more() -> None:
    """Also where the moment to sign it once more has passed unseen."""
    bench = badged()
    assert bench.badge is not None
    name = bench.badge.list
    signed, _ = bench.dossiers.lists[name]
    last = Instant(status.ends(name) - status.AGAIN_MS - 1)
    bench.dossiers.lists[name] = replace(signed, signed_at=last), status.again_at(name, last)
    bench.now = later(status.ends(name), MINUTE)
    bench.sweeps()
    bench.passes(MINUTE)
    assert bench.sweeps().seen == 0
    assert bench.dossiers.lists[name][0].token == signed.token


def test_badge_ends_after_its_year_and_its_shop_was_reminded_before() -> None:
    """Three times, each once."""
    bench = badged()
    assert bench.badge is not None
    ends = bench.badge.expires_at
    for early in (*timing.REMINDERS_MS, 0):
        for _ in range(2):
            bench.now = Instant(ends - early)
            bench.sweeps()
    assert (bench.badge.state, bench.badge.reason) == ("fallen", "expired")
    assert len(bench.told("told#expiring")) == len(timing.REMINDERS_MS)
    assert len(bench.told("told#fallen")) == 1


def test_nothing_is_begun_when_the_time_is_up() -> None:
    """What is left is found the next time."""
    bench = badged()
    for number in range(5):
        merchant = MerchantId(f"01M0000000000000000000000{number}")
        bench.shops.shops[merchant] = replace(NOW, merchant=merchant)
        bench.dossiers.kept[merchant] = replace(bench.dossiers.load(SHOP), merchant=merchant)
    bench.passes(DAY)
    left = iter([60_000] * 6 + [0] * 20)  # asked before each look for more, and before each one
    swept = bench.sweeping.sweep(bench.now, lambda: next(left))
    assert swept.seen == 3  # the status list, and two shops
    assert len(bench.dossiers.due(bench.now, 10)) == 4
    assert bench.sweeps().seen == 4
    assert bench.sweeps().seen == 0


def test_request_that_nobody_sends_is_withdrawn_and_forgotten() -> None:
    """What was given is not kept for ever."""
    bench = Bench()
    request = replace(bench.request, state="more_wanted")
    bench.dossiers.kept[SHOP] = replace(bench.dossiers.load(SHOP), request=request)
    for _ in range(2):
        bench.passes(timing.FORGET_MS)
        bench.sweeps()
        list(bench.works_off())
    assert bench.request.state == "withdrawn"
    assert bench.dossiers.evidence == {}


def test_change_in_between_is_left_to_the_next_look() -> None:
    """Somebody was at work there; no fault of anybody's."""
    bench = badged()
    bench.passes(DAY)
    kept, load = bench.dossiers.kept, bench.dossiers.load

    def moved(merchant: MerchantId) -> Dossier:
        found = load(merchant)
        if found.version and len(kept) == 1:
            kept[merchant] = replace(found, version=found.version + 1)
        return found

    bench.dossiers.load = moved  # type: ignore[method-assign]  # a neighbour who is always faster
    assert all(isinstance(error, Unavailable) for error in bench.sweeps().failed)
    bench.dossiers.load = load  # type: ignore[method-assign]  # as above
    assert bench.sweeps().failed == ()
