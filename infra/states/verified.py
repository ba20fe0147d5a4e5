"""States of a request to be verified and of a badge, as the rules themselves get there."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from haat.kernel.ids import BadgeId, DocumentId, MerchantId, OperatorId, RequestId, TokenId
from haat.kernel.time import MINUTE, Instant, later
from haat.verification.model.badge import Badge, Complaint
from haat.verification.model.dossier import Change, Dossier, ShopNow
from haat.verification.model.evidence import Document
from haat.verification.model.request import Basis, CheckKind, CheckState, Likeness, Verdict
from haat.verification.rules import badges, deciding, machine, timing
from haat.verification.rules.changes import nothing

Play = Callable[[Dossier, Instant], Change]

T0 = Instant(1_790_000_000_000)
SHOP, REQUEST, BADGE = MerchantId("SHOP"), RequestId("REQUEST"), BadgeId("BADGE")
NUMBER = "+91 98300 00001"
NOW = ShopNow(
    merchant=SHOP,
    name="Maa Tara Sweets",
    legal_name="Tara Devi",
    open=True,
    country="IN",
    numbers={("whatsapp", "1"): NUMBER},
)
BASIS = Basis(name=NOW.name, legal_name=NOW.legal_name, channel="whatsapp", address="1", number=NUMBER)
PAPER = Document(id=DocumentId("PAPER"), kind="tax", media="image/png")
BANK = Likeness(name="a bank", why="addition", protected=True)
OUT: tuple[CheckKind, ...] = ("gstin", "names", "number", "website", "imitation")
FIELDS = ("legal_name", "gstin", "phone", "website")


def at(minutes: float) -> Instant:
    """So many minutes after the beginning."""
    return Instant(T0 + int(minutes * MINUTE))


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """A dossier in a state that has a name."""

    name: str
    means: str
    dossier: Dossier


def _begun() -> Dossier:
    begun = machine.begin(Dossier(merchant=SHOP), REQUEST, "site", "owner", T0).after
    return machine.give(begun, REQUEST, dict.fromkeys(FIELDS, "…"), "owner", T0).after


def _sent(before: Dossier) -> Dossier:
    return machine.send(before, REQUEST, BASIS, NOW, "owner", at(1)).after


def _checked(before: Dossier, likenesses: tuple[Likeness, ...] = ()) -> Dossier:
    dossier = before
    for kind in OUT:
        alike = likenesses if kind == "imitation" else ()
        outcome: tuple[CheckState, str] = ("failed", "protected") if alike else ("passed", "")
        dossier = machine.found(dossier, REQUEST, 1, kind, outcome, at(2), likenesses=alike).after
    return dossier


def decide(verdict: Verdict, who: str = "ANITA", shops: tuple[MerchantId, ...] = ()) -> Play:
    """A reviewer's word."""

    def play(before: Dossier, now: Instant) -> Change:
        decision = deciding.Decision(verdict=verdict, reason="…", wanted=("pan",))
        reviewer = deciding.Reviewer(id=OperatorId(who), token=TokenId("T"), shops=shops)
        request = before.request
        known = deciding.Known(
            shop=NOW,
            likenesses=request.likenesses if request else (),
            new=badges.New(id=BadgeId("NEW"), list="2026-11", index=2),
        )
        return deciding.decide(before, REQUEST, decision, reviewer, known, now)

    return play


def situations() -> list[Situation]:
    """Every state, as the rules themselves get there."""
    waiting = _checked(_sent(_begun()))
    protected = _checked(_sent(_begun()), (BANK,))
    refused = decide("refuse")(waiting, at(5)).after
    appealed = machine.appeal(refused, REQUEST, "…", "owner", at(6)).after
    return [
        Situation(name="open", means="the shop gathers what it sends", dossier=_begun()),
        Situation(name="checking", means="it was sent, and its checks run", dossier=_sent(_begun())),
        Situation(name="waiting", means="a reviewer is to decide", dossier=waiting),
        Situation(
            name="waiting (protected)", means="as before; the name is protected: two reviewers must agree", dossier=protected
        ),
        Situation(
            name="waiting (one yes)",
            means="one of the two has said yes",
            dossier=decide("approve", "BIMAL")(protected, at(4)).after,
        ),
        Situation(name="waiting (appeal)", means="the shop has appealed against a refusal", dossier=appealed),
        Situation(
            name="more_wanted", means="a reviewer asked for more, or the shop has changed", dossier=decide("ask_more")(waiting, at(5)).after
        ),
        Situation(name="approved", means="it led to a badge", dossier=replace(decide("approve")(waiting, at(5)).after, badge=None)),
        Situation(name="refused", means="a reviewer refused it", dossier=refused),
        Situation(
            name="withdrawn",
            means="the shop took it back, or nobody sent it",
            dossier=machine.withdraw(_begun(), REQUEST, "owner", at(3)).after,
        ),
    ]  # fmt: skip


def badge_situations() -> list[Situation]:
    """Every state of a badge."""
    green = replace(
        Dossier(merchant=SHOP, version=9),
        badge=Badge(
            id=BADGE,
            level="verified",
            basis=BASIS,
            request=REQUEST,
            issued_at=T0,
            expires_at=later(T0, timing.YEAR_MS),
            list="2026-11",
            index=1,
        ),
    )
    signed = badges.signed(green, BADGE, "jws", "key", "issuer", at(1)).after
    review = signed
    for n in "123":
        review = badges.complained(review, Complaint(id=n, of=n, at=at(2)), OperatorId("O"), at(2)).after
    return [
        Situation(
            name="standing (unsigned)", means="it was given, and is not drawn before it is signed", dossier=green
        ),
        Situation(name="standing", means="it is drawn while it matches the profile", dossier=signed),
        Situation(name="review", means="people complained: a reviewer is to look, and it is not drawn", dossier=review),
        Situation(
            name="fallen", means="it is over for good", dossier=badges.fall(nothing(signed), "expired", at(3)).after
        ),
    ]
