"""Checks what a shop has said: one fact of the queue, one change of its dossier at most, and one word for what became of it.

Facts come twice, late and in any order, and whoever works on one may die between any two calls. So nothing is done that a change does not say:
what is so is read, looked at, and saved in one transaction; who else is asked is asked by a row of that transaction.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from haat.facts import payments, profiles
from haat.facts.payments import PayeeNameWanted
from haat.facts.profiles import NumberWanted
from haat.facts.verification import CheckWanted, NumberSeen, PayeeNamed, ShopChanged, payee_mark
from haat.kernel.errors import Changed, Unavailable
from haat.kernel.ids import MerchantId, RequestId
from haat.kernel.time import Instant
from haat.verification.model.dossier import Change, Dossier, ShopNow
from haat.verification.model.evidence import Evidence
from haat.verification.model.outbox import Row
from haat.verification.model.request import Basis, Check, CheckKind, Likeness, Request
from haat.verification.ports import Dossiers, Inspector, PlaceTaken, Seals, Shops, Sites, Writing
from haat.verification.rules import badges, evidence, looking, machine, news
from haat.verification.rules.changes import nothing
from haat.verification.rules.looking import Found

ATTEMPTS = 5
GREY: tuple[CheckKind, ...] = ("number", "imitation")  # the grey badge may follow from these

Draw = Callable[[Instant], badges.New]
Word = Literal[
    "checked", "asked", "nothing", "no_evidence", "more_wanted", "fallen", "suspended", "restored", "matches"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Checking:
    """Makes checks, and takes the answers of whoever was asked. `draw` gives a new badge's id and place."""

    dossiers: Dossiers
    seals: Seals
    shops: Shops
    sites: Sites
    inspector: Inspector
    draw: Draw

    def check(self, wanted: CheckWanted, now: Instant) -> Word:
        """Make a check, if it still waits for one. Raises Unavailable."""

        def once() -> Word:
            before = self.dossiers.load(wanted.merchant)
            running = _running(before, wanted.request, wanted.round, wanted.kind)
            # A record that comes twice: what it asked for was done after it was written.
            if running is None or (running[1].tries and wanted.occurred_at <= _tried_at(running[1])):
                return "nothing"
            return self._made(before, *running, now)

        return _tried(once)

    def payee_named(self, fact: PayeeNamed, now: Instant) -> Word:
        """A bank has said whose the UPI address is, or that it can't. Raises Unavailable."""

        def seen(_: Dossier, basis: Basis) -> tuple[Found, None]:
            return looking.payee(fact.outcome, fact.payee, basis), None

        return self._answered(fact, "payee_name", seen, now)

    def number_seen(self, fact: NumberSeen, now: Instant) -> Word:
        """The channel has said whether the number is the shop's, or could not. Raises Unavailable."""

        def seen(before: Dossier, basis: Basis) -> tuple[Found, ShopNow | None] | None:
            if (fact.channel, fact.address) != (basis.channel, basis.address):
                return None
            shop = self.shops.now(before.merchant)
            return looking.number(fact.outcome, basis, shop), shop

        return self._answered(fact, "number", seen, now)

    def shop_changed(self, fact: ShopChanged, now: Instant) -> Word:
        """What a badge or a request rests on may be so no longer. Raises Unavailable."""
        return self.seen(fact.merchant, now)

    def seen(self, merchant: MerchantId, now: Instant) -> Word:
        """Hold the dossier against the shop as it is now. Raises Unavailable."""

        def once() -> Word:
            before = self.dossiers.load(merchant)
            stands = before.badge is not None and before.badge.state != "fallen"
            if not stands and (before.request is None or before.request.state not in machine.SENT):
                return "nothing"  # most shops: nothing of theirs rests on anything
            shop = self.shops.now(merchant)
            if shop is None:
                change = badges.fall(nothing(before), "shop_gone", now) if stands else nothing(before)
            else:
                change = machine.shop_seen(before, shop, now)
            if change.after == before:
                return "matches"
            self._save(before, change, now)
            if change.ended:
                return "fallen"
            return "suspended" if change.suspended else "restored" if change.restored else "more_wanted"

        return _tried(once)

    def _made(self, before: Dossier, request: Request, check: Check, now: Instant) -> Word:
        assert request.basis is not None, "a request that was sent has a basis"
        kind, basis = check.kind, request.basis
        likenesses: tuple[Likeness, ...] = ()
        if kind == "number":
            shop = self.shops.now(before.merchant)
            if looking.connected(basis, shop):
                return self._asked(before, request, check, _number_wanted(before, request, check, now), now)
            return self._found(before, request, check, Found(state="failed", word="not_connected"), now, shop=shop)
        if kind == "imitation":
            likenesses = tuple(self.inspector.like(before.merchant, basis.name))
            return self._found(before, request, check, looking.likeness(likenesses), now, likenesses)
        given = self._evidence(before.merchant, request.id)
        if given is None:
            return "no_evidence"
        match kind:
            case "payee_name":
                if not basis.payee:
                    found = looking.payee("no_account", "", basis)
                else:
                    return self._asked(before, request, check, _payee_wanted(before, request, check, given, now), now)
            case "names":
                found = looking.names(given, basis)
            case "website":
                site = self.sites.shows(given.website, request.site_token)
                found = looking.site(site.outcome, site.word)
            case _:
                found = looking.paper(kind, given, now)
        return self._found(before, request, check, found, now)

    def _asked(self, before: Dossier, request: Request, check: Check, row: Row, now: Instant) -> Word:
        change = machine.asked(before, request.id, request.round, check.kind, now)
        self._save(before, change, now, row)
        return "asked"

    def _answered(
        self,
        fact: PayeeNamed | NumberSeen,
        kind: CheckKind,
        seen: Callable[[Dossier, Basis], tuple[Found, ShopNow | None] | None],
        now: Instant,
    ) -> Word:
        def once() -> Word:
            before = self.dossiers.load(fact.merchant)
            running = _running(before, fact.request, fact.round, kind)
            if running is None:
                return "nothing"
            request, check = running
            assert request.basis is not None, "a request that was sent has a basis"
            if (answer := seen(before, request.basis)) is None:
                return "nothing"
            found, shop = answer
            if (check.state, check.word) == (found.state, found.word) and fact.occurred_at <= check.done_at:
                return "nothing"  # the same answer again
            return self._found(before, request, check, found, now, counted=False, shop=shop)

        return _tried(once)

    def _found(
        self,
        before: Dossier,
        request: Request,
        check: Check,
        found: Found,
        now: Instant,
        likenesses: tuple[Likeness, ...] = (),
        *,
        counted: bool = True,
        shop: ShopNow | None = None,
    ) -> Word:
        # Only the second of the two can bring it: most checks read no shop.
        others = [one for one in request.checks if one.kind in GREY and one.kind != check.kind]
        grey = check.kind in GREY and found.state == "passed" and all(one.state == "passed" for one in others)
        change = machine.found(
            before,
            request.id,
            request.round,
            check.kind,
            (found.state, found.word),
            now,
            likenesses=likenesses,
            counted=counted,
            final=found.final,
            shop=(shop or self.shops.now(before.merchant)) if grey else None,
            new=self.draw(now) if grey else None,
        )
        self._save(before, change, now)
        return "checked"

    def _save(self, before: Dossier, change: Change, now: Instant, *rows: Row) -> None:
        if change.after != before:
            self.dossiers.save(before, change, Writing(at=now, rows=[*news.rows(change, now), *rows]))

    def _evidence(self, merchant: MerchantId, request: RequestId) -> Evidence | None:
        sealed = self.dossiers.sealed(merchant, request)
        return None if sealed is None else evidence.from_text(self.seals.open(merchant, sealed))


