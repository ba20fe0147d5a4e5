"""The green badge on a stage: the sweet shop has it, the hardware shop has just asked for it. Through the product's own rules and store.

The sweet shop's request is played here to its end, as its people and a reviewer would have done; the badge is signed by the stage's own
function, with its own key. The hardware shop's request is sent, and its checks are the stage's own: then it waits for a reviewer.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from haat.aws.table import Table
from haat.business.store.merchants import DynamoMerchants
from haat.kernel.ids import BadgeId, OperatorId, RequestId, TokenId
from haat.kernel.time import Instant
from haat.verification.model.dossier import Change, Dossier, ShopNow
from haat.verification.model.evidence import Evidence
from haat.verification.ports import Writing
from haat.verification.rules import deciding, machine, news, status
from haat.verification.rules.badges import New
from haat.verification.rules.bases import basis_of
from haat.verification.rules.evidence import hidden, to_text
from haat.verification.store.dossiers import DynamoDossiers
from haat.verification.store.seals import KmsSeals
from haat.wiring.shop_now import shops
from infra.local.ground import Ground
from infra.local.market import HARDWARE, SWEETS, DemoShop
from infra.local.payees import SIMBANK

WHO = "haat-local"  # whose hand it was
REVIEWER = deciding.Reviewer(id=OperatorId("01KDVDNA00REV1EWER00000001"), token=TokenId("01KDVDNA00REV1EWERT0KEN001"))


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoRequest:
    """A request of a demo shop, and the place in the directory that its shop has. Its papers are nobody's: only their check digits are right."""

    id: str
    shop: DemoShop
    handle: str
    category: str
    place: str
    legal_name: str
    site_token: str
    gstin: str
    upi: str = ""

    @property
    def evidence(self) -> Evidence:
        """What the shop gives."""
        return Evidence(
            legal_name=self.legal_name,
            trade_name=self.shop.merchant.name,
            gstin=self.gstin,
            pan=self.gstin[2:12],
            upi=self.upi,
            phone=self.shop.display_number,
        )


VERIFIED = DemoRequest(
    id="01KDVDNA00REQVEST000000001",
    shop=SWEETS,
    handle="mishti-bhandar",
    category="sweets",
    place="Kolkata",
    legal_name="Mishti Bhandar Confectioners",
    site_token="haat-local-mishti-bhandar",  # noqa: S106  # what a website would show to everybody
    gstin="19ZZZFM9999Z1ZN",
    upi=SIMBANK.vpa,
)
WAITING = DemoRequest(
    id="01KDVDNA00REQVEST000000002",
    shop=HARDWARE,
    handle="pune-hardware",
    category="hardware",
    place="Pune",
    legal_name="Pune Hardware Mart",
    site_token="haat-local-pune-hardware",  # noqa: S106  # as above
    gstin="27ZZZFP9999Z1ZN",
)
BADGE = New(id=BadgeId("01KDVDNA00BADGE00000000001"), list="", index=1)


def open_requests(stage: Ground) -> None:
    """Let one shop be verified and another ask for it, where they have asked for nothing yet; the market's shops must stand.

    The badge is signed, and the checks are made, when the stage next moves.
    """
    for demo, play in ((VERIFIED, _approved), (WAITING, _sent)):
        desk = _Desk(stage, demo)
        if desk.dossier.version == 0:
            desk.begin()
            play(desk)


class _Desk:
    """One shop's request, step by step."""

    def __init__(self, stage: Ground, demo: DemoRequest) -> None:
        client, names = stage.client("dynamodb"), stage.deployment.outputs
        tables = [Table(client, names[f"{each}Table"]) for each in ("Business", "Conversation", "Payment")]
        self.demo, self.now = demo, Instant(int(stage.clock.now() * 1000))
        self._merchants, self._shops = DynamoMerchants(tables[0], lambda: self.now), shops(*tables)
        self._dossiers = DynamoDossiers(Table(client, names["VerificationTable"]))
        self._seals = KmsSeals(lambda: stage.client("kms"), stage.deployment.keys["Stateful/EvidenceKey"])
        self.dossier = self._dossiers.load(demo.shop.merchant.id)

    @property
    def shop(self) -> ShopNow:
        """The shop as it is now."""
        found = self._shops.now(self.demo.shop.merchant.id)
        assert found is not None, "the market's shops stand"
        return found

    def begin(self) -> None:
        """The shop stands in the directory, under the name of its papers, begins a request and gives what it has."""
        demo = self.demo
        if (kept := self._merchants.get(demo.shop.merchant.id)) is not None and not kept.handle:
            listed = replace(kept, handle=demo.handle, category=demo.category, place=demo.place, listed=True)
            self._merchants.save(replace(listed, legal_name=demo.legal_name, version=kept.version + 1))
        self.does(lambda before: machine.begin(before, RequestId(demo.id), demo.site_token, WHO, self.now))
        self.does(
            lambda before: machine.give(before, RequestId(demo.id), hidden(demo.evidence), WHO, self.now),
            evidence=to_text(demo.evidence),
        )

    def does(self, step: Callable[[Dossier], Change], *, evidence: str = "", tells: bool = False) -> None:
        """Save what a step makes of the dossier; what follows from it happens only where it `tells`."""
        change, id = step(self.dossier), RequestId(self.demo.id)
        sealed = (id, self._seals.seal(self.dossier.merchant, evidence)) if evidence else None
        rows = news.rows(change, self.now) if tells else ()
        self._dossiers.save(self.dossier, change, Writing(at=self.now, rows=rows, evidence=sealed))
        self.dossier = change.after


def _sent(desk: _Desk, *, tells: bool = True) -> None:
    id, shop = RequestId(desk.demo.id), desk.shop
    basis = basis_of(shop, desk.demo.evidence)
    desk.does(lambda before: machine.send(before, id, basis, shop, WHO, desk.now), tells=tells)


def _approved(desk: _Desk) -> None:
    id = RequestId(desk.demo.id)
    _sent(desk, tells=False)
    assert desk.dossier.request is not None, "it was sent"
    for kind in [one.kind for one in desk.dossier.request.checks if one.state == "waiting"]:
        desk.does(lambda before, kind=kind: machine.found(before, id, 1, kind, ("passed", ""), desk.now))  # type: ignore[misc]  # each its own kind
    yes = deciding.Decision(verdict="approve", reason="The papers are in order.")
    known = deciding.Known(shop=desk.shop, likenesses=(), new=replace(BADGE, list=status.list_of(desk.now)))
    desk.does(lambda before: deciding.decide(before, id, yes, REVIEWER, known, desk.now), tells=True)
