"""A shop, its reviewers and the world, at random: facts in any order, twice, late, of rounds that are over, by people who may not."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from random import Random  # noqa: TID251  # a seed makes it the same each time

from haat.facts.verification import payee_mark
from haat.kernel.errors import HaatError
from haat.kernel.ids import BadgeId, DocumentId, MerchantId, OperatorId, RequestId, TokenId
from haat.kernel.time import DAY, HOUR, MINUTE, Instant
from haat.verification.model.badge import Badge, Complaint
from haat.verification.model.dossier import Change, Dossier, Entry, ShopNow
from haat.verification.model.evidence import Document
from haat.verification.model.request import Basis, Check, CheckKind, CheckState, Likeness, Request, Verdict
from haat.verification.rules import badges, deciding, filing, machine, wants
from haat.verification.rules.changes import nothing

SHOP = MerchantId("01M0000000000000000000SHXP")
OWN = "R-OWN"  # a reviewer who is of the shop
NAMES = ("Maa Tara Sweets", "Maa Tara Mishtanna", "মা তারা সুইটস")
OWNERS = ("Tara Devi", "Tara Devi and Sons")
NUMBERS = ("+91 98300 00001", "+91 98300 00002")
PAYEES = ("maatara@bank", "other@bank")
STATES: tuple[CheckState, ...] = ("passed", "failed", "unreachable")
MOSTLY: tuple[CheckState, ...] = ("failed", "unreachable", *STATES[:1] * 12)
KINDS: tuple[CheckKind, ...] = tuple(wants.NEEDS)
VERDICTS: tuple[Verdict, ...] = ("approve", "approve", "approve", "refuse", "ask_more")
FIELDS = ("legal_name", "trade_name", "gstin", "pan", "udyam", "licence", "website", "upi", "phone")


@dataclass
class World:
    """What is so, and what was done. `step` plays one fact at random and keeps its change."""

    random: Random
    now: Instant = Instant(1_790_000_000_000)
    dossier: Dossier = field(default_factory=lambda: Dossier(merchant=SHOP))
    name: str = NAMES[0]
    owner: str = OWNERS[0]
    number: str = NUMBERS[0]
    payee: str = PAYEES[0]
    open: bool = True
    alike: tuple[Likeness, ...] = ()
    ids: int = 0
    requests: list[RequestId] = field(default_factory=list)
    documents: list[str] = field(default_factory=list)
    issued: list[BadgeId] = field(default_factory=list)
    history: list[Entry] = field(default_factory=list)
    last: tuple[Dossier, Change] | None = None
    refused: int = 0

    def shop(self) -> ShopNow:
        """The shop as it is now."""
        return ShopNow(
            merchant=SHOP,
            name=self.name,
            legal_name=self.owner,
            open=self.open,
            country="IN",
            numbers={("whatsapp", "1001"): self.number} if self.number else {},
            payees=frozenset({payee_mark(SHOP, self.payee)}),
        )

    def step(self) -> None:
        """One fact, or a refusal."""
        self.now = Instant(
            self.now + self.random.choice((0, 0, 1, 1, MINUTE, MINUTE, 10 * MINUTE, HOUR, HOUR, DAY, 20 * DAY))
        )
        play = self.random.choice(PLAYS)
        before = self.dossier
        try:
            change = play(self)
        except HaatError:
            self.refused += 1
            self.last = None
            return
        self.last = before, change
        self.dossier = change.after
        self.history += change.entries
        if change.after.badge is not None and (not self.issued or self.issued[-1] != change.after.badge.id):
            self.issued.append(change.after.badge.id)

    def id(self, kind: str) -> str:
        """A new id."""
        self.ids += 1
        return f"{kind}{self.ids}"

    def request(self) -> RequestId:
        """A request's id, now and then one that is over, or nobody's."""
        if self.dossier.request is not None and self.random.random() < 0.9:
            return self.dossier.request.id
        return self.random.choice(self.requests) if self.requests else RequestId("none")

    def round(self) -> int:
        """A round, now and then one that is over."""
        request = self.dossier.request
        return (request.round if request else 0) - (self.random.random() < 0.1)

    def new(self) -> badges.New:
        """Where a badge would go."""
        return badges.New(id=BadgeId(self.id("B")), list="2026-11", index=self.ids)

    def reviewer(self) -> deciding.Reviewer:
        """Somebody, with one of their tokens."""
        who = self.random.choice(("R1", "R1", "R2", "R3", OWN))
        token = TokenId(f"{who}-{self.random.choice('ab')}")
        return deciding.Reviewer(id=OperatorId(who), token=token, shops=(SHOP,) if who == OWN else ())


def _world(w: World) -> Change:
    """Something changes outside, and nobody has told us yet."""
    match w.random.randrange(6):
        case 0:
            w.name = w.random.choice(NAMES)
        case 1:
            w.owner = w.random.choice(OWNERS)
        case 2:
            w.number = w.random.choice((*NUMBERS, NUMBERS[0], ""))
        case 3:
            w.payee = w.random.choice(PAYEES)
        case 4:
            w.open = w.random.random() < 0.8
        case _:
            one = Likeness(name=f"N{w.random.randrange(3)}", why="spelling", protected=w.random.random() < 0.5)
            w.alike = w.random.choice(((), (one,), (*w.alike, one)))
    return nothing(w.dossier)


def _begin(w: World) -> Change:
    id = RequestId(w.id("Q"))
    change = machine.begin(w.dossier, id, "site", "owner", w.now)
    w.requests.append(id)
    return change


def _give(w: World) -> Change:
    given = [name for name in FIELDS if w.random.random() < 0.8]
    return machine.give(w.dossier, w.request(), dict.fromkeys(given, "…"), "owner", w.now)


def _announce(w: World) -> Change:
    document = Document(id=DocumentId(w.id("D")), kind="tax", media="image/png", announced_at=w.now)
    w.documents.append(document.id)
    return filing.announce(w.dossier, w.request(), document, "owner", w.now)


def _document(w: World) -> Change:
    id = w.random.choice(w.documents[-3:] or ["none"])
    match w.random.randrange(4):
        case 0:
            return filing.take_away(w.dossier, w.request(), id, "owner", w.now)
        case 1:
            return filing.posted(w.dossier, w.request(), id, "owner", w.now)
        case _:
            return filing.looked(w.dossier, w.request(), id, w.random.choice(("", "", "too_large")), 100, w.now)


def _send(w: World) -> Change:
    shop = w.shop()
    basis = Basis(
        name=shop.name,
        legal_name=shop.legal_name,
        channel="whatsapp" if w.number else "",
        address="1001" if w.number else "",
        number=w.number,
        payee=payee_mark(SHOP, w.payee),
    )
    return machine.send(w.dossier, w.request(), basis, shop, "owner", w.now)


def _found(w: World, of: CheckKind | None = None) -> Change:
    kind = w.random.choice(KINDS) if of is None else of
    if kind == "imitation":
        outcome: tuple[CheckState, str] = ("failed", "like_others") if w.alike else ("passed", "")
    else:
        outcome = w.random.choice((*STATES, "passed", "passed", "passed")), "word"
    return machine.found(
        w.dossier,
        w.request(),
        w.round(),
        kind,
        outcome,
        w.now,
        likenesses=w.alike if kind == "imitation" else (),
        counted=w.random.random() < 0.5,
        shop=w.shop(),
        new=w.new(),
    )


def _asked(w: World) -> Change:
    return machine.asked(w.dossier, w.request(), w.round(), w.random.choice(tuple(wants.NEEDS)), w.now)


def _decide(w: World) -> Change:
    seen = deciding.names_seen(w.dossier, w.request(), w.alike, w.now)
    if seen.entries:
        return seen
    verdict: Verdict = w.random.choice(VERDICTS)
    decision = deciding.Decision(verdict=verdict, reason="because", wanted=("pan",))
    known = deciding.Known(shop=w.shop(), likenesses=w.alike, new=w.new())
    return deciding.decide(w.dossier, w.request(), decision, w.reviewer(), known, w.now)


def _withdraw(w: World) -> Change:
    return machine.withdraw(w.dossier, w.request(), "owner", w.now)


def _appeal(w: World) -> Change:
    return machine.appeal(w.dossier, w.request(), "please", "owner", w.now)


def _erase(w: World) -> Change:
    return machine.erase(w.dossier, w.request(), "shop", w.now)


def _seen(w: World) -> Change:
    return machine.shop_seen(w.dossier, w.shop(), w.now)


def _tick(w: World) -> Change:
    return machine.tick(w.dossier, w.now)


def _signed(w: World) -> Change:
    id = w.random.choice(w.issued[-3:] or [BadgeId("none")])
    return badges.signed(w.dossier, id, f"jws of {id}", w.random.choice(("k1", "k2")), "market", w.now)


def _complain(w: World) -> Change:
    complaint = Complaint(id=w.id("C"), of=f"c{w.random.randrange(5)}", at=w.now)
    return badges.complained(w.dossier, complaint, OperatorId("R1"), w.now)


def _judge(w: World) -> Change:
    id = w.random.choice(w.issued[-2:] or [BadgeId("none")])
    if w.random.random() < 0.5:
        return badges.restore(w.dossier, id, w.shop(), OperatorId("R2"), "fine", w.now)
    return badges.revoke(w.dossier, id, OperatorId("R2"), "false", w.now)


def _likely(w: World) -> Change:
    """What would come next, were everybody to do their part."""
    request = w.dossier.request
    if request is None or request.ended:
        return _begin(w) if w.random.random() < 0.5 else _signed(w)
    match request.state:
        case "open" | "more_wanted":
            return _give(w) if w.random.random() < 0.4 else _send(w)
        case "checking":
            waiting = [one.kind for one in request.checks if one.state == "waiting"]
            kind = w.random.choice(waiting)
            if kind == "imitation":
                return _found(w, kind)
            outcome: tuple[CheckState, str] = (w.random.choice(MOSTLY), "word")
            return machine.found(w.dossier, request.id, request.round, kind, outcome, w.now, shop=w.shop(), new=w.new())
        case _:
            return _decide(w)


RARE: tuple[Callable[[World], Change], ...] = (
    _world,
    _begin,
    _give,
    _announce,
    _document,
    _send,
    _found,
    _found,
    _asked,
    _decide,
    _withdraw,
    _appeal,
    _erase,
    _seen,
    _tick,
    _signed,
    _complain,
    _judge,
)
PLAYS: tuple[Callable[[World], Change], ...] = (
    *RARE,
    *[_likely] * 36,
    _appeal,
    _appeal,
    *[_complain] * 4,
    _judge,
    _judge,
    _signed,
    _seen,
    _seen,
)


def check_of(request: Request, kind: str) -> Check | None:
    """A check by its kind."""
    return next((one for one in request.checks if one.kind == kind), None)


def standing(badge: Badge | None) -> bool:
    """Whether a badge has not fallen."""
    return badge is not None and badge.state != "fallen"


def unsigned(badge: Badge) -> Badge:
    """A badge without what only says that it was signed, reminded of, or complained of."""
    return replace(
        badge,
        jws="",
        key="",
        issuer="",
        reminded=0,
        complaints=(),
        state="standing",
        reason="",
        shut=False,
        fallen_at=Instant(0),
    )
