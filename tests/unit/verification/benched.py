"""A bench on which one request is checked, on ports in memory; what others would answer is set beforehand."""

from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from typing import Any

from haat.facts import payments, profiles
from haat.facts import verification as facts
from haat.kernel.ids import BadgeId
from haat.kernel.time import MINUTE, Instant, later
from haat.verification.memory.dossiers import MemoryDossiers
from haat.verification.memory.shelf import MemorySeals, MemoryShelf, MemoryShops
from haat.verification.memory.shown import MemoryLists, MemoryNames
from haat.verification.model.badge import Badge
from haat.verification.model.dossier import Change, ShopNow
from haat.verification.model.evidence import Evidence
from haat.verification.model.request import Check, CheckKind, Request
from haat.verification.ports import Site, Writing
from haat.verification.rules import evidence, imitation, machine, news, shown
from haat.verification.rules.badges import New
from haat.verification.service.checking import Checking
from haat.verification.service.documents import Documents
from haat.verification.service.inspecting import Inspecting
from haat.verification.service.signing import Signing
from haat.verification.service.sweeping import Sweeping, Swept
from tests.unit.verification.cases import BASIS, NOW, REQUEST, SHOP, T0

# Invented, with right check digits.
GIVEN = Evidence(
    legal_name="Tara Devi",
    trade_name="Maa Tara Sweets",
    gstin="19AAAFB0001C1ZJ",
    pan="AAAFB0001C",
    udyam="UDYAM-WB-10-0012345",
    licence_kind="fssai",
    licence="22826001000123",
    website="sweets.example",
    upi="maatara@bank",
    phone="919830000001",
)
SITE_TOKEN = "a token of the site"


class Sites:
    """Fills the port Sites with one answer for all."""

    def __init__(self) -> None:
        self.answer, self.asked = Site(outcome="found"), list[tuple[str, str]]()

    def shows(self, website: str, token: str) -> Site:
        """As it was set."""
        self.asked.append((website, token))
        return self.answer


class Signer:
    """Fills the port Signer; nobody checks what it signs here."""

    key = "key-1"

    def sign(self, signed: bytes) -> bytes:  # as the port has it
        """Sixty-four bytes."""
        return b"\1" * 64


