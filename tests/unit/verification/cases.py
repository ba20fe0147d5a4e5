"""Dossiers in known states, made by the rules themselves."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from haat.facts.verification import payee_mark
from haat.kernel.ids import BadgeId, MerchantId, OperatorId, RequestId, TokenId
from haat.kernel.time import MINUTE, Instant
from haat.verification.model.dossier import Change, Dossier, ShopNow
from haat.verification.model.request import Basis, CheckState, Likeness, Verdict
from haat.verification.rules import badges, deciding, machine

T0: Final = Instant(1_790_000_000_000)
SHOP: Final = MerchantId("01M0000000000000000000SHXP")
REQUEST: Final = RequestId("01Q0000000000000000000ASKS")
GIVEN: Final = ("legal_name", "gstin", "pan", "phone", "upi")
LOOKS_LIKE: Final = Likeness(name="State Bank of India", why="addition", protected=True)

NOW: Final = ShopNow(
    merchant=SHOP,
    name="Maa Tara Sweets",
    legal_name="Tara Devi",
    open=True,
    country="IN",
    numbers={("whatsapp", "1001"): "+91 98300 00001"},
    payees=frozenset({payee_mark(SHOP, "maatara@bank")}),
)
BASIS: Final = Basis(
    name=NOW.name,
    legal_name=NOW.legal_name,
    channel="whatsapp",
    address="1001",
    number="+91 98300 00001",
    payee=payee_mark(SHOP, "maatara@bank"),
)


def at(minutes: float) -> Instant:
    """So many minutes after the beginning."""
    return Instant(T0 + int(minutes * MINUTE))


def new(n: int = 1) -> badges.New:
    """Where the n-th badge goes."""
    return badges.New(id=BadgeId(f"01B00000000000000000BADGE{n:02d}"), list="2026-11", index=n)


def reviewer(name: str, token: str = "a", shops: Sequence[MerchantId] = ()) -> deciding.Reviewer:
    """A principal and one of their tokens."""
    return deciding.Reviewer(id=OperatorId(name), token=TokenId(f"{name}-{token}"), shops=shops)


def begun(given: Sequence[str] = GIVEN) -> Dossier:
    """A request whose evidence is there."""
    begun = machine.begin(Dossier(merchant=SHOP), REQUEST, "site", "owner", T0).after
    return machine.give(begun, REQUEST, dict.fromkeys(given, "…"), "owner", T0).after


def sent(given: Sequence[str] = GIVEN, before: Dossier | None = None) -> Dossier:
    """A request whose checks are asked for."""
    return machine.send(before or begun(given), REQUEST, BASIS, NOW, "owner", at(1)).after


def checked(before: Dossier | None = None, *, likenesses: Sequence[Likeness] = (), **outcomes: CheckState) -> Dossier:
    """A request that waits for a reviewer: all checks passed but those that are named. No grey badge was drawn on the way."""
    dossier = before or sent()
    request = dossier.request
    assert request is not None
    for check in request.checks:
        if check.state == "waiting":
            alike = tuple(likenesses) if check.kind == "imitation" else ()
            state = outcomes.get(check.kind, "failed" if alike else "passed")
            dossier = machine.found(
                dossier, REQUEST, request.round, check.kind, (state, "word"), at(2), likenesses=alike
            ).after
    assert dossier.request is not None
    assert dossier.request.state == "waiting"
    return dossier


def decided(
    before: Dossier,
    verdict: Verdict = "approve",
    by: deciding.Reviewer | None = None,
    *,
    shop: ShopNow = NOW,
    likenesses: Sequence[Likeness] = (),
    n: int = 1,
) -> Change:
    """What a reviewer's word makes of it."""
    decision = deciding.Decision(verdict=verdict, reason="as the papers say", wanted=("documents",))
    known = deciding.Known(shop=shop, likenesses=likenesses, new=new(n))
    return deciding.decide(before, REQUEST, decision, by or reviewer("Anita"), known, at(10))


def green() -> Dossier:
    """A shop with a green badge that was signed."""
    dossier = decided(checked()).after
    assert dossier.badge is not None
    return badges.signed(dossier, dossier.badge.id, "j.w.s", "k1", "https://market.example", at(11)).after


def renamed(name: str = "Maa Tara Bank") -> ShopNow:
    """The shop under another name."""
    return replace(NOW, name=name)