def _tried(once: Callable[[], Word]) -> Word:
    """Read and decide again where somebody else was faster, or a place on a status list was taken."""
    for _ in range(ATTEMPTS):
        try:
            return once()
        except (Changed, PlaceTaken):
            continue
    raise Unavailable("the dossier kept changing")


def _running(dossier: Dossier, id: RequestId, round: int, kind: str) -> tuple[Request, Check] | None:
    """The request and its check, while that check is to be made: one that is given up, or done, is not."""
    request = dossier.request
    if request is None or request.id != id or request.round != round or request.state not in machine.SENT:
        return None
    check = next((one for one in request.checks if one.kind == kind), None)
    return (request, check) if check is not None and check.state in ("waiting", "unreachable") else None


def _tried_at(check: Check) -> Instant:
    return max(check.asked_at, check.done_at)


def _payee_wanted(dossier: Dossier, request: Request, check: Check, given: Evidence, now: Instant) -> Row:
    wanted = PayeeNameWanted(
        merchant=dossier.merchant,
        request=request.id,
        round=request.round,
        number=check.tries + 1,
        payee=payee_mark(dossier.merchant, given.upi),
        occurred_at=now,
    )
    return Row(name="ask#payee_name", row=payments.outbox_row(wanted))


def _number_wanted(dossier: Dossier, request: Request, check: Check, now: Instant) -> Row:
    assert request.basis is not None, "a request that was sent has a basis"
    wanted = NumberWanted(
        merchant=dossier.merchant,
        request=request.id,
        round=request.round,
        channel=request.basis.channel,
        address=request.basis.address,
        occurred_at=now,
    )
    return Row(name="ask#number", row=profiles.outbox_row(wanted, f"{request.id}-{request.round}-{check.tries + 1}"))