class Bench:
    """One shop's request, sent, and whoever works at it."""

    def __init__(self, given: Evidence = GIVEN, shop: ShopNow = NOW, **basis: Any) -> None:
        self.now = later(T0, MINUTE)
        self.dossiers, self.shelf, self.shops = MemoryDossiers(imitation.keys), MemoryShelf(), MemoryShops(shop)
        self.seals, self.sites = MemorySeals(), Sites()
        self.drawn = self._worked_off = 0
        self.checking = Checking(
            dossiers=self.dossiers,
            seals=self.seals,
            shops=self.shops,
            sites=self.sites,
            inspector=Inspecting(names=MemoryNames(self.dossiers)),
            draw=self._draw,
        )
        self.documents = Documents(dossiers=self.dossiers, shelf=self.shelf)
        lists = MemoryLists(self.dossiers)
        self.signing = Signing(dossiers=self.dossiers, lists=lists, signer=Signer(), issuer="https://haat.example")
        self.sweeping = Sweeping(
            dossiers=self.dossiers, lists=lists, checking=self.checking, documents=self.documents, signing=self.signing
        )
        self.save(machine.begin, REQUEST, SITE_TOKEN, "owner", T0)
        there = {
            field.name: "…" for field in fields(given) if getattr(given, field.name) and field.name != "licence_kind"
        }
        self.save(machine.give, REQUEST, there, "owner", T0)
        self.dossiers.evidence[SHOP, REQUEST] = self.seals.seal(SHOP, evidence.to_text(given))
        self.save(machine.send, REQUEST, replace(BASIS, **basis), shop, "owner", self.now)

    def _draw(self, now: Instant) -> New:  # as the service has it
        self.drawn += 1
        return New(id=BadgeId(f"01B00000000000000000BADGE{self.drawn}"[:26]), list="2026-09", index=self.drawn)

    def save(self, what: Callable[..., Change], *said: Any) -> None:
        """Write down what one fact makes of the dossier."""
        before = self.dossiers.load(SHOP)
        change = what(before, *said)
        self.dossiers.save(before, change, Writing(at=self.now, rows=news.rows(change, self.now)))

    @property
    def request(self) -> Request:
        """As it is."""
        request = self.dossiers.load(SHOP).request
        assert request is not None
        return request

    @property
    def badge(self) -> Badge | None:
        """As it is."""
        return self.dossiers.load(SHOP).badge

    def check_of(self, kind: CheckKind) -> Check:
        """One check as it is."""
        check = self.request.check(kind)
        assert check is not None
        return check

    def wanted(self, kind: CheckKind, at: Instant | None = None) -> facts.CheckWanted:
        """The record that asks for a check."""
        return facts.CheckWanted(
            merchant=SHOP, request=REQUEST, round=self.request.round, kind=kind, occurred_at=at or self.request.sent_at
        )

    def check(self, kind: CheckKind) -> str:
        """Make a check; the word of it."""
        return self.checking.check(self.wanted(kind), self.now)

    def seen(self, kind: CheckKind, language: str = "en") -> tuple[str, str | None, str]:
        """A check as the shop sees it: state, word, sentence."""
        found = next(one for one in shown.whole(self.request, language, self.now)["checks"] if one["check"] == kind)
        return found["state"], found["word"], found["says"]

    def payee(self, outcome: Any, name: str = "") -> str:
        """A bank answers."""
        self.passes(1)
        named = facts.PayeeNamed(
            merchant=SHOP,
            request=REQUEST,
            round=self.request.round,
            outcome=outcome,
            payee=name,
            occurred_at=self.now,
        )
        return self.checking.payee_named(named, self.now)

    def number(self, outcome: Any, address: str = "1001") -> str:
        """The channel answers."""
        self.passes(1)
        seen = facts.NumberSeen(
            merchant=SHOP,
            request=REQUEST,
            round=self.request.round,
            channel="whatsapp",
            address=address,
            outcome=outcome,
            occurred_at=self.now,
        )
        return self.checking.number_seen(seen, self.now)

    def passes(self, ms: int) -> None:
        """Time goes by."""
        self.now = later(self.now, ms)

    def sweeps(self) -> Swept:
        """The schedule looks, with all the time it wants."""
        return self.sweeping.sweep(self.now, lambda: 60_000)

    def told(self, name: str) -> list[str]:
        """The bodies of rows that a name begins."""
        return [row.row["body"] for row in self.dossiers.rows if row.name.startswith(name)]

    def asked_of_bank(self) -> list[payments.PayeeNameWanted]:
        """What a bank was asked."""
        found = [payments.load(body) for body in self.told("ask#payee_name")]
        return [one for one in found if isinstance(one, payments.PayeeNameWanted)]

    def asked_of_channel(self) -> list[profiles.NumberWanted]:
        """What the channel was asked."""
        found = [profiles.load(body) for body in self.told("ask#number")]
        return [one for one in found if isinstance(one, profiles.NumberWanted)]

    def works_off(self) -> Iterator[tuple[str, str]]:
        """Each record for this queue that is there, once: its fact and the word of it."""
        while self._worked_off < len(self.dossiers.rows):
            row = self.dossiers.rows[self._worked_off]
            self._worked_off += 1
            if row.row["queue"] == facts.QUEUE:
                yield row.name, self.take(facts.load(row.row["body"]))

    def take(self, fact: facts.VerificationFact) -> str:
        """What the door does with a record."""
        match fact:
            case facts.CheckWanted():
                return self.checking.check(fact, self.now)
            case facts.DocumentGiven():
                return self.documents.look(fact, self.now)
            case facts.DocumentTakenAway():
                return self.documents.drop(fact)
            case facts.EvidenceToForget():
                return self.documents.forget(fact, self.now)
            case facts.BadgeToSign():
                return self.signing.sign_badge(fact.merchant, fact.badge, self.now)
            case facts.ListToSign():
                return self.signing.sign_list(fact.list, self.now)
            case facts.ShopChanged():
                return self.checking.shop_changed(fact, self.now)
            case _:
                raise AssertionError("an answer comes from elsewhere")
